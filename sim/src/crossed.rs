//! What crosses the lines out of the browsers: never a word in the clear, and never two messages under the same key and
//! nonce, which one key, sender and number stand for (check C14).

use std::collections::HashMap;

use amparo_client::crypto::header::{MESSAGE_HEADER_BYTES, MessageHeader};
use amparo_protocol::id::MessageId;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::ClientMsg;

use crate::history::Verdict;

/// Part of every text that anybody writes in a story.
const IN_THE_CLEAR: &[u8] = b" says ";

#[derive(Default)]
pub struct Crossed {
    leaked: bool,
    /// By the header up to the number: what comes behind it is the message's own.
    numbered: HashMap<Vec<u8>, Sealed>,
    twice: Option<MessageHeader>,
}

impl Crossed {
    pub fn note(&mut self, msg: &ClientMsg, bytes: &[u8]) {
        self.leaked |= bytes.windows(IN_THE_CLEAR.len()).any(|window| window == IN_THE_CLEAR);
        match msg {
            ClientMsg::Send { message, .. } => self.note_number(message),
            ClientMsg::Refill { messages, .. } => messages.iter().for_each(|message| self.note_number(message)),
            _ => {}
        }
    }

    pub fn check(&self) -> Verdict {
        if self.leaked {
            return Err("a word crossed a line in the clear".to_owned());
        }
        self.twice.map_or(Ok(()), |MessageHeader { origin, number, .. }| {
            Err(format!("number {number} of {:?} in epoch {} stands on two messages", origin.sender, origin.epoch))
        })
    }

    fn note_number(&mut self, message: &Sealed) {
        let header = MessageHeader::parse(message.as_bytes()).expect("a browser sends whole messages");
        let numbered = &message.as_bytes()[..MESSAGE_HEADER_BYTES - size_of::<MessageId>()];
        let first = self.numbered.entry(numbered.to_vec()).or_insert_with(|| message.clone());
        if first != message {
            self.twice = Some(header);
        }
    }
}

#[cfg(test)]
mod tests {
    use amparo_protocol::id::ConversationId;

    use super::*;

    /// The visitor's message 0 of a conversation; `last` is the last byte of its seal.
    fn message(last: u8) -> ClientMsg {
        let mut bytes = vec![0; MESSAGE_HEADER_BYTES + 1024 + 16];
        bytes[..2].copy_from_slice(&[1, 1]);
        *bytes.last_mut().expect("there is one") = last;
        ClientMsg::Send { conversation: ConversationId::default(), message: Sealed(bytes) }
    }

    #[test]
    fn two_messages_under_one_number_are_noticed_and_one_that_is_sent_again_is_none() {
        let mut crossed = Crossed::default();
        crossed.note(&message(1), &[]);
        crossed.note(&message(1), &[]);
        assert_eq!(crossed.check(), Ok(()));
        crossed.note(&message(2), &[]);
        assert!(crossed.check().is_err());
    }

    #[test]
    fn a_word_in_the_clear_is_noticed() {
        let mut crossed = Crossed::default();
        crossed.note(&ClientMsg::StillHere, b"visitor 1 says 7");
        assert!(crossed.check().is_err());
    }
}
