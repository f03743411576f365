//! The roster and register that are published now, read as a pair, and what has changed since.
//!
//! Never: one of the two without the other.

use amparo_protocol::api::MemberRow;
use amparo_protocol::id::{Hash, MemberId, OrgKey};
use amparo_protocol::limits::ROSTER_RENEW_SECS;
use amparo_protocol::sealed::Sealed;

use crate::crypto::roster::Roster;
use crate::house::key_batch::KeyBatch;
use crate::house::register::{Register, RegisterEntry};

/// Both signed by the organisation, of one seq, entry for entry the same members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    pub roster: Roster,
    pub register: Register,
}

/// What an administrator's browser remembers of the last roster it signed or confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pin {
    pub seq: u64,
    pub hash: Hash,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("roster and register are not signed by the organisation's key, or do not belong together")]
pub struct PublishedError;

/// How the members differ from the published register: what an administrator is shown before signing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Added(MemberId),
    Removed(MemberId),
    Roles {
        member: MemberId,
        from: u8,
        to: u8,
    },
    /// After a reset: the account has other keys than the signed ones.
    Keys(MemberId),
}

impl Change {
    /// Whom it is about.
    pub fn member(self) -> MemberId {
        match self {
            Self::Added(member) | Self::Removed(member) | Self::Roles { member, .. } | Self::Keys(member) => member,
        }
    }
}

impl Published {
    pub fn open(roster: &Sealed, register: &Sealed, org_key: &OrgKey) -> Result<Self, PublishedError> {
        let roster = Roster::open(roster, org_key).map_err(|_| PublishedError)?;
        let register = Register::open(register, org_key).map_err(|_| PublishedError)?;
        let published = Self { roster, register };
        published.is_a_pair().then_some(published).ok_or(PublishedError)
    }

    pub fn pin(&self) -> Pin {
        Pin { seq: self.roster.seq(), hash: self.roster.hash }
    }

    /// Whether this browser may sign the same members anew without asking: it is the roster that it pinned, older than
    /// seven days, and nothing has changed.
    pub fn may_renew_silently(&self, pinned: Option<Pin>, members: &[MemberRow], now_unix_secs: u64) -> bool {
        let age_secs = now_unix_secs.saturating_sub(self.roster.body.issued_unix_secs);
        pinned == Some(self.pin()) && age_secs > ROSTER_RENEW_SECS && self.changes(members).is_empty()
    }

    pub fn changes(&self, members: &[MemberRow]) -> Vec<Change> {
        let mut changes: Vec<Change> = members.iter().filter_map(|row| self.change(row)).collect();
        let is_gone = |entry: &&RegisterEntry| members.iter().all(|row| row.member != entry.member);
        changes.extend(self.register.entries.iter().filter(is_gone).map(|entry| Change::Removed(entry.member)));
        changes
    }

    fn change(&self, row: &MemberRow) -> Option<Change> {
        let Some(entry) = self.register.entry(&row.member) else {
            return Some(Change::Added(row.member));
        };
        let has_other_keys = KeyBatch::open(&row.keys).map_or(true, |batch| batch.account != entry.account);
        if has_other_keys {
            return Some(Change::Keys(row.member));
        }
        let change = Change::Roles { member: row.member, from: entry.roles, to: row.roles };
        (row.roles != entry.roles).then_some(change)
    }

    fn is_a_pair(&self) -> bool {
        let has_twin = |entry: &RegisterEntry| {
            self.roster
                .entry(&entry.roster_member)
                .is_some_and(|twin| twin.roles == entry.roles && twin.badge_hash == entry.badge_hash)
        };
        self.roster.seq() == self.register.seq
            && self.roster.body.entries.len() == self.register.entries.len()
            && self.register.entries.iter().all(has_twin)
    }
}
