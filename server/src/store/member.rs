//! Members: accounts, what their browsers wrapped, and the state of their sign-in.

use amparo_protocol::id::{Hash, MemberId};
use amparo_protocol::language::Language;
use amparo_protocol::sealed::Sealed;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use zeroize::Zeroizing;

use super::row::{Columns, languages_from_text, languages_to_text, small};
use super::{Result, Store};
use crate::clock::Time;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: MemberId,
    pub sign_in_name: String,
    pub pseudonym: String,
    pub avatar: u8,
    pub roles: u8,
    pub languages: Vec<Language>,
    /// OPAQUE's record; opens nothing without the password.
    pub password_record: Sealed,
    pub wrapped_by_password: Sealed,
    pub wrapped_by_recovery: Sealed,
    /// The organisation key's private half, sealed to this administrator's account.
    pub wrapped_org_key: Option<Sealed>,
    /// The newest key batch.
    pub keys: Sealed,
    pub next_key_index: u32,
    pub totp_secret: Option<Zeroizing<Vec<u8>>>,
    /// The last time step whose code was used; an earlier or equal one is never taken again.
    pub totp_used_step: u64,
    pub failed_sign_ins: u32,
    pub next_sign_in_at: Time,
    /// Set while the newest roster holds this member.
    pub approved_at: Option<Time>,
    pub created_at: Time,
}

/// In comparisons for a secret that there is none of: `null` equals nothing.
const NO_BYTES: &[u8] = &[];

impl Member {
    fn totp_bytes(&self) -> &[u8] {
        self.totp_secret.as_ref().map_or(NO_BYTES, |secret| secret)
    }
}

/// How an account that came by invitation waits for its approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingForApproval {
    pub member: MemberId,
    pub invitation: Hash,
    pub binding: Hash,
    pub wrapped_secret: Sealed,
    pub invited_by: MemberId,
}

/// An invitation and the account that was made with it.
#[derive(Clone, Copy)]
pub struct Answered<'a> {
    pub invitation: Hash,
    pub binding: Hash,
    pub member: &'a Member,
}

/// What became of an attempt to use an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    Yes,
    NameTaken,
    /// Used, revoked or expired.
    NoInvitation,
}

/// The form in which sign-in names are compared: without outer blanks, in lower case.
pub fn sign_in_key(sign_in_name: &str) -> String {
    sign_in_name.trim().to_lowercase()
}

impl Store {
    pub async fn member(&self, id: MemberId) -> Result<Option<Member>> {
        let row = sqlx::query(
            "select id, sign_in_name, pseudonym, avatar, roles, languages, password_record, wrapped_by_password, \
             wrapped_by_recovery, wrapped_org_key, keys, next_key_index, totp_secret, totp_used_step, \
             failed_sign_ins, next_sign_in_at, approved_at, created_at from member where id = $1",
        )
        .bind(id.to_text())
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(member_from).transpose()
    }

    pub async fn member_by_sign_in_name(&self, sign_in_name: &str) -> Result<Option<Member>> {
        let row = sqlx::query(
            "select id, sign_in_name, pseudonym, avatar, roles, languages, password_record, wrapped_by_password, \
             wrapped_by_recovery, wrapped_org_key, keys, next_key_index, totp_secret, totp_used_step, \
             failed_sign_ins, next_sign_in_at, approved_at, created_at from member where sign_in_key = $1",
        )
        .bind(sign_in_key(sign_in_name))
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(member_from).transpose()
    }

