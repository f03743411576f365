//! The relay's own secrets: the ticket keys, the OPAQUE set-up, and the printed set-up address (as a hash).

use amparo_protocol::id::Hash;
use zeroize::Zeroizing;

use super::row::Columns;
use super::{Result, Store, StoreError};
use crate::clock::Time;

/// Opens resume tickets of one day. Never in a backup.
#[derive(Clone)]
pub struct TicketKey {
    /// Travels in front of the tickets that it seals.
    pub id: String,
    pub secret: Zeroizing<[u8; 32]>,
    pub made_at: Time,
}

impl Store {
    /// Newest first.
    pub async fn ticket_keys(&self) -> Result<Vec<TicketKey>> {
        let rows = sqlx::query("select id, secret, made_at from ticket_key order by made_at desc, id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                let secret: [u8; 32] =
                    row.bytes("secret")?.try_into().map_err(|_| StoreError::Corrupt("a ticket key"))?;
                Ok(TicketKey {
                    id: row.text("id")?,
                    secret: Zeroizing::new(secret),
                    made_at: Time(row.number("made_at")?),
                })
            })
            .collect()
    }

    pub async fn add_ticket_key(&self, key: &TicketKey) -> Result<()> {
        sqlx::query("insert into ticket_key (id, secret, made_at) values ($1, $2, $3)")
            .bind(&key.id)
            .bind(&key.secret[..])
            .bind(key.made_at.millis())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub async fn erase_ticket_keys_made_before(&self, time: Time) -> Result<u64> {
        let done =
            sqlx::query("delete from ticket_key where made_at < $1").bind(time.millis()).execute(&self.pool).await?;
        Ok(done.rows_affected())
    }

    pub async fn opaque_setup(&self) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let row = sqlx::query("select setup from opaque_setup where id = 'own'").fetch_optional(&self.pool).await?;
        row.map(|row| row.bytes("setup").map(Zeroizing::new)).transpose()
    }

    /// Keeps the first one: two processes that start together must end with the same.
    pub async fn add_opaque_setup(&self, setup: &[u8], now: Time) -> Result<()> {
        sqlx::query("insert into opaque_setup (id, setup, made_at) values ('own', $1, $2) on conflict do nothing")
            .bind(setup)
            .bind(now.millis())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Makes this the only set-up address that counts.
    pub async fn put_setup_token(&self, token: Hash, now: Time, expires_at: Time) -> Result<()> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("delete from setup_token").execute(&mut *transaction).await?;
        sqlx::query("insert into setup_token (id, made_at, expires_at) values ($1, $2, $3)")
            .bind(token.to_text())
            .bind(now.millis())
            .bind(expires_at.millis())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    pub async fn has_setup_token(&self, now: Time) -> Result<bool> {
        let row = sqlx::query("select id from setup_token where expires_at > $1")
            .bind(now.millis())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.is_some())
    }

    pub async fn is_setup_token(&self, token: Hash, now: Time) -> Result<bool> {
        let row = sqlx::query("select id from setup_token where id = $1 and expires_at > $2")
            .bind(token.to_text())
            .bind(now.millis())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.is_some())
    }
}
