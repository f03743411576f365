//! Messages that were sent and have not gone yet: for two seconds each can be taken back (requirement 88).
//!
//! Never: more than one of a conversation; the next one sends the one before.

use amparo_protocol::id::ConversationId;

pub const HOLD_MS: u32 = 2_000;

#[derive(Clone, Default, PartialEq, Eq)]
pub struct Outgoing {
    held: Vec<Held>,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Held {
    pub conversation: ConversationId,
    pub text: String,
    pub due_ms: u64,
}

impl Outgoing {
    /// Answers the one of the same conversation that was held until now: it goes at once.
    pub fn hold(&mut self, held: Held) -> Option<Held> {
        let former = self.take(held.conversation);
        self.held.push(held);
        former
    }

    pub fn cancel(&mut self, conversation: ConversationId) -> Option<String> {
        self.take(conversation).map(|held| held.text)
    }

    pub fn of(&self, conversation: ConversationId) -> Option<&Held> {
        self.held.iter().find(|held| held.conversation == conversation)
    }

    pub fn has_due(&self, now_ms: u64) -> bool {
        self.held.iter().any(|held| held.due_ms <= now_ms)
    }

    /// Those whose time is over, in the order in which they were sent.
    pub fn take_due(&mut self, now_ms: u64) -> Vec<Held> {
        self.held.extract_if(.., |held| held.due_ms <= now_ms).collect()
    }

    fn take(&mut self, conversation: ConversationId) -> Option<Held> {
        let at = self.held.iter().position(|held| held.conversation == conversation)?;
        Some(self.held.remove(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(conversation: u8, text: &str, due_ms: u64) -> Held {
        Held { conversation: ConversationId([conversation; 16]), text: text.to_owned(), due_ms }
    }

    fn texts(held: Vec<Held>) -> Vec<String> {
        held.into_iter().map(|held| held.text).collect()
    }

    /// Requirement 88.
    #[test]
    fn a_message_goes_after_two_seconds_unless_it_is_taken_back() {
        let mut outgoing = Outgoing::default();
        assert!(outgoing.hold(held(1, "to the wrong one", 2_000)).is_none());
        outgoing.hold(held(2, "right", 2_500));
        assert!(!outgoing.has_due(1_999));
        assert_eq!(outgoing.cancel(ConversationId([1; 16])), Some("to the wrong one".to_owned()));
        assert_eq!(texts(outgoing.take_due(2_500)), ["right"]);
        assert!(outgoing == Outgoing::default());
    }

    #[test]
    fn the_next_message_sends_the_one_before_so_that_the_order_stays() {
        let mut outgoing = Outgoing::default();
        outgoing.hold(held(1, "first", 2_000));
        let former = outgoing.hold(held(1, "second", 2_700));
        assert_eq!(former.map(|held| held.text), Some("first".to_owned()));
        assert!(outgoing.take_due(2_000).is_empty());
        assert_eq!(texts(outgoing.take_due(2_700)), ["second"]);
    }
}
