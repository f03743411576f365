//! What happens because time has passed: leases, missing sides, lapsed claims, idle conversations, fresh tickets.

use amparo_protocol::id::ConversationId;
use amparo_protocol::limits::{
    COUNSELOR_MISSING_ASK_SECS, COUNSELOR_MISSING_MOVE_SECS, COUNSELOR_MISSING_TOLD_SECS, DEPOSIT_SECS, IDLE_END_SECS,
    IDLE_WARN_SECS, TICKET_REFRESH_SECS, VISITOR_MISSING_END_SECS,
};
use amparo_protocol::wire::{Back, EndReason, PeerState, ServerMsg, TicketFor};

use super::super::command::{SessionId, What};
use super::super::ticket::Side;
use super::Line;
use super::conversation::{Conversation, Missing};

/// A page that said it is leaving and left no deposit behind does not come back; this covers what was on its way.
const LEFT_FOR_GOOD_MS: u64 = 10 * 1000;

impl Line {
    pub(super) fn watch(&mut self, now_ms: u64) {
        self.drop_expired_passes(now_ms);
        self.tombstones.retain(|_, tombstone| tombstone.until_ms > now_ms);
        self.drop_old_blocks(now_ms);
        self.close_outlived(now_ms);
        let ids: Vec<ConversationId> = self.served.iter().copied().collect();
        for id in ids {
            self.watch_returns(now_ms, id);
            self.watch_visitor(now_ms, id);
            self.rejoin_if_missing(now_ms, id);
            self.watch_together(now_ms, id);
            self.watch_counselor(now_ms, id);
            self.watch_silence(now_ms, id);
            self.refresh_tickets(now_ms, id);
        }
    }

    /// Whoever waits: of all that can happen because time has passed, this can.
    pub(super) fn watch_waiting(&mut self, now_ms: u64, id: ConversationId) {
        self.watch_returns(now_ms, id);
        self.watch_visitor(now_ms, id);
        self.refresh_tickets(now_ms, id);
    }

    /// Claims that were not opened, and connections that did not answer in time.
    fn watch_returns(&mut self, now_ms: u64, id: ConversationId) {
        let Some(conversation) = self.conversations.get(&id) else { return };
        // Nobody rejoins or takes over without her client: while she is away, that waits.
        let waits = conversation.membership.is_some() && !conversation.visitor.is_fresh(now_ms);
        let lapsed = !waits && conversation.claim.as_ref().is_some_and(|claim| claim.until_ms <= now_ms);
        let silent = conversation.displacing.as_ref().is_some_and(|displacing| displacing.until_ms <= now_ms);
        if lapsed {
            self.lapse_claim(now_ms, id);
        }
        if silent {
            self.displace_now(now_ms, id);
        }
    }

    fn watch_visitor(&mut self, now_ms: u64, id: ConversationId) {
        let Some(conversation) = self.conversations.get(&id) else { return };
        let deposit_ms =
            self.facts.sites.get(&conversation.site).map_or(DEPOSIT_SECS, |site| site.deposit_secs.into()) * 1000;
        let (fresh, told_away, left) =
            (conversation.visitor.is_fresh(now_ms), conversation.told_away, conversation.left);
        if fresh && told_away && !left {
            self.tell_counselors(id, PeerState::Here);
        } else if !fresh && !told_away {
            self.tell_visitor_away(now_ms, id);
        }
        let conversation = self.conversations.get_mut(&id).expect("telling ends nothing");
        if fresh && !left {
            conversation.told_away = false;
        }
        if conversation.visitor.session.is_some() {
            return;
        }
        let silent_ms = conversation.visitor.silent_ms(now_ms);
        if silent_ms >= deposit_ms
            && let Some(deposit) = conversation.deposit.take()
        {
            self.handles.remove(&deposit.handle);
        }
        self.give_up_visitor(now_ms, id, silent_ms, deposit_ms);
    }

    /// She is not connected: her conversation ends, or her place in the queue goes, when she can be thought gone.
    fn give_up_visitor(&mut self, now_ms: u64, id: ConversationId, silent_ms: u64, deposit_ms: u64) {
        let conversation = &self.conversations[&id];
        let left_ms = if conversation.deposit.is_some() { deposit_ms } else { LEFT_FOR_GOOD_MS.min(deposit_ms) };
        if conversation.left && silent_ms >= left_ms {
            self.end(now_ms, id, EndReason::Visitor);
        } else if conversation.is_waiting() && silent_ms >= deposit_ms {
            // Her ticket still knows her place, should she come back later.
            let (language, count) = (conversation.language, conversation.end_counted(EndReason::Missing));
            let gone = self.give_place_up(id);
            self.publish_pairings(now_ms, gone);
            self.forget(id);
            self.publish(What::Counted { language, count });
        } else if conversation.membership.is_some() && silent_ms >= VISITOR_MISSING_END_SECS * 1000 {
            self.end(now_ms, id, EndReason::Missing);
        }
    }

