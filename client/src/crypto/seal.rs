//! Numbered messages: sealing and opening. A counselor's device also signs.
//!
//! Never: a body that is cut, a padding that tells the length, an unsigned message of a counselor.

use core::fmt;

use amparo_protocol::id::{DeviceId, MessageId};
use amparo_protocol::limits::{PADDED_BYTES, TEXT_MAX_BYTES};
use amparo_protocol::sealed::Sealed;
use zeroize::Zeroizing;

use crate::crypto::bytes::{Reader, join, label};
use crate::crypto::epoch::Epoch;
use crate::crypto::header::{MESSAGE_HEADER_BYTES, MessageHeader, Origin};
use crate::crypto::padding::{pad, unpad};
use crate::crypto::primitives::{NONCE_BYTES, SIGNATURE_BYTES, aead_open, aead_seal, expand_key, hash, verify};
use crate::crypto::shift::{ShiftCert, ShiftKeys};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    VisitorToCounselor,
    CounselorToVisitor,
}

impl Direction {
    pub fn to_byte(self) -> u8 {
        match self {
            Self::VisitorToCounselor => 0,
            Self::CounselorToVisitor => 1,
        }
    }

    pub fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::VisitorToCounselor),
            1 => Some(Self::CounselorToVisitor),
            _ => None,
        }
    }
}

/// Who seals. The visitor has no name; a counselor's device signs.
#[derive(Clone, Copy, Debug)]
pub enum Author<'a> {
    Visitor,
    Counselor(&'a dyn Signs),
}

/// A counselor's device, as far as sealing needs it. Behind a table, so that the visitor's program, which never makes
/// one, does not carry what signing takes (4 KB of curve arithmetic).
pub trait Signs: fmt::Debug {
    fn device(&self) -> DeviceId;
    fn sign(&self, bytes: &[u8]) -> [u8; 64];
}

impl Signs for ShiftKeys {
    fn device(&self) -> DeviceId {
        self.device()
    }

    fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.sign(bytes)
    }
}

impl Author<'_> {
    pub fn direction(&self) -> Direction {
        match self {
            Self::Visitor => Direction::VisitorToCounselor,
            Self::Counselor(_) => Direction::CounselorToVisitor,
        }
    }

    pub fn sender(&self) -> DeviceId {
        match self {
            Self::Visitor => DeviceId::default(),
            Self::Counselor(keys) => keys.device(),
        }
    }

    pub(crate) fn origin(&self, epoch: &Epoch) -> Origin {
        Origin::of(epoch, self.direction(), self.sender())
    }
}

/// Whose signature a counselor's message must bear.
#[derive(Clone, Copy, Debug)]
pub enum Holders<'a> {
    /// One device besides the visitor holds this epoch: the seal itself is the proof, only the sender is compared.
    Only(DeviceId),
    /// Several do: the signature is checked against the sender's certificate.
    Several(&'a [ShiftCert]),
}

#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// At most `TEXT_MAX_BYTES`; longer text goes through [`split_text`](crate::crypto::text::split_text) first.
    Text(String),
    /// "The former conversation goes along."
    History,
    End,
    /// Of a newer program: kept for contiguity, not shown.
    Unknown(u8),
}

impl fmt::Debug for Body {
    /// Shows the kind, never a word.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({})", self.kind())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedMessage {
    pub header: MessageHeader,
    /// 1 + number of this sender's previous message in this epoch, 0 for the first.
    pub after: u64,
    pub body: Body,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error("this suite is not known")]
    Suite,
    #[error("wrong length, version or shape")]
    Form,
    #[error("of another conversation, epoch or key")]
    Epoch,
    #[error("the seal is broken")]
    Seal,
    #[error("the signature is not of a holder of this epoch")]
    Signature,
}

/// Seals one message. `number` was never used before by this sender in this epoch.
pub fn seal_message(
    epoch: &Epoch,
    author: Author<'_>,
    number: u64,
    message: MessageId,
    after: u64,
    body: &Body,
) -> Sealed {
    let header = MessageHeader { origin: author.origin(epoch), number, message };
    let header_bytes = header.to_bytes();
    let mut content = core(author, after, body);
    if let Author::Counselor(keys) = author {
        let signature = keys.sign(&signed_part(&header_bytes, &content));
        content.extend_from_slice(&signature);
    }
    let padded = pad(&content, &PADDED_BYTES).expect("a text of TEXT_MAX_BYTES fits the largest size");
    let (key, nonce) = key_and_nonce(epoch, &header);
    let ciphertext = aead_seal(&key, &nonce, &header_bytes, &padded);
    Sealed(join(&[&header_bytes, &ciphertext]))
}

/// Receiver rule 5.
pub fn open_message(epoch: &Epoch, message: &Sealed, holders: Holders<'_>) -> Result<OpenedMessage, OpenError> {
    let header = MessageHeader::parse(message.as_bytes())?;
    if !header.origin.is_of(epoch) {
        return Err(OpenError::Epoch);
    }
    let (header_bytes, ciphertext) = message.as_bytes().split_at(MESSAGE_HEADER_BYTES);
    let (key, nonce) = key_and_nonce(epoch, &header);
    let padded = aead_open(&key, &nonce, header_bytes, ciphertext).ok_or(OpenError::Seal)?;
    read_padded(&padded, header, header_bytes, holders)
}

