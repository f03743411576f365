//! An organisation with two counselors: its key, its signed roster, badges and shift keys.

use amparo_client::crypto::badge::{Badge, badge_hash_of};
use amparo_client::crypto::primitives::OrgId;
use amparo_client::crypto::roster::{RosterBody, RosterEntry};
use amparo_client::crypto::shift::ShiftKeys;
use amparo_protocol::api::roles;
use amparo_protocol::id::{Hash, OrgKey, RosterMemberId};
use amparo_protocol::sealed::Sealed;
use ed25519_dalek::SigningKey;

use crate::seeded::Seeded;

pub struct House {
    pub key: SigningKey,
    pub roster: Sealed,
    pub roster_seq: u64,
    pub members: Vec<HouseMember>,
}

pub struct HouseMember {
    pub name: &'static str,
    pub id: RosterMemberId,
    pub badge: Sealed,
    /// Signs the certificates of this member's devices.
    pub roster_key: SigningKey,
}

impl House {
    pub fn of(names: &[&'static str], now_unix_secs: u64, random: &mut Seeded) -> Self {
        let key = SigningKey::from_bytes(&random.bytes());
        let mut house = Self { key, roster: Sealed::default(), roster_seq: 0, members: Vec::new() };
        house.sign_roster(names, now_unix_secs, random);
        house
    }

    /// A new signing: fresh ids, keys and badge hashes for everybody listed.
    pub fn sign_roster(&mut self, names: &[&'static str], now_unix_secs: u64, random: &mut Seeded) {
        self.members = names.iter().map(|name| HouseMember::new(name, random)).collect();
        let previous = if self.roster_seq == 0 { Hash::default() } else { Hash([self.roster_seq as u8; 32]) };
        self.roster_seq += 1;
        let body = RosterBody {
            seq: self.roster_seq,
            previous,
            issued_unix_secs: now_unix_secs,
            expires_unix_secs: now_unix_secs + 180 * 86_400,
            entries: self.members.iter().map(HouseMember::entry).collect(),
        };
        self.roster = body.sign(&self.key);
    }

    pub fn org_key(&self) -> OrgKey {
        OrgKey(self.key.verifying_key().to_bytes())
    }

    pub fn member(&self, name: &str) -> &HouseMember {
        self.members.iter().find(|member| member.name == name).expect("a member of this house")
    }

    pub fn shift(&self, name: &str, now_unix_secs: u64, random: &mut Seeded) -> ShiftKeys {
        let member = self.member(name);
        let org = OrgId::of(&self.org_key());
        ShiftKeys::certify(&member.roster_key, org, member.id, self.roster_seq, now_unix_secs, random)
    }
}

impl HouseMember {
    fn new(name: &'static str, random: &mut Seeded) -> Self {
        let badge = Badge { nonce: random.bytes(), avatar: 3, pseudonym: name.to_owned() };
        Self {
            name,
            id: RosterMemberId(random.bytes()),
            badge: badge.to_sealed().expect("a short name"),
            roster_key: SigningKey::from_bytes(&random.bytes()),
        }
    }

    /// Sara supervises.
    pub fn roles(&self) -> u8 {
        if self.name == "Sara" { roles::COUNSELOR | roles::SUPERVISOR } else { roles::COUNSELOR }
    }

    fn entry(&self) -> RosterEntry {
        RosterEntry {
            member: self.id,
            roles: self.roles(),
            roster_key: self.roster_key.verifying_key().to_bytes(),
            badge_hash: badge_hash_of(self.badge.as_bytes()),
        }
    }
}
