//! The administrators' signed list of who is behind each roster entry.
//!
//! Never: sent to a visitor.

use amparo_protocol::api::roles;
use amparo_protocol::id::{Hash, MemberId, OrgKey, RosterMemberId};
use amparo_protocol::sealed::Sealed;
use ed25519_dalek::SigningKey;

use crate::crypto::bytes::{Reader, label};
use crate::crypto::primitives::{OrgId, open_object, sign_object};
use crate::house::account::AccountKeys;

/// A register whose signature and form were checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// Of the roster that was signed with it.
    pub seq: u64,
    /// Sorted by member.
    pub entries: Vec<RegisterEntry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterEntry {
    pub member: MemberId,
    pub roster_member: RosterMemberId,
    pub roles: u8,
    pub account: AccountKeys,
    /// Which of the account's roster keys this signing uses.
    pub key_index: u32,
    pub badge_hash: Hash,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the register is not signed by the organisation's key, or has a wrong shape")]
pub struct RegisterError;

impl Register {
    /// Sorts the entries and signs.
    pub fn sign(mut self, key: &SigningKey) -> Sealed {
        self.entries.sort_by_key(|entry| entry.member);
        let mut body = label("hlc1 register");
        body.extend_from_slice(&OrgId::of(&OrgKey(key.verifying_key().to_bytes())).0);
        body.extend_from_slice(&self.seq.to_be_bytes());
        let count = u16::try_from(self.entries.len()).expect("an organisation has fewer than 65,536 members");
        body.extend_from_slice(&count.to_be_bytes());
        for entry in &self.entries {
            body.extend_from_slice(entry.member.as_bytes());
            body.extend_from_slice(entry.roster_member.as_bytes());
            body.push(entry.roles);
            body.extend_from_slice(&entry.account.signing);
            body.extend_from_slice(&entry.account.sealing);
            body.extend_from_slice(&entry.key_index.to_be_bytes());
            body.extend_from_slice(entry.badge_hash.as_bytes());
        }
        Sealed(sign_object(key, body))
    }

    pub fn open(signed: &Sealed, org_key: &OrgKey) -> Result<Self, RegisterError> {
        let body = open_object(org_key.as_bytes(), signed.as_bytes()).ok_or(RegisterError)?;
        Self::parse(body, org_key).ok_or(RegisterError)
    }

    pub fn entry(&self, member: &MemberId) -> Option<&RegisterEntry> {
        self.entries.iter().find(|entry| entry.member == *member)
    }

    fn parse(body: &[u8], org_key: &OrgKey) -> Option<Self> {
        let mut reader = Reader::new(body);
        reader.exactly(&label("hlc1 register"))?;
        reader.exactly(&OrgId::of(org_key).0)?;
        let seq = reader.u64()?;
        let count = reader.u16()?;
        let entries = (0..count).map(|_| RegisterEntry::read(&mut reader)).collect::<Option<Vec<_>>>()?;
        reader.end()?;
        let is_sorted = entries.is_sorted_by(|left, right| left.member < right.member);
        is_sorted.then_some(Self { seq, entries })
    }
}

impl RegisterEntry {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            member: MemberId(reader.array()?),
            roster_member: RosterMemberId(reader.array()?),
            roles: reader.u8().filter(|bits| bits & !roles::ALL == 0)?,
            account: AccountKeys { signing: reader.array()?, sealing: reader.array()? },
            key_index: reader.u32()?,
            badge_hash: Hash(reader.array()?),
        })
    }
}
