//! Ghosts and bad keys: devices that no signed roster vouches for, keys that give every secret away.

use amparo_client::crypto::admit::admit;
use amparo_client::crypto::badge::{Badge, badge_hash_of};
use amparo_client::crypto::grant::{GrantError, seal_envelope};
use amparo_client::crypto::hpke::{LOW_ORDER, SealingKey, is_sealing_key, seal};
use amparo_client::crypto::primitives::OrgId;
use amparo_client::crypto::roster::{RosterBody, RosterEntry};
use amparo_client::crypto::seal::{Author, Body, Holders, OpenError, open_message, seal_message};
use amparo_client::crypto::shift::{ShiftCert, ShiftKeys};
use amparo_client::house::org_key::OrgSecret;
use amparo_protocol::id::{ClaimId, DeviceId, Hash, MessageId, OrgKey, RosterMemberId};
use amparo_protocol::limits::SHIFT_MAX_SECS;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{JoinReason, Newcomer, RefuseReason};
use ed25519_dalek::SigningKey;

use crate::checks::{conversation, epoch, roster, shift_keys};
use crate::file::Row;
use crate::given::Given;

#[test]
fn the_true_newcomer_is_admitted_with_name_and_drawing() {
    let admitted = admit(&newcomer(), &org_key(), 2, now()).expect("all three are signed");
    assert_eq!((admitted.badge.pseudonym.as_str(), admitted.badge.avatar), ("عمر", 7));
    assert_eq!((admitted.roster.seq(), admitted.cert.device), (2, shift_keys().device()));
}

#[test]
fn a_newcomer_is_refused_for_what_is_wrong_with_it() {
    let refused = |change: fn(&mut Newcomer)| {
        let mut changed = newcomer();
        change(&mut changed);
        admit(&changed, &org_key(), 2, now()).expect_err("changed")
    };
    let rosters = || Row::load().rows("rosters");
    assert_eq!(refused(|newcomer| newcomer.roster.0[20] ^= 1), RefuseReason::Roster);
    assert_eq!(refused(|newcomer| newcomer.shift.0[60] ^= 1), RefuseReason::Shift);
    assert_eq!(refused(|newcomer| newcomer.badge.0[18] ^= 1), RefuseReason::Badge);
    assert_eq!(refused(|newcomer| newcomer.member = RosterMemberId([1; 16])), RefuseReason::Shift);
    let mut of_ana = newcomer();
    of_ana.badge = rosters()[1].rows("entries")[0].sealed("badge");
    assert_eq!(admit(&of_ana, &org_key(), 2, now()), Err(RefuseReason::Badge));
    assert_eq!(admit(&newcomer(), &org_key(), 3, now()), Err(RefuseReason::RosterTooOld));
    assert_eq!(admit(&newcomer(), &org_key(), 2, now() + 400 * 86_400), Err(RefuseReason::RosterExpired));
    assert_eq!(admit(&newcomer(), &OrgKey([1; 32]), 2, now()), Err(RefuseReason::Roster));
}

#[test]
fn a_ghost_that_certifies_itself_is_refused() {
    let ghost = SigningKey::from_bytes(&[9; 32]);
    let org = OrgId::of(&org_key());
    for member in [shift_keys().cert.member, RosterMemberId([9; 16])] {
        let keys = ShiftKeys::certify(&ghost, org, member, 2, now(), &mut Given::stream(1));
        assert!(ShiftCert::open(&keys.certificate, &roster(), now()).is_err());
    }
}

#[test]
fn a_relay_with_its_own_organisation_key_cannot_invent_a_counselor() {
    let relays = OrgSecret::from_bytes([9; 32]);
    let ghost = SigningKey::from_bytes(&[8; 32]);
    let member = RosterMemberId([7; 16]);
    let badge = Badge { nonce: [0; 16], avatar: 1, pseudonym: "Ana".to_owned() }.to_sealed().expect("short");
    let entry = RosterEntry {
        member,
        roles: 1,
        roster_key: ghost.verifying_key().to_bytes(),
        badge_hash: badge_hash_of(badge.as_bytes()),
    };
    let body = RosterBody {
        seq: 3,
        previous: Hash([1; 32]),
        issued_unix_secs: now(),
        expires_unix_secs: now() + 86_400,
        entries: vec![entry],
    };
    let shift = ShiftKeys::certify(&ghost, relays.id(), member, 3, now(), &mut Given::stream(1)).certificate;
    let forged = Newcomer { member, roster: body.sign(&SigningKey::from_bytes(&[9; 32])), shift, badge, ..newcomer() };
    assert!(admit(&forged, &relays.public(), 1, now()).is_ok(), "to somebody who trusts the relay's key");
    assert_eq!(admit(&forged, &org_key(), 1, now()), Err(RefuseReason::Roster));
}

#[test]
fn a_message_must_be_signed_by_a_holder_of_its_epoch() {
    let (keys, epoch) = (shift_keys(), epoch(1));
    let second = ShiftKeys::certify(
        &SigningKey::from_bytes(&[9; 32]),
        keys.org,
        keys.cert.member,
        2,
        now(),
        &mut Given::stream(1),
    );
    let message = seal_message(&epoch, Author::Counselor(&second), 0, MessageId([1; 16]), 0, &Body::End);
    let both = [keys.cert.clone(), second.cert.clone()];
    assert!(open_message(&epoch, &message, Holders::Several(&both)).is_ok());
    assert!(open_message(&epoch, &message, Holders::Only(second.device())).is_ok());
    assert_eq!(open_message(&epoch, &message, Holders::Several(&both[..1])), Err(OpenError::Signature));
    assert_eq!(open_message(&epoch, &message, Holders::Only(keys.device())), Err(OpenError::Signature));
    // The second device holds the key, but it cannot write in the first one's name.
    let mut borrowed = second.cert;
    borrowed.device = keys.device();
    let as_first = ShiftCert { signing_key: keys.cert.signing_key, ..borrowed.clone() };
    let mut impostor = second_keys(&keys);
    impostor.cert = borrowed;
    let message = seal_message(&epoch, Author::Counselor(&impostor), 0, MessageId([1; 16]), 0, &Body::End);
    assert_eq!(open_message(&epoch, &message, Holders::Several(&[as_first])), Err(OpenError::Signature));
}

