//! Logins: a member's signed-in browsers. The cookie itself is never stored, only its hash.

use amparo_protocol::id::{Hash, MemberId};

use super::member::{self, Member};
use super::row::Columns;
use super::{Result, Store};
use crate::clock::Time;

/// SHA-256 of the cookie's value.
pub type LoginId = Hash;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Login {
    pub id: LoginId,
    pub member: MemberId,
    pub created_at: Time,
    pub expires_at: Time,
}

impl Store {
    /// The login under this id, unless it has expired.
    pub async fn login(&self, id: LoginId, now: Time) -> Result<Option<Login>> {
        let row = sqlx::query("select id, member, created_at, expires_at from login where id = $1 and expires_at > $2")
            .bind(id.to_text())
            .bind(now.millis())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| {
            Ok(Login {
                id: row.id("id")?,
                member: row.id("member")?,
                created_at: Time(row.number("created_at")?),
                expires_at: Time(row.number("expires_at")?),
            })
        })
        .transpose()
    }

    /// The sign-in succeeded: those that failed before it are forgotten. `false` when password or authenticator were
    /// replaced since this member was read: then nobody signs in with what counted before.
    pub async fn add_login(&self, login: &Login, checked: &Member) -> Result<bool> {
        let mut transaction = self.pool.begin().await?;
        if !member::forget_failures_of(&mut transaction, checked).await? {
            return Ok(false);
        }
        sqlx::query("insert into login (id, member, created_at, expires_at) values ($1, $2, $3, $4)")
            .bind(login.id.to_text())
            .bind(login.member.to_text())
            .bind(login.created_at.millis())
            .bind(login.expires_at.millis())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// `false` when there was none.
    pub async fn erase_login(&self, id: LoginId) -> Result<bool> {
        let done = sqlx::query("delete from login where id = $1").bind(id.to_text()).execute(&self.pool).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Every login of a member; how many there were.
    pub async fn erase_logins_of(&self, member: MemberId) -> Result<u64> {
        let done =
            sqlx::query("delete from login where member = $1").bind(member.to_text()).execute(&self.pool).await?;
        Ok(done.rows_affected())
    }

    pub async fn erase_expired_logins(&self, now: Time) -> Result<u64> {
        let done =
            sqlx::query("delete from login where expires_at <= $1").bind(now.millis()).execute(&self.pool).await?;
        Ok(done.rows_affected())
    }
}
