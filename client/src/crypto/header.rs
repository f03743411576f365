//! The clear headers of messages and acknowledgements: what the relay and a reader without the key can see.
//!
//! Never: anything else than which conversation, epoch, key, device and number.

use amparo_protocol::id::{ConversationId, DeviceId, MessageId};

use crate::crypto::bytes::{Reader, join};
use crate::crypto::epoch::Epoch;
use crate::crypto::primitives::{NONCE_BYTES, OrgId, SUITE};
use crate::crypto::seal::{Direction, OpenError};

pub const MESSAGE_HEADER_BYTES: usize = 87;
pub const ACK_HEADER_BYTES: usize = 75;

const MESSAGE_VERSION: u8 = 1;
const ACK_VERSION: u8 = 2;

/// What both headers begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    pub org: OrgId,
    pub conversation: ConversationId,
    pub epoch: u32,
    pub kid: [u8; 16],
    pub direction: Direction,
    /// Zero for the visitor.
    pub sender: DeviceId,
}

/// The clear header of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageHeader {
    pub origin: Origin,
    pub number: u64,
    pub message: MessageId,
}

/// The clear header of an acknowledgement. `origin` names who acknowledges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AckHeader {
    pub origin: Origin,
    pub nonce: [u8; NONCE_BYTES],
}

impl Origin {
    pub(crate) fn of(epoch: &Epoch, direction: Direction, sender: DeviceId) -> Self {
        let mut reader = Reader::new(epoch.context());
        let (org, conversation) = (reader.array(), reader.array());
        Self {
            org: OrgId(org.expect("a context begins with the organisation")),
            conversation: ConversationId(conversation.expect("then the conversation")),
            epoch: epoch.number(),
            kid: *epoch.kid(),
            direction,
            sender,
        }
    }

    /// Whether this epoch's key is the one that sealed it.
    pub(crate) fn is_of(&self, epoch: &Epoch) -> bool {
        *self == Self::of(epoch, self.direction, self.sender)
    }

    fn to_bytes(self, version: u8) -> Vec<u8> {
        join(&[
            &[version, SUITE],
            &self.org.0,
            self.conversation.as_bytes(),
            &self.epoch.to_be_bytes(),
            &self.kid,
            &[self.direction.to_byte()],
            self.sender.as_bytes(),
        ])
    }

    fn read(reader: &mut Reader<'_>, version: u8) -> Result<Self, OpenError> {
        reader.exactly(&[version]).ok_or(OpenError::Form)?;
        if reader.u8().ok_or(OpenError::Form)? != SUITE {
            return Err(OpenError::Suite);
        }
        Self::read_fields(reader).ok_or(OpenError::Form)
    }

    fn read_fields(reader: &mut Reader<'_>) -> Option<Self> {
        let origin = Self {
            org: OrgId(reader.array()?),
            conversation: ConversationId(reader.array()?),
            epoch: reader.u32()?,
            kid: reader.array()?,
            direction: Direction::from_byte(reader.u8()?)?,
            sender: DeviceId(reader.array()?),
        };
        let is_nameless = origin.sender == DeviceId::default();
        (is_nameless == (origin.direction == Direction::VisitorToCounselor)).then_some(origin)
    }
}

impl MessageHeader {
    /// Reads the header of a sealed message. Nothing in it is proven before the message is opened.
    pub fn parse(message: &[u8]) -> Result<Self, OpenError> {
        let mut reader = Reader::new(message);
        let origin = Origin::read(&mut reader, MESSAGE_VERSION)?;
        let number = reader.u64().ok_or(OpenError::Form)?;
        let message = MessageId(reader.array().ok_or(OpenError::Form)?);
        Ok(Self { origin, number, message })
    }

    pub(crate) fn to_bytes(self) -> Vec<u8> {
        join(&[&self.origin.to_bytes(MESSAGE_VERSION), &self.number.to_be_bytes(), self.message.as_bytes()])
    }
}

impl AckHeader {
    /// Reads the header of a sealed acknowledgement. Nothing in it is proven before it is opened.
    pub fn parse(ack: &[u8]) -> Result<Self, OpenError> {
        let mut reader = Reader::new(ack);
        let origin = Origin::read(&mut reader, ACK_VERSION)?;
        let nonce = reader.array().ok_or(OpenError::Form)?;
        Ok(Self { origin, nonce })
    }

    pub(crate) fn to_bytes(self) -> Vec<u8> {
        join(&[&self.origin.to_bytes(ACK_VERSION), &self.nonce])
    }
}
