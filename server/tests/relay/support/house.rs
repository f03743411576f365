//! An organisation with a signed roster, and shift certificates of its counselors.

use std::collections::BTreeMap;
use std::sync::Arc;

use amparo_protocol::api::{PublicationEntry, roles};
use amparo_protocol::id::{DeviceId, Hash, MemberId, OrgKey, RosterMemberId, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::settings::{PhoneNumber, SiteSettings};
use amparo_server::clock::Time;
use amparo_server::relay::command::LoginFacts;
use amparo_server::relay::facts::{LineFacts, RosterFacts};
use amparo_server::store::keys::TicketKey;
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};

pub const SITE: SiteKey = SiteKey([5; 12]);
pub const MEMBERS: u8 = 4;
/// One of them supervises, too.
pub const SUPERVISOR: u8 = 3;
pub const START_MS: u64 = 1_800_000_000_000;

pub fn member(number: u8) -> MemberId {
    MemberId([number + 30; 16])
}

pub fn roster_member(number: u8) -> RosterMemberId {
    RosterMemberId([number + 100; 16])
}

fn roles_of(number: u8) -> u8 {
    if number == SUPERVISOR { roles::COUNSELOR | roles::SUPERVISOR } else { roles::COUNSELOR }
}

fn roster_key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number + 1; 32])
}

fn org_key() -> SigningKey {
    SigningKey::from_bytes(&[200; 32])
}

pub fn org_public() -> OrgKey {
    OrgKey(org_key().verifying_key().to_bytes())
}

fn label(text: &str) -> Vec<u8> {
    [&[u8::try_from(text.len()).expect("labels are short")], text.as_bytes()].concat()
}

fn signed(body: Vec<u8>, key: &SigningKey) -> Sealed {
    let signature = key.sign(&body).to_bytes();
    Sealed([body, signature.to_vec()].concat())
}

pub fn roster(seq: u64) -> Sealed {
    let mut body = label("hlc1 roster");
    body.extend(org_public().0);
    body.extend(seq.to_be_bytes());
    body.extend([0; 32]);
    body.extend(0u64.to_be_bytes());
    body.extend(u64::MAX.to_be_bytes());
    body.extend(u16::from(MEMBERS).to_be_bytes());
    for number in 0..MEMBERS {
        body.extend(roster_member(number).0);
        body.push(roles_of(number));
        body.extend(roster_key(number).verifying_key().to_bytes());
        body.extend([number; 32]);
    }
    signed(body, &org_key())
}

pub fn entries() -> Vec<PublicationEntry> {
    let entry = |number| PublicationEntry {
        member: member(number),
        roster_member: roster_member(number),
        key_index: 0,
        badge: Sealed(vec![number; 20]),
        roles: roles_of(number),
    };
    (0..MEMBERS).map(entry).collect()
}

pub fn phones() -> Vec<PhoneNumber> {
    vec![PhoneNumber { number: "+34 900 000 000".to_owned(), ..PhoneNumber::default() }]
}

pub fn facts() -> Arc<LineFacts> {
    let site = SiteSettings { phones: phones(), ..SiteSettings::new("Help", Vec::new(), "112") };
    Arc::new(LineFacts {
        organisation: "Refugio".to_owned(),
        org_key: org_public(),
        demo: false,
        rosters: BTreeMap::from([(1, RosterFacts { roster: roster(1), entries: entries() })]),
        sites: BTreeMap::from([(SITE, site)]),
        languages: vec![Language::En, Language::Ar],
        ..LineFacts::default()
    })
}

pub fn shift(number: u8, device: DeviceId, now_ms: u64) -> Sealed {
    shift_of(1, number, device, now_ms)
}

pub fn shift_of(seq: u64, number: u8, device: DeviceId, now_ms: u64) -> Sealed {
    let org_id = Sha256::new().chain_update(label("hlc1 org")).chain_update(org_public().0).finalize();
    let mut body = label("hlc1 shift");
    body.extend(&org_id[..16]);
    body.extend(roster_member(number).0);
    body.extend(device.0);
    body.extend([7; 64]);
    body.extend((now_ms / 1000).to_be_bytes());
    body.extend((now_ms / 1000 + 12 * 60 * 60).to_be_bytes());
    body.extend(seq.to_be_bytes());
    signed(body, &roster_key(number))
}

pub fn login(number: u8, now_ms: u64) -> LoginFacts {
    LoginFacts {
        id: Hash([number; 32]),
        member: member(number),
        languages: vec![Language::En, Language::Ar],
        until_ms: now_ms + 12 * 60 * 60 * 1000,
    }
}

pub fn ticket_keys() -> Vec<TicketKey> {
    vec![TicketKey { id: "day".to_owned(), secret: zeroize::Zeroizing::new([9; 32]), made_at: Time(0) }]
}
