//! Signed objects: rosters, registers, key batches, shift certificates, badges. Half of the inputs get a right signature,
//! so that what lies behind the check is reached.

use amparo_client::crypto::badge::{Badge, badge_hash_of};
use amparo_client::crypto::roster::Roster;
use amparo_client::crypto::shift::ShiftCert;
use amparo_client::house::key_batch::KeyBatch;
use amparo_client::house::publication::Published;
use amparo_client::house::register::Register;
use amparo_protocol::id::{MemberId, OrgKey};
use amparo_protocol::sealed::Sealed;
use amparo_server::publication::is_key_batch;
use amparo_server::relay::facts::LineFacts;
use amparo_server::relay::shift;
use ed25519_dalek::{Signer, SigningKey};

use super::known::{KNOWN, Known};
use crate::seeded::Seeded;
use crate::world::{START_MS, member_id};

const NOW: u64 = START_MS / 1000;
/// Label, organisation and member of a shift certificate.
const WHOSE_BYTES: usize = 43;

/// The first byte chooses the object, and with its highest bit the signature.
pub fn signed(input: &[u8]) {
    let [choice, body @ ..] = input else { return };
    let (is_signed, which) = (choice & 0x80 != 0, choice & 0x7f);
    let key = SigningKey::from_bytes(&[7; 32]);
    let org_key = OrgKey(key.verifying_key().to_bytes());
    let mut bytes = body.to_vec();
    if is_signed {
        bytes.extend(key.sign(body).to_bytes());
    }
    let sealed = Sealed(bytes);
    match which % 7 {
        0 => drop(Roster::open(&sealed, &org_key)),
        1 => drop(Register::open(&sealed, &org_key)),
        2 => drop(KeyBatch::open(&sealed)),
        3 => drop(Badge::open(&sealed, &badge_hash_of(sealed.as_bytes()))),
        4 => drop(Published::open(&sealed, &sealed, &org_key)),
        6 => certificate(body, is_signed),
        _ => {
            let _is_one = is_key_batch(sealed.as_bytes());
            let _device = shift::device_of(sealed.as_bytes());
            let _refused = shift::check(sealed.as_bytes(), MemberId([1; 16]), &LineFacts::default(), NOW);
        }
    }
}

/// Of a member's device: whose it is stands there, all else may be anything. Before the visitor's program and the relay.
fn certificate(rest: &[u8], is_signed: bool) {
    let Known { house, facts, .. } = &*KNOWN;
    let ana = house.shift("Ana", NOW, &mut Seeded(1)).certificate;
    let body = [&ana.as_bytes()[..WHOSE_BYTES], rest].concat();
    let signature = if is_signed { house.member("Ana").roster_key.sign(&body).to_bytes() } else { [0; 64] };
    let certificate = Sealed([&body[..], &signature].concat());
    let roster = Roster::open(&house.roster, &house.org_key()).expect("the house has signed it");
    let _admitted = ShiftCert::open(&certificate, &roster, NOW);
    let _served = shift::check(certificate.as_bytes(), member_id(0), facts, NOW);
}
