//! The right bytes in the wrong place or at the wrong time: another conversation, epoch, device, roster or day.

use amparo_client::crypto::ack::{open_ack, seal_ack};
use amparo_client::crypto::epoch::{Epoch, EpochKey, Epochs};
use amparo_client::crypto::grant::{GrantError, open_envelope, seal_envelope};
use amparo_client::crypto::primitives::OrgId;
use amparo_client::crypto::roster::{Roster, RosterBody, RosterError};
use amparo_client::crypto::seal::{Author, Body, Holders, OpenError, open_message, seal_message};
use amparo_client::crypto::shift::{ShiftCert, ShiftError, ShiftKeys};
use amparo_client::house::account::AccountSecret;
use amparo_protocol::id::{ConversationId, DeviceId, Hash, MessageId, OrgKey};
use amparo_protocol::limits::{CLOCK_TOLERANCE_SECS, SHIFT_MAX_SECS};
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::Have;
use ed25519_dalek::SigningKey;

use crate::checks::{conversation, epoch, roster, shift_keys};
use crate::file::Row;
use crate::given::Given;

#[test]
fn a_roll_back_of_the_roster_is_refused() {
    let (vectors, org_key) = (Row::load(), org_key());
    let now = vectors.number("now");
    let first = vectors.rows("rosters")[0].sealed("roster");
    assert!(Roster::open_current(&first, &org_key, 1, now).is_ok());
    assert_eq!(Roster::open_current(&first, &org_key, 2, now), Err(RosterError::TooOld));
}

#[test]
fn a_roster_expires_a_day_after_its_day() {
    let signed = Row::load().rows("rosters")[1].sealed("roster");
    let last = Row::load().rows("rosters")[1].number("expires") + CLOCK_TOLERANCE_SECS;
    assert!(Roster::open_current(&signed, &org_key(), 1, last).is_ok());
    assert_eq!(Roster::open_current(&signed, &org_key(), 1, last + 1), Err(RosterError::Expired));
    assert!(
        Roster::open_current(&signed, &org_key(), 1, 0).is_ok(),
        "a phone whose clock was reset can still be helped"
    );
}

#[test]
fn a_shift_counts_twelve_hours_and_a_day_of_wrong_clocks() {
    let keys = shift_keys();
    let open = |now| ShiftCert::open(&keys.certificate, &roster(), now).is_ok();
    let (first, last) = (keys.cert.not_before_unix_secs, keys.cert.not_after_unix_secs);
    assert_eq!(last - first, SHIFT_MAX_SECS);
    assert!(open(first - CLOCK_TOLERANCE_SECS) && !open(first - CLOCK_TOLERANCE_SECS - 1));
    assert!(open(last + CLOCK_TOLERANCE_SECS) && !open(last + CLOCK_TOLERANCE_SECS + 1));
}

#[test]
fn a_shift_of_another_signing_is_refused() {
    let (keys, vectors) = (shift_keys(), Row::load());
    let former = Roster::open(&vectors.rows("rosters")[0].sealed("roster"), &org_key()).expect("signed");
    assert_eq!(ShiftCert::open(&keys.certificate, &former, vectors.number("now")), Err(ShiftError));
    let renumbered = certified(3);
    assert_eq!(ShiftCert::open(&renumbered.certificate, &roster(), vectors.number("now")), Err(ShiftError));
}

#[test]
fn an_administrator_alone_cannot_counsel() {
    let now = Row::load().number("now");
    for (bits, may) in [(1, true), (2, true), (4, false), (0, false), (5, true)] {
        let mut body = roster().body;
        let at = body.entries.iter().position(|entry| entry.member == shift_keys().cert.member).expect("listed");
        body.entries[at].roles = bits;
        let signed = Roster::open(&body.sign(&org_signing_key()), &org_key()).expect("known bits");
        assert_eq!(ShiftCert::open(&shift_keys().certificate, &signed, now).is_ok(), may, "roles {bits}");
    }
}