#[test]
fn keys_of_low_order_and_second_encodings_are_refused_everywhere() {
    for public in LOW_ORDER.into_iter().chain(second_encodings()) {
        assert!(!is_sealing_key(&public));
        assert!(seal(&public, b"", b"", b"secret", &mut Given::stream(1)).is_none());
        assert!(SealingKey::from_bytes(&[5; 32]).open(b"", b"", &public, &[0; 64]).is_none());
        assert!(OrgSecret::from_bytes([5; 32]).seal_to(&public, &mut Given::stream(1)).is_none());
        let cert = ShiftCert { sealing_key: public, ..shift_keys().cert };
        assert_eq!(seal_envelope(&epoch(0), &cert, &mut Given::stream(1)), Err(GrantError::Envelope));
        assert!(ShiftCert::open(&signed_cert(&cert), &roster(), now()).is_err(), "not even a member's signature helps");
    }
    assert!(ShiftCert::open(&signed_cert(&shift_keys().cert), &roster(), now()).is_ok());
}

#[test]
fn weak_signing_keys_are_refused() {
    // The neutral element and a point of order 4: signatures under them verify for many messages.
    let neutral = {
        let mut point = [0; 32];
        point[0] = 1;
        point
    };
    for weak in [neutral, [0; 32]] {
        let cert = ShiftCert { signing_key: weak, ..shift_keys().cert };
        assert!(ShiftCert::open(&signed_cert(&cert), &roster(), now()).is_err());
    }
}

#[test]
fn a_member_cannot_sign_a_shift_without_a_device_without_time_or_of_more_than_twelve_hours() {
    let sound = shift_keys().cert;
    let first = sound.not_before_unix_secs;
    let until = |not_after_unix_secs| ShiftCert { not_after_unix_secs, ..sound.clone() };
    let opens = |cert: &ShiftCert| ShiftCert::open(&signed_cert(cert), &roster(), now()).is_ok();
    assert!(opens(&until(first + 1)) && opens(&until(first + SHIFT_MAX_SECS)));
    assert!(!opens(&until(first + SHIFT_MAX_SECS + 1)));
    assert!(!opens(&until(first)) && !opens(&until(first - 1)));
    assert!(!opens(&ShiftCert { device: DeviceId::default(), ..sound.clone() }));
}

/// 2^255 − 19 + 0…18 with and without the high bit, and all low-order points with the high bit.
fn second_encodings() -> Vec<[u8; 32]> {
    let above_the_prime = (0xed..=0xff).map(|low: u8| {
        let mut encoded = [0xff; 32];
        encoded[0] = low;
        encoded[31] = 0x7f;
        encoded
    });
    let low: Vec<[u8; 32]> =
        above_the_prime.chain(LOW_ORDER).chain([*SealingKey::from_bytes(&[5; 32]).public()]).collect();
    let with_high_bit = low.iter().map(|encoded| {
        let mut encoded = *encoded;
        encoded[31] |= 0x80;
        encoded
    });
    low.iter().take(19).copied().chain(with_high_bit).collect()
}

/// Any certificate content under Omar's true signature, byte by byte as docs/protocol.md has it.
fn signed_cert(cert: &ShiftCert) -> Sealed {
    use ed25519_dalek::Signer;
    let omar =
        amparo_client::house::account::AccountSecret::from_bytes(Row::load().rows("accounts")[1].array("secret"));
    let mut body = b"\x0ahlc1 shift".to_vec();
    body.extend_from_slice(&OrgId::of(&org_key()).0);
    body.extend_from_slice(cert.member.as_bytes());
    body.extend_from_slice(cert.device.as_bytes());
    body.extend_from_slice(&cert.signing_key);
    body.extend_from_slice(&cert.sealing_key);
    for number in [cert.not_before_unix_secs, cert.not_after_unix_secs, cert.roster_seq] {
        body.extend_from_slice(&number.to_be_bytes());
    }
    let signature = omar.roster_key(1).sign(&body).to_bytes();
    body.extend_from_slice(&signature);
    Sealed(body)
}

fn second_keys(first: &ShiftKeys) -> ShiftKeys {
    let roster_key = SigningKey::from_bytes(&[9; 32]);
    ShiftKeys::certify(&roster_key, first.org, first.cert.member, 2, now(), &mut Given::stream(1))
}

fn newcomer() -> Newcomer {
    let second = &Row::load().rows("rosters")[1];
    Newcomer {
        conversation: conversation(),
        claim: ClaimId([1; 16]),
        reason: JoinReason::Claim,
        replaces: None,
        member: shift_keys().cert.member,
        roster: second.sealed("roster"),
        shift: shift_keys().certificate,
        badge: second.rows("entries")[1].sealed("badge"),
        ticket: Sealed::default(),
    }
}

fn org_key() -> OrgKey {
    OrgKey(Row::load().row("org").array("org_pk"))
}

fn now() -> u64 {
    Row::load().number("now")
}
