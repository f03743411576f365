//! Who may read: newcomers are checked and granted a key here, and count once they have proved that they opened it.

use amparo_protocol::id::{ClaimId, DeviceId, RosterMemberId, Ticket};
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire;
use amparo_protocol::wire::{ClientMsg, Grant, JoinReason, Newcomer, PeerState, RefuseReason};

use crate::conversation::Holder;
use crate::crypto::admit::{Admitted, admit};
use crate::crypto::grant::seal_envelope;
use crate::view::{Content, ShownBadge};
use crate::visitor::{Ongoing, Visitor};

/// Most epochs whose keys go along with one grant: it must fit one message.
const ENVELOPES_MAX: u32 = 100;

wire! {
/// One counselor's device and the epoch whose key it was granted.
#[derive(Clone)]
pub struct Membership {
    pub claim: ClaimId,
    pub member: RosterMemberId,
    pub device: DeviceId,
    pub badge: ShownBadge,
    /// The first epoch of this member's stay.
    pub since_epoch: u32,
    /// Kept like a message: the device may ask again.
    pub grant: Grant,
}

/// A key that is sealed to a newcomer, and not proved to be opened.
#[derive(Clone)]
pub struct Pending {
    pub membership: Membership,
    /// Counts from the proof on.
    pub ticket: Ticket,
}
}

impl Visitor {
    /// The same announcement again gets the same grant again.
    pub(super) fn on_newcomer(&mut self, now_ms: u64, newcomer: &Newcomer) {
        let Some(ongoing) = &mut self.ongoing else { return };
        let claim = newcomer.claim;
        if let Some(pending) = ongoing.pending.as_mut().filter(|pending| pending.membership.claim == claim) {
            pending.ticket = newcomer.ticket.clone();
            return self.repeat_grant();
        }
        if let Some(membership) = ongoing.membership.as_ref().filter(|membership| membership.claim == claim) {
            let grant = membership.grant.clone();
            return self.push(ClientMsg::Grant(grant));
        }
        // A second reader beside the present one is not part of this version: such a claim lapses.
        if newcomer.reason == JoinReason::Join {
            return;
        }
        match self.check(now_ms, newcomer) {
            Ok(pending) => self.grant(pending),
            Err(reason) => self.refuse(claim, reason),
        }
    }

    /// The relay says that the key was not opened in time. A membership that has proved it stays: only the queue can
    /// take it back.
    pub(super) fn on_claim_lapsed(&mut self, claim: ClaimId) {
        let Some(ongoing) = &mut self.ongoing else { return };
        if ongoing.pending.as_ref().is_some_and(|pending| pending.membership.claim == claim) {
            ongoing.pending = None;
            self.leave_deposit();
        }
    }

    pub(super) fn on_ack(&mut self, now_ms: u64, ack: &Sealed) {
        let pending = self.ongoing.as_ref().and_then(|ongoing| ongoing.pending.as_ref());
        let is_proof = |Pending { membership, .. }: &Pending| {
            self.conversation.proves_opened(membership.grant.epoch, membership.device, ack)
        };
        if pending.is_some_and(is_proof) {
            self.promote(now_ms);
        }
        self.conversation.take_ack(ack);
    }

    pub(super) fn repeat_grant(&mut self) {
        if let Some(pending) = self.ongoing.as_ref().and_then(|ongoing| ongoing.pending.as_ref()) {
            let grant = pending.membership.grant.clone();
            self.push(ClientMsg::Grant(grant));
        }
    }

    /// Receiver rules 1 to 3, then a new epoch sealed to exactly that device.
    fn check(&mut self, now_ms: u64, newcomer: &Newcomer) -> Result<Pending, RefuseReason> {
        let org_key = self.org_key.ok_or(RefuseReason::Roster)?;
        let Admitted { roster, cert, badge } = admit(newcomer, &org_key, self.roster_floor, now_ms / 1000)?;
        self.roster_floor = roster.seq().max(self.roster_floor);
        let epochs = self.conversation.epochs_mut().ok_or(RefuseReason::Continuity)?;
        let epoch = epochs.make_next(&mut *self.random).number();
        let since_epoch = self.stay_since(newcomer).unwrap_or(epoch);
        let mut envelopes = Vec::new();
        for number in self.first_to_grant(newcomer, since_epoch, epoch)..=epoch {
            let granted = self.conversation.epochs().and_then(|epochs| epochs.get(number));
            if let Some(granted) = granted {
                let sealed = seal_envelope(granted, &cert, &mut *self.random);
                envelopes.push(sealed.map_err(|_| RefuseReason::Continuity)?);
            }
        }
        let grant = Grant {
            conversation: newcomer.conversation,
            claim: newcomer.claim,
            epoch,
            roster_seq: cert.roster_seq,
            envelopes,
        };
        let badge = ShownBadge { pseudonym: badge.pseudonym, avatar: badge.avatar };
        let claim = newcomer.claim;
        let membership = Membership { claim, member: cert.member, device: cert.device, badge, since_epoch, grant };
        Ok(Pending { membership, ticket: newcomer.ticket.clone() })
    }

    /// Since when the same member reads, where this is that member coming back.
    fn stay_since(&self, newcomer: &Newcomer) -> Option<u32> {
        let membership = self.ongoing.as_ref()?.membership.as_ref()?;
        let is_same = newcomer.reason == JoinReason::Rejoin && newcomer.member == membership.member;
        is_same.then_some(membership.since_epoch)
    }

    /// A returning member gets the epochs of their stay again. A returning device whose member has a new roster entry
    /// gets the epochs that lapsed since, so that it can follow the chain; nothing was ever written in those.
    fn first_to_grant(&self, newcomer: &Newcomer, since_epoch: u32, epoch: u32) -> u32 {
        let first = match (newcomer.reason, self.conversation.writing_in()) {
            (JoinReason::Rejoin, Some(current)) => since_epoch.min(current.saturating_add(1)),
            _ => epoch,
        };
        first.max(epoch.saturating_sub(ENVELOPES_MAX - 1))
    }

    /// A former claim that was not opened lapses by a newer one.
    fn grant(&mut self, pending: Pending) {
        if let Some(ongoing) = &mut self.ongoing {
            ongoing.still_there_until_ms = None;
            ongoing.pending = Some(pending);
        }
        self.leave_deposit();
        self.repeat_grant();
    }

    fn refuse(&mut self, claim: ClaimId, reason: RefuseReason) {
        self.push(ClientMsg::Refuse { claim, reason });
        let has_reader = self.ongoing.as_ref().is_some_and(|ongoing| ongoing.membership.is_some());
        if !has_reader {
            self.distrust(reason);
        }
    }

    /// The proof has come: the membership counts, and what waited goes out in its epoch.
    fn promote(&mut self, now_ms: u64) {
        let Some(Ongoing { membership, pending, ticket, .. }) = &mut self.ongoing else { return };
        let Some(opened) = pending.take() else { return };
        *ticket = opened.ticket;
        let Membership { member, device, badge, grant, .. } = &opened.membership;
        let (epoch, member, badge) = (grant.epoch, *member, badge.clone());
        let holder = Holder { device: *device, badge: Some(badge.clone()) };
        let former = membership.replace(opened.membership);
        self.view.peer = PeerState::Here;
        self.conversation.open_epoch(now_ms, epoch, holder);
        if let Some(left) = former.filter(|former| former.member != member) {
            self.notice(now_ms, Content::Left(left.badge));
        }
        self.notice(now_ms, Content::Joined(badge));
        self.conversation.restate_ack();
        self.leave_deposit();
        self.send_due(now_ms);
    }
}
