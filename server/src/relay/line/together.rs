//! Not alone: a colleague takes a conversation over, a supervisor is called, comes in beside the present counselor, and
//! goes again. Who holds a key is the visitor's client's matter; here is who is sent what.
//!
//! Never: a member who takes part and is not announced to the visitor's client.

use amparo_protocol::colleague::{Ask, Colleague, News, TransferGone};
use amparo_protocol::id::{ConversationId, MemberId, RosterMemberId};
use amparo_protocol::limits::{MEMBER_MISSING_LEAVES_SECS, OFFER_SECS};
use amparo_protocol::wire::{Back, JoinReason, Presence, Release, ServerMsg};

use super::super::command::{SessionId, Tell};
use super::super::ticket::{Membership, Side};
use super::Line;
use super::conversation::{Asked, Seat};
use super::counselors::CounselorSeat;

const OFFER_MS: u64 = OFFER_SECS * 1000;
const LEAVES_MS: u64 = MEMBER_MISSING_LEAVES_SECS * 1000;

impl Line {
    pub(super) fn colleague_asked(&mut self, now_ms: u64, session: SessionId, id: ConversationId, ask: Ask) {
        let Some(conversation) = self.conversations.get(&id) else { return };
        let is_first = conversation.membership.is_some() && conversation.counselor.session == Some(session);
        let is_beside = conversation.beside.as_ref().is_some_and(|beside| beside.seat.session == Some(session));
        let takes_part = is_first || is_beside;
        match ask {
            Ask::WhoIsFree if takes_part => {
                let free = self.free_colleagues(now_ms, id);
                let free = free.iter().filter_map(|session| self.colleague(*session)).collect();
                self.send_news(session, id, News::Free(free));
            }
            Ask::TransferTo(member) if takes_part => self.ask_colleague(now_ms, session, id, member),
            Ask::AcceptTransfer => self.answer_transfer(now_ms, session, id, true),
            Ask::DeclineTransfer => self.answer_transfer(now_ms, session, id, false),
            Ask::CallSupervisor if takes_part => self.call_supervisors(now_ms, session, id),
            Ask::CallOff if takes_part => self.call_off(id),
            Ask::Join => self.answer_call(now_ms, session, id, JoinReason::Join),
            Ask::TakeOver if is_beside => self.first_leaves(now_ms, id, Release::TakenOver),
            Ask::TakeOver => self.answer_call(now_ms, session, id, JoinReason::Transfer),
            Ask::Leave if is_beside => self.beside_leaves(now_ms, id),
            Ask::Leave if is_first && conversation.has_fresh_beside(now_ms) => {
                self.first_leaves(now_ms, id, Release::Left);
            }
            Ask::GiveBack if is_first && !conversation.has_fresh_beside(now_ms) => {
                self.back_in_queue(now_ms, id, Back::Returned);
            }
            // What crossed a change on its way means nothing any more.
            _ => {}
        }
    }

    fn ask_colleague(&mut self, now_ms: u64, by: SessionId, id: ConversationId, member: RosterMemberId) {
        let chosen = self
            .free_colleagues(now_ms, id)
            .into_iter()
            .find(|session| self.counselors.get(session).is_some_and(|seat| seat.shift.roster_member == member));
        let asker = self.colleague(by);
        let conversation = self.conversations.get_mut(&id).expect("the caller has found it");
        let replaces = conversation.membership_at(by).map(|membership| membership.claim);
        let is_possible = conversation.claim.is_none() && conversation.asked.is_none();
        let (Some(to), Some(asker), Some(replaces), true) = (chosen, asker, replaces, is_possible) else {
            return self.send_news(by, id, News::TransferGone(TransferGone::NotFree));
        };
        conversation.asked = Some(Asked { to, replaces, until_ms: now_ms + OFFER_MS });
        let language = conversation.language;
        self.send_news(to, id, News::TransferAsked { by: asker, language });
        self.tell_whose(to, id);
    }

