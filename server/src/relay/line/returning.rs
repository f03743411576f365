//! The one path back: after a dropped connection, a reload, a slow reader or a restart of the relay (design D2).

use amparo_protocol::colleague::TransferGone;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{ClaimId, ConversationId, Handle};
use amparo_protocol::language::Language;
use amparo_protocol::limits::DISPLACE_PING_SECS;
use amparo_protocol::wire::{EndReason, JoinReason, PeerState, Release, Resume, ResumedState, ServerMsg, TicketFor};

use super::super::command::{SessionId, Tell, What};
use super::super::ticket::{Membership, Side, TicketBody};
use super::Line;
use super::claiming::CLAIM_MS;
use super::conversation::{Beside, Claim, Conversation, Displacing, Missing, Pending, Seat, Shown, Stated};
use super::entering::VisitorSeat;
use crate::buckets::Whence;

const DISPLACE_MS: u64 = DISPLACE_PING_SECS * 1000;

impl Line {
    /// A page was changed or reloaded: hands out what was left behind, unless the former page still answers.
    pub(super) fn continue_by_handle(&mut self, now_ms: u64, session: SessionId, handle: Handle) {
        let found = self.handles.get(&handle).and_then(|id| self.conversations.get(id));
        let Some(conversation) = found else { return self.refuse(session, ErrorCode::NothingToContinue) };
        let (id, site, language) = (conversation.id, conversation.site, conversation.language);
        self.visitors.insert(session, VisitorSeat::of(site, language));
        self.show(now_ms, id, session, Shown::Handle);
    }

    pub(super) fn resume(&mut self, now_ms: u64, session: SessionId, resume: Resume, language: Language) {
        let body = self.tickets.open(&resume.ticket).filter(|body| body.side == Side::Visitor);
        let Some(body) = body.filter(|body| body.expires_ms > now_ms) else {
            return self.refuse(session, ErrorCode::Ticket);
        };
        self.visitors.insert(session, VisitorSeat::of(body.site, language));
        let id = body.conversation;
        if let Some(tombstone) = self.tombstones.get(&id).filter(|tombstone| tombstone.counts_for(body.membership)) {
            let reason = tombstone.reason;
            return self.tell_ended_meanwhile(now_ms, session, &body, reason);
        }
        if !self.conversations.contains_key(&id) {
            // A talking conversation of this very run that is not remembered cannot be one that goes on.
            if body.membership.is_some() && body.generation == self.generation {
                return self.tell_ended_meanwhile(now_ms, session, &body, EndReason::Missing);
            }
            self.rebuild(now_ms, &body, self.whence(session));
            return self.attach_visitor(now_ms, session, &body, &resume);
        }
        self.show(now_ms, id, session, Shown::Ticket(resume));
    }

    fn tell_ended_meanwhile(&mut self, now_ms: u64, session: SessionId, body: &TicketBody, reason: EndReason) {
        self.welcome(now_ms, session);
        self.send(session, ServerMsg::Ended { conversation: body.conversation, reason });
    }

    /// A ticket or handle was shown for a conversation that exists: its connection is displaced only if it is silent.
    fn show(&mut self, now_ms: u64, id: ConversationId, session: SessionId, shown: Shown) {
        let conversation = self.conversations.get_mut(&id).expect("the caller has found it");
        let present = conversation.visitor.session;
        // A browser that has to connect twice within that time is the same browser: the newest waits on.
        let former = conversation.displacing.take();
        let until_ms = former.as_ref().map_or(now_ms + DISPLACE_MS, |former| former.until_ms);
        conversation.displacing = Some(Displacing { by: session, until_ms, shown });
        match (former, present) {
            (Some(former), _) => self.refuse(former.by, ErrorCode::Elsewhere),
            (None, Some(present)) => self.tell(present, Tell::Probe),
            (None, None) => self.displace_now(now_ms, id),
        }
    }

