//! The signed rosters, and which member is behind which entry. Only the newest counts; the ones that a shift may still
//! name are kept for two days.

use std::collections::BTreeMap;

use amparo_protocol::api::{OrgKeyBox, roles};
use amparo_protocol::id::{Hash, MemberId, RosterMemberId};
use amparo_protocol::sealed::Sealed;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::row::{Columns, small};
use super::site::Site;
use super::{Result, Store, member, site};
use crate::clock::Time;
use crate::store::member::Member;
use crate::store::organisation::Organisation;

const KEEP_FORMER_SECS: u64 = 2 * 24 * 60 * 60;

/// One signing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    pub seq: u64,
    pub roster: Sealed,
    /// The administrators' list of who is behind each entry.
    pub register: Sealed,
    pub published_at: Time,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterEntry {
    pub seq: u64,
    pub roster_member: RosterMemberId,
    pub member: MemberId,
    pub key_index: u32,
    pub badge: Sealed,
    pub roles: u8,
}

/// A roster with all that is known of those whom it signs.
pub struct Signing {
    pub roster: Roster,
    pub entries: Vec<RosterEntry>,
    /// One for each administrator.
    pub org_keys: Vec<OrgKeyBox>,
    /// The key batches that the entries were checked against: an account that has others by now is not approved by them.
    pub checked_keys: BTreeMap<MemberId, Sealed>,
}

/// Everything that a set-up writes.
pub struct FirstSetup<'a> {
    pub token: Hash,
    pub organisation: &'a Organisation,
    pub administrator: &'a Member,
    pub signing: &'a Signing,
    /// Where the organisation is new.
    pub site: Option<&'a Site>,
}

/// What became of a set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetUp {
    Done,
    /// The set-up address was used or has expired.
    NoToken,
    NameTaken,
    /// The organisation exists under another key, or the roster is not the next one.
    Conflict,
}

impl Store {
    pub async fn newest_roster(&self) -> Result<Option<Roster>> {
        let row = sqlx::query("select seq, roster, register, published_at from roster order by seq desc limit 1")
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(roster_from).transpose()
    }

    pub async fn roster(&self, seq: u64) -> Result<Option<Roster>> {
        let row = sqlx::query("select seq, roster, register, published_at from roster where seq = $1")
            .bind(number(seq))
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(roster_from).transpose()
    }

    /// Who is behind an entry of that signing.
    pub async fn roster_entry(&self, seq: u64, roster_member: RosterMemberId) -> Result<Option<RosterEntry>> {
        let row = sqlx::query(
            "select seq, roster_member, member, key_index, badge, roles from roster_entry \
             where seq = $1 and roster_member = $2",
        )
        .bind(number(seq))
        .bind(roster_member.to_text())
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(entry_from).transpose()
    }

    /// The member's own entry in that signing.
    pub async fn roster_entry_of(&self, seq: u64, member: MemberId) -> Result<Option<RosterEntry>> {
        let row = sqlx::query(
            "select seq, roster_member, member, key_index, badge, roles from roster_entry \
             where seq = $1 and member = $2",
        )
        .bind(number(seq))
        .bind(member.to_text())
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(entry_from).transpose()
    }