#[test]
fn a_roster_of_unknown_roles_doubled_members_or_nonsense_times_is_refused() {
    let sound = roster().body;
    let refused = |change: fn(&mut RosterBody)| {
        let mut body = sound.clone();
        change(&mut body);
        assert_eq!(Roster::open(&body.sign(&org_signing_key()), &org_key()), Err(RosterError::Form));
    };
    refused(|body| body.entries[0].roles = 8);
    refused(|body| body.entries[1].member = body.entries[0].member);
    refused(|body| body.expires_unix_secs = body.issued_unix_secs);
    refused(|body| body.seq = 0);
    refused(|body| body.seq = 1);
    refused(|body| body.previous = Hash::default());
    assert!(Roster::open(&sound.sign(&org_signing_key()), &org_key()).is_ok());
}

#[test]
fn an_envelope_opens_in_its_conversation_for_its_device_and_roster_alone() {
    let keys = shift_keys();
    let envelope = Row::load().rows("epochs")[0].sealed("envelope");
    let other_conversation = Epochs::new(keys.org, ConversationId([1; 16]));
    let other_org = Epochs::new(OrgId([1; 16]), conversation());
    for mut epochs in [other_conversation, other_org] {
        assert_eq!(open_envelope(&envelope, &keys, &mut epochs), Err(GrantError::Envelope));
    }
    let other_roster = certified(3);
    assert_eq!(other_roster.cert.sealing_key, keys.cert.sealing_key);
    let mut epochs = Epochs::new(keys.org, conversation());
    assert_eq!(open_envelope(&envelope, &other_roster, &mut epochs), Err(GrantError::Envelope));
    let member = keys.cert.member;
    let roster_key = AccountSecret::from_bytes([5; 32]).roster_key(0);
    let other_device = ShiftKeys::certify(&roster_key, keys.org, member, 2, 0, &mut Given::stream(1));
    assert_eq!(open_envelope(&envelope, &other_device, &mut epochs), Err(GrantError::Envelope));
    assert!(open_envelope(&envelope, &keys, &mut epochs).is_ok());
}

#[test]
fn an_epoch_of_somebody_else_does_not_continue_a_conversation() {
    let keys = shift_keys();
    let vectors = Row::load();
    let envelopes: Vec<Sealed> = vectors.rows("epochs").iter().map(|row| row.sealed("envelope")).collect();
    let mut forger = Epochs::new(keys.org, conversation());
    forger.make_next(&mut Given::stream(1));
    let forged =
        seal_envelope(forger.make_next(&mut Given::stream(2)), &keys.cert, &mut Given::stream(3)).expect("sealed");

    let mut epochs = Epochs::new(keys.org, conversation());
    assert_eq!(open_envelope(&envelopes[0], &keys, &mut epochs), Ok(0));
    assert_eq!(open_envelope(&forged, &keys, &mut epochs), Err(GrantError::Continuity));
    assert_eq!(open_envelope(&envelopes[1], &keys, &mut epochs), Ok(1));
    assert_eq!(open_envelope(&envelopes[1], &keys, &mut epochs), Ok(1), "a grant may come again");
    assert_eq!(open_envelope(&forged, &keys, &mut epochs), Err(GrantError::Continuity), "nor replace the true one");

    // Backwards too: an earlier epoch that comes along for a returning member must lead to the one held.
    let forged_first = seal_envelope(forger.get(0).expect("made"), &keys.cert, &mut Given::stream(4)).expect("sealed");
    let mut later = Epochs::new(keys.org, conversation());
    assert_eq!(open_envelope(&envelopes[1], &keys, &mut later), Ok(1));
    assert_eq!(open_envelope(&forged_first, &keys, &mut later), Err(GrantError::Continuity));
    assert_eq!(open_envelope(&envelopes[0], &keys, &mut later), Ok(0));
}