    /// The former connection is gone or silent: whoever waits for its place takes it.
    pub(super) fn displace_now(&mut self, now_ms: u64, id: ConversationId) {
        let Some(conversation) = self.conversations.get_mut(&id) else { return };
        let Some(displacing) = conversation.displacing.take() else { return };
        if let Some(former) = std::mem::replace(&mut conversation.visitor, Seat::empty(now_ms)).session {
            self.tell(former, Tell::Detached { conversation: id });
            self.refuse(former, ErrorCode::Elsewhere);
        }
        match displacing.shown {
            Shown::Handle => self.hand_out_deposit(id, displacing.by),
            Shown::Ticket(resume) => {
                let body = self.tickets.open(&resume.ticket);
                match body {
                    Some(body) => self.attach_visitor(now_ms, displacing.by, &body, &resume),
                    None => self.refuse(displacing.by, ErrorCode::Ticket),
                }
            }
        }
    }

    fn hand_out_deposit(&mut self, id: ConversationId, session: SessionId) {
        let deposit = self.conversations.get(&id).and_then(|conversation| conversation.deposit.clone());
        match deposit {
            Some(deposit) => {
                let (relay_half, sealed) = (deposit.relay_half, deposit.sealed);
                self.send(session, ServerMsg::Deposited { relay_half, sealed });
            }
            None => self.refuse(session, ErrorCode::NothingToContinue),
        }
    }

    /// From a ticket of an earlier run, or of one who waited and was given up. Who waits again goes behind others as who
    /// enters does: an old ticket is no way around a block or a crowd.
    fn rebuild(&mut self, now_ms: u64, body: &TicketBody, whence: Option<Whence>) {
        let TicketBody { conversation: id, site, language, joined_at_ms, .. } = *body;
        let mut conversation = Conversation::new(id, site, language, joined_at_ms, now_ms);
        conversation.front = body.front;
        conversation.membership = body.membership;
        conversation.beside = body.beside.map(|membership| Beside { membership, seat: Seat::empty(now_ms) });
        conversation.provisional = body.side == Side::Counselor;
        let is_waiting = conversation.is_waiting();
        (conversation.whence, conversation.behind_others) = (whence, is_waiting && self.goes_behind(now_ms, whence));
        self.hold(conversation);
        if is_waiting {
            self.take_place(now_ms, id);
        }
        self.publish(What::LaneOpened { conversation: id, has_member: body.membership.is_some() });
    }

    fn attach_visitor(&mut self, now_ms: u64, session: SessionId, body: &TicketBody, resume: &Resume) {
        let id = body.conversation;
        let pending = resume.pending.as_ref().and_then(|ticket| self.tickets.open(ticket));
        let pending = pending.filter(|pending| pending.conversation == id && pending.side == Side::Visitor);
        let from_earlier_run = body.generation != self.generation;
        let pending = pending.map(|pending| Pending { membership: pending.membership, beside: pending.beside });
        let stated = Stated { membership: body.membership, beside: body.beside, pending };
        if let Some(seat) = self.visitors.get_mut(&session) {
            seat.conversation = Some(id);
        }
        let whence = self.whence(session);
        let conversation = self.conversations.get_mut(&id).expect("found or just rebuilt");
        conversation.visitor = Seat::taken(session, now_ms);
        conversation.whence = whence.or(conversation.whence);
        conversation.left = false;
        conversation.told_away = false;
        conversation.told_position = None;
        self.queue.press(id, now_ms);
        self.reconcile(now_ms, id, &stated, from_earlier_run);
        self.welcome(now_ms, session);
        self.tell_resumed(now_ms, session, id, resume);
        self.tell_lapsed(session, id, &stated);
        self.tell_who_left(now_ms, session, id, &stated);
        self.announce(now_ms, id);
        let counselors: Vec<SessionId> = self.conversations[&id].counselors().collect();
        for counselor in counselors {
            self.tell_peer(counselor, id, PeerState::Here);
        }
        self.rejoin_if_missing(now_ms, id);
    }

