//! Counselors' connections: who stands behind one, what they say, and when it no longer counts.

use std::sync::Arc;

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{ConversationId, MemberId, Ticket};
use amparo_protocol::limits::AFTER_SHIFT_SECS;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, EndReason, PeerState, Presence, Resume, ServerMsg};

use super::super::command::{LoginFacts, SessionId, Tell};
use super::super::facts::LineFacts;
use super::super::shift::{self, Shift};
use super::super::ticket::Side;
use super::Line;
use super::conversation::lease_holds;

const AFTER_SHIFT_MS: u64 = AFTER_SHIFT_SECS * 1000;

/// A counselor's connection.
pub struct CounselorSeat {
    pub login: LoginFacts,
    pub shift: Shift,
    pub certificate: Sealed,
    pub presence: Presence,
    pub answered_ms: u64,
}

impl CounselorSeat {
    /// Could be offered a visitor if free: the lease holds, login and shift count, and the roster is the newest.
    pub fn may_take(&self, now_ms: u64, facts: &Arc<LineFacts>) -> bool {
        lease_holds(self.answered_ms, now_ms)
            && now_ms < self.until_ms()
            && self.shift.may_be_offered
            && self.shift.roster_seq == facts.newest_roster().0
    }

    /// There, answering, and not away: can be called or asked.
    pub fn is_at_work(&self, now_ms: u64) -> bool {
        lease_holds(self.answered_ms, now_ms) && now_ms < self.until_ms() && self.presence != Presence::Away
    }

    /// Free or in a conversation, and answering.
    pub fn is_on_duty(&self, now_ms: u64) -> bool {
        self.presence == Presence::Available
            && now_ms < self.until_ms()
            && self.shift.may_be_offered
            && lease_holds(self.answered_ms, now_ms)
    }

    /// When login or shift ends.
    pub fn until_ms(&self) -> u64 {
        self.login.until_ms.min(self.shift.not_after_secs.saturating_mul(1000))
    }
}

impl Line {
    pub(super) fn report(
        &mut self,
        now_ms: u64,
        session: SessionId,
        login: LoginFacts,
        certificate: &Sealed,
        resumes: Vec<Resume>,
        ended: &[Ticket],
    ) {
        if self.refuses_login(session, &login) {
            return;
        }
        let shift = shift::check(certificate.as_bytes(), login.member, &self.facts, now_ms / 1000);
        let Some(shift) = shift else { return self.refuse(session, ErrorCode::Invalid) };
        self.displace_device(now_ms, &login, &shift);
        let presence = self.presences.get(&shift.device).copied().unwrap_or(Presence::Break);
        let is_off = presence == Presence::Available && self.allowed.is_off_rota(login.member);
        let presence = if is_off { Presence::Break } else { presence };
        let (outdated, member, device) = (shift.roster_seq != self.facts.newest_roster().0, login.member, shift.device);
        let seat = CounselorSeat { login, shift, certificate: certificate.clone(), presence, answered_ms: now_ms };
        self.counselors.insert(session, seat);
        let (generation, now_unix_secs) = (self.generation, now_ms / 1000);
        self.send(session, ServerMsg::Ready { generation, now_unix_secs, presence });
        if outdated {
            self.send(session, ServerMsg::RosterChanged { seq: self.facts.newest_roster().0 });
        }
        for ticket in ended {
            self.ended_meanwhile(now_ms, member, ticket);
        }
        for resume in resumes {
            self.resume_counselor(now_ms, session, resume);
        }
        self.take_up_claims(now_ms, session);
        self.void_claims_of_former_devices(now_ms, member, device);
        self.rejoin_where_missing(now_ms);
        self.tell_calls(now_ms, session);
    }

    /// The same tab has reconnected before its former connection was seen to be gone.
    fn displace_device(&mut self, now_ms: u64, login: &LoginFacts, shift: &Shift) {
        let same = |seat: &CounselorSeat| seat.login.member == login.member && seat.shift.device == shift.device;
        let former = self.counselors.iter().find(|(_, seat)| same(seat)).map(|(session, _)| *session);
        if let Some(former) = former {
            self.refuse(former, ErrorCode::Elsewhere);
            self.counselor_gone(now_ms, former);
        }
    }

    fn ended_meanwhile(&mut self, now_ms: u64, member: MemberId, ticket: &Ticket) {
        let Some(body) = self.tickets.open(ticket).filter(|body| body.side == Side::Counselor) else { return };
        let Some(membership) = body.membership else { return };
        if membership.member != member || body.expires_ms <= now_ms {
            return;
        }
        let (id, claim) = (body.conversation, membership.claim);
        match self.conversations.get(&id) {
            Some(known) if known.membership.is_some_and(|present| present.claim == claim) => {
                self.end(now_ms, id, EndReason::Counselor);
            }
            // Somebody else's by now, or she waits again: it is not this counselor's to end.
            Some(_) => {}
            None if self.tombstones.contains_key(&id) => {}
            None => self.bury(now_ms, id, EndReason::Counselor, Some(claim)),
        }
    }

