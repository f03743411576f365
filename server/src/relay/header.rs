//! The clear headers of sealed messages and acknowledgements: all that the relay reads of them (docs/protocol.md, 3).
//!
//! Never: what is behind the header.

use amparo_protocol::id::{ConversationId, DeviceId};
use amparo_protocol::limits::PADDED_BYTES;

const SUITE: u8 = 1;
const MESSAGE_KIND: u8 = 1;
const ACK_KIND: u8 = 2;
const HEADER_BYTES: usize = 87;
const TAG_BYTES: usize = 16;
const ACK_BYTES: usize = 75 + 256 + TAG_BYTES;
const CONVERSATION_AT: usize = 18;
const EPOCH_AT: usize = 34;
const DIRECTION_AT: usize = 54;
const SENDER_AT: usize = 55;
const NUMBER_AT: usize = 63;

const FROM_VISITOR: u8 = 0;
const FROM_COUNSELOR: u8 = 1;
const VISITOR: DeviceId = DeviceId([0; 8]);

/// A numbered message's place in its conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageHeader {
    pub conversation: ConversationId,
    pub epoch: u32,
    /// Zero for the visitor.
    pub sender: DeviceId,
    pub number: u64,
}

impl MessageHeader {
    /// `None` for anything that no client of this version seals.
    pub fn parse(message: &[u8]) -> Option<Self> {
        let padded = message.len().checked_sub(HEADER_BYTES + TAG_BYTES)?;
        let shape = PADDED_BYTES.contains(&padded) && message[..2] == [MESSAGE_KIND, SUITE];
        let sender = direction_and_sender(message)?;
        shape.then(|| Self {
            conversation: ConversationId(array(message, CONVERSATION_AT)),
            epoch: u32::from_be_bytes(array(message, EPOCH_AT)),
            sender,
            number: u64::from_be_bytes(array(message, NUMBER_AT)),
        })
    }
}

/// Whether this is an acknowledgement of `sender` in `conversation`.
pub fn is_ack_of(ack: &[u8], conversation: ConversationId, sender: DeviceId) -> bool {
    ack.len() == ACK_BYTES
        && ack[..2] == [ACK_KIND, SUITE]
        && array(ack, CONVERSATION_AT) == conversation.0
        && direction_and_sender(ack) == Some(sender)
}

/// The direction is the visitor's exactly where the sender is.
fn direction_and_sender(bytes: &[u8]) -> Option<DeviceId> {
    let sender = DeviceId(array(bytes, SENDER_AT));
    let direction = if sender == VISITOR { FROM_VISITOR } else { FROM_COUNSELOR };
    (bytes[DIRECTION_AT] == direction).then_some(sender)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("the length was checked before")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_three_padded_sizes_are_messages() {
        for size in [0, 86, 87, 103, 1126, 1128, 20_000] {
            assert_eq!(MessageHeader::parse(&vec![1; size]), None);
        }
    }

    #[test]
    fn a_direction_that_does_not_fit_its_sender_is_no_message() {
        let mut message = vec![0; 1127];
        message[..2].copy_from_slice(&[1, 1]);
        assert!(MessageHeader::parse(&message).is_some());
        message[DIRECTION_AT] = 1;
        assert_eq!(MessageHeader::parse(&message), None);
        message[SENDER_AT] = 9;
        assert_eq!(MessageHeader::parse(&message).map(|header| header.sender.0[0]), Some(9));
    }
}
