//! The organisation: its name and the public half of its key. One per relay.

use amparo_protocol::id::OrgKey;

use super::row::Columns;
use super::{Result, Store, StoreError};
use crate::clock::Time;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    pub name: String,
    pub org_key: OrgKey,
}

impl Store {
    pub async fn organisation(&self) -> Result<Option<Organisation>> {
        let row =
            sqlx::query("select name, org_key from organisation where id = 'own'").fetch_optional(&self.pool).await?;
        row.map(|row| {
            let org_key =
                OrgKey::from_slice(&row.bytes("org_key")?).ok_or(StoreError::Corrupt("the organisation's key"))?;
            Ok(Organisation { name: row.text("name")?, org_key })
        })
        .transpose()
    }

    /// `false` when there is one already.
    pub async fn add_organisation(&self, organisation: &Organisation, now: Time) -> Result<bool> {
        let done = sqlx::query(
            "insert into organisation (id, name, org_key, created_at) values ('own', $1, $2, $3) on conflict do nothing",
        )
        .bind(&organisation.name)
        .bind(&organisation.org_key.as_bytes()[..])
        .bind(now.millis())
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