    /// What the visitor's client says counts over every ticket: it alone has seen what was opened.
    fn reconcile(&mut self, now_ms: u64, id: ConversationId, stated: &Stated, from_earlier_run: bool) {
        let conversation = self.conversations.get_mut(&id).expect("the caller has found it");
        let provisional = std::mem::take(&mut conversation.provisional);
        let present = conversation.membership;
        let newcomer = stated.pending.and_then(|pending| pending.newcomer(stated));
        if provisional {
            conversation.beside = stated.beside.map(|membership| Beside { membership, seat: Seat::empty(now_ms) });
        }
        let claims_again = same(present, newcomer.map(|(membership, ..)| membership));
        if provisional && !same(present, stated.membership) {
            self.void_newer_claim(id);
        }
        let conversation = self.conversations.get_mut(&id).expect("the caller has found it");
        if provisional && !same(present, stated.membership) {
            let counselor = std::mem::replace(&mut conversation.counselor, Seat::empty(now_ms));
            conversation.membership = stated.membership;
            let is_second = same(present, stated.beside);
            if let (true, Some(beside)) = (is_second, &mut conversation.beside) {
                beside.seat = counselor;
            }
            if let Some(session) = counselor.session.filter(|_| !is_second) {
                self.tell(session, Tell::Detached { conversation: id });
                let counts_still = |one: Membership| stated.membership.is_some_and(|other| is_same_device(one, other));
                match present.filter(|_| !claims_again) {
                    Some(present) if counts_still(present) => {
                        self.send(session, ServerMsg::ClaimLapsed { conversation: id, claim: present.claim });
                    }
                    Some(_) => {
                        self.send(session, ServerMsg::Released { conversation: id, why: Release::Superseded });
                    }
                    None => {}
                }
            }
        }
        if from_earlier_run && let Some((membership, reason, replaces)) = newcomer {
            self.claim_again(now_ms, id, membership, reason, replaces);
        }
        self.unpark(now_ms, id);
        if self.conversations[&id].membership.is_none() {
            // Whoever called was none of hers.
            self.call_off(id);
        }
        let conversation = &self.conversations[&id];
        if conversation.is_waiting() && !self.queue.is_waiting(id) {
            self.take_place(now_ms, id);
        } else if !conversation.is_waiting() {
            let gone = self.give_place_up(id);
            self.publish_pairings(now_ms, gone);
        }
    }

    /// A colleague was on the way in while only a counselor was back whom she does not know as hers: her client brings in first
    /// whom it has sealed a key for, and a second who comes then would be a third.
    fn void_newer_claim(&mut self, id: ConversationId) {
        let conversation = self.conversations.get_mut(&id).expect("the caller has found it");
        let Some(void) = conversation.claim.take() else { return };
        if let Some(session) = void.session {
            self.send(session, ServerMsg::ClaimLapsed { conversation: id, claim: void.membership.claim });
        }
        self.tell_void(id, &void);
    }

    /// The key was sealed and perhaps not opened when the relay was lost: the same claim once more, from now.
    fn claim_again(
        &mut self,
        now_ms: u64,
        id: ConversationId,
        membership: Membership,
        reason: JoinReason,
        replaces: Option<ClaimId>,
    ) {
        let device = self
            .counselors
            .iter()
            .find(|(_, seat)| seat.login.member == membership.member && seat.shift.device == membership.device);
        let session = device.map(|(session, _)| *session);
        let conversation = self.conversations.get_mut(&id).expect("the caller has found it");
        let takes_part = conversation.members().any(|member| member.claim == membership.claim);
        if conversation.claim.is_none() && !takes_part {
            self.withdraw_transfer(id, TransferGone::Withdrawn);
            let conversation = self.conversations.get_mut(&id).expect("withdrawing ends nothing");
            let until_ms = now_ms + CLAIM_MS;
            conversation.claim = Some(Claim { membership, reason, replaces, session: None, until_ms, grant: None });
            session.into_iter().for_each(|session| self.take_up_claims(now_ms, session));
        }
    }

    /// Claims of this device that it has shown no ticket of: the relay was lost before it heard of them.
    pub(super) fn take_up_claims(&mut self, now_ms: u64, session: SessionId) {
        let Some(seat) = self.counselors.get(&session) else { return };
        let (member, device) = (seat.login.member, seat.shift.device);
        let is_its = |claim: &Claim| {
            claim.session.is_none() && (claim.membership.member, claim.membership.device) == (member, device)
        };
        let of_device = self.conversations.values().filter(|one| one.claim.as_ref().is_some_and(is_its));
        for id in of_device.map(|conversation| conversation.id).collect::<Vec<_>>() {
            self.take_up_claim(now_ms, session, id);
        }
    }