    /// Publishes the next roster and gives every member the roles it signs; `false` when it is not the next one.
    pub async fn publish(&self, signing: &Signing) -> Result<bool> {
        let mut transaction = self.pool.begin().await?;
        if !insert(&mut transaction, signing).await? {
            return Ok(false);
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// The first administrator's set-up, or a later one with the same organisation key: all of it or nothing.
    pub async fn set_up(&self, first: FirstSetup<'_>, now: Time) -> Result<SetUp> {
        let mut transaction = self.pool.begin().await?;
        let used = sqlx::query("delete from setup_token where id = $1 and expires_at > $2")
            .bind(first.token.to_text())
            .bind(now.millis())
            .execute(&mut *transaction)
            .await?;
        if used.rows_affected() != 1 {
            return Ok(SetUp::NoToken);
        }
        if !keep_organisation(&mut transaction, first.organisation, now).await? {
            return Ok(SetUp::Conflict);
        }
        if !member::insert(&mut transaction, first.administrator).await? {
            return Ok(SetUp::NameTaken);
        }
        if !insert(&mut transaction, first.signing).await? {
            return Ok(SetUp::Conflict);
        }
        if let Some(site) = first.site {
            site::insert(&mut transaction, site, now).await?;
        }
        transaction.commit().await?;
        Ok(SetUp::Done)
    }
}

/// Writes the organisation, or finds the same one; `false` when another key is there.
async fn keep_organisation(connection: &mut AnyConnection, organisation: &Organisation, now: Time) -> Result<bool> {
    sqlx::query(
        "insert into organisation (id, name, org_key, created_at) values ('own', $1, $2, $3) on conflict do nothing",
    )
    .bind(&organisation.name)
    .bind(&organisation.org_key.as_bytes()[..])
    .bind(now.millis())
    .execute(&mut *connection)
    .await?;
    let row = sqlx::query("select org_key from organisation where id = 'own'").fetch_one(connection).await?;
    Ok(row.bytes("org_key")? == organisation.org_key.as_bytes())
}

async fn insert(connection: &mut AnyConnection, signing: &Signing) -> Result<bool> {
    let roster = &signing.roster;
    let newest =
        sqlx::query("select seq from roster order by seq desc limit 1").fetch_optional(&mut *connection).await?;
    let newest = newest.map(|row| row.number("seq")).transpose()?.unwrap_or(0);
    if number(roster.seq) != newest + 1 {
        return Ok(false);
    }
    let done = sqlx::query(
        "insert into roster (seq, roster, register, published_at) values ($1, $2, $3, $4) on conflict do nothing",
    )
    .bind(number(roster.seq))
    .bind(roster.roster.as_bytes())
    .bind(roster.register.as_bytes())
    .bind(roster.published_at.millis())
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() != 1 {
        return Ok(false);
    }
    for entry in &signing.entries {
        insert_entry(connection, entry).await?;
        if !approve(connection, entry, signing).await? {
            return Ok(false);
        }
    }
    settle(connection, roster).await?;
    Ok(true)
}

async fn insert_entry(connection: &mut AnyConnection, entry: &RosterEntry) -> Result<()> {
    sqlx::query(
        "insert into roster_entry (seq, roster_member, member, key_index, badge, roles) \
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(number(entry.seq))
    .bind(entry.roster_member.to_text())
    .bind(entry.member.to_text())
    .bind(i64::from(entry.key_index))
    .bind(entry.badge.as_bytes())
    .bind(i64::from(entry.roles))
    .execute(connection)
    .await?;
    Ok(())
}

/// What a signing says about one member: roles, approval, that the key is used, and the organisation's key for administrators.
/// `false` where the account was reset after its keys were checked.
async fn approve(connection: &mut AnyConnection, entry: &RosterEntry, signing: &Signing) -> Result<bool> {
    let org_key = signing.org_keys.iter().find(|org_key| org_key.member == entry.member);
    let done = sqlx::query(
        "update member set roles = $2, next_key_index = $3, approved_at = coalesce(approved_at, $4), \
         wrapped_org_key = $5 where id = $1 and keys = $6",
    )
    .bind(entry.member.to_text())
    .bind(i64::from(entry.roles))
    .bind(i64::from(entry.key_index) + 1)
    .bind(signing.roster.published_at.millis())
    .bind(org_key.map(|org_key| org_key.sealed.as_bytes()))
    .bind(signing.checked_keys.get(&entry.member).map(Sealed::as_bytes))
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Who is not in the newest roster is not approved; answered invitations and rosters that no shift can name go.
async fn settle(connection: &mut AnyConnection, roster: &Roster) -> Result<()> {
    sqlx::query(
        "update member set approved_at = null, wrapped_org_key = null where id not in (select member from roster_entry where seq = $1)",
    )
    .bind(number(roster.seq))
    .execute(&mut *connection)
    .await?;
    sqlx::query("delete from invitation where member in (select member from roster_entry where seq = $1)")
        .bind(number(roster.seq))
        .execute(&mut *connection)
        .await?;
    // Whoever is no administrator any more invites nobody, also by links that are still open.
    sqlx::query(
        "delete from invitation where used_at is null and invited_by not in \
         (select member from roster_entry where seq = $1 and (roles & $2) <> 0)",
    )
    .bind(number(roster.seq))
    .bind(i64::from(roles::ADMINISTRATOR))
    .execute(&mut *connection)
    .await?;
    sqlx::query("delete from roster where seq < $1 and published_at < $2")
        .bind(number(roster.seq) - 1)
        .bind(roster.published_at.minus_secs(KEEP_FORMER_SECS).millis())
        .execute(connection)
        .await?;
    Ok(())
}

/// Sequence numbers fit: a roster is signed by hand.
fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

fn roster_from(row: &AnyRow) -> Result<Roster> {
    Ok(Roster {
        seq: small(row.number("seq")?)?,
        roster: row.sealed("roster")?,
        register: row.sealed("register")?,
        published_at: Time(row.number("published_at")?),
    })
}

fn entry_from(row: &AnyRow) -> Result<RosterEntry> {
    Ok(RosterEntry {
        seq: small(row.number("seq")?)?,
        roster_member: row.id("roster_member")?,
        member: row.id("member")?,
        key_index: small(row.number("key_index")?)?,
        badge: row.sealed("badge")?,
        roles: small(row.number("roles")?)?,
    })
}
