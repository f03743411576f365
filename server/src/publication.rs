//! Checks a newly signed roster before it is published: a roster that visitors' browsers would refuse must never
//! replace one that they accept. Also reads members' key batches. Layouts are those of docs/protocol.md section 3.
//!
//! Never: a private key. The relay can check a roster and cannot make one.

use amparo_protocol::api::{OrgKeyBox, Publication, PublicationEntry, roles};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{Hash, OrgKey, RosterMemberId};
use amparo_protocol::limits::ROSTER_SECS;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::clock::Time;
use crate::store::member::Member;
use crate::store::roster::{Roster, RosterEntry, Signing};

const SIGNATURE_BYTES: usize = 64;
/// Of a key batch: its label, and the account's two keys.
const ACCOUNT_END: usize = 1 + "hlc1 keys".len() + 64;
/// Half a year of weekly signings is left then.
const KEYS_LOW: u32 = 26;
/// Suite, encapsulated key, and the 32 bytes of the seed with their tag.
const ORG_KEY_BOX_BYTES: usize = 1 + 32 + 48;

/// What a publication is checked against.
pub struct Standing<'a> {
    pub org_key: OrgKey,
    pub newest: Option<&'a Roster>,
    pub members: &'a [Member],
    pub now: Time,
}

/// The signing as it is kept; `Conflict` when it is not the one after the newest.
pub fn check(publication: Publication, standing: &Standing<'_>) -> Result<Signing, ErrorCode> {
    let signed = SignedRoster::read(publication.roster.as_bytes(), standing.org_key).ok_or(ErrorCode::Invalid)?;
    follows(&signed, standing)?;
    require(register_seq(publication.register.as_bytes(), standing.org_key) == Some(signed.seq))?;
    require(publication.entries.len() == signed.entries.len())?;
    let mut entries = Vec::with_capacity(publication.entries.len());
    for entry in publication.entries {
        require(!entries.iter().any(|known: &RosterEntry| known.member == entry.member))?;
        entries.push(checked_entry(entry, &signed, standing.members)?);
    }
    require(entries.iter().any(|entry| entry.roles & roles::ADMINISTRATOR != 0))?;
    let Publication { roster, register, org_keys, .. } = publication;
    require(is_for_administrators(&org_keys, &entries))?;
    let roster = Roster { seq: signed.seq, roster, register, published_at: standing.now };
    let keys_of = |entry: &RosterEntry| {
        let member = standing.members.iter().find(|member| member.id == entry.member);
        member.map(|member| (member.id, member.keys.clone()))
    };
    let checked_keys = entries.iter().filter_map(keys_of).collect();
    Ok(Signing { roster, entries, org_keys, checked_keys })
}

/// One box for each administrator and for nobody else.
fn is_for_administrators(org_keys: &[OrgKeyBox], entries: &[RosterEntry]) -> bool {
    let administrators = entries.iter().filter(|entry| entry.roles & roles::ADMINISTRATOR != 0);
    let has_box = |entry: &RosterEntry| {
        let own = org_keys.iter().find(|org_key| org_key.member == entry.member);
        own.is_some_and(|own| own.sealed.size_bytes() == ORG_KEY_BOX_BYTES)
    };
    administrators.clone().count() == org_keys.len() && administrators.into_iter().all(has_box)
}

/// The next in the chain, issued now, for at most half a year.
fn follows(signed: &SignedRoster, standing: &Standing<'_>) -> Result<(), ErrorCode> {
    let newest_seq = standing.newest.map_or(0, |newest| newest.seq);
    let previous: [u8; 32] = standing.newest.map_or([0; 32], |newest| Sha256::digest(newest.roster.as_bytes()).into());
    if signed.seq != newest_seq + 1 || signed.previous != previous {
        return Err(ErrorCode::Conflict);
    }
    let is_valid_now = signed.expires > standing.now.unix_secs();
    require(is_valid_now && signed.expires.saturating_sub(signed.issued) <= ROSTER_SECS)
}

fn checked_entry(entry: PublicationEntry, signed: &SignedRoster, members: &[Member]) -> Result<RosterEntry, ErrorCode> {
    let member = members.iter().find(|member| member.id == entry.member).ok_or(ErrorCode::Invalid)?;
    let in_roster = signed.entries.iter().find(|signed| signed.member == entry.roster_member);
    let in_roster = in_roster.ok_or(ErrorCode::Invalid)?;
    let is_as_signed = in_roster.roles == entry.roles
        && in_roster.badge_hash == badge_hash(entry.badge.as_bytes())
        && entry.key_index >= member.next_key_index
        && key_of(member.keys.as_bytes(), entry.key_index) == Some(in_roster.key);
    require(is_as_signed)?;
    Ok(RosterEntry {
        seq: signed.seq,
        roster_member: entry.roster_member,
        member: entry.member,
        key_index: entry.key_index,
        badge: entry.badge,
        roles: entry.roles,
    })
}

/// Whether the bytes are a key batch signed by the account key that it names.
pub fn is_key_batch(bytes: &[u8]) -> bool {
    let mut reader = Reader(bytes);
    let account = reader.label("hlc1 keys").and_then(|()| reader.array::<32>());
    account.is_some_and(|account| is_signed(bytes, &account)) && key_count(bytes).is_some_and(|count| count > 0)
}