    fn take_up_claim(&mut self, now_ms: u64, session: SessionId, id: ConversationId) {
        let conversation = self.conversations.get_mut(&id).expect("the caller has found it");
        let language = conversation.language;
        let Some(open) = &mut conversation.claim else { return };
        open.session = Some(session);
        let (membership, claim, reason) = (open.membership, open.membership.claim, open.reason);
        let grant = open.grant.clone();
        let ticket = self.ticket(now_ms, &self.conversations[&id], Side::Counselor, Some(membership), None);
        self.send(session, ServerMsg::Claimed { conversation: id, claim, reason, language, ticket });
        self.tell_where_visitor_is(now_ms, session, id);
        self.introduce(id, session);
        match grant {
            Some(grant) => self.send(session, ServerMsg::Grant(grant)),
            None => self.announce(now_ms, id),
        }
    }

    /// She is back and has said who counts: devices that came before her are told.
    fn unpark(&mut self, now_ms: u64, id: ConversationId) {
        let conversation = self.conversations.get_mut(&id).expect("the caller has found it");
        for (session, resume) in std::mem::take(&mut conversation.parked) {
            self.resume_counselor(now_ms, session, resume);
        }
    }

    fn tell_resumed(&mut self, now_ms: u64, session: SessionId, id: ConversationId, resume: &Resume) {
        let conversation = self.conversations.get_mut(&id).expect("the caller has found it");
        conversation.tickets_at_ms = now_ms;
        let (membership, peer_here) = (conversation.membership, conversation.is_attended(now_ms));
        conversation.missing = if membership.is_none() || peer_here { Missing::Here } else { Missing::Told };
        if let Some(claim) = &mut conversation.claim {
            claim.until_ms = now_ms + CLAIM_MS;
        }
        let state = match (membership, &conversation.claim) {
            (Some(membership), _) => ResumedState::Talking { claim: membership.claim, peer_here },
            (None, Some(claim)) => ResumedState::Claiming { claim: claim.membership.claim },
            (None, None) => {
                let position = self.queue.position(id).unwrap_or(1);
                conversation.told_position = Some(position);
                ResumedState::Waiting { position }
            }
        };
        let beside = self.conversations[&id].beside_membership();
        let ticket = self.visitor_ticket(now_ms, &self.conversations[&id], membership, beside);
        let ticket = Some(TicketFor { ticket, membership: membership.map(|membership| membership.claim) });
        let have = resume.have.clone();
        self.tell(session, Tell::Resumed { conversation: id, state, ticket, have });
    }

    /// The claim that she still thinks open is not any more.
    fn tell_lapsed(&mut self, session: SessionId, id: ConversationId, stated: &Stated) {
        let conversation = &self.conversations[&id];
        let open = conversation.claim.as_ref().map(|claim| claim.membership);
        if let Some((pending, ..)) = stated.pending.and_then(|pending| pending.newcomer(stated))
            && !same(open, Some(pending))
            && conversation.members().all(|member| member.claim != pending.claim)
        {
            self.send(session, ServerMsg::ClaimLapsed { conversation: id, claim: pending.claim });
        }
    }

    /// Of two who take part one went while she was away.
    fn tell_who_left(&mut self, now_ms: u64, session: SessionId, id: ConversationId, stated: &Stated) {
        let present: Vec<Membership> = self.conversations[&id].members().collect();
        let is_gone = |one: &Membership| present.iter().all(|present| present.claim != one.claim);
        for left in stated.membership.into_iter().chain(stated.beside).filter(is_gone) {
            if !present.is_empty() {
                self.tell_visitor_left(now_ms, session, id, left);
            }
        }
    }

