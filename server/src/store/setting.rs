//! Settings of the whole organisation: a few JSON documents, each under its name and with a number that grows at every
//! change, so that nobody overwrites what somebody else has just set.

use amparo_protocol::desk::DeskSettings;
use amparo_protocol::rota::Rota;
use amparo_protocol::settings::LineSettings;
use amparo_protocol::teams::Team;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::row::{Columns, json, to_json};
use super::{Result, Store};

/// A document that is kept under a name.
pub trait Setting: Serialize + DeserializeOwned + Default {
    const NAME: &'static str;
}

impl Setting for LineSettings {
    const NAME: &'static str = "line";
}

impl Setting for DeskSettings {
    const NAME: &'static str = "desk";
}

impl Setting for Rota {
    const NAME: &'static str = "rota";
}

impl Setting for Vec<Team> {
    const NAME: &'static str = "teams";
}

/// Version zero: never set, the defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned<T> {
    pub version: u64,
    pub value: T,
}

impl Store {
    pub async fn setting<T: Setting>(&self) -> Result<Versioned<T>> {
        let row = sqlx::query("select version, value from setting where id = $1")
            .bind(T::NAME)
            .fetch_optional(&self.pool)
            .await?;
        match row {
            Some(row) => {
                let version = super::row::small(row.number("version")?)?;
                Ok(Versioned { version, value: json(&row.text("value")?)? })
            }
            None => Ok(Versioned { version: 0, value: T::default() }),
        }
    }

    /// Replaces the document whose version the caller has seen; `false` when there is a newer one.
    pub async fn set_setting<T: Setting>(&self, seen: &Versioned<T>) -> Result<bool> {
        let version = i64::try_from(seen.version).unwrap_or(i64::MAX);
        let done = sqlx::query(
            "insert into setting (id, version, value) values ($1, $2 + 1, $3) \
             on conflict (id) do update set version = setting.version + 1, value = excluded.value \
             where setting.version = $2",
        )
        .bind(T::NAME)
        .bind(version)
        .bind(to_json(&seen.value))
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
