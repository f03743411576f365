//! The two messages that matter for speed, `Send` and `Ack`, read without copying: on their way from one browser to the
//! other only the first byte changes, so their bytes are copied exactly once, into the frame that all readers share.
//!
//! Never: a look at the sealed body beyond its clear header.

use amparo_protocol::id::ConversationId;
use amparo_protocol::wire::{ServerMsg, encode};
use bytes::{BufMut, Bytes, BytesMut};

/// Positions of the variants on the wire; variants are only ever appended. A test holds them against the types.
const CLIENT_SEND: u8 = 12;
const CLIENT_ACK: u8 = 13;
const SERVER_DELIVER: u8 = 17;
const SERVER_ACK: u8 = 18;

const ID_BYTES: usize = ConversationId::SIZE;
const HEAD_BYTES: usize = 2 + ID_BYTES;

/// A received `Send` or `Ack`, still where it was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Direct<'a> {
    pub kind: Kind,
    pub conversation: ConversationId,
    /// The sealed message or acknowledgement.
    pub body: &'a [u8],
    received: &'a [u8],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Send,
    Ack,
}

impl<'a> Direct<'a> {
    /// `None` for every other message, and for one whose length is not written in the shortest way.
    pub fn parse(received: &'a [u8]) -> Option<Self> {
        let kind = match *received.first()? {
            CLIENT_SEND => Kind::Send,
            CLIENT_ACK => Kind::Ack,
            _ => return None,
        };
        let (head, rest) = received.split_at_checked(HEAD_BYTES)?;
        let conversation = ConversationId::from_slice(&head[2..])?;
        let body = sized(rest)?;
        (usize::from(head[1]) == ID_BYTES).then_some(Self { kind, conversation, body, received })
    }

    /// What the readers get: `Deliver` or `Ack`.
    pub fn frame(&self) -> Bytes {
        let mut frame = BytesMut::with_capacity(self.received.len());
        frame.put_u8(match self.kind {
            Kind::Send => SERVER_DELIVER,
            Kind::Ack => SERVER_ACK,
        });
        frame.extend_from_slice(&self.received[1..]);
        frame.freeze()
    }
}

/// The `Deliver` of a message that came as a refill.
pub fn deliver(conversation: ConversationId, message: amparo_protocol::sealed::Sealed) -> Bytes {
    Bytes::from(encode(&ServerMsg::Deliver { conversation, message }))
}

/// The bytes behind a length that must fill the rest exactly.
fn sized(bytes: &[u8]) -> Option<&[u8]> {
    let (length, used) = match *bytes {
        [a, ..] if a < 0x80 => (usize::from(a), 1),
        [a, b, ..] if b < 0x80 && b > 0 => (usize::from(a & 0x7f) | usize::from(b) << 7, 2),
        [a, b, c, ..] if b >= 0x80 && c < 0x80 && c > 0 => {
            (usize::from(a & 0x7f) | usize::from(b & 0x7f) << 7 | usize::from(c) << 14, 3)
        }
        _ => return None,
    };
    let body = &bytes[used..];
    (body.len() == length).then_some(body)
}

#[cfg(test)]
mod tests {
    use amparo_protocol::sealed::Sealed;
    use amparo_protocol::wire::ClientMsg;

    use super::*;

    const CONVERSATION: ConversationId = ConversationId([7; 16]);

    #[test]
    fn what_the_readers_get_is_what_the_types_say() {
        for size in [0, 1, 127, 128, 1127, 4199, 16_383, 16_384, 16_487] {
            let sealed = Sealed(vec![3; size]);
            let send = encode(&ClientMsg::Send { conversation: CONVERSATION, message: sealed.clone() });
            let ack = encode(&ClientMsg::Ack { conversation: CONVERSATION, ack: sealed.clone() });
            let deliver_msg = ServerMsg::Deliver { conversation: CONVERSATION, message: sealed.clone() };
            let ack_msg = ServerMsg::Ack { conversation: CONVERSATION, ack: sealed.clone() };
            let send = Direct::parse(&send).expect("a Send");
            let ack = Direct::parse(&ack).expect("an Ack");
            assert_eq!((send.conversation, send.body), (CONVERSATION, sealed.as_bytes()));
            assert_eq!(send.frame(), encode(&deliver_msg));
            assert_eq!(send.frame(), deliver(CONVERSATION, sealed));
            assert_eq!(ack.frame(), encode(&ack_msg));
        }
    }

    #[test]
    fn cut_lengthened_and_other_messages_are_left_to_the_decoder() {
        let bytes = encode(&ClientMsg::Send { conversation: CONVERSATION, message: Sealed(vec![3; 300]) });
        for size in 0..bytes.len() {
            assert_eq!(Direct::parse(&bytes[..size]), None);
        }
        assert_eq!(Direct::parse(&[&bytes[..], &[0]].concat()), None);
        assert_eq!(Direct::parse(&encode(&ClientMsg::StillHere)), None);
    }
}