    fn answer_transfer(&mut self, now_ms: u64, session: SessionId, id: ConversationId, accepts: bool) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        let Some(asked) = conversation.asked.take_if(|asked| asked.to == session) else {
            return self.send_news(session, id, News::TransferGone(TransferGone::Withdrawn));
        };
        let asker = conversation.session_of(asked.replaces);
        if !accepts {
            return asker.into_iter().for_each(|to| self.send_news(to, id, News::TransferGone(TransferGone::Declined)));
        }
        self.begin_claim(now_ms, id, session, JoinReason::Transfer, Some(asked.replaces));
    }

    /// The request is void: both are told, and the present counselor goes on.
    pub(super) fn withdraw_transfer(&mut self, id: ConversationId, why: TransferGone) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        let Some(asked) = conversation.asked.take() else { return };
        let asker = conversation.session_of(asked.replaces);
        self.send_news(asked.to, id, News::TransferGone(TransferGone::Withdrawn));
        asker.into_iter().for_each(|to| self.send_news(to, id, News::TransferGone(why)));
    }

    /// Whoever does not answer is away, as with an offer.
    fn transfer_not_answered(&mut self, id: ConversationId) {
        let to = self.conversations.get(&id).and_then(|conversation| conversation.asked.as_ref()).map(|asked| asked.to);
        self.withdraw_transfer(id, TransferGone::NotAnswered);
        if let Some(to) = to {
            self.set_presence(to, Presence::Away);
            self.send(to, ServerMsg::Presence(Presence::Away));
        }
    }

    /// A signal without text to every supervisor who is present and not in this conversation.
    pub(super) fn call_supervisors(&mut self, now_ms: u64, by: SessionId, id: ConversationId) {
        let conversation = self.conversations.get_mut(&id).expect("the caller has found it");
        if conversation.beside.is_some() {
            return self.send_news(by, id, News::CallGone);
        }
        conversation.called_by = conversation.membership_at(by);
        let rung: Vec<SessionId> =
            self.counselors.keys().copied().filter(|session| self.may_hear_call(now_ms, *session, id)).collect();
        let supervisors = u32::try_from(rung.len()).unwrap_or(u32::MAX);
        rung.into_iter().for_each(|session| self.tell_call(session, id));
        self.send_news(by, id, News::Ringing { supervisors });
    }

    /// To a supervisor's desk that has just connected, and to the callers: somebody is there now.
    pub(super) fn tell_calls(&mut self, now_ms: u64, session: SessionId) {
        let called = |(id, conversation): (&ConversationId, &super::Conversation)| conversation.called_by.map(|_| *id);
        let called: Vec<ConversationId> = self.conversations.iter().filter_map(called).collect();
        for id in called {
            let caller = self.conversations[&id].called_by.and_then(|by| self.conversations[&id].session_of(by.claim));
            if self.may_hear_call(now_ms, session, id)
                && let Some(caller) = caller
            {
                self.call_supervisors(now_ms, caller, id);
            }
        }
    }

    fn may_hear_call(&self, now_ms: u64, session: SessionId, id: ConversationId) -> bool {
        let Some(seat) = self.counselors.get(&session) else { return false };
        let conversation = &self.conversations[&id];
        let is_in = conversation.members().any(|membership| membership.member == seat.login.member);
        // A certificate of before the newest signing says who was a supervisor then.
        let is_supervisor = seat.shift.is_supervisor && seat.shift.roster_seq == self.facts.newest_roster().0;
        is_supervisor && seat.is_at_work(now_ms) && !is_in && self.may_attend(seat.login.member, id)
    }

    fn tell_call(&mut self, session: SessionId, id: ConversationId) {
        let conversation = &self.conversations[&id];
        let by = conversation.called_by.and_then(|by| conversation.session_of(by.claim));
        let language = conversation.language;
        if let Some(by) = by.and_then(|by| self.colleague(by)) {
            self.send_news(session, id, News::Called { by, language });
            self.tell_whose(session, id);
        }
    }

    /// Somebody has come, or nobody is needed any more.
    pub(super) fn call_off(&mut self, id: ConversationId) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        let Some(called_by) = conversation.called_by.take() else { return };
        let caller = conversation.session_of(called_by.claim);
        let supervisors = self.counselors.iter().filter(|(_, seat)| seat.shift.is_supervisor);
        let told: Vec<SessionId> = supervisors.map(|(session, _)| *session).filter(|to| Some(*to) != caller).collect();
        told.into_iter().chain(caller).for_each(|to| self.send_news(to, id, News::CallGone));
    }

    /// Only who is called comes in: a conversation is nobody's to look into.
    fn answer_call(&mut self, now_ms: u64, session: SessionId, id: ConversationId, reason: JoinReason) {
        let conversation = &self.conversations[&id];
        let is_alone = conversation.membership.is_some() && conversation.beside.is_none();
        let is_open = conversation.called_by.is_some() && conversation.claim.is_none() && is_alone;
        if !is_open || !self.may_hear_call(now_ms, session, id) {
            return self.send_news(session, id, News::CallGone);
        }
        let replaces = conversation.membership.map(|first| first.claim).filter(|_| reason == JoinReason::Transfer);
        self.begin_claim(now_ms, id, session, reason, replaces);
    }

    /// The second member goes: nothing is sent to that device from now on.
    pub(super) fn beside_leaves(&mut self, now_ms: u64, id: ConversationId) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        let Some(left) = conversation.beside.take() else { return };
        self.withdraw_transfer_by(id, left.membership);
        if let Some(session) = left.seat.session {
            self.release(session, id, Release::Left);
        }
        self.tell_left(now_ms, id, left.membership);
    }

    /// The first member goes and the second one answers alone.
    pub(super) fn first_leaves(&mut self, now_ms: u64, id: ConversationId, why: Release) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        let Some(beside) = conversation.beside.take() else { return };
        let seat = std::mem::replace(&mut conversation.counselor, beside.seat);
        let Some(left) = conversation.membership.replace(beside.membership) else { return };
        self.withdraw_transfer_by(id, left);
        self.call_off(id);
        if let Some(session) = seat.session {
            self.release(session, id, why);
        }
        self.tell_left(now_ms, id, left);
    }

    /// Detached first: what follows is not theirs any more.
    pub(super) fn release(&mut self, session: SessionId, id: ConversationId, why: Release) {
        self.tell(session, Tell::Detached { conversation: id });
        self.send(session, ServerMsg::Released { conversation: id, why });
        if matches!(why, Release::Transferred | Release::TakenOver | Release::GivenBack | Release::Left) {
            self.rest(session);
        }
    }

    /// Follows an offer, a request or a call: whose visitor it is.
    pub(super) fn tell_whose(&mut self, session: SessionId, id: ConversationId) {
        if self.is_for_minors(id) {
            self.send_news(session, id, News::ForMinors);
        }
        let site = self.conversations[&id].site;
        if let Some(team) = self.facts.teams.iter().find(|team| team.sites.contains(&site)) {
            let name = team.name.clone();
            self.send_news(session, id, News::OfTeam(name));
        }
    }

    /// With whoever was about to take that member's place: a device they come back on, or a colleague.
    fn tell_left(&mut self, now_ms: u64, id: ConversationId, left: Membership) {
        if let Some(visitor) = self.conversations[&id].visitor.session {
            self.tell_visitor_left(now_ms, visitor, id, left);
        }
        let claim = self.conversations[&id].claim.as_ref();
        if claim.is_some_and(|claim| claim.replaces == Some(left.claim)) {
            self.void_claim(now_ms, id);
        }
    }

    pub(super) fn tell_visitor_left(&mut self, now_ms: u64, visitor: SessionId, id: ConversationId, left: Membership) {
        let conversation = &self.conversations[&id];
        let ticket =
            self.visitor_ticket(now_ms, conversation, conversation.membership, conversation.beside_membership());
        self.send(visitor, ServerMsg::Left { conversation: id, claim: left.claim, ticket });
    }

    fn withdraw_transfer_by(&mut self, id: ConversationId, left: Membership) {
        let conversation = &self.conversations[&id];
        if conversation.asked.as_ref().is_some_and(|asked| asked.replaces == left.claim) {
            self.withdraw_transfer(id, TransferGone::Withdrawn);
        }
    }

    /// The desk that is asked, or asks, is gone.
    pub(super) fn withdraw_transfers_to(&mut self, session: SessionId) {
        let is_asked = |asked: &Asked| asked.to == session;
        let asked = self.conversations.iter().filter(|(_, one)| one.asked.as_ref().is_some_and(is_asked));
        let asked: Vec<ConversationId> = asked.map(|(id, _)| *id).collect();
        asked.into_iter().for_each(|id| self.withdraw_transfer(id, TransferGone::NotFree));
    }

    /// Requests that nobody answered; and of two members one whose connection does not come back.
    pub(super) fn watch_together(&mut self, now_ms: u64, id: ConversationId) {
        let Some(conversation) = self.conversations.get(&id) else { return };
        if conversation.asked.as_ref().is_some_and(|asked| asked.until_ms <= now_ms) {
            self.transfer_not_answered(id);
        }
        let conversation = &self.conversations[&id];
        let Some(beside) = &conversation.beside else { return };
        let is_lost = |seat: &Seat| !seat.is_fresh(now_ms) && seat.silent_ms(now_ms) >= LEAVES_MS;
        if is_lost(&beside.seat) {
            self.beside_leaves(now_ms, id);
        } else if is_lost(&conversation.counselor) && beside.seat.is_fresh(now_ms) {
            self.first_leaves(now_ms, id, Release::Superseded);
        }
    }

    /// Shows each member's device who else takes part, so that it can tell who wrote. `to` has just come, or is back.
    pub(super) fn introduce(&mut self, id: ConversationId, to: SessionId) {
        let conversation = &self.conversations[&id];
        let mut others: Vec<(Membership, SessionId, JoinReason)> = Vec::new();
        others.extend(
            conversation.membership.zip(conversation.counselor.session).map(|(m, s)| (m, s, JoinReason::Claim)),
        );
        let beside = conversation.beside.as_ref();
        others.extend(beside.and_then(|beside| Some((beside.membership, beside.seat.session?, JoinReason::Join))));
        for (membership, session, reason) in others.into_iter().filter(|(_, session, _)| *session != to) {
            if let Some(newcomer) = self.newcomer(id, membership, session, reason, None, Default::default()) {
                self.send_news(to, id, News::Beside(Box::new(newcomer)));
            }
        }
    }

    /// Those who could take it over now.
    fn free_colleagues(&self, now_ms: u64, id: ConversationId) -> Vec<SessionId> {
        let conversation = &self.conversations[&id];
        let talking = self.count_talking();
        let is_in = |member: MemberId| conversation.members().any(|membership| membership.member == member);
        let has_room =
            |member: MemberId| talking.get(&member).is_none_or(|count| *count < self.facts.conversations_max(member));
        let is_free = |session: SessionId, seat: &CounselorSeat| {
            seat.is_at_work(now_ms)
                && seat.presence == Presence::Available
                && seat.shift.roster_seq == self.facts.newest_roster().0
                && seat.login.languages.contains(&conversation.language)
                && has_room(seat.login.member)
                && self.may_attend(seat.login.member, id)
                && !is_in(seat.login.member)
                && !conversation.refused.contains(&seat.shift.device)
                && !self.is_asked(session)
        };
        self.counselors.iter().filter(|(session, seat)| is_free(**session, seat)).map(|(session, _)| *session).collect()
    }

    /// A transfer rings there.
    pub(super) fn is_asked(&self, session: SessionId) -> bool {
        self.served().any(|conversation| conversation.asked.as_ref().is_some_and(|asked| asked.to == session))
    }

    fn colleague(&self, session: SessionId) -> Option<Colleague> {
        let shift = &self.counselors.get(&session)?.shift;
        let (member, badge) = (shift.roster_member, shift.badge.clone());
        Some(Colleague { member, badge, is_supervisor: shift.is_supervisor })
    }

    pub(super) fn send_news(&mut self, session: SessionId, conversation: ConversationId, news: News) {
        self.send(session, ServerMsg::Colleague { conversation, news });
    }

    pub(super) fn visitor_ticket(
        &self,
        now_ms: u64,
        conversation: &super::Conversation,
        membership: Option<Membership>,
        beside: Option<Membership>,
    ) -> amparo_protocol::id::Ticket {
        self.ticket(now_ms, conversation, Side::Visitor, membership, beside)
    }
}
