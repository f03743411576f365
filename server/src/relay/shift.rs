//! The relay's own look at a shift certificate: who stands behind a counselor's connection, and for how long.
//! docs/protocol.md, section 3, has the layouts.
//!
//! Never: the visitor's client's checks; those are hers and count for her.

use amparo_protocol::api::{PublicationEntry, roles};
use amparo_protocol::id::{DeviceId, MemberId, OrgKey, RosterMemberId};
use amparo_protocol::limits::{AFTER_SHIFT_SECS, SHIFT_MAX_SECS};
use amparo_protocol::sealed::Sealed;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use super::facts::LineFacts;

const SHIFT_LABEL: &[u8] = b"\x0ahlc1 shift";
const ROSTER_LABEL: &[u8] = b"\x0bhlc1 roster";
const ORG_LABEL: &[u8] = b"\x08hlc1 org";
const SHIFT_BYTES: usize = 139;
const ROSTER_HEAD_BYTES: usize = 102;
const ROSTER_ENTRY_BYTES: usize = 81;
const SIGNATURE_BYTES: usize = 64;
/// A counselor's clock may run ahead of the relay's by this much.
const AHEAD_SECS: u64 = 5 * 60;

/// A device's shift, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    pub roster_seq: u64,
    pub roster_member: RosterMemberId,
    pub device: DeviceId,
    pub not_after_secs: u64,
    pub badge: Sealed,
    pub may_be_offered: bool,
    /// May be called to help.
    pub is_supervisor: bool,
}

/// `None` unless the certificate is signed by this member's key in a roster known here, and counts now or did so until
/// lately: an open conversation outlives its shift.
pub fn check(certificate: &[u8], member: MemberId, facts: &LineFacts, now_secs: u64) -> Option<Shift> {
    let (body, signature) = certificate.split_at_checked(SHIFT_BYTES)?;
    let signature = Signature::from_bytes(signature.try_into().ok()?);
    let mut rest = body.strip_prefix(SHIFT_LABEL)?;
    let org_id: [u8; 16] = take(&mut rest);
    let roster_member = RosterMemberId(take(&mut rest));
    let device = DeviceId(take(&mut rest));
    let _keys: [u8; 64] = take(&mut rest);
    let [not_before, not_after, roster_seq] = [(); 3].map(|()| u64::from_be_bytes(take(&mut rest)));

    let entry = facts.entry(roster_seq, roster_member).filter(|entry| entry.member == member)?;
    let key = identity_key(facts.rosters.get(&roster_seq)?.roster.as_bytes(), roster_member)?;
    key.verify_strict(body, &signature).ok()?;
    let window = not_before <= now_secs + AHEAD_SECS
        && now_secs < not_after.saturating_add(AFTER_SHIFT_SECS)
        && not_after.checked_sub(not_before).is_some_and(|secs| secs <= SHIFT_MAX_SECS);
    let counts = window && org_id == org_id_of(&facts.org_key) && device != DeviceId::default();
    counts.then(|| Shift {
        roster_seq,
        roster_member,
        device,
        not_after_secs: not_after,
        badge: entry.badge.clone(),
        may_be_offered: may_be_offered(entry),
        is_supervisor: entry.roles & roles::SUPERVISOR != 0,
    })
}

/// The device that a certificate names, before anything is checked.
pub fn device_of(certificate: &[u8]) -> Option<DeviceId> {
    DeviceId::from_slice(certificate.get(SHIFT_LABEL.len() + 32..)?.get(..DeviceId::SIZE)?)
}

fn may_be_offered(entry: &PublicationEntry) -> bool {
    entry.roles & roles::COUNSELOR != 0
}

fn identity_key(roster: &[u8], member: RosterMemberId) -> Option<VerifyingKey> {
    let entries = roster.strip_prefix(ROSTER_LABEL)?.get(ROSTER_HEAD_BYTES - ROSTER_LABEL.len()..)?;
    let entries = entries.get(..entries.len().checked_sub(SIGNATURE_BYTES)?)?;
    let entry = entries.chunks_exact(ROSTER_ENTRY_BYTES).find(|entry| entry[..16] == member.0)?;
    VerifyingKey::from_bytes(entry[17..49].try_into().ok()?).ok()
}

fn org_id_of(org_key: &OrgKey) -> [u8; 16] {
    let hash = Sha256::new().chain_update(ORG_LABEL).chain_update(org_key.as_bytes()).finalize();
    hash[..16].try_into().expect("a hash has 32 bytes")
}

/// The next bytes of a body whose whole length was checked.
fn take<const N: usize>(rest: &mut &[u8]) -> [u8; N] {
    let (taken, left) = rest.split_at(N);
    *rest = left;
    taken.try_into().expect("split_at gives exactly N")
}