/// From which index on the member's browser should upload more keys; `None` while enough are left.
pub fn keys_wanted_from(member: &Member) -> Option<u32> {
    let left = keys_end(member.keys.as_bytes())?.saturating_sub(member.next_key_index);
    (left < KEYS_LOW).then_some(member.next_key_index)
}

/// Whether these are more keys of the same account, and the next one that a signing needs is among them.
pub fn continues(member: &Member, batch: &[u8]) -> bool {
    let former = member.keys.as_bytes();
    let is_same_account = is_key_batch(batch) && batch.get(..ACCOUNT_END) == former.get(..ACCOUNT_END);
    is_same_account && keys_end(batch) > keys_end(former) && key_of(batch, member.next_key_index).is_some()
}

/// Whether the account key of this batch has signed that this attempt is its recovery.
pub fn is_recovery(batch: &[u8], attempt: Hash, signature: &[u8]) -> bool {
    let mut reader = Reader(batch);
    let account = reader.label("hlc1 keys").and_then(|()| reader.array::<32>());
    let signed = [label("hlc1 recovery").as_slice(), attempt.as_bytes(), signature].concat();
    signature.len() == SIGNATURE_BYTES && account.is_some_and(|account| is_signed(&signed, &account))
}

/// The batch's key under this index.
fn key_of(batch: &[u8], index: u32) -> Option<[u8; 32]> {
    let mut reader = Reader(batch);
    reader.label("hlc1 keys")?;
    reader.skip(64)?;
    let first = reader.u32()?;
    let count = reader.u16()?;
    let at = index.checked_sub(first).filter(|at| *at < u32::from(count))?;
    reader.skip(usize::try_from(at).ok()? * 32)?;
    reader.array()
}

/// The index after the batch's last key.
fn keys_end(batch: &[u8]) -> Option<u32> {
    let mut reader = Reader(batch.get(ACCOUNT_END..)?);
    let first = reader.u32()?;
    first.checked_add(u32::from(reader.u16()?))
}

fn key_count(batch: &[u8]) -> Option<u16> {
    let mut reader = Reader(batch);
    reader.label("hlc1 keys")?;
    reader.skip(64 + 4)?;
    let count = reader.u16()?;
    (reader.0.len() == usize::from(count) * 32 + SIGNATURE_BYTES).then_some(count)
}

fn badge_hash(badge: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update(label("hlc1 badge")).chain_update(badge).finalize().into())
}

/// The register's own number, where it is signed by the organisation's key.
fn register_seq(bytes: &[u8], org_key: OrgKey) -> Option<u64> {
    if !is_signed(bytes, org_key.as_bytes()) {
        return None;
    }
    let mut reader = Reader(bytes);
    reader.label("hlc1 register")?;
    reader.skip(16)?;
    reader.u64()
}

struct SignedRoster {
    seq: u64,
    previous: [u8; 32],
    issued: u64,
    expires: u64,
    entries: Vec<SignedEntry>,
}

struct SignedEntry {
    member: RosterMemberId,
    roles: u8,
    key: [u8; 32],
    badge_hash: Hash,
}

impl SignedRoster {
    /// `None` for anything that a visitor's client would refuse.
    fn read(bytes: &[u8], org_key: OrgKey) -> Option<Self> {
        if !is_signed(bytes, org_key.as_bytes()) {
            return None;
        }
        let mut reader = Reader(&bytes[..bytes.len() - SIGNATURE_BYTES]);
        reader.label("hlc1 roster")?;
        if reader.array()? != *org_key.as_bytes() {
            return None;
        }
        let (seq, previous) = (reader.u64()?, reader.array()?);
        let (issued, expires) = (reader.u64()?, reader.u64()?);
        let count = reader.u16()?;
        let entries = (0..count).map(|_| SignedEntry::read(&mut reader)).collect::<Option<Vec<_>>>()?;
        let is_sorted = entries.windows(2).all(|pair| pair[0].member < pair[1].member);
        (reader.0.is_empty() && is_sorted).then_some(Self { seq, previous, issued, expires, entries })
    }
}

impl SignedEntry {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let member = RosterMemberId(reader.array()?);
        let [bits] = reader.array()?;
        let (key, badge_hash) = (reader.array()?, Hash(reader.array()?));
        (bits & !roles::ALL == 0).then_some(Self { member, roles: bits, key, badge_hash })
    }
}

/// Whether the last 64 bytes are this key's signature over the others.
fn is_signed(bytes: &[u8], key: &[u8; 32]) -> bool {
    let Some(body_bytes) = bytes.len().checked_sub(SIGNATURE_BYTES) else { return false };
    let (body, signature) = bytes.split_at(body_bytes);
    let Ok(key) = VerifyingKey::from_bytes(key) else { return false };
    let Ok(signature) = Signature::from_slice(signature) else { return false };
    key.verify_strict(body, &signature).is_ok()
}

/// One length byte and the text.
fn label(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).expect("labels are short");
    let mut bytes = vec![length];
    bytes.extend(text.as_bytes());
    bytes
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn label(&mut self, text: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(label(text).as_slice())?;
        Some(())
    }

    fn skip(&mut self, bytes: usize) -> Option<()> {
        self.0 = self.0.get(bytes..)?;
        Some(())
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }
}

fn require(is_right: bool) -> Result<(), ErrorCode> {
    if is_right { Ok(()) } else { Err(ErrorCode::Invalid) }
}
