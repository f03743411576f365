//! How a counselor's device comes into a conversation: accept, announce, grant, opened; and how a claim is void.

use amparo_protocol::id::{ClaimId, ConversationId, DeviceId, MemberId};
use amparo_protocol::limits::CLAIM_SECS;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{EndReason, Grant, JoinReason, Newcomer, OfferGone, PeerState, ServerMsg};

use super::super::command::{Count, SessionId, Tell, What};
use super::super::ticket::{Membership, Side};
use super::Line;
use super::conversation::{Claim, Missing, Seat};

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
        self.begin_claim(now_ms, id, session, JoinReason::Claim);
        self.publish_pairings(now_ms, others);
    }

    pub(super) fn begin_claim(&mut self, now_ms: u64, id: ConversationId, session: SessionId, reason: JoinReason) {
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
        conversation.claim = Some(Claim { membership, reason, session: Some(session), until_ms, grant: None });
        let ticket = self.ticket(now_ms, &self.conversations[&id], Side::Counselor, Some(membership));
        self.send(session, ServerMsg::Claimed { conversation: id, claim, reason, language, ticket });
        self.announce(now_ms, id);
    }

    /// Shows the visitor's client who asks for the key.
    pub(super) fn announce(&mut self, now_ms: u64, id: ConversationId) {
        let Some(conversation) = self.conversations.get(&id) else { return };
        let (Some(claim), Some(visitor)) = (&conversation.claim, conversation.visitor.session) else { return };
        let Some(seat) = claim.session.and_then(|session| self.counselors.get(&session)) else { return };
        let Some(roster) = self.facts.rosters.get(&seat.shift.roster_seq) else { return };
        let newcomer = Newcomer {
            conversation: id,
            claim: claim.membership.claim,
            reason: claim.reason,
            member: claim.membership.roster_member,
            roster: roster.roster.clone(),
            shift: seat.certificate.clone(),
            badge: seat.shift.badge.clone(),
            ticket: self.ticket(now_ms, conversation, Side::Visitor, Some(claim.membership)),
        };
        self.send(visitor, ServerMsg::Newcomer(newcomer));
    }

    /// The visitor's client sealed the key. Passed on, and kept for a device that is reconnecting.
    pub(super) fn grant(&mut self, id: ConversationId, grant: Grant) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        let reader = match &mut conversation.claim {
            Some(claim) if claim.membership.claim == grant.claim => {
                claim.grant = Some(grant.clone());
                claim.session
            }
            // Opened already, and the visitor's client has not seen it: the counselor's answers again.
            _ if conversation.membership.is_some_and(|membership| membership.claim == grant.claim) => {
                conversation.counselor.session
            }
            _ => None,
        };
        if let Some(reader) = reader {
            self.send(reader, ServerMsg::Grant(grant));
        }
    }

    pub(super) fn opened(&mut self, now_ms: u64, session: SessionId, id: ConversationId, claim: ClaimId, ack: Sealed) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        let visitor = conversation.visitor.session;
        let is_this =
            |open: &mut Claim| open.membership.claim == claim && open.session == Some(session) && open.grant.is_some();
        let is_again = conversation.membership.is_some_and(|membership| membership.claim == claim)
            && conversation.counselor.session == Some(session);
        if let Some(open) = conversation.claim.take_if(is_this) {
            if open.reason == JoinReason::Claim {
                let language = conversation.language;
                self.publish(What::Counted { language, count: Count::Answered });
            }
            self.complete(now_ms, id, open.membership, session);
        } else if !is_again {
            return;
        }
        if let Some(visitor) = visitor {
            self.send(visitor, ServerMsg::Ack { conversation: id, ack });
        }
    }

    /// The key is opened: this device is the conversation's counselor, and a former one no longer is.
    fn complete(&mut self, now_ms: u64, id: ConversationId, membership: Membership, session: SessionId) {
        self.release_counselor(id, Some(session));
        let conversation = self.conversations.get_mut(&id).expect("opened() has just found it");
        let was_missing = conversation.missing != Missing::Here;
        conversation.membership = Some(membership);
        conversation.counselor = Seat::taken(session, now_ms);
        conversation.missing = Missing::Here;
        conversation.provisional = false;
        conversation.tickets_at_ms = now_ms;
        conversation.last_message_ms = now_ms;
        conversation.idle_warned = false;
        let visitor = conversation.visitor.session;
        self.tell(session, Tell::Joined { conversation: id });
        if let (true, Some(visitor)) = (was_missing, visitor) {
            self.tell_peer(visitor, id, PeerState::Here);
        }
    }

    /// The present counselor's connection, unless it is `unless`, takes no part any more.
    pub(super) fn release_counselor(&mut self, id: ConversationId, unless: Option<SessionId>) {
        let Some(conversation) = self.conversations.get(&id) else { return };
        let present = conversation.membership.and(conversation.counselor.session);
        if let Some(present) = present.filter(|present| Some(*present) != unless) {
            self.tell(present, Tell::Detached { conversation: id });
            self.send(present, ServerMsg::Released { conversation: id });
        }
    }

    /// The newcomer did not pass her client's checks. Without a counselor she leaves the queue: her screen shows phones.
    pub(super) fn refuse_claim(&mut self, now_ms: u64, id: ConversationId, claim: ClaimId) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        let Some(void) = conversation.claim.take_if(|open| open.membership.claim == claim) else { return };
        conversation.refused.insert(void.membership.device);
        let alone = conversation.membership.is_none();
        if let Some(session) = void.session {
            self.send(session, ServerMsg::ClaimLapsed { conversation: id, claim });
        }
        if alone {
            self.forget(id);
            self.bury(now_ms, id, EndReason::Visitor, None);
        }
    }

    /// Not opened in time, or void for another reason: she keeps her place, or the counselor she had.
    pub(super) fn lapse_claim(&mut self, now_ms: u64, id: ConversationId) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        let Some(void) = conversation.claim.take() else { return };
        let told = [conversation.visitor.session, void.session];
        if void.reason != JoinReason::Claim {
            // It had its time; from here on the rules for a missing counselor run.
            conversation.refused.insert(void.membership.device);
        }
        if conversation.is_waiting() {
            conversation.told_position = None;
            self.queue.enter(conversation.place(), conversation.language, now_ms);
        }
        for session in told.into_iter().flatten() {
            self.send(session, ServerMsg::ClaimLapsed { conversation: id, claim: void.membership.claim });
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
        let Some(membership) = conversation.membership else { return };
        let wanted = conversation.claim.is_none()
            && !conversation.counselor.is_fresh(now_ms)
            && conversation.visitor.is_fresh(now_ms)
            && !self.is_quiet(now_ms);
        let returned = self.counselors.iter().find(|(session, seat)| {
            seat.login.member == membership.member
                && Some(**session) != conversation.counselor.session
                && !conversation.refused.contains(&seat.shift.device)
                && super::conversation::lease_holds(seat.answered_ms, now_ms)
        });
        if let (true, Some((session, _))) = (wanted, returned) {
            self.begin_claim(now_ms, id, *session, JoinReason::Rejoin);
        }
    }

    pub(super) fn ask_another(&mut self, now_ms: u64, id: ConversationId) {
        if self.conversations.get(&id).is_some_and(|conversation| conversation.missing == Missing::MayAsk) {
            self.back_in_queue(now_ms, id);
        }
    }

    /// The counselor is gone for good: she is first in the queue again.
    pub(super) fn back_in_queue(&mut self, now_ms: u64, id: ConversationId) {
        self.release_counselor(id, None);
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        let void = conversation.claim.take();
        conversation.membership = None;
        conversation.counselor = Seat::empty(now_ms);
        conversation.missing = Missing::Here;
        conversation.front = true;
        let visitor = conversation.visitor.session;
        self.queue.enter(conversation.place(), conversation.language, now_ms);
        let position = self.queue.position(id).expect("she has just entered the queue");
        conversation.told_position = visitor.map(|_| position);
        if let Some((session, claim)) = void.and_then(|void| Some((void.session?, void.membership.claim))) {
            self.send(session, ServerMsg::ClaimLapsed { conversation: id, claim });
        }
        if let Some(visitor) = visitor {
            let ticket = self.ticket(now_ms, &self.conversations[&id], Side::Visitor, None);
            self.send(visitor, ServerMsg::BackInQueue { conversation: id, position, ticket });
        }
    }
}
