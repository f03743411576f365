//! Signing a new roster and register: fresh ids, fresh badge nonces, each member's next unused key, and the organisation's
//! key sealed to every administrator.
//!
//! Never: keys or a role that nothing but the relay's word stands for.

use amparo_protocol::api::{MemberRow, OrgKeyBox, Publication, PublicationEntry, roles};
use amparo_protocol::id::{Hash, MemberId, RosterMemberId};
use amparo_protocol::limits::ROSTER_SECS;
use amparo_protocol::sealed::Sealed;
use rand_core::CryptoRng;

use crate::crypto::badge::{Badge, badge_hash_of};
use crate::crypto::primitives::random_bytes;
use crate::crypto::roster::{RosterBody, RosterEntry};
use crate::house::account::{AccountKeys, AccountSecret};
use crate::house::invitation::{ApprovalError, check_approval};
use crate::house::key_batch::KeyBatch;
use crate::house::org_key::OrgSecret;
use crate::house::publication::Published;
use crate::house::register::{Register, RegisterEntry};

/// What a signing starts from.
#[derive(Clone, Copy, Debug)]
pub struct Signing<'a> {
    pub org: &'a OrgSecret,
    /// `None` for the first roster.
    pub previous: Option<&'a Published>,
    /// The administrator who signs: her own keys need no other proof, and her invitations can be checked.
    pub administrator: &'a AccountSecret,
    /// All who shall be in the new roster.
    pub members: &'a [MemberRow],
    /// What the administrator changes with this signing.
    pub change: Option<RoleChange>,
}

/// Other roles for somebody, as an administrator chose them in her own browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleChange {
    pub member: MemberId,
    pub roles: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    #[error("the roster before this one is of another organisation")]
    OtherOrganisation,
    #[error("a member's uploaded keys are not signed by their account")]
    Keys(MemberId),
    #[error("a member has no unused key left; they must sign in first")]
    NoKeyLeft(MemberId),
    #[error("a member's account is not approved and not in the former roster")]
    Unproven(MemberId),
    #[error("a member's approval does not hold")]
    Approval(MemberId, ApprovalError),
    #[error("a pseudonym is empty or too long")]
    Pseudonym(MemberId),
}

impl Signing<'_> {
    /// Checks every member and signs, for 180 days from now.
    pub fn sign(&self, now_unix_secs: u64, random: &mut dyn CryptoRng) -> Result<Publication, SigningError> {
        let (seq, previous) = self.place()?;
        let signed = self.members.iter().map(|row| self.member(row, random)).collect::<Result<Vec<_>, _>>()?;
        let key = self.org.signing_key();
        let roster = RosterBody {
            seq,
            previous,
            issued_unix_secs: now_unix_secs,
            expires_unix_secs: now_unix_secs.saturating_add(ROSTER_SECS),
            entries: signed.iter().map(|member| member.roster.clone()).collect(),
        };
        let register = Register { seq, entries: signed.iter().map(|member| member.register.clone()).collect() };
        Ok(Publication {
            roster: roster.sign(&key),
            register: register.sign(&key),
            org_keys: signed.iter().filter_map(|member| self.org_key_for(member, random)).collect(),
            entries: signed.into_iter().map(SignedMember::into_entry).collect(),
        })
    }

    fn place(&self) -> Result<(u64, Hash), SigningError> {
        match self.previous {
            None => Ok((1, Hash::default())),
            Some(previous) if previous.roster.org_key == self.org.public() => {
                Ok((previous.roster.seq() + 1, previous.roster.hash))
            }
            Some(_) => Err(SigningError::OtherOrganisation),
        }
    }

    fn member(&self, row: &MemberRow, random: &mut dyn CryptoRng) -> Result<SignedMember, SigningError> {
        let batch = KeyBatch::open(&row.keys).map_err(|_| SigningError::Keys(row.member))?;
        let roles = self.proven_roles(row, &batch.account)?;
        let key_index = row.next_key_index.max(self.first_unused(row.member, &batch.account));
        let roster_key = *batch.roster_key(key_index).ok_or(SigningError::NoKeyLeft(row.member))?;
        let badge = Badge { nonce: random_bytes(random), avatar: row.avatar, pseudonym: row.pseudonym.clone() };
        let badge = badge.to_sealed().map_err(|_| SigningError::Pseudonym(row.member))?;
        let badge_hash = badge_hash_of(badge.as_bytes());
        let roster_member = RosterMemberId(random_bytes(random));
        let roster = RosterEntry { member: roster_member, roles, roster_key, badge_hash };
        let register =
            RegisterEntry { member: row.member, roster_member, roles, account: batch.account, key_index, badge_hash };
        Ok(SignedMember { roster, register, badge })
    }

    /// Own keys, keys that the organisation signed before, or keys bound to an invitation of this administrator. The roles are
    /// those she chooses now, else those that were signed before, else those she invited to.
    fn proven_roles(&self, row: &MemberRow, keys: &AccountKeys) -> Result<u8, SigningError> {
        let former = self.former(row.member);
        let roles = former.map_or(row.roles, |entry| entry.roles);
        let was_signed = former.is_some_and(|entry| entry.account == *keys);
        if *keys != self.administrator.public_keys() && !was_signed {
            let approval = row.approval.as_ref().ok_or(SigningError::Unproven(row.member))?;
            check_approval(approval, roles, keys, self.administrator)
                .map_err(|error| SigningError::Approval(row.member, error))?;
        }
        Ok(self.change.filter(|change| change.member == row.member).map_or(roles, |change| change.roles))
    }

    /// Every administrator can sign; sealed anew each time, so that nobody else keeps it at the relay.
    fn org_key_for(&self, member: &SignedMember, random: &mut dyn CryptoRng) -> Option<OrgKeyBox> {
        let entry = &member.register;
        let is_administrator = entry.roles & roles::ADMINISTRATOR != 0;
        let sealed = is_administrator.then(|| self.org.seal_to(&entry.account.sealing, random))?;
        Some(OrgKeyBox { member: entry.member, sealed: sealed.expect("a key batch with a refused key was not opened") })
    }

    /// The relay says which key is next; the former register makes sure that none is used twice in a row.
    fn first_unused(&self, member: MemberId, keys: &AccountKeys) -> u32 {
        let former = self.former(member).filter(|entry| entry.account == *keys);
        former.map_or(0, |entry| entry.key_index.saturating_add(1))
    }

    fn former(&self, member: MemberId) -> Option<&RegisterEntry> {
        self.previous?.register.entry(&member)
    }
}

struct SignedMember {
    roster: RosterEntry,
    register: RegisterEntry,
    badge: Sealed,
}

impl SignedMember {
    fn into_entry(self) -> PublicationEntry {
        PublicationEntry {
            member: self.register.member,
            roster_member: self.register.roster_member,
            key_index: self.register.key_index,
            badge: self.badge,
            roles: self.register.roles,
        }
    }
}
