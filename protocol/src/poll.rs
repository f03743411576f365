//! `/api/poll`, where WebSockets are blocked: the same messages, numbered, in requests and their answers.
//!
//! Each side repeats what the other has not said to have arrived, so a lost request or answer loses nothing, and the
//! number shows what has come before.
//!
//! Never: a look into a message.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::id::ConnectionId;
use crate::limits::POLL_BATCH_BYTES;
use crate::sealed::Sealed;
use crate::wire;

wire! {
/// From a browser. A connection's first request brings its first message, the `Hello`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollRequest {
    pub connection: ConnectionId,
    pub batch: Batch,
}

/// The relay's answer: at once where it has something to say, else when it has, or after a while without.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollAnswer {
    /// Nothing comes after these messages: the relay has closed the connection.
    pub is_over: bool,
    pub batch: Batch,
}

/// What one side has said and the other may lack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The other side's messages have arrived up to this number.
    pub seen: u32,
    /// The number of the first of `messages`. A connection's first message is number 1.
    pub first: u32,
    /// Each is a whole encoded message.
    pub messages: Vec<Sealed>,
}
}

/// What a message weighs in a batch beside its own bytes.
const LENGTH_BYTES: usize = 4;

impl Batch {
    /// Begins a connection: something is said, and nothing was before.
    pub fn is_opening(&self) -> bool {
        self.first == 1 && self.seen == 0 && !self.messages.is_empty()
    }
}

/// One side of a connection: what it said and the other may lack, and how much it has heard.
#[derive(Default)]
pub struct Exchange {
    /// Messages that the other side has said to hold; forgotten here.
    arrived: u32,
    unseen: VecDeque<Sealed>,
    unseen_bytes: usize,
    heard: u32,
}

impl Exchange {
    pub fn say(&mut self, message: Vec<u8>) {
        self.unseen_bytes += message.len();
        self.unseen.push_back(Sealed(message));
    }

    /// How many messages were ever said.
    pub fn said(&self) -> u32 {
        self.arrived + self.unseen.len() as u32
    }

    /// Bytes of messages that the other side may lack.
    pub fn unseen_bytes(&self) -> usize {
        self.unseen_bytes
    }

    /// The oldest messages that the other side may lack, as many as one batch holds; the first whatever its size, because a
    /// long list of members may be larger.
    pub fn batch(&self) -> Batch {
        let mut left = POLL_BATCH_BYTES;
        let fits = |(at, message): &(usize, &Sealed)| {
            let rest = left.checked_sub(message.size_bytes() + LENGTH_BYTES);
            left = rest.unwrap_or_default();
            *at == 0 || rest.is_some()
        };
        let messages = self.unseen.iter().enumerate().take_while(fits).map(|(_, message)| message.clone()).collect();
        Batch { seen: self.heard, first: self.arrived + 1, messages }
    }

    /// Without a message: says only what has arrived.
    pub fn empty_batch(&self) -> Batch {
        Batch { seen: self.heard, first: self.arrived + 1, messages: Vec::new() }
    }

    /// Takes the other side's batch in; gives what is new of it, in order. `None` for one that cannot follow what was
    /// said before; nothing has changed then.
    pub fn hear(&mut self, batch: Batch) -> Option<impl Iterator<Item = Vec<u8>> + use<>> {
        let known = (self.heard + 1).checked_sub(batch.first)?;
        if batch.seen > self.said() {
            return None;
        }
        while self.arrived < batch.seen {
            self.arrived += 1;
            self.unseen_bytes -= self.unseen.pop_front().map_or(0, |message| message.size_bytes());
        }
        let new = batch.messages.into_iter().skip(known as usize);
        self.heard += new.len() as u32;
        Some(new.map(|message| message.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(by: &mut Exchange, batch: Batch) -> Option<Vec<Vec<u8>>> {
        by.hear(batch).map(Iterator::collect)
    }

    #[test]
    fn what_was_lost_is_repeated_and_what_comes_twice_is_heard_once() {
        let (mut browser, mut relay) = (Exchange::default(), Exchange::default());
        browser.say(vec![1]);
        let lost = browser.batch();
        assert!(lost.is_opening());
        browser.say(vec![2]);
        let both = browser.batch();
        assert_eq!(heard(&mut relay, both.clone()), Some(vec![vec![1], vec![2]]));
        assert_eq!(heard(&mut relay, both), Some(vec![]), "the answer was lost, the request came again");
        assert_eq!(heard(&mut relay, lost), Some(vec![]), "a late one");
        assert_eq!(heard(&mut browser, relay.batch()), Some(vec![]));
        assert_eq!((browser.batch().messages.len(), browser.unseen_bytes()), (0, 0));
        browser.say(vec![3]);
        assert_eq!(browser.batch().first, 3);
        assert_eq!(heard(&mut relay, browser.batch()), Some(vec![vec![3]]));
    }

    #[test]
    fn a_batch_with_a_hole_or_of_things_never_said_is_refused() {
        let mut exchange = Exchange::default();
        exchange.say(vec![1]);
        let batch = |seen, first, messages| Batch { seen, first, messages };
        assert_eq!(heard(&mut exchange, batch(0, 2, vec![Sealed(vec![9])])), None);
        assert_eq!(heard(&mut exchange, batch(2, 1, vec![])), None);
        assert_eq!(heard(&mut exchange, batch(u32::MAX, u32::MAX, vec![])), None);
        assert_eq!(heard(&mut exchange, batch(1, 0, vec![Sealed(vec![9]), Sealed(vec![8])])), Some(vec![vec![8]]));
    }

    #[test]
    fn a_message_that_is_larger_than_a_batch_goes_alone() {
        let (mut relay, mut browser) = (Exchange::default(), Exchange::default());
        for size in [POLL_BATCH_BYTES + 1, 1, 1] {
            relay.say(vec![7; size]);
        }
        for expected in [1, 2, 0] {
            let batch = relay.batch();
            assert_eq!(batch.messages.len(), expected);
            assert_eq!(heard(&mut browser, batch).map(|new| new.len()), Some(expected));
            assert_eq!(heard(&mut relay, browser.batch()), Some(vec![]));
        }
    }

    #[test]
    fn a_batch_holds_so_many_bytes_and_the_next_one_goes_on() {
        let (mut browser, mut relay) = (Exchange::default(), Exchange::default());
        for number in 0..5 {
            browser.say(vec![number; 20 * 1024]);
        }
        for expected in [3, 2, 0] {
            let batch = browser.batch();
            assert_eq!(batch.messages.len(), expected);
            assert_eq!(heard(&mut relay, batch).map(|new| new.len()), Some(expected));
            assert_eq!(heard(&mut browser, relay.batch()), Some(vec![]));
        }
    }
}
