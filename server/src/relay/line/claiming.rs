//! How a counselor's device comes into a conversation: accept, announce, grant, opened; and how a claim is void.

use std::collections::BTreeSet;

use amparo_protocol::colleague::{News, TransferGone};
use amparo_protocol::id::{ClaimId, ConversationId, DeviceId, MemberId, Ticket};
use amparo_protocol::limits::CLAIM_SECS;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{Back, EndReason, Grant, JoinReason, Newcomer, OfferGone, PeerState, Release, ServerMsg};

use super::super::command::{Count, SessionId, Tell, What};
use super::super::ticket::{Membership, Side};
use super::Line;
use super::conversation::{Beside, Claim, Conversation, Missing, Seat};

pub const CLAIM_MS: u64 = CLAIM_SECS * 1000;

impl Line {
    pub(super) fn accept(&mut self, now_ms: u64, session: SessionId, id: ConversationId) {
        let Some(others) = self.queue.accept(id, session, now_ms) else {
            let why = match self.conversations.get(&id) {
                Some(conversation) if conversation.is_waiting() => OfferGone::NotAnswered,
                Some(_) => OfferGone::Taken,
                None => OfferGone::VisitorLeft,
            };
            return self.send(session, ServerMsg::OfferGone { conversation: id, why });
        };
        self.served.insert(id);
        self.begin_claim(now_ms, id, session, JoinReason::Claim, None);
        self.publish_pairings(now_ms, others);
    }

    pub(super) fn begin_claim(
        &mut self,
        now_ms: u64,
        id: ConversationId,
        session: SessionId,
        reason: JoinReason,
        replaces: Option<ClaimId>,
    ) {
        // One at a time: a transfer that is asked for, and not accepted, was asked by who may be another device by then.
        self.withdraw_transfer(id, TransferGone::Withdrawn);
        let claim = self.new_claim();
        let (Some(seat), Some(conversation)) = (self.counselors.get(&session), self.conversations.get_mut(&id)) else {
            return;
        };
        let membership = Membership {
            claim,
            roster_member: seat.shift.roster_member,
            member: seat.login.member,
            device: seat.shift.device,
        };
        let language = conversation.language;
        let until_ms = now_ms + CLAIM_MS;
        conversation.claim =
            Some(Claim { membership, reason, replaces, session: Some(session), until_ms, grant: None });
        let ticket = self.ticket(now_ms, &self.conversations[&id], Side::Counselor, Some(membership), None);
        self.send(session, ServerMsg::Claimed { conversation: id, claim, reason, language, ticket });
        self.introduce(id, session);
        self.announce(now_ms, id);
    }

    /// Shows the visitor's client who asks for the key.
    pub(super) fn announce(&mut self, now_ms: u64, id: ConversationId) {
        let Some(conversation) = self.conversations.get(&id) else { return };
        let (Some(claim), Some(visitor)) = (&conversation.claim, conversation.visitor.session) else { return };
        let Some(session) = claim.session else { return };
        let (first, beside) = conversation.after(claim);
        let ticket = self.visitor_ticket(now_ms, conversation, first, beside);
        let newcomer = self.newcomer(id, claim.membership, session, claim.reason, claim.replaces, ticket);
        newcomer.into_iter().for_each(|newcomer| self.send(visitor, ServerMsg::Newcomer(newcomer)));
    }

    /// The announcement of a member's device: all that her client, or a colleague's, needs to check it.
    pub(super) fn newcomer(
        &self,
        conversation: ConversationId,
        membership: Membership,
        session: SessionId,
        reason: JoinReason,
        replaces: Option<ClaimId>,
        ticket: Ticket,
    ) -> Option<Newcomer> {
        let seat = self.counselors.get(&session)?;
        Some(Newcomer {
            conversation,
            claim: membership.claim,
            reason,
            replaces,
            member: membership.roster_member,
            roster: self.facts.rosters.get(&seat.shift.roster_seq)?.roster.clone(),
            shift: seat.certificate.clone(),
            badge: seat.shift.badge.clone(),
            ticket,
        })
    }

