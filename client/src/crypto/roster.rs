//! The signed list of members that a visitor's client believes: ids of one signing, role bits, keys, badge hashes.
//!
//! Never: names, or anything that links an entry to an earlier signing.

use amparo_protocol::api::roles;
use amparo_protocol::id::{Hash, OrgKey, RosterMemberId};
use amparo_protocol::limits::CLOCK_TOLERANCE_SECS;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::RefuseReason;
use ed25519_dalek::SigningKey;

use crate::crypto::bytes::{Reader, label};
use crate::crypto::primitives::{hash, open_object, sign_object};

/// A roster whose signature and form were checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    pub org_key: OrgKey,
    pub body: RosterBody,
    /// Of the signed bytes: what the next roster names as its predecessor.
    pub hash: Hash,
}

/// What an organisation signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterBody {
    pub seq: u64,
    /// Zero for the first.
    pub previous: Hash,
    pub issued_unix_secs: u64,
    pub expires_unix_secs: u64,
    /// Sorted by member.
    pub entries: Vec<RosterEntry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterEntry {
    pub member: RosterMemberId,
    /// Bits of `protocol::api::roles`.
    pub roles: u8,
    /// Ed25519 `idk`, used in this signing alone.
    pub roster_key: [u8; 32],
    pub badge_hash: Hash,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    #[error("the roster is not signed by the organisation's key, or has a wrong shape")]
    Form,
    #[error("the roster is older than one seen before")]
    TooOld,
    #[error("the roster has expired")]
    Expired,
}

impl RosterError {
    pub fn refuse_reason(self) -> RefuseReason {
        match self {
            Self::Form => RefuseReason::Roster,
            Self::TooOld => RefuseReason::RosterTooOld,
            Self::Expired => RefuseReason::RosterExpired,
        }
    }
}

impl Roster {
    /// Receiver rule 1 in full: key, signature, form, `seq >= minimum_seq`, not expired (24 h tolerance).
    pub fn open_current(
        signed: &Sealed,
        org_key: &OrgKey,
        minimum_seq: u64,
        now_unix_secs: u64,
    ) -> Result<Self, RosterError> {
        let roster = Self::open(signed, org_key)?;
        if roster.body.seq < minimum_seq {
            return Err(RosterError::TooOld);
        }
        if now_unix_secs > roster.body.expires_unix_secs.saturating_add(CLOCK_TOLERANCE_SECS) {
            return Err(RosterError::Expired);
        }
        Ok(roster)
    }

    /// The key that the bytes name. Means nothing before [`open`](Self::open) was called with it.
    pub fn key_named_in(signed: &Sealed) -> Option<OrgKey> {
        let mut reader = Reader::new(signed.as_bytes());
        reader.exactly(&label("hlc1 roster"))?;
        Some(OrgKey(reader.array()?))
    }

    /// Key, signature and form alone: for the house, which may hold an expired one.
    pub fn open(signed: &Sealed, org_key: &OrgKey) -> Result<Self, RosterError> {
        let body = open_object(org_key.as_bytes(), signed.as_bytes()).ok_or(RosterError::Form)?;
        let body = RosterBody::parse(body, org_key).ok_or(RosterError::Form)?;
        Ok(Self { org_key: *org_key, body, hash: hash(&[signed.as_bytes()]) })
    }

    pub fn seq(&self) -> u64 {
        self.body.seq
    }

    pub fn entry(&self, member: &RosterMemberId) -> Option<&RosterEntry> {
        self.body.entries.iter().find(|entry| entry.member == *member)
    }
}

impl RosterBody {
    /// Sorts the entries and signs.
    pub fn sign(mut self, key: &SigningKey) -> Sealed {
        self.entries.sort_by_key(|entry| entry.member);
        let mut body = label("hlc1 roster");
        body.extend_from_slice(key.verifying_key().as_bytes());
        body.extend_from_slice(&self.seq.to_be_bytes());
        body.extend_from_slice(self.previous.as_bytes());
        body.extend_from_slice(&self.issued_unix_secs.to_be_bytes());
        body.extend_from_slice(&self.expires_unix_secs.to_be_bytes());
        let count = u16::try_from(self.entries.len()).expect("an organisation has fewer than 65,536 members");
        body.extend_from_slice(&count.to_be_bytes());
        for entry in &self.entries {
            body.extend_from_slice(entry.member.as_bytes());
            body.push(entry.roles);
            body.extend_from_slice(&entry.roster_key);
            body.extend_from_slice(entry.badge_hash.as_bytes());
        }
        Sealed(sign_object(key, body))
    }

    fn parse(body: &[u8], org_key: &OrgKey) -> Option<Self> {
        let mut reader = Reader::new(body);
        reader.exactly(&label("hlc1 roster"))?;
        reader.exactly(org_key.as_bytes())?;
        let seq = reader.u64()?;
        let previous = Hash(reader.array()?);
        let issued_unix_secs = reader.u64()?;
        let expires_unix_secs = reader.u64()?;
        let count = reader.u16()?;
        let entries = (0..count).map(|_| RosterEntry::read(&mut reader)).collect::<Option<Vec<_>>>()?;
        reader.end()?;
        let is_first = previous == Hash::default();
        let is_sorted = entries.is_sorted_by(|left, right| left.member < right.member);
        let is_sound = seq >= 1 && is_first == (seq == 1) && issued_unix_secs < expires_unix_secs && is_sorted;
        is_sound.then_some(Self { seq, previous, issued_unix_secs, expires_unix_secs, entries })
    }
}

impl RosterEntry {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let member = RosterMemberId(reader.array()?);
        let roles = reader.u8().filter(|bits| bits & !roles::ALL == 0)?;
        Some(Self { member, roles, roster_key: reader.array()?, badge_hash: Hash(reader.array()?) })
    }
}
