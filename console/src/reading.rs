//! Which messages of the visitors have not been in front of the counselor yet. Counts only; the texts stay where they are.

use std::collections::HashMap;

use amparo_client::view::{Content, ShownConversation};
use amparo_protocol::id::ConversationId;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    counts: HashMap<ConversationId, Count>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    theirs: usize,
    seen: usize,
}

impl Reading {
    /// Takes over what is on the desk now; the conversation in front counts as read.
    pub fn update(&mut self, conversations: &[ShownConversation], front: Option<ConversationId>) {
        let before = std::mem::take(&mut self.counts);
        for shown in conversations {
            let theirs =
                shown.messages.iter().filter(|message| matches!(message.content, Content::Theirs { .. })).count();
            let seen = before.get(&shown.conversation).map_or(0, |count| count.seen);
            let seen = if front == Some(shown.conversation) { theirs } else { seen.min(theirs) };
            self.counts.insert(shown.conversation, Count { theirs, seen });
        }
    }

    /// Another conversation came to the front.
    pub fn bring_to_front(&mut self, conversation: ConversationId) {
        if let Some(count) = self.counts.get_mut(&conversation) {
            count.seen = count.theirs;
        }
    }

    pub fn unread(&self, conversation: ConversationId) -> usize {
        self.counts.get(&conversation).map_or(0, |count| count.theirs - count.seen)
    }

    pub fn total(&self) -> usize {
        self.counts.values().map(|count| count.theirs - count.seen).sum()
    }
}

#[cfg(test)]
mod tests {
    use amparo_client::view::{ConversationState, ShownMessage, Transfer};
    use amparo_protocol::id::MessageId;
    use amparo_protocol::language::Language;
    use amparo_protocol::wire::PeerState;

    use super::*;

    fn conversation(id: u8, theirs: u8) -> ShownConversation {
        let message = |n| ShownMessage {
            id: MessageId([n; 16]),
            content: Content::Theirs { text: "…".into(), from: None },
            at_unix_ms: 0,
        };
        ShownConversation {
            conversation: ConversationId([id; 16]),
            language: Language::En,
            state: ConversationState::Talking,
            messages: (0..theirs).map(message).collect(),
            peer: PeerState::Here,
            idle_warning: false,
            rejoined: false,
            colleagues: Vec::new(),
            is_beside: false,
            has_history: false,
            transfer: Transfer::None,
            call: None,
        }
    }

    #[test]
    fn what_came_while_another_was_in_front_is_unread_until_it_comes_to_the_front() {
        let [first, second] = [1, 2].map(|id| ConversationId([id; 16]));
        let mut reading = Reading::default();
        reading.update(&[conversation(1, 2), conversation(2, 3)], Some(first));
        assert_eq!((reading.unread(first), reading.unread(second), reading.total()), (0, 3, 3));
        reading.bring_to_front(second);
        assert_eq!(reading.total(), 0);
        reading.update(&[conversation(2, 4)], None);
        assert_eq!((reading.unread(first), reading.unread(second)), (0, 1));
    }
}