    /// One conversation of a counselor's device that comes back.
    pub(super) fn resume_counselor(&mut self, now_ms: u64, session: SessionId, resume: Resume) {
        let body = self.tickets.open(&resume.ticket).filter(|body| body.side == Side::Counselor);
        let (Some(body), Some(seat)) = (body, self.counselors.get(&session)) else { return };
        let own = |membership: &Membership| membership.member == seat.login.member;
        let Some(membership) = body.membership.filter(own) else { return };
        let is_former_device = membership.device != seat.shift.device;
        let id = body.conversation;
        let ended = self.tombstones.get(&id).filter(|tombstone| tombstone.counts_for(Some(membership)));
        let ended = ended.map(|tombstone| tombstone.reason);
        let unknown = !self.conversations.contains_key(&id);
        if let Some(reason) = ended {
            return self.send(session, ServerMsg::Ended { conversation: id, reason });
        }
        if body.expires_ms <= now_ms || (unknown && body.generation == self.generation) {
            return self.send(session, ServerMsg::Ended { conversation: id, reason: EndReason::Missing });
        }
        if is_former_device {
            // New shift keys in the same tab: the visitor's client has to see them, as a rejoin.
            return;
        }
        if unknown {
            self.rebuild(now_ms, &body, None);
        }
        let conversation = self.conversations.get_mut(&id).expect("found or just rebuilt");
        let members: Vec<Membership> = conversation.members().collect();
        let claim = conversation.claim.as_mut().filter(|claim| claim.membership.claim == membership.claim);
        if members.iter().any(|member| member.claim == membership.claim) {
            self.attach_counselor(now_ms, session, id, membership, resume);
        } else if let Some(claim) = claim {
            claim.session = Some(session);
            let grant = claim.grant.clone();
            self.resume_claim(now_ms, session, id, membership, grant);
        } else if conversation.provisional {
            // Two devices name different memberships. Only she has seen which of them was opened.
            conversation.parked.push((session, resume));
        } else if let Some(present) = members.into_iter().find(|present| is_same_device(*present, membership)) {
            // Its rejoin did not come through; what it was before still counts.
            self.send(session, ServerMsg::ClaimLapsed { conversation: id, claim: membership.claim });
            self.attach_counselor(now_ms, session, id, present, resume);
        } else {
            self.send(session, ServerMsg::Released { conversation: id, why: Release::Superseded });
        }
    }

    fn attach_counselor(
        &mut self,
        now_ms: u64,
        session: SessionId,
        id: ConversationId,
        membership: Membership,
        resume: Resume,
    ) {
        let conversation = self.conversations.get_mut(&id).expect("the caller has found it");
        let seat = Seat::taken(session, now_ms);
        match conversation.beside.as_mut().filter(|beside| beside.membership.claim == membership.claim) {
            Some(beside) => beside.seat = seat,
            None => conversation.counselor = seat,
        }
        conversation.missing = Missing::Here;
        let visitor = conversation.visitor.session;
        let others: Vec<SessionId> = conversation.seated().filter(|other| *other != session).collect();
        self.introduce(id, session);
        others.into_iter().for_each(|other| self.introduce(id, other));
        let ticket = self.ticket(now_ms, &self.conversations[&id], Side::Counselor, Some(membership), None);
        self.tell(session, Tell::CounselorResumed { conversation: id, ticket, have: resume.have });
        self.tell_where_visitor_is(now_ms, session, id);
        if let Some(visitor) = visitor {
            self.tell_peer(visitor, id, PeerState::Here);
        }
    }

    /// To a device that comes back: what it was told last may be long ago. To all, where that is news to the others too.
    fn tell_where_visitor_is(&mut self, now_ms: u64, session: SessionId, id: ConversationId) {
        let conversation = self.conversations.get_mut(&id).expect("the caller has found it");
        let visitor = conversation.visitor;
        let is_away = !visitor.is_fresh(now_ms);
        let is_news = std::mem::replace(&mut conversation.told_away, is_away) != is_away;
        let for_secs = u32::try_from(visitor.silent_ms(now_ms) / 1000).unwrap_or(u32::MAX);
        let state = if is_away { PeerState::Away { for_secs } } else { PeerState::Here };
        if is_news { self.tell_counselors(id, state) } else { self.tell_peer(session, id, state) }
    }

    /// Its key is not opened yet: messages follow when it is.
    fn resume_claim(
        &mut self,
        now_ms: u64,
        session: SessionId,
        id: ConversationId,
        membership: Membership,
        grant: Option<amparo_protocol::wire::Grant>,
    ) {
        self.introduce(id, session);
        let ticket = self.ticket(now_ms, &self.conversations[&id], Side::Counselor, Some(membership), None);
        self.send(session, ServerMsg::CounselorResumed { conversation: id, held: Vec::new(), ticket });
        self.tell_where_visitor_is(now_ms, session, id);
        match grant {
            Some(grant) => self.send(session, ServerMsg::Grant(grant)),
            None => self.announce(now_ms, id),
        }
    }
}

fn is_same_device(one: Membership, other: Membership) -> bool {
    one.member == other.member && one.device == other.device
}

/// The same claim, or none on both sides.
fn same(one: Option<Membership>, other: Option<Membership>) -> bool {
    one.map(|membership| membership.claim) == other.map(|membership| membership.claim)
}
