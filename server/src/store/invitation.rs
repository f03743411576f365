//! Invitations: single use, three days. The secret is in the link; here is what recognises it.

use amparo_protocol::id::{Hash, MemberId};
use amparo_protocol::sealed::Sealed;

use super::row::{Columns, small};
use super::{Result, Store};
use crate::clock::Time;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// SHA-256 of the token that the link's secret derives.
    pub id: Hash,
    pub invited_by: MemberId,
    pub roles: u8,
    /// The link's secret, wrapped for the administrator who made it.
    pub wrapped_secret: Sealed,
    /// Whose account it resets; `None` where it makes a new one.
    pub resets: Option<MemberId>,
    pub created_at: Time,
    pub expires_at: Time,
}

impl Store {
    /// The invitation, while it can still be used.
    pub async fn open_invitation(&self, id: Hash, now: Time) -> Result<Option<Invitation>> {
        let row = sqlx::query(
            "select id, invited_by, roles, wrapped_secret, resets, created_at, expires_at from invitation \
             where id = $1 and used_at is null and expires_at > $2",
        )
        .bind(id.to_text())
        .bind(now.millis())
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| {
            Ok(Invitation {
                id: row.id("id")?,
                invited_by: row.id("invited_by")?,
                roles: small(row.number("roles")?)?,
                wrapped_secret: row.sealed("wrapped_secret")?,
                resets: row.id_or_none("resets")?,
                created_at: Time(row.number("created_at")?),
                expires_at: Time(row.number("expires_at")?),
            })
        })
        .transpose()
    }

    /// `false` when there is one under this id already. A new link for a reset is the only one that counts for its member.
    pub async fn add_invitation(&self, invitation: &Invitation) -> Result<bool> {
        sqlx::query("delete from invitation where resets = $1 and used_at is null")
            .bind(invitation.resets.map(|member| member.to_text()))
            .execute(&self.pool)
            .await?;
        let done = sqlx::query(
            "insert into invitation (id, invited_by, roles, wrapped_secret, resets, created_at, expires_at) \
             values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        )
        .bind(invitation.id.to_text())
        .bind(invitation.invited_by.to_text())
        .bind(i64::from(invitation.roles))
        .bind(invitation.wrapped_secret.as_bytes())
        .bind(invitation.resets.map(|member| member.to_text()))
        .bind(invitation.created_at.millis())
        .bind(invitation.expires_at.millis())
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Unused ones go when they expire; used ones go with their member, or once the member is approved.
    pub async fn erase_expired_invitations(&self, now: Time) -> Result<u64> {
        let done = sqlx::query("delete from invitation where used_at is null and expires_at <= $1")
            .bind(now.millis())
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected())
    }
}
