//! One conversation as its owner sees it: who takes part, by which claim, and since when somebody is missing.
//!
//! Never: a message.

use std::collections::BTreeSet;

use amparo_protocol::id::{ClaimId, ConversationId, DeviceId, Hash, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::limits::{HEARTBEAT_MISSES, HEARTBEAT_SECS};
use amparo_protocol::wire::{Deposit, EndReason, Grant, JoinReason, Resume};

use super::super::command::{Count, SessionId};
use super::super::queue::{Place, Visitor};
use super::super::ticket::Membership;
use crate::buckets::Whence;

/// Two missed heartbeats, and a second for the way.
const LEASE_MS: u64 = (HEARTBEAT_SECS * HEARTBEAT_MISSES + 1) * 1000;

pub struct Conversation {
    pub id: ConversationId,
    pub site: SiteKey,
    pub language: Language,
    pub joined_at_ms: u64,
    pub front: bool,
    /// Whom she is not distinguished from by the relay, and whether she waits behind others for it.
    pub whence: Option<Whence>,
    pub behind_others: bool,
    pub visitor: Seat,
    /// Her page said that it is leaving.
    pub left: bool,
    /// Whose key was opened. `None` while she waits or a first claim is open.
    pub membership: Option<Membership>,
    pub counselor: Seat,
    /// A second member who came in beside the first.
    pub beside: Option<Beside>,
    /// A colleague at whom a transfer rings.
    pub asked: Option<Asked>,
    /// Who calls for a supervisor.
    pub called_by: Option<Membership>,
    /// Counselors' devices that came back before her, with a ticket of an earlier run: only she knows which of them counts.
    pub parked: Vec<(SessionId, Resume)>,
    /// What the visitor was told about the counselor.
    pub missing: Missing,
    /// The counselor was told that the visitor is away.
    pub told_away: bool,
    /// A device that is being brought in.
    pub claim: Option<Claim>,
    /// Rebuilt from a ticket of an earlier run, by one side; the other has not come back yet.
    pub provisional: bool,
    /// Devices that the visitor's client has refused, or that did not open their key in time: not announced again.
    pub refused: BTreeSet<DeviceId>,
    pub deposit: Option<Deposit>,
    /// SHA-256 of the token that ends it.
    pub end_token: Option<Hash>,
    pub displacing: Option<Displacing>,
    pub last_message_ms: u64,
    pub idle_warned: bool,
    pub tickets_at_ms: u64,
    pub told_position: Option<u32>,
    pub told_position_ms: u64,
    /// To anybody, ever: for the counters.
    pub was_offered: bool,
    /// Likewise: by anybody, ever.
    pub was_answered: bool,
}

/// One side's connection and when it last answered.
#[derive(Clone, Copy, Debug)]
pub struct Seat {
    pub session: Option<SessionId>,
    pub answered_ms: u64,
}

/// A second member's device.
pub struct Beside {
    pub membership: Membership,
    pub seat: Seat,
}

/// A colleague was asked to take the conversation over, and has not answered.
pub struct Asked {
    pub to: SessionId,
    pub replaces: ClaimId,
    pub until_ms: u64,
}

/// How far the visitor has been told about a missing counselor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    Here,
    Told,
    MayAsk,
}

/// An attempt to bring a counselor's device in, until its key is opened.
pub struct Claim {
    pub membership: Membership,
    pub reason: JoinReason,
    /// The membership that ends once this one counts.
    pub replaces: Option<ClaimId>,
    /// `None` while that device is not connected.
    pub session: Option<SessionId>,
    pub until_ms: u64,
    /// Kept until it is opened, for a device that has to reconnect meanwhile.
    pub grant: Option<Grant>,
}

/// A second connection shows this conversation's ticket or handle; the first has until then to answer.
pub struct Displacing {
    pub by: SessionId,
    pub until_ms: u64,
    pub shown: Shown,
}

pub enum Shown {
    Ticket(Resume),
    Handle,
}

impl Seat {
    pub fn taken(session: SessionId, now_ms: u64) -> Self {
        Self { session: Some(session), answered_ms: now_ms }
    }

    pub fn empty(now_ms: u64) -> Self {
        Self { session: None, answered_ms: now_ms }
    }

    /// Connected, and the last heartbeats were answered.
    pub fn is_fresh(&self, now_ms: u64) -> bool {
        self.session.is_some() && lease_holds(self.answered_ms, now_ms)
    }

    pub fn silent_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.answered_ms)
    }
}

pub fn lease_holds(answered_ms: u64, now_ms: u64) -> bool {
    now_ms.saturating_sub(answered_ms) <= LEASE_MS
}

impl Conversation {
    pub fn new(id: ConversationId, site: SiteKey, language: Language, joined_at_ms: u64, now_ms: u64) -> Self {
        Self {
            id,
            site,
            language,
            joined_at_ms,
            front: false,
            whence: None,
            behind_others: false,
            visitor: Seat::empty(now_ms),
            left: false,
            membership: None,
            counselor: Seat::empty(now_ms),
            beside: None,
            asked: None,
            called_by: None,
            parked: Vec::new(),
            missing: Missing::Here,
            told_away: false,
            claim: None,
            provisional: false,
            refused: BTreeSet::new(),
            deposit: None,
            end_token: None,
            displacing: None,
            last_message_ms: now_ms,
            idle_warned: false,
            tickets_at_ms: now_ms,
            told_position: None,
            told_position_ms: 0,
            was_offered: false,
            was_answered: false,
        }
    }

