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

const NOW: u64 = 1_800_000_000;

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
    match which % 6 {
        0 => {
            if let Ok(roster) = Roster::open(&sealed, &org_key) {
                let _refused = ShiftCert::open(&Sealed(body.to_vec()), &roster, NOW);
            }
        }
        1 => drop(Register::open(&sealed, &org_key)),
        2 => drop(KeyBatch::open(&sealed)),
        3 => drop(Badge::open(&sealed, &badge_hash_of(sealed.as_bytes()))),
        4 => drop(Published::open(&sealed, &sealed, &org_key)),
        _ => {
            let _is_one = is_key_batch(sealed.as_bytes());
            let _device = shift::device_of(sealed.as_bytes());
            let _refused = shift::check(sealed.as_bytes(), MemberId([1; 16]), &LineFacts::default(), NOW);
        }
    }
}
