//! No object survives a changed bit, a missing byte or one more.

use amparo_client::crypto::ack::open_ack;
use amparo_client::crypto::badge::Badge;
use amparo_client::crypto::deposit::HostHalf;
use amparo_client::crypto::epoch::Epochs;
use amparo_client::crypto::grant::open_envelope;
use amparo_client::crypto::roster::Roster;
use amparo_client::crypto::seal::{Holders, open_message};
use amparo_client::crypto::shift::ShiftCert;
use amparo_client::house::account::AccountSecret;
use amparo_client::house::invitation::InvitationSecret;
use amparo_client::house::key_batch::KeyBatch;
use amparo_client::house::org_key::OrgSecret;
use amparo_client::house::recovery::RecoveryCode;
use amparo_client::house::register::Register;
use amparo_protocol::id::{Hash, OrgKey};
use amparo_protocol::sealed::Sealed;

use crate::checks::{conversation, epoch, roster, shift_keys};
use crate::file::Row;

#[test]
fn a_roster_with_one_changed_bit_is_refused() {
    let org_key = org_key();
    every_flip_is_refused(&rosters()[0].sealed("roster"), |bytes| Roster::open(bytes, &org_key).is_ok());
}

#[test]
fn a_register_with_one_changed_bit_is_refused() {
    let org_key = org_key();
    every_flip_is_refused(&rosters()[0].sealed("register"), |bytes| Register::open(bytes, &org_key).is_ok());
}

#[test]
fn a_key_batch_with_one_changed_bit_is_refused() {
    every_flip_is_refused(&accounts()[0].sealed("key_batch"), |bytes| KeyBatch::open(bytes).is_ok());
}

#[test]
fn a_badge_with_one_changed_bit_is_refused() {
    let entry = &rosters()[1].rows("entries")[1];
    let hash = Hash(entry.array("badge_hash"));
    every_flip_is_refused(&entry.sealed("badge"), |bytes| Badge::open(bytes, &hash).is_ok());
}

#[test]
fn a_shift_certificate_with_one_changed_bit_is_refused() {
    let (roster, now) = (roster(), Row::load().number("now"));
    every_flip_is_refused(&shift_keys().certificate, |bytes| ShiftCert::open(bytes, &roster, now).is_ok());
}

#[test]
fn an_envelope_with_one_changed_bit_is_refused() {
    let keys = shift_keys();
    for row in Row::load().rows("epochs") {
        every_flip_is_refused(&row.sealed("envelope"), |bytes| {
            open_envelope(bytes, &keys, &mut Epochs::new(keys.org, conversation())).is_ok()
        });
    }
}

#[test]
fn a_message_with_one_changed_bit_is_refused() {
    let keys = shift_keys();
    for row in Row::load().rows("messages").into_iter().take(2) {
        let epoch = epoch(row.small("epoch"));
        every_flip_is_refused(&row.sealed("wire"), |bytes| {
            open_message(&epoch, bytes, Holders::Only(keys.device())).is_ok()
        });
    }
}

#[test]
fn an_acknowledgement_with_one_changed_bit_is_refused() {
    for row in Row::load().rows("acks") {
        let epoch = epoch(row.small("epoch"));
        every_flip_is_refused(&row.sealed("ack"), |bytes| open_ack(&epoch, bytes).is_ok());
    }
}

#[test]
fn a_deposit_with_one_changed_bit_in_it_or_in_a_half_is_refused() {
    let row = Row::load().row("deposit");
    let host_half = HostHalf::new(Hash(row.array("host_half")));
    let relay_half = Hash(row.array("relay_half"));
    let sealed = row.sealed("sealed");
    every_flip_is_refused(&sealed, |bytes| host_half.open_deposit(&relay_half, bytes).is_ok());
    every_bit(&Sealed(row.bytes("host_half")), |half| {
        let half = HostHalf::new(Hash(half.as_bytes().try_into().expect("32 bytes")));
        assert!(half.open_deposit(&relay_half, &sealed).is_err());
    });
    every_bit(&Sealed(row.bytes("relay_half")), |half| {
        let half = Hash(half.as_bytes().try_into().expect("32 bytes"));
        assert!(host_half.open_deposit(&half, &sealed).is_err());
    });
}

#[test]
fn a_wrapped_secret_with_one_changed_bit_is_refused() {
    let ana = &accounts()[0];
    let export_key = ana.bytes("export_key");
    every_flip_is_refused(&ana.sealed("wrapped_by_password"), |bytes| {
        AccountSecret::unwrap_by_password(&export_key, bytes).is_ok()
    });
    let code = RecoveryCode::from_bytes(ana.array("recovery_code"));
    every_flip_is_refused(&ana.sealed("wrapped_by_recovery"), |bytes| {
        AccountSecret::unwrap_by_recovery(&code, bytes).is_ok()
    });
    let account = AccountSecret::from_bytes(ana.array("secret"));
    every_flip_is_refused(&Row::load().row("invitation").sealed("wrapped_for_ana"), |bytes| {
        InvitationSecret::unwrap_for(&account, bytes).is_ok()
    });
}

#[test]
fn a_sealed_organisation_key_with_one_changed_bit_is_refused() {
    let key = AccountSecret::from_bytes(accounts()[0].array("secret")).sealing_key();
    let org = Row::load().row("org");
    every_flip_is_refused(&org.sealed("sealed_to_ana"), |bytes| OrgSecret::open(bytes, &key, &org_key()).is_ok());
}

fn every_flip_is_refused(object: &Sealed, opens: impl Fn(&Sealed) -> bool) {
    assert!(opens(object), "unchanged it opens");
    every_bit(object, |changed| assert!(!opens(changed), "a changed bit was accepted"));
    let mut longer = object.clone();
    longer.0.push(0);
    assert!(!opens(&longer), "a trailing byte was accepted");
    for length in [0, 1, 64, object.size_bytes() / 2, object.size_bytes() - 1] {
        assert!(
            !opens(&Sealed(object.0[..length.min(object.size_bytes() - 1)].to_vec())),
            "{length} bytes were accepted"
        );
    }
}

fn every_bit(object: &Sealed, check: impl Fn(&Sealed)) {
    for at in 0..object.size_bytes() * 8 {
        let mut changed = object.clone();
        changed.0[at / 8] ^= 1 << (at % 8);
        check(&changed);
    }
}

fn org_key() -> OrgKey {
    OrgKey(Row::load().row("org").array("org_pk"))
}

fn rosters() -> Vec<Row> {
    Row::load().rows("rosters")
}

fn accounts() -> Vec<Row> {
    Row::load().rows("accounts")
}