    pub fn place(&self) -> Place {
        Place {
            behind_others: self.behind_others,
            behind_front: !self.front,
            joined_at_ms: self.joined_at_ms,
            conversation: self.id,
        }
    }

    /// What the queue knows of her.
    pub fn queued(&self) -> Visitor {
        Visitor { language: self.language, site: self.site, bucket: self.whence.map(|whence| whence.bucket) }
    }

    /// What her leaving counts as: whoever was answered once has not given up waiting.
    pub fn end_counted(&self, reason: EndReason) -> Count {
        if self.membership.is_some() || self.was_answered { Count::Ended(reason) } else { Count::GaveUp }
    }

    /// In the queue: nobody talks to her and nobody is being brought in.
    pub fn is_waiting(&self) -> bool {
        self.membership.is_none() && self.claim.is_none()
    }

    /// Everybody who is connected.
    pub fn sessions(&self) -> impl Iterator<Item = SessionId> {
        let claimant = self.claim.as_ref().and_then(|claim| claim.session);
        let beside = self.beside.as_ref().and_then(|beside| beside.seat.session);
        let claimant = claimant.filter(|claimant| ![self.counselor.session, beside].contains(&Some(*claimant)));
        [self.visitor.session, self.counselor.session, beside, claimant].into_iter().flatten()
    }

    /// Whose keys were opened: the first member and the second.
    pub fn members(&self) -> impl Iterator<Item = Membership> {
        self.membership.into_iter().chain(self.beside_membership())
    }

    pub fn beside_membership(&self) -> Option<Membership> {
        self.beside.as_ref().map(|beside| beside.membership)
    }

    pub fn seats_mut(&mut self) -> impl Iterator<Item = &mut Seat> {
        core::iter::once(&mut self.counselor).chain(self.beside.as_mut().map(|beside| &mut beside.seat))
    }

    /// The connections of those whose keys were opened.
    pub fn seated(&self) -> impl Iterator<Item = SessionId> {
        let first = self.membership.and(self.counselor.session);
        first.into_iter().chain(self.beside.as_ref().and_then(|beside| beside.seat.session))
    }

    /// The first and the second member once this claim is complete.
    pub fn after(&self, claim: &Claim) -> (Option<Membership>, Option<Membership>) {
        let beside = self.beside_membership();
        let replaces_beside = beside.is_some_and(|beside| claim.replaces == Some(beside.claim));
        if replaces_beside || (claim.reason == JoinReason::Join && self.membership.is_some()) {
            (self.membership, Some(claim.membership))
        } else {
            (Some(claim.membership), beside)
        }
    }

    pub fn has_fresh_beside(&self, now_ms: u64) -> bool {
        self.beside.as_ref().is_some_and(|beside| beside.seat.is_fresh(now_ms))
    }

    /// A member answers.
    pub fn is_attended(&self, now_ms: u64) -> bool {
        self.counselor.is_fresh(now_ms) || self.has_fresh_beside(now_ms)
    }

    /// The membership that this connection stands for.
    pub fn membership_at(&self, session: SessionId) -> Option<Membership> {
        let beside = self.beside.as_ref().filter(|beside| beside.seat.session == Some(session));
        match beside {
            Some(beside) => Some(beside.membership),
            None => self.membership.filter(|_| self.counselor.session == Some(session)),
        }
    }

    /// The connection of the member who came by this claim.
    pub fn session_of(&self, claim: ClaimId) -> Option<SessionId> {
        let beside = self.beside.as_ref().filter(|beside| beside.membership.claim == claim);
        match beside {
            Some(beside) => beside.seat.session,
            None => self.membership.filter(|first| first.claim == claim).and(self.counselor.session),
        }
    }

    /// The present member's session and the one that is being brought in.
    pub fn counselors(&self) -> impl Iterator<Item = SessionId> {
        let visitor = self.visitor.session;
        self.sessions().filter(move |session| Some(*session) != visitor)
    }
}

/// A ticket and what the other side of a resume brings along.
pub struct Stated {
    pub membership: Option<Membership>,
    pub beside: Option<Membership>,
    pub pending: Option<Pending>,
}

/// A key that her client has sealed and not seen opened: the memberships there will be.
#[derive(Clone, Copy)]
pub struct Pending {
    pub membership: Option<Membership>,
    pub beside: Option<Membership>,
}

impl Pending {
    /// Who is being brought in, and whom it replaces.
    pub fn newcomer(&self, stated: &Stated) -> Option<(Membership, JoinReason, Option<ClaimId>)> {
        let is_new =
            |one: &Membership| [stated.membership, stated.beside].iter().flatten().all(|old| old.claim != one.claim);
        if let Some(beside) = self.beside.filter(is_new) {
            let replaces = stated.beside.map(|beside| beside.claim);
            let reason = if replaces.is_some() { JoinReason::Rejoin } else { JoinReason::Join };
            return Some((beside, reason, replaces));
        }
        let first = self.membership.filter(is_new)?;
        let reason = match stated.membership {
            None => JoinReason::Claim,
            Some(former) if former.member == first.member => JoinReason::Rejoin,
            Some(_) => JoinReason::Transfer,
        };
        Some((first, reason, stated.membership.map(|former| former.claim)))
    }
}
