//! Members' passkeys: the public half, its counter, and what its member calls it.

use std::collections::BTreeMap;

use amparo_protocol::id::{MemberId, to_base64};
use sqlx::any::AnyRow;
use webauthn_rs::prelude::Passkey;

use super::row::{Columns, json, small, to_json};
use super::{Result, Store};
use crate::clock::Time;

#[derive(Clone, Debug)]
pub struct KnownPasskey {
    pub id: String,
    pub member: MemberId,
    pub name: String,
    pub credential: Passkey,
    pub added_at: Time,
    pub used_at: Option<Time>,
}

impl Store {
    /// `false` when this very passkey is known already, whosever it is.
    pub async fn add_passkey(&self, passkey: &KnownPasskey) -> Result<bool> {
        let done = sqlx::query(
            "insert into passkey (id, member, name, credential_id, credential, added_at, used_at) \
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (credential_id) do nothing",
        )
        .bind(&passkey.id)
        .bind(passkey.member.to_text())
        .bind(&passkey.name)
        .bind(to_base64(passkey.credential.cred_id().as_ref()))
        .bind(to_json(&passkey.credential))
        .bind(passkey.added_at.millis())
        .bind(passkey.used_at.map(Time::millis))
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The oldest first.
    pub async fn passkeys(&self, member: MemberId) -> Result<Vec<KnownPasskey>> {
        let rows = sqlx::query(
            "select id, member, name, credential, added_at, used_at from passkey where member = $1 \
             order by added_at, id",
        )
        .bind(member.to_text())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(passkey_from).collect()
    }

    /// How many passkeys each member has who has any.
    pub async fn passkey_counts(&self) -> Result<BTreeMap<MemberId, u32>> {
        let rows =
            sqlx::query("select member, count(*) as total from passkey group by member").fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok((row.id("member")?, small(row.number("total")?)?))).collect()
    }

    /// How many there were.
    pub async fn erase_passkeys_of(&self, member: MemberId) -> Result<u64> {
        let done =
            sqlx::query("delete from passkey where member = $1").bind(member.to_text()).execute(&self.pool).await?;
        Ok(done.rows_affected())
    }

    /// Keeps what an answer has changed, such as the counter. `false` when the passkey was removed, or has answered
    /// elsewhere meanwhile: then this answer must not count.
    pub async fn use_passkey(&self, former: &KnownPasskey, now: &Passkey, at: Time) -> Result<bool> {
        let done = sqlx::query("update passkey set credential = $3, used_at = $4 where id = $1 and credential = $2")
            .bind(&former.id)
            .bind(to_json(&former.credential))
            .bind(to_json(now))
            .bind(at.millis())
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// `false` when the member has none of this id.
    pub async fn erase_passkey(&self, member: MemberId, id: &str) -> Result<bool> {
        let done = sqlx::query("delete from passkey where id = $1 and member = $2")
            .bind(id)
            .bind(member.to_text())
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }
}

fn passkey_from(row: &AnyRow) -> Result<KnownPasskey> {
    Ok(KnownPasskey {
        id: row.text("id")?,
        member: row.id("member")?,
        name: row.text("name")?,
        credential: json(&row.text("credential")?)?,
        added_at: Time(row.number("added_at")?),
        used_at: row.number_or_none("used_at")?.map(Time),
    })
}