    /// All members, the oldest account first.
    pub async fn members(&self) -> Result<Vec<Member>> {
        let rows = sqlx::query(
            "select id, sign_in_name, pseudonym, avatar, roles, languages, password_record, wrapped_by_password, \
             wrapped_by_recovery, wrapped_org_key, keys, next_key_index, totp_secret, totp_used_step, \
             failed_sign_ins, next_sign_in_at, approved_at, created_at from member order by created_at, id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(member_from).collect()
    }

    /// Makes the account and uses its invitation up, both or neither.
    pub async fn accept_invitation(&self, answered: Answered<'_>, now: Time) -> Result<Accepted> {
        let mut transaction = self.pool.begin().await?;
        if !use_up(&mut transaction, answered, now).await? {
            return Ok(Accepted::NoInvitation);
        }
        if !insert(&mut transaction, answered.member).await? {
            return Ok(Accepted::NameTaken);
        }
        bind(&mut transaction, answered).await?;
        transaction.commit().await?;
        Ok(Accepted::Yes)
    }

    /// The same for an account that is there: its password, authenticator and keys are new, its logins and passkeys end, and
    /// it waits for approval. The sign-in name stays, and so does all that hangs on the member's id.
    pub async fn reset_account(&self, answered: Answered<'_>, now: Time) -> Result<Accepted> {
        let member = answered.member.id.to_text();
        let mut transaction = self.pool.begin().await?;
        if !use_up(&mut transaction, answered, now).await? || !renew(&mut transaction, answered.member).await? {
            return Ok(Accepted::NoInvitation);
        }
        for forget in [
            "delete from login where member = $1",
            "delete from passkey where member = $1",
            // A former link that was used and not approved would count as a second proof.
            "delete from invitation where member = $1",
            // And whoever holds an earlier link must not begin again.
            "delete from invitation where resets = $1 and used_at is null",
        ] {
            sqlx::query(forget).bind(&member).execute(&mut *transaction).await?;
        }
        bind(&mut transaction, answered).await?;
        transaction.commit().await?;
        Ok(Accepted::Yes)
    }

    /// `false` when there is no such member.
    pub async fn set_languages(&self, member: MemberId, languages: &[Language]) -> Result<bool> {
        let done = sqlx::query("update member set languages = $2 where id = $1")
            .bind(member.to_text())
            .bind(languages_to_text(languages))
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    pub async fn waiting_for_approval(&self) -> Result<Vec<WaitingForApproval>> {
        let rows = sqlx::query(
            "select invitation.member as member, invitation.id as id, binding, wrapped_secret, invited_by \
             from invitation join member on member.id = invitation.member where member.approved_at is null",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(WaitingForApproval {
                    member: row.id("member")?,
                    invitation: row.id("id")?,
                    binding: Hash::from_slice(&row.bytes("binding")?).ok_or(super::StoreError::Corrupt("a binding"))?,
                    wrapped_secret: row.sealed("wrapped_secret")?,
                    invited_by: row.id("invited_by")?,
                })
            })
            .collect()
    }

    /// Counts one more sign-in that has not succeeded yet. `false` when another attempt was counted meanwhile or the
    /// delay is not over: then this one must not be looked at.
    pub async fn begin_sign_in(&self, member: &Member, now: Time, next_sign_in_at: Time) -> Result<bool> {
        let done = sqlx::query(
            "update member set failed_sign_ins = $2 + 1, next_sign_in_at = $4 \
             where id = $1 and failed_sign_ins = $2 and next_sign_in_at <= $3",
        )
        .bind(member.id.to_text())
        .bind(i64::from(member.failed_sign_ins))
        .bind(now.millis())
        .bind(next_sign_in_at.millis())
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// As much work for the disk, for a name that nobody has: only a number grows, which nobody reads. A write that changes
    /// nothing would never reach the disk.
    pub async fn begin_sign_in_of_nobody(&self) -> Result<()> {
        sqlx::query(
            "insert into setting (id, version, value) values ('sign-ins-of-nobody', 1, '') \
             on conflict (id) do update set version = setting.version + 1",
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    pub async fn forget_failed_sign_ins(&self, member: MemberId) -> Result<()> {
        sqlx::query("update member set failed_sign_ins = 0, next_sign_in_at = 0 where id = $1")
            .bind(member.to_text())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// `false` when this step's code, or a later one, was used already.
    pub async fn use_totp_step(&self, member: MemberId, step: u64) -> Result<bool> {
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        let done = sqlx::query("update member set totp_used_step = $2 where id = $1 and totp_used_step < $2")
            .bind(member.to_text())
            .bind(step)
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// A new password, authenticator or both, as `renewed` has them; the former open nothing from here on, and every login of
    /// the member has ended. `false` when they were replaced since `checked` was read.
    pub async fn replace_credentials(&self, checked: &Member, renewed: &Member) -> Result<bool> {
        let mut transaction = self.pool.begin().await?;
        let done = sqlx::query(
            "update member set password_record = $4, wrapped_by_password = $5, totp_secret = $6, \
             totp_used_step = case when totp_used_step < $7 then $7 else totp_used_step end, \
             failed_sign_ins = 0, next_sign_in_at = 0 \
             where id = $1 and password_record = $2 and coalesce(totp_secret, $8) = $3",
        )
        .bind(checked.id.to_text())
        .bind(checked.password_record.as_bytes())
        .bind(checked.totp_bytes())
        .bind(renewed.password_record.as_bytes())
        .bind(renewed.wrapped_by_password.as_bytes())
        .bind(renewed.totp_secret.as_ref().map(|secret| &secret[..]))
        .bind(i64::try_from(renewed.totp_used_step).unwrap_or(i64::MAX))
        .bind(NO_BYTES)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() != 1 {
            return Ok(false);
        }
        let mut ended = vec!["delete from login where member = $1"];
        if renewed.totp_secret != checked.totp_secret {
            // One of them may have been on the phone.
            ended.push("delete from passkey where member = $1");
        }
        for end in ended {
            sqlx::query(end).bind(checked.id.to_text()).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// The next keys of the same account; `false` when others were uploaded, or a signing used some, since `checked` was read.
    pub async fn renew_keys(&self, checked: &Member, keys: &Sealed) -> Result<bool> {
        let done = sqlx::query("update member set keys = $2 where id = $1 and keys = $3 and next_key_index = $4")
            .bind(checked.id.to_text())
            .bind(keys.as_bytes())
            .bind(checked.keys.as_bytes())
            .bind(i64::from(checked.next_key_index))
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Erases the account with its logins, invitations and roster entries; `false` when there was none.
    pub async fn erase_member(&self, member: MemberId) -> Result<bool> {
        let done = sqlx::query("delete from member where id = $1").bind(member.to_text()).execute(&self.pool).await?;
        Ok(done.rows_affected() == 1)
    }
}

/// Holds the member's row until the transaction ends, so that nobody replaces anything meanwhile. `false` when password or
/// authenticator were replaced since `checked` was read.
pub(super) async fn forget_failures_of(connection: &mut AnyConnection, checked: &Member) -> Result<bool> {
    let done = sqlx::query(
        "update member set failed_sign_ins = 0, next_sign_in_at = 0 \
         where id = $1 and password_record = $2 and coalesce(totp_secret, $4) = $3",
    )
    .bind(checked.id.to_text())
    .bind(checked.password_record.as_bytes())
    .bind(checked.totp_bytes())
    .bind(NO_BYTES)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// `false` when the invitation was used, has expired, or is for another member.
async fn use_up(connection: &mut AnyConnection, answered: Answered<'_>, now: Time) -> Result<bool> {
    let used = sqlx::query(
        "update invitation set used_at = $2 where id = $1 and used_at is null and expires_at > $2 and roles = $3 \
         and (resets is null or resets = $4)",
    )
    .bind(answered.invitation.to_text())
    .bind(now.millis())
    .bind(i64::from(answered.member.roles))
    .bind(answered.member.id.to_text())
    .execute(connection)
    .await?;
    Ok(used.rows_affected() == 1)
}

/// Who answered, and the proof that the link's secret chose the keys.
async fn bind(connection: &mut AnyConnection, answered: Answered<'_>) -> Result<()> {
    sqlx::query("update invitation set member = $2, binding = $3 where id = $1")
        .bind(answered.invitation.to_text())
        .bind(answered.member.id.to_text())
        .bind(&answered.binding.as_bytes()[..])
        .execute(connection)
        .await?;
    Ok(())
}

/// Everything but the id, the sign-in name, the roles and the day it began; `false` when there is no such account, or its
/// roles have changed since the link was made.
async fn renew(connection: &mut AnyConnection, member: &Member) -> Result<bool> {
    let done = sqlx::query(
        "update member set pseudonym = $2, avatar = $3, languages = $4, password_record = $5, \
         wrapped_by_password = $6, wrapped_by_recovery = $7, wrapped_org_key = null, keys = $8, next_key_index = 0, \
         totp_secret = $9, totp_used_step = $10, failed_sign_ins = 0, next_sign_in_at = 0, approved_at = null \
         where id = $1 and roles = $11",
    )
    .bind(member.id.to_text())
    .bind(&member.pseudonym)
    .bind(i64::from(member.avatar))
    .bind(languages_to_text(&member.languages))
    .bind(member.password_record.as_bytes())
    .bind(member.wrapped_by_password.as_bytes())
    .bind(member.wrapped_by_recovery.as_bytes())
    .bind(member.keys.as_bytes())
    .bind(member.totp_secret.as_ref().map(|secret| &secret[..]))
    .bind(i64::try_from(member.totp_used_step).unwrap_or(i64::MAX))
    .bind(i64::from(member.roles))
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// `false` when the sign-in name is taken.
pub(super) async fn insert(connection: &mut AnyConnection, member: &Member) -> Result<bool> {
    let done = sqlx::query(
        "insert into member (id, sign_in_key, sign_in_name, pseudonym, avatar, roles, languages, password_record, \
         wrapped_by_password, wrapped_by_recovery, wrapped_org_key, keys, next_key_index, totp_secret, \
         totp_used_step, failed_sign_ins, next_sign_in_at, approved_at, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
         on conflict (sign_in_key) do nothing",
    )
    .bind(member.id.to_text())
    .bind(sign_in_key(&member.sign_in_name))
    .bind(&member.sign_in_name)
    .bind(&member.pseudonym)
    .bind(i64::from(member.avatar))
    .bind(i64::from(member.roles))
    .bind(languages_to_text(&member.languages))
    .bind(member.password_record.as_bytes())
    .bind(member.wrapped_by_password.as_bytes())
    .bind(member.wrapped_by_recovery.as_bytes())
    .bind(member.wrapped_org_key.as_ref().map(Sealed::as_bytes))
    .bind(member.keys.as_bytes())
    .bind(i64::from(member.next_key_index))
    .bind(member.totp_secret.as_ref().map(|secret| &secret[..]))
    .bind(i64::try_from(member.totp_used_step).unwrap_or(i64::MAX))
    .bind(i64::from(member.failed_sign_ins))
    .bind(member.next_sign_in_at.millis())
    .bind(member.approved_at.map(Time::millis))
    .bind(member.created_at.millis())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn member_from(row: &AnyRow) -> Result<Member> {
    Ok(Member {
        id: row.id("id")?,
        sign_in_name: row.text("sign_in_name")?,
        pseudonym: row.text("pseudonym")?,
        avatar: small(row.number("avatar")?)?,
        roles: small(row.number("roles")?)?,
        languages: languages_from_text(&row.text("languages")?),
        password_record: row.sealed("password_record")?,
        wrapped_by_password: row.sealed("wrapped_by_password")?,
        wrapped_by_recovery: row.sealed("wrapped_by_recovery")?,
        wrapped_org_key: row.bytes_or_none("wrapped_org_key")?.map(Sealed),
        keys: row.sealed("keys")?,
        next_key_index: small(row.number("next_key_index")?)?,
        totp_secret: row.bytes_or_none("totp_secret")?.map(Zeroizing::new),
        totp_used_step: small(row.number("totp_used_step")?)?,
        failed_sign_ins: small(row.number("failed_sign_ins")?)?,
        next_sign_in_at: Time(row.number("next_sign_in_at")?),
        approved_at: row.number_or_none("approved_at")?.map(Time),
        created_at: Time(row.number("created_at")?),
    })
}