    /// The visitor's client sealed the key. Passed on, and kept for a device that is reconnecting.
    pub(super) fn grant(&mut self, id: ConversationId, grant: Grant) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        let takes_part = conversation.members().any(|member| member.claim == grant.claim);
        let seated: Vec<SessionId> = conversation.seated().collect();
        let readers = match &mut conversation.claim {
            Some(claim) if claim.membership.claim == grant.claim => {
                claim.grant = Some(grant.clone());
                claim.session.into_iter().collect()
            }
            // Opened already, and the visitor's client has not seen it: the counselor's answers again. Or the key changes
            // because somebody has left.
            _ if takes_part => seated,
            _ => Vec::new(),
        };
        for reader in readers {
            self.send(reader, ServerMsg::Grant(grant.clone()));
        }
    }

    pub(super) fn opened(&mut self, now_ms: u64, session: SessionId, id: ConversationId, claim: ClaimId, ack: Sealed) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        let visitor = conversation.visitor.session;
        let is_this =
            |open: &mut Claim| open.membership.claim == claim && open.session == Some(session) && open.grant.is_some();
        let is_again = conversation.session_of(claim) == Some(session);
        if let Some(open) = conversation.claim.take_if(is_this) {
            // Once for each visitor, also where she was given back and is answered again.
            if open.reason == JoinReason::Claim && !std::mem::replace(&mut conversation.was_answered, true) {
                let language = conversation.language;
                self.publish(What::Counted { language, count: Count::Answered });
            }
            self.complete(now_ms, id, open, session);
        } else if !is_again {
            return;
        }
        if let Some(visitor) = visitor {
            self.send(visitor, ServerMsg::Ack { conversation: id, ack });
        }
    }

    /// The key is opened: this device takes part, and the one it replaces no longer does.
    fn complete(&mut self, now_ms: u64, id: ConversationId, claim: Claim, session: SessionId) {
        self.release_replaced(id, &claim, session);
        let conversation = self.conversations.get_mut(&id).expect("opened() has just found it");
        let was_missing = conversation.missing != Missing::Here;
        let seat = Seat::taken(session, now_ms);
        let (first, beside) = conversation.after(&claim);
        let is_beside = beside.is_some_and(|beside| beside.claim == claim.membership.claim);
        if is_beside {
            conversation.beside = Some(Beside { membership: claim.membership, seat });
        } else {
            conversation.membership = first;
            conversation.counselor = seat;
        }
        let stays: Vec<SessionId> = conversation.seated().filter(|stays| *stays != session).collect();
        // Who has called is back on another device, and still waits for somebody.
        let calls_again = conversation.called_by.is_some_and(|by| claim.replaces == Some(by.claim));
        conversation.missing = Missing::Here;
        conversation.provisional = false;
        conversation.tickets_at_ms = now_ms;
        conversation.last_message_ms = now_ms;
        conversation.idle_warned = false;
        let visitor = conversation.visitor.session;
        if is_beside {
            self.call_off(id);
        }
        for stays in stays {
            self.introduce(id, stays);
            claim.grant.iter().for_each(|grant| self.send(stays, ServerMsg::Grant(grant.clone())));
        }
        // Who was away when it came, and is back by now, it has not met yet.
        self.introduce(id, session);
        self.tell(session, Tell::Joined { conversation: id });
        if calls_again {
            self.call_supervisors(now_ms, session, id);
        }
        if let (true, Some(visitor)) = (was_missing, visitor) {
            self.tell_peer(visitor, id, PeerState::Here);
        }
    }

    /// Whoever a newcomer replaces takes no part any more, unless it is the same connection.
    fn release_replaced(&mut self, id: ConversationId, claim: &Claim, session: SessionId) {
        let conversation = &self.conversations[&id];
        let is_called = conversation.called_by.is_some();
        let replaced = claim.replaces.and_then(|replaced| conversation.session_of(replaced));
        let why = match claim.reason {
            JoinReason::Transfer if is_called => Release::TakenOver,
            JoinReason::Transfer => Release::Transferred,
            _ => Release::Superseded,
        };
        if claim.reason == JoinReason::Transfer {
            self.call_off(id);
        }
        if let Some(replaced) = replaced.filter(|replaced| *replaced != session) {
            self.release(replaced, id, why);
        }
    }

    /// The newcomer did not pass her client's checks. Without a counselor she leaves the queue: her screen shows phones.
    pub(super) fn refuse_claim(&mut self, now_ms: u64, id: ConversationId, claim: ClaimId) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        let Some(void) = conversation.claim.take_if(|open| open.membership.claim == claim) else { return };
        conversation.refused.insert(void.membership.device);
        let alone = conversation.membership.is_none();
        let (language, count) = (conversation.language, conversation.end_counted(EndReason::Visitor));
        if let Some(session) = void.session {
            self.send(session, ServerMsg::ClaimLapsed { conversation: id, claim });
        }
        self.tell_void(id, &void);
        if alone {
            self.forget(id);
            self.bury(now_ms, id, EndReason::Visitor, None);
            self.publish(What::Counted { language, count });
        }
    }

    /// Not opened in time.
    pub(super) fn lapse_claim(&mut self, now_ms: u64, id: ConversationId) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        let Conversation { claim, refused, .. } = conversation;
        let is_late = |claim: &&Claim| claim.reason == JoinReason::Rejoin && claim.grant.is_some();
        if let Some(late) = claim.as_ref().filter(is_late) {
            // It had its time; from here on the rules for a missing counselor run.
            refused.insert(late.membership.device);
        }
        self.void_claim(now_ms, id);
    }

    /// She keeps her place, or the counselor she had.
    pub(super) fn void_claim(&mut self, now_ms: u64, id: ConversationId) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        let Some(void) = conversation.claim.take() else { return };
        let told = [conversation.visitor.session, void.session];
        let seated: Vec<SessionId> = conversation.seated().collect();
        if conversation.is_waiting() {
            conversation.told_position = None;
            self.take_place(now_ms, id);
        }
        // A member who stays may have followed into its key before the relay was lost.
        let told: BTreeSet<SessionId> = told.into_iter().flatten().chain(seated).collect();
        for session in told {
            self.send(session, ServerMsg::ClaimLapsed { conversation: id, claim: void.membership.claim });
        }
        self.tell_void(id, &void);
    }

    /// A transfer that was accepted came to nothing: who asked for it goes on.
    pub(super) fn tell_void(&mut self, id: ConversationId, void: &Claim) {
        let conversation = self.conversations.get(&id);
        let asker = conversation.and_then(|conversation| conversation.session_of(void.replaces?));
        if let (JoinReason::Transfer, Some(asker)) = (void.reason, asker) {
            self.send_news(asker, id, News::TransferGone(TransferGone::Void));
        }
    }

    /// A device of this member was reloaded in the middle of a claim: its keys are gone, nobody has to wait for it.
    pub(super) fn void_claims_of_former_devices(&mut self, now_ms: u64, member: MemberId, device: DeviceId) {
        let void: Vec<ConversationId> = self
            .conversations
            .values()
            .filter(|conversation| {
                conversation.claim.as_ref().is_some_and(|claim| {
                    claim.session.is_none() && claim.membership.member == member && claim.membership.device != device
                })
            })
            .map(|conversation| conversation.id)
            .collect();
        for id in void {
            self.lapse_claim(now_ms, id);
        }
    }

    /// Where a member's device is gone and another one of the same member is here, it is announced as their return.
    pub(super) fn rejoin_where_missing(&mut self, now_ms: u64) {
        let ids: Vec<ConversationId> = self.conversations.keys().copied().collect();
        for id in ids {
            self.rejoin_if_missing(now_ms, id);
        }
    }

    pub(super) fn rejoin_if_missing(&mut self, now_ms: u64, id: ConversationId) {
        let Some(conversation) = self.conversations.get(&id) else { return };
        let wanted = conversation.claim.is_none() && conversation.visitor.is_fresh(now_ms) && !self.is_quiet(now_ms);
        if !wanted {
            return;
        }
        let first = conversation.membership.map(|membership| (membership, conversation.counselor));
        let beside = conversation.beside.as_ref().map(|beside| (beside.membership, beside.seat));
        let missing = first.into_iter().chain(beside).filter(|(_, seat)| !seat.is_fresh(now_ms));
        let returned = |(membership, missing): (Membership, Seat)| {
            let of_member = self.counselors.iter().find(|(session, seat)| {
                seat.login.member == membership.member
                    && Some(**session) != missing.session
                    && !conversation.refused.contains(&seat.shift.device)
                    && super::conversation::lease_holds(seat.answered_ms, now_ms)
            });
            of_member.map(|(session, _)| (*session, membership.claim))
        };
        let returned: Option<(SessionId, ClaimId)> = missing.into_iter().find_map(returned);
        if let Some((session, replaced)) = returned {
            self.begin_claim(now_ms, id, session, JoinReason::Rejoin, Some(replaced));
        }
    }

    pub(super) fn ask_another(&mut self, now_ms: u64, id: ConversationId) {
        if self.conversations.get(&id).is_some_and(|conversation| conversation.missing == Missing::MayAsk) {
            self.back_in_queue(now_ms, id, Back::Missing);
        }
    }

    /// The counselor is gone for good: she is first in the queue again.
    pub(super) fn back_in_queue(&mut self, now_ms: u64, id: ConversationId, why: Back) {
        let Some(conversation) = self.conversations.get(&id) else { return };
        let present: Vec<SessionId> = conversation.seated().collect();
        self.call_off(id);
        self.withdraw_transfer(id, TransferGone::Withdrawn);
        for session in present {
            self.release(session, id, if why == Back::Returned { Release::GivenBack } else { Release::Superseded });
        }
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        let void = conversation.claim.take();
        conversation.membership = None;
        conversation.beside = None;
        conversation.counselor = Seat::empty(now_ms);
        conversation.missing = Missing::Here;
        conversation.front = true;
        let visitor = conversation.visitor.session;
        self.take_place(now_ms, id);
        let position = self.queue.position(id).expect("she has just entered the queue");
        if let Some(conversation) = self.conversations.get_mut(&id) {
            conversation.told_position = visitor.map(|_| position);
        }
        if let Some((session, claim)) = void.and_then(|void| Some((void.session?, void.membership.claim))) {
            self.send(session, ServerMsg::ClaimLapsed { conversation: id, claim });
        }
        if let Some(visitor) = visitor {
            let ticket = self.visitor_ticket(now_ms, &self.conversations[&id], None, None);
            self.send(visitor, ServerMsg::BackInQueue { conversation: id, position, ticket, why });
        }
    }
}