/// What lay within the seal: whoever holds the key can have put anything there.
pub fn read_padded(
    padded: &[u8],
    header: MessageHeader,
    header_bytes: &[u8],
    holders: Holders<'_>,
) -> Result<OpenedMessage, OpenError> {
    let content = unpad(padded, &PADDED_BYTES).ok_or(OpenError::Form)?;
    let (core, signature) = split_signature(content, header.origin.direction).ok_or(OpenError::Form)?;
    let opened = parse_core(core, header).ok_or(OpenError::Form)?;
    if let Some(signature) = signature {
        check_signature(&header, holders, &signed_part(header_bytes, core), signature).ok_or(OpenError::Signature)?;
    }
    Ok(opened)
}

fn key_and_nonce(epoch: &Epoch, header: &MessageHeader) -> (Zeroizing<[u8; 32]>, [u8; NONCE_BYTES]) {
    let both: Zeroizing<[u8; 32 + NONCE_BYTES]> = expand_key(
        epoch.message_key(header.origin.direction),
        &[&label("msg"), header.origin.sender.as_bytes(), &header.number.to_be_bytes(), header.message.as_bytes()],
    );
    let mut key = Zeroizing::new([0; 32]);
    let mut nonce = [0; NONCE_BYTES];
    key.copy_from_slice(&both[..32]);
    nonce.copy_from_slice(&both[32..]);
    (key, nonce)
}

const SIGNED_FLAG: u8 = 1;
/// Type, flags, after, length.
const CORE_HEAD_BYTES: usize = 12;

impl Body {
    fn kind(&self) -> u8 {
        match self {
            Self::Text(_) => 1,
            Self::History => 5,
            Self::End => 7,
            Self::Unknown(kind) => *kind,
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::History | Self::End | Self::Unknown(_) => b"",
        }
    }

    fn parse(kind: u8, bytes: &[u8]) -> Option<Self> {
        match kind {
            1 if bytes.len() <= TEXT_MAX_BYTES => str::from_utf8(bytes).ok().map(|text| Self::Text(text.to_owned())),
            5 if bytes.is_empty() => Some(Self::History),
            7 if bytes.is_empty() => Some(Self::End),
            1 | 5 | 7 => None,
            kind => Some(Self::Unknown(kind)),
        }
    }
}

/// With room for the signature, so that no copy of the text is left behind when it is added.
fn core(author: Author<'_>, after: u64, body: &Body) -> Zeroizing<Vec<u8>> {
    let flags = match author {
        Author::Visitor => 0,
        Author::Counselor(_) => SIGNED_FLAG,
    };
    let bytes = body.bytes();
    assert!(bytes.len() <= TEXT_MAX_BYTES, "split_text comes before seal_message");
    let length = u16::try_from(bytes.len()).expect("TEXT_MAX_BYTES is below 65,536");
    let mut core = Zeroizing::new(Vec::with_capacity(CORE_HEAD_BYTES + bytes.len() + SIGNATURE_BYTES));
    core.extend_from_slice(&[body.kind(), flags]);
    core.extend_from_slice(&after.to_be_bytes());
    core.extend_from_slice(&length.to_be_bytes());
    core.extend_from_slice(bytes);
    core
}

fn parse_core(core: &[u8], header: MessageHeader) -> Option<OpenedMessage> {
    let mut reader = Reader::new(core);
    let kind = reader.u8()?;
    let flags = match header.origin.direction {
        Direction::VisitorToCounselor => 0,
        Direction::CounselorToVisitor => SIGNED_FLAG,
    };
    reader.exactly(&[flags])?;
    let after = reader.u64().filter(|after| *after <= header.number)?;
    let length = reader.u16()?;
    let body = Body::parse(kind, reader.slice(length.into())?)?;
    reader.end()?;
    Some(OpenedMessage { header, after, body })
}

/// Core and, from a counselor, the signature that follows it.
fn split_signature(content: &[u8], direction: Direction) -> Option<(&[u8], Option<&[u8; SIGNATURE_BYTES]>)> {
    match direction {
        Direction::VisitorToCounselor => Some((content, None)),
        Direction::CounselorToVisitor => {
            let (core, signature) = content.split_last_chunk()?;
            Some((core, Some(signature)))
        }
    }
}

fn signed_part(header_bytes: &[u8], core: &[u8]) -> Vec<u8> {
    join(&[&label("hlc1 msg"), header_bytes, hash(&[core]).as_bytes()])
}

fn check_signature(
    header: &MessageHeader,
    holders: Holders<'_>,
    signed: &[u8],
    signature: &[u8; SIGNATURE_BYTES],
) -> Option<()> {
    let sender = header.origin.sender;
    match holders {
        Holders::Only(device) => (device == sender).then_some(()),
        Holders::Several(certs) => {
            let cert = certs.iter().find(|cert| cert.device == sender)?;
            verify(&cert.signing_key, signed, signature)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_that_carries_a_text_beside_it_is_none() {
        for (kind, body) in [(5, Body::History), (7, Body::End)] {
            assert!(Body::parse(kind, b"") == Some(body) && Body::parse(kind, b"x").is_none());
        }
        assert_eq!(Body::parse(1, &[b'x'; TEXT_MAX_BYTES + 1]), None, "more than fits any honest message");
    }
}
