//! Who has a place in the queue and who is served: each conversation is one of the two. And the round of those who wait, a
//! part with every tick.
//!
//! Never: a pass over all who wait. A decision takes no longer when thousands do.

use amparo_protocol::id::ConversationId;

use super::super::queue::Pairing;
use super::conversation::Conversation;
use super::{Line, TICK_MS};

/// So many are looked at with every tick. Twenty thousand, as many as can wait, take twenty seconds.
const PART: usize = 250;
/// What a waiting visitor reads is never older than 25 s (requirement 61): she is told again before it would be.
const POSITION_OLD_MS: u64 = 22 * 1000;
/// Whoever is served moves everybody behind her. Those far back read it when this has passed since they read something: or
/// they would be told as often as somebody is served.
const POSITION_CHANGED_MS: u64 = 3 * 1000;

impl Line {
    pub(super) fn hold(&mut self, conversation: Conversation) {
        self.served.insert(conversation.id);
        self.conversations.insert(conversation.id, conversation);
    }

    pub(super) fn let_go(&mut self, id: ConversationId) -> Option<Conversation> {
        self.queue.leave(id);
        self.served.remove(&id);
        self.conversations.remove(&id)
    }

    /// Her first place, the one she had, or a better one.
    pub(super) fn take_place(&mut self, now_ms: u64, id: ConversationId) {
        let conversation = &self.conversations[&id];
        self.queue.enter(conversation.place(), conversation.queued(), now_ms);
        self.served.remove(&id);
    }

    /// Those she was offered to are to be told.
    pub(super) fn give_place_up(&mut self, id: ConversationId) -> Vec<Pairing> {
        self.served.insert(id);
        self.queue.leave(id)
    }

    pub(super) fn served(&self) -> impl Iterator<Item = &Conversation> {
        self.served.iter().filter_map(|id| self.conversations.get(id))
    }

    /// The next of those who wait: what happens because time has passed, and what each reads of her place.
    pub(super) fn go_round(&mut self, now_ms: u64) {
        let part = self.queue.next_of_round(PART);
        let round_ms = (self.queue.len().div_ceil(PART) as u64) * TICK_MS;
        for (position, place) in part {
            let id = place.conversation;
            self.watch_waiting(now_ms, id);
            if self.queue.is_waiting(id) && self.is_position_due(now_ms, id, position, round_ms) {
                self.tell_position(now_ms, id, position);
            }
        }
    }

    fn is_position_due(&self, now_ms: u64, id: ConversationId, position: u32, round_ms: u64) -> bool {
        let conversation = &self.conversations[&id];
        let since_ms = now_ms.saturating_sub(conversation.told_position_ms);
        match conversation.told_position {
            // Whoever is away is told when she is back.
            _ if conversation.visitor.session.is_none() => false,
            Some(told) if told == position => since_ms + round_ms >= POSITION_OLD_MS,
            Some(_) => since_ms >= POSITION_CHANGED_MS,
            None => true,
        }
    }
}
