//! Acknowledgements, sealed by the reading browser so that nobody else can say "read".
//!
//! Never: a number of its own; acknowledgements are restated, and receivers keep the maximum.

use amparo_protocol::id::DeviceId;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::Have;
use rand_core::CryptoRng;

use crate::crypto::bytes::{Reader, join};
use crate::crypto::epoch::Epoch;
use crate::crypto::header::{ACK_HEADER_BYTES, AckHeader};
use crate::crypto::padding::{pad, unpad};
use crate::crypto::primitives::{aead_open, aead_seal, random_bytes};
use crate::crypto::seal::{Author, OpenError};

/// Most entries of one acknowledgement.
pub const ACK_ENTRIES_MAX: usize = 12;
/// Every acknowledgement's plaintext has this size.
const PADDED_BYTES: [usize; 1] = [256];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedAck {
    pub header: AckHeader,
    /// Highest contiguous number per epoch and sender. Empty: "I have opened this epoch's key".
    pub have: Vec<Have>,
}

/// `have` lists the newest epochs first: entries beyond [`ACK_ENTRIES_MAX`] are left out.
pub fn seal_ack(epoch: &Epoch, author: Author<'_>, have: &[Have], random: &mut dyn CryptoRng) -> Sealed {
    let header = AckHeader { origin: author.origin(epoch), nonce: random_bytes(random) };
    let header_bytes = header.to_bytes();
    let padded = pad(&entries(have), &PADDED_BYTES).expect("12 entries take 241 bytes");
    let key = epoch.ack_key(header.origin.direction, header.origin.sender);
    let ciphertext = aead_seal(&key, &header.nonce, &header_bytes, &padded);
    Sealed(join(&[&header_bytes, &ciphertext]))
}

/// Whoever can read `header.origin` proves with it that this origin's browser has opened the epoch.
pub fn open_ack(epoch: &Epoch, ack: &Sealed) -> Result<OpenedAck, OpenError> {
    let header = AckHeader::parse(ack.as_bytes())?;
    if !header.origin.is_of(epoch) {
        return Err(OpenError::Epoch);
    }
    let (header_bytes, ciphertext) = ack.as_bytes().split_at(ACK_HEADER_BYTES);
    let key = epoch.ack_key(header.origin.direction, header.origin.sender);
    let padded = aead_open(&key, &header.nonce, header_bytes, ciphertext).ok_or(OpenError::Seal)?;
    let have = unpad(&padded, &PADDED_BYTES).and_then(parse_entries).ok_or(OpenError::Form)?;
    Ok(OpenedAck { header, have })
}

fn entries(have: &[Have]) -> Vec<u8> {
    let kept = &have[..have.len().min(ACK_ENTRIES_MAX)];
    let mut bytes = vec![u8::try_from(kept.len()).expect("at most 12")];
    for entry in kept {
        bytes.extend_from_slice(&entry.epoch.to_be_bytes());
        bytes.extend_from_slice(entry.sender.as_bytes());
        bytes.extend_from_slice(&entry.upto.to_be_bytes());
    }
    bytes
}

fn parse_entries(bytes: &[u8]) -> Option<Vec<Have>> {
    let mut reader = Reader::new(bytes);
    let count = reader.u8().filter(|count| usize::from(*count) <= ACK_ENTRIES_MAX)?;
    let have = (0..count)
        .map(|_| Some(Have { epoch: reader.u32()?, sender: DeviceId(reader.array()?), upto: reader.u64()? }))
        .collect::<Option<Vec<_>>>()?;
    reader.end()?;
    Some(have)
}