#[test]
fn an_unknown_suite_is_named_as_such() {
    let (keys, vectors) = (shift_keys(), Row::load());
    let changed = |mut sealed: Sealed, at: usize| {
        sealed.0[at] = 2;
        sealed
    };
    let envelope = changed(vectors.rows("epochs")[0].sealed("envelope"), 0);
    let mut epochs = Epochs::new(keys.org, conversation());
    assert_eq!(open_envelope(&envelope, &keys, &mut epochs), Err(GrantError::Suite));
    let message = changed(vectors.rows("messages")[0].sealed("wire"), 1);
    assert_eq!(open_message(&epoch(0), &message, Holders::Only(keys.device())), Err(OpenError::Suite));
    assert_eq!(open_ack(&epoch(0), &changed(vectors.rows("acks")[0].sealed("ack"), 1)), Err(OpenError::Suite));
}

#[test]
fn messages_and_acknowledgements_stay_in_their_conversation_and_epoch() {
    let keys = shift_keys();
    let message = seal_message(&epoch(1), Author::Counselor(&keys), 0, MessageId([1; 16]), 0, &Body::End);
    let ack = seal_ack(&epoch(1), Author::Counselor(&keys), &[], &mut Given::stream(1));
    let key = EpochKey::from_bytes(*epoch(1).key().as_bytes());
    let elsewhere = Epoch::restore(keys.org, ConversationId([1; 16]), 1, key.clone(), [0; 32]);
    let later = Epoch::restore(keys.org, conversation(), 2, key, [0; 32]);
    for wrong in [epoch(0), elsewhere, later] {
        assert_eq!(open_message(&wrong, &message, Holders::Only(keys.device())), Err(OpenError::Epoch));
        assert_eq!(open_ack(&wrong, &ack), Err(OpenError::Epoch));
    }
}

#[test]
fn neither_side_can_speak_for_the_other() {
    let (keys, epoch) = (shift_keys(), epoch(1));
    let text = Body::Text("no".to_owned());
    let visitors = seal_message(&epoch, Author::Visitor, 0, MessageId([1; 16]), 0, &text);
    let counselors = seal_message(&epoch, Author::Counselor(&keys), 0, MessageId([1; 16]), 0, &text);
    // Byte 54 is the direction, 55 to 62 the sender.
    for (message, direction, sender) in
        [(&visitors, 1, keys.device()), (&counselors, 0, DeviceId::default()), (&visitors, 1, DeviceId::default())]
    {
        let mut reflected = message.clone();
        reflected.0[54] = direction;
        reflected.0[55..63].copy_from_slice(sender.as_bytes());
        assert!(open_message(&epoch, &reflected, Holders::Only(keys.device())).is_err());
    }
}

#[test]
fn an_acknowledgement_tells_the_highest_numbers_of_twelve_epochs_at_most() {
    let have: Vec<Have> = (0..20).map(|epoch| Have { epoch, sender: DeviceId([2; 8]), upto: 7 }).collect();
    let ack = seal_ack(&epoch(0), Author::Visitor, &have, &mut Given::stream(1));
    assert_eq!(open_ack(&epoch(0), &ack).expect("sealed here").have, have[..12]);
}

/// Omar's device with the same keys, certified as if for another signing.
fn certified(roster_seq: u64) -> ShiftKeys {
    let vectors = Row::load();
    let row = vectors.row("shift");
    let mut random = Given::new(&[&row.bytes("device"), &row.bytes("ssk"), &row.bytes("skk")]);
    let roster_key = AccountSecret::from_bytes(vectors.rows("accounts")[1].array("secret")).roster_key(1);
    let keys = shift_keys();
    ShiftKeys::certify(&roster_key, keys.org, keys.cert.member, roster_seq, vectors.number("now"), &mut random)
}

fn org_key() -> OrgKey {
    OrgKey(Row::load().row("org").array("org_pk"))
}

fn org_signing_key() -> SigningKey {
    SigningKey::from_bytes(&Row::load().row("org").array("seed"))
}