    pub(super) fn counselor_said(&mut self, now_ms: u64, session: SessionId, msg: ClientMsg) {
        match msg {
            ClientMsg::Presence(Presence::Available) if self.is_off_rota(session) => self.send_on_break(session),
            ClientMsg::Presence(presence) => self.set_presence(session, presence),
            ClientMsg::Accept { conversation } => self.accept(now_ms, session, conversation),
            ClientMsg::Opened { conversation, claim, ack } => self.opened(now_ms, session, conversation, claim, ack),
            ClientMsg::Colleague { conversation, ask } => self.colleague_asked(now_ms, session, conversation, ask),
            _ => {}
        }
    }

    pub(super) fn set_presence(&mut self, session: SessionId, presence: Presence) {
        if let Some(seat) = self.counselors.get_mut(&session) {
            seat.presence = presence;
            self.presences.insert(seat.shift.device, presence);
        }
    }

    /// After a conversation nobody is offered to its counselor, until they say that they are ready.
    pub(super) fn rest(&mut self, session: SessionId) {
        let is_available = |seat: &CounselorSeat| seat.presence == Presence::Available;
        if self.facts.cool_down_mins > 0 && self.counselors.get(&session).is_some_and(is_available) {
            self.send_on_break(session);
        }
    }

    /// A connection is gone. Its conversations stay; the rules for a missing counselor begin at the last answer.
    pub(super) fn counselor_gone(&mut self, now_ms: u64, session: SessionId) {
        for conversation in self.conversations.values_mut() {
            for seat in conversation.seats_mut().filter(|seat| seat.session == Some(session)) {
                seat.session = None;
            }
            conversation.parked.retain(|(parked, _)| *parked != session);
            if let Some(claim) = conversation.claim.as_mut().filter(|claim| claim.session == Some(session)) {
                claim.session = None;
            }
        }
        self.withdraw_transfers_to(session);
        self.rejoin_where_missing(now_ms);
    }

    /// Which languages somebody speaks counts from the next offer on.
    pub(super) fn languages_changed(&mut self) {
        for seat in self.counselors.values_mut() {
            if let Some(languages) = self.facts.languages_of.get(&seat.login.member) {
                seat.login.languages.clone_from(languages);
            }
        }
    }

    /// Signed out or revoked: connections close, nothing of that login counts any more.
    pub(super) fn close_counselors(&mut self, now_ms: u64, which: impl Fn(&CounselorSeat) -> bool) {
        let closing: Vec<SessionId> =
            self.counselors.iter().filter(|(_, seat)| which(seat)).map(|(session, _)| *session).collect();
        for session in closing {
            for id in self.conversations_of(session) {
                self.tell(session, Tell::Detached { conversation: id });
            }
            self.refuse(session, ErrorCode::SignIn);
            self.counselor_gone(now_ms, session);
        }
    }

    /// Logins and shifts that are over: at once without a conversation, two hours later in one. So it is for a connection
    /// that comes back after the end of its shift.
    pub(super) fn close_outlived(&mut self, now_ms: u64) {
        let over: Vec<SessionId> = self
            .counselors
            .iter()
            .filter(|(_, seat)| now_ms >= seat.until_ms())
            .filter(|(session, seat)| {
                now_ms >= seat.until_ms() + AFTER_SHIFT_MS || self.conversations_of(**session).is_empty()
            })
            .map(|(session, _)| *session)
            .collect();
        for session in over {
            self.refuse(session, ErrorCode::SignIn);
            self.counselor_gone(now_ms, session);
        }
    }

    pub(super) fn roster_changed(&mut self, now_ms: u64) {
        let seq = self.facts.newest_roster().0;
        let facts = self.facts.clone();
        self.close_counselors(now_ms, |seat| !facts.lists(seat.login.member));
        let sessions: Vec<SessionId> = self.counselors.keys().copied().collect();
        for session in sessions {
            self.send(session, ServerMsg::RosterChanged { seq });
        }
    }

    pub(super) fn tell_peer(&mut self, session: SessionId, id: ConversationId, state: PeerState) {
        self.send(session, ServerMsg::Peer { conversation: id, state });
    }

    fn conversations_of(&self, session: SessionId) -> Vec<ConversationId> {
        let own = self.conversations.values().filter(|conversation| conversation.counselors().any(|s| s == session));
        own.map(|conversation| conversation.id).collect()
    }
}