    /// The counselor reads that she is away, counted from her last answer.
    pub(super) fn tell_visitor_away(&mut self, now_ms: u64, id: ConversationId) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        if !conversation.told_away {
            conversation.told_away = true;
            let for_secs = u32::try_from(conversation.visitor.silent_ms(now_ms) / 1000).unwrap_or(u32::MAX);
            self.tell_counselors(id, PeerState::Away { for_secs });
        }
    }

    pub(super) fn tell_counselors(&mut self, id: ConversationId, state: PeerState) {
        let counselors: Vec<SessionId> = self.conversations[&id].counselors().collect();
        for counselor in counselors {
            self.tell_peer(counselor, id, state);
        }
    }

    /// The rules for a missing counselor, counted from the last answered heartbeat.
    fn watch_counselor(&mut self, now_ms: u64, id: ConversationId) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        let (Some(_), Some(visitor)) = (conversation.membership, conversation.visitor.session) else { return };
        let silent_ms = conversation.counselor.silent_ms(now_ms);
        // Told once, it stays said until somebody answers.
        let told = conversation.missing;
        let missing = if conversation.is_attended(now_ms) { Missing::Here } else { missing_after(silent_ms).max(told) };
        if missing == conversation.missing {
            if silent_ms >= COUNSELOR_MISSING_MOVE_SECS * 1000 && conversation.claim.is_none() {
                self.back_in_queue(now_ms, id, Back::Missing);
            }
            return;
        }
        conversation.missing = missing;
        let for_secs = u32::try_from(silent_ms / 1000).unwrap_or(u32::MAX);
        let state = match missing {
            Missing::Here => PeerState::Here,
            Missing::Told => PeerState::Away { for_secs },
            Missing::MayAsk => PeerState::MayAskAnother,
        };
        self.tell_peer(visitor, id, state);
    }

    /// Nobody has written for a long time.
    fn watch_silence(&mut self, now_ms: u64, id: ConversationId) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        if conversation.membership.is_none() {
            return;
        }
        let idle_secs = now_ms.saturating_sub(conversation.last_message_ms) / 1000;
        if idle_secs >= IDLE_END_SECS {
            self.end(now_ms, id, EndReason::Idle);
        } else if idle_secs >= IDLE_WARN_SECS && !conversation.idle_warned {
            conversation.idle_warned = true;
            let sessions: Vec<SessionId> = conversation.sessions().collect();
            for session in sessions {
                self.send(session, ServerMsg::IdleWarning { conversation: id });
            }
        }
    }

    fn refresh_tickets(&mut self, now_ms: u64, id: ConversationId) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        if now_ms < conversation.tickets_at_ms + TICKET_REFRESH_SECS * 1000 {
            return;
        }
        conversation.tickets_at_ms = now_ms;
        let Conversation { membership, visitor, counselor, .. } = *conversation;
        let beside = conversation.beside_membership();
        let second = conversation.beside.as_ref().and_then(|beside| beside.seat.session);
        let sides = [
            (visitor.session, Side::Visitor, membership),
            (membership.and(counselor.session), Side::Counselor, membership),
            (second, Side::Counselor, beside),
        ];
        for (session, side, membership) in sides {
            let beside = beside.filter(|_| side == Side::Visitor);
            let ticket = self.ticket(now_ms, &self.conversations[&id], side, membership, beside);
            let ticket = TicketFor { ticket, membership: membership.map(|membership| membership.claim) };
            if let Some(session) = session {
                self.send(session, ServerMsg::Ticket { conversation: id, ticket });
            }
        }
    }
}

fn missing_after(silent_ms: u64) -> Missing {
    match silent_ms / 1000 {
        secs if secs >= COUNSELOR_MISSING_ASK_SECS => Missing::MayAsk,
        secs if secs >= COUNSELOR_MISSING_TOLD_SECS => Missing::Told,
        _ => Missing::Here,
    }
}
