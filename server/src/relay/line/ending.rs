//! How a conversation ends: by either side, by the end token, by silence. Everything the relay held is gone at once; the
//! id stays as a tombstone until its tickets have expired.

use amparo_protocol::colleague::TransferGone;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{ClaimId, ConversationId, Hash};
use amparo_protocol::limits::TICKET_SECS;
use amparo_protocol::wire::{EndReason, ServerMsg};

use super::super::command::{SessionId, Tell, What};
use super::{Line, Tombstone};

impl Line {
    pub(super) fn end_by_session(&mut self, now_ms: u64, session: SessionId, id: ConversationId, reason: EndReason) {
        let Some(conversation) = self.conversations.get(&id) else { return };
        let is_beside = conversation.beside.as_ref().is_some_and(|beside| beside.seat.session == Some(session));
        let claims = conversation.claim.as_ref().is_some_and(|claim| claim.session == Some(session));
        if conversation.visitor.session == Some(session) {
            self.end(now_ms, id, EndReason::Visitor);
        } else if conversation.counselor.session == Some(session) {
            let reason = if reason == EndReason::Abuse { reason } else { EndReason::Counselor };
            self.end(now_ms, id, reason);
        } else if is_beside {
            // Not this member's to end.
            self.beside_leaves(now_ms, id);
        } else if claims {
            // Given back before it was opened.
            self.lapse_claim(now_ms, id);
        }
    }

    pub(super) fn end_by_token(&mut self, now_ms: u64, end_token: Hash) {
        if let Some(id) = self.end_tokens.get(&end_token).copied() {
            self.end(now_ms, id, EndReason::Visitor);
        }
    }

    /// Over, for everybody who takes part.
    pub(super) fn end(&mut self, now_ms: u64, id: ConversationId, reason: EndReason) {
        let Some(conversation) = self.conversations.get(&id) else { return };
        let language = conversation.language;
        let count = conversation.end_counted(reason);
        let counselors: Vec<SessionId> =
            conversation.members().filter_map(|member| conversation.session_of(member.claim)).collect();
        let parked = conversation.parked.iter().map(|(session, _)| *session);
        let sessions: Vec<SessionId> = conversation.sessions().chain(parked).collect();
        self.call_off(id);
        self.withdraw_transfer(id, TransferGone::Withdrawn);
        for session in sessions {
            self.send(session, ServerMsg::Ended { conversation: id, reason });
            self.tell(session, Tell::Detached { conversation: id });
        }
        let gone = self.give_place_up(id);
        self.publish_pairings(now_ms, gone);
        self.forget(id);
        self.bury(now_ms, id, reason, None);
        self.publish(What::Counted { language, count });
        for counselor in counselors {
            self.rest(counselor);
        }
    }

    /// Drops all that is held of it, without a word to anybody.
    pub(super) fn forget(&mut self, id: ConversationId) {
        self.forget_end_token(id);
        let Some(conversation) = self.let_go(id) else { return };
        if let Some(deposit) = &conversation.deposit {
            self.handles.remove(&deposit.handle);
        }
        if let Some(seat) = conversation.visitor.session.and_then(|session| self.visitors.get_mut(&session)) {
            seat.conversation = None;
        }
        if let Some(displacing) = conversation.displacing {
            self.refuse(displacing.by, ErrorCode::Ended);
        }
        self.publish(What::LaneErased { conversation: id });
    }

    /// Unless a later conversation has it.
    pub(super) fn forget_end_token(&mut self, id: ConversationId) {
        let former = self.conversations.get_mut(&id).and_then(|conversation| conversation.end_token.take());
        if let Some(former) = former.filter(|former| self.end_tokens.get(former) == Some(&id)) {
            self.end_tokens.remove(&former);
        }
    }

    /// Its tickets open nothing any more; with `only`, those of this membership.
    pub(super) fn bury(&mut self, now_ms: u64, id: ConversationId, reason: EndReason, only: Option<ClaimId>) {
        self.tombstones.insert(id, Tombstone { reason, only, until_ms: now_ms + TICKET_SECS * 1000 });
    }
}
