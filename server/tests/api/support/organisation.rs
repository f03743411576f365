//! The organisation's key and what it signs, as an administrator's browser does it.

use amparo_protocol::api::{MemberRow, OrgKeyBox, Publication, PublicationEntry, roles};
use amparo_protocol::id::{MemberId, OrgKey, RosterMemberId};
use amparo_protocol::sealed::Sealed;
use amparo_server::random::Random;
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};

use super::app::TestApp;

/// Keys in one batch of a member.
pub const KEYS: u16 = 16;
const HALF_A_YEAR_SECS: u64 = 180 * 24 * 60 * 60;

#[derive(Clone)]
pub struct Organisation {
    pub name: String,
    pub key: SigningKey,
    /// The newest roster that this administrator's browser knows.
    pub seq: u64,
    pub newest: Vec<u8>,
}

/// One member as they are about to be signed.
#[derive(Clone)]
pub struct Signed {
    pub member: MemberId,
    pub keys: Sealed,
    pub key_index: u32,
    pub roles: u8,
    pub pseudonym: String,
}

impl Signed {
    pub fn from_row(row: &MemberRow) -> Self {
        Self {
            member: row.member,
            keys: row.keys.clone(),
            key_index: row.next_key_index,
            roles: row.roles,
            pseudonym: row.pseudonym.clone(),
        }
    }
}

impl Organisation {
    pub fn new(name: &str) -> Self {
        let key = SigningKey::from_bytes(&Random::Machine.bytes());
        Self { name: name.to_owned(), key, seq: 0, newest: Vec::new() }
    }

    pub fn org_key(&self) -> OrgKey {
        OrgKey(self.key.verifying_key().to_bytes())
    }

    /// The next roster with these members. It counts as known once the relay has taken it: [`Self::published`].
    pub fn sign(&self, members: &[Signed], app: &TestApp) -> Publication {
        let mut entries: Vec<PublicationEntry> = members.iter().map(entry).collect();
        entries.sort_by_key(|entry| entry.roster_member);
        let key_of = |entry: &PublicationEntry| {
            let member = members.iter().find(|member| member.member == entry.member).unwrap();
            roster_key(&member.keys, entry.key_index)
        };
        let issued = app.app.clock.now().unix_secs();
        let mut roster = label("hlc1 roster");
        roster.extend(self.org_key().0);
        roster.extend((self.seq + 1).to_be_bytes());
        roster.extend(self.previous());
        roster.extend(issued.to_be_bytes());
        roster.extend((issued + HALF_A_YEAR_SECS).to_be_bytes());
        roster.extend(u16::try_from(entries.len()).unwrap().to_be_bytes());
        for entry in &entries {
            roster.extend(entry.roster_member.0);
            roster.push(entry.roles);
            roster.extend(key_of(entry));
            roster.extend(Sha256::new().chain_update(label("hlc1 badge")).chain_update(&entry.badge.0).finalize());
        }
        let mut register = label("hlc1 register");
        register.extend([0; 16]);
        register.extend((self.seq + 1).to_be_bytes());
        let administrators = entries.iter().filter(|entry| entry.roles & roles::ADMINISTRATOR != 0);
        let org_keys =
            administrators.map(|entry| OrgKeyBox { member: entry.member, sealed: Sealed(vec![1; 81]) }).collect();
        Publication { roster: signed(roster, &self.key), register: signed(register, &self.key), entries, org_keys }
    }

    pub fn published(&mut self, publication: &Publication) {
        self.seq += 1;
        self.newest = publication.roster.0.clone();
    }

    fn previous(&self) -> [u8; 32] {
        if self.seq == 0 { [0; 32] } else { Sha256::digest(&self.newest).into() }
    }
}

/// The first batch of keys, signed by the account that they belong to.
pub fn key_batch(account: &SigningKey) -> Sealed {
    key_batch_from(account, 0, KEYS)
}

pub fn key_batch_from(account: &SigningKey, first: u32, count: u16) -> Sealed {
    let mut batch = label("hlc1 keys");
    batch.extend(account.verifying_key().to_bytes());
    batch.extend([5; 32]);
    batch.extend(first.to_be_bytes());
    batch.extend(count.to_be_bytes());
    for index in (first..).take(count.into()) {
        let seed: [u8; 32] =
            Sha256::new().chain_update(account.to_bytes()).chain_update(index.to_be_bytes()).finalize().into();
        batch.extend(SigningKey::from_bytes(&seed).verifying_key().to_bytes());
    }
    signed(batch, account)
}

fn entry(member: &Signed) -> PublicationEntry {
    let mut badge = Random::Machine.bytes::<16>().to_vec();
    badge.push(1);
    badge.push(u8::try_from(member.pseudonym.len()).unwrap());
    badge.extend(member.pseudonym.as_bytes());
    PublicationEntry {
        member: member.member,
        roster_member: RosterMemberId(Random::Machine.bytes()),
        key_index: member.key_index,
        badge: Sealed(badge),
        roles: member.roles,
    }
}

/// Skips label, two account keys, first and count.
fn roster_key(batch: &Sealed, index: u32) -> [u8; 32] {
    let keys = label("hlc1 keys").len() + 64;
    let first = u32::from_be_bytes(batch.0[keys..keys + 4].try_into().unwrap());
    let at = keys + 4 + 2 + usize::try_from(index - first).unwrap() * 32;
    batch.0[at..at + 32].try_into().unwrap()
}

pub fn signed(mut body: Vec<u8>, key: &SigningKey) -> Sealed {
    let signature = key.sign(&body);
    body.extend(signature.to_bytes());
    Sealed(body)
}

fn label(text: &str) -> Vec<u8> {
    let mut bytes = vec![u8::try_from(text.len()).unwrap()];
    bytes.extend(text.as_bytes());
    bytes
}
