//! Who waits behind others: whoever a supervisor has blocked, for a day, and a crowd that comes from one place. They are
//! served when nobody else waits; nobody is refused for it, told of it, or kept from the numbers on her screen.
//!
//! Never: an address. A block is gone when the relay starts anew.

use amparo_protocol::id::{ConversationId, MemberId};
use amparo_protocol::wire::EndReason;

use super::super::command::SessionId;
use super::Line;
use crate::buckets::Whence;

const BLOCK_MS: u64 = 24 * 60 * 60 * 1000;
/// More than this many who wait at once from one address go behind others: a shelter seldom has so many.
const CROWD: usize = 12;

impl Line {
    /// By a supervisor who is in this conversation: it ends.
    pub(super) fn block(&mut self, now_ms: u64, id: ConversationId, by: MemberId) {
        let Some(conversation) = self.conversations.get(&id) else { return };
        let claims = conversation.claim.as_ref().is_some_and(|claim| claim.membership.member == by);
        if !claims && conversation.membership.is_none_or(|membership| membership.member != by) {
            return;
        }
        if let Some(whence) = conversation.whence {
            self.blocks.extend(whence.names().map(|bucket| (bucket, now_ms + BLOCK_MS)));
        }
        let whence = conversation.whence;
        self.end(now_ms, id, EndReason::Abuse);
        self.move_behind(now_ms, whence);
    }

    pub(super) fn drop_old_blocks(&mut self, now_ms: u64) {
        self.blocks.retain(|_, until_ms| *until_ms > now_ms);
    }

    pub(super) fn whence(&self, session: SessionId) -> Option<Whence> {
        self.whences.get(&session).copied()
    }

    /// Whether who enters now waits behind others.
    pub(super) fn goes_behind(&self, now_ms: u64, whence: Option<Whence>) -> bool {
        let Some(whence) = whence else { return false };
        let is_blocked =
            whence.names().any(|bucket| self.blocks.get(&bucket).is_some_and(|until_ms| *until_ms > now_ms));
        is_blocked || self.queue.waiting_from(whence.bucket) >= CROWD
    }

    /// Those of this place who wait already.
    fn move_behind(&mut self, now_ms: u64, whence: Option<Whence>) {
        let Some(whence) = whence else { return };
        let waiting: Vec<ConversationId> = self.queue.order().collect();
        for id in waiting {
            let conversation = self.conversations.get_mut(&id).expect("who waits in the queue has a conversation");
            if conversation.whence.is_some_and(|other| whence.names().any(|bucket| bucket == other.bucket)) {
                conversation.behind_others = true;
                self.take_place(now_ms, id);
            }
        }
    }
}
