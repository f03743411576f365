//! Who may read: newcomers are checked and granted a key here, and count once they have proved that they opened it. Whoever
//! leaves gets no further key.
//!
//! Never: a key for a device that the screen does not name, or for words of before without the visitor's press.

use amparo_protocol::id::{ClaimId, DeviceId, Ticket};
use amparo_protocol::limits::MEMBERS_MAX;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire;
use amparo_protocol::wire::{ClientMsg, Grant, JoinReason, Newcomer, PeerState, RefuseReason};

use crate::conversation::Holder;
use crate::crypto::admit::{Admitted, admit};
use crate::crypto::grant::seal_envelope;
use crate::crypto::shift::ShiftCert;
use crate::view::{Coming, Content, ShownBadge};
use crate::visitor::{Ongoing, Visitor};

/// Most epochs whose keys go along with one grant to one device: two of them must fit one message.
const ENVELOPES_MAX: u32 = 70;

wire! {
/// One member's device that holds the conversation's key, or is to hold it.
#[derive(Clone)]
pub struct Membership {
    pub claim: ClaimId,
    pub cert: ShiftCert,
    pub badge: ShownBadge,
    /// The first epoch of this member's stay.
    pub since_epoch: u32,
    /// Came as the one who answers, not to help or to return: what was written before may be shared by a press.
    pub may_get_history: bool,
    /// She has pressed to share it.
    pub has_history: bool,
    /// Has proved to hold the key in which she writes now.
    pub has_proved: bool,
    /// Has left, and the key is not changed yet.
    pub is_leaving: bool,
}

/// A key that is sealed, and not proved to be opened.
#[derive(Clone)]
pub struct Pending {
    /// Whose proof makes it count.
    pub by: ClaimId,
    /// `None` where somebody left and nobody came.
    pub reason: Option<JoinReason>,
    /// Everybody to whom it is sealed; who comes is the last.
    pub members: Vec<Membership>,
    /// Kept like a message: a device may ask again.
    pub grant: Grant,
    /// Of who comes: counts from the proof on.
    pub ticket: Option<Ticket>,
}
}

impl Membership {
    fn holder(&self) -> Holder {
        Holder { device: self.cert.device, cert: Some(self.cert.clone()), badge: Some(self.badge.clone()) }
    }
}

impl Ongoing {
    /// Who takes part without this newcomer: where it replaces one whose proof was never heard here, those whom that one had
    /// found.
    fn before(&self, newcomer: &Newcomer) -> &[Membership] {
        let replaced = self.pending.as_ref().filter(|pending| Some(pending.by) == newcomer.replaces);
        replaced.map_or(&self.members, |pending| &pending.members)
    }
}

impl Visitor {
    /// The same announcement again gets the same grant again.
    pub(super) fn on_newcomer(&mut self, now_ms: u64, newcomer: &Newcomer) {
        let Some(ongoing) = &mut self.ongoing else { return };
        let claim = newcomer.claim;
        if let Some(pending) =
            ongoing.pending.as_mut().filter(|pending| pending.by == claim && pending.reason.is_some())
        {
            pending.ticket = Some(newcomer.ticket.clone());
            return self.repeat_grant();
        }
        if ongoing.members.iter().any(|member| member.claim == claim) {
            let grant = ongoing.grant.clone();
            return grant.into_iter().for_each(|grant| self.push(ClientMsg::Grant(grant)));
        }
        if ongoing.pending.as_ref().is_some_and(|pending| goes_on_beside(pending, newcomer)) {
            ongoing.next = Some(newcomer.clone());
            return self.repeat_grant();
        }
        match self.check(now_ms, newcomer) {
            Ok(pending) => self.grant(pending),
            Err(reason) => self.refuse(claim, reason),
        }
    }

    /// Whoever was being brought in is in, or does not come any more.
    fn take_next(&mut self, now_ms: u64) {
        let next = self.ongoing.as_mut().and_then(|ongoing| ongoing.next.take());
        next.into_iter().for_each(|newcomer| self.on_newcomer(now_ms, &newcomer));
    }

    /// The relay says that the key was not opened in time. A membership that has proved it stays: only the queue can
    /// take it back. Those who stay may have followed into that key already, and lead on from there.
    pub(super) fn on_claim_lapsed(&mut self, now_ms: u64, claim: ClaimId) {
        let Some(ongoing) = &mut self.ongoing else { return };
        ongoing.next.take_if(|next| next.claim == claim);
        if ongoing.pending.take_if(|pending| pending.by == claim && pending.reason.is_some()).is_some() {
            if ongoing.members.iter().all(|member| member.is_leaving) {
                // Nobody is left alone by a word of the relay; that they have left it would say as "back in the queue".
                ongoing.members.iter_mut().for_each(|member| member.is_leaving = false);
            }
            if ongoing.next.is_none() {
                self.change_key();
            }
            self.leave_deposit();
            self.repeat_grant();
            self.take_next(now_ms);
        }
    }

    /// A member has left, and others go on: from the next key on without that device. Until then the screen names it.
    pub(super) fn on_left(&mut self, now_ms: u64, claim: ClaimId, ticket: Ticket) {
        let Some(ongoing) = &mut self.ongoing else { return };
        if ongoing.members.iter().all(|member| member.claim != claim) {
            return self.on_claim_lapsed(now_ms, claim);
        }
        let coming = ongoing.pending.iter().flat_map(|pending| &pending.members);
        let stays = |member: &Membership| member.claim != claim && !member.is_leaving;
        if !ongoing.members.iter().chain(coming).any(stays) {
            return;
        }
        ongoing.ticket = ticket;
        let pending = ongoing.pending.iter_mut().flat_map(|pending| &mut pending.members);
        for member in ongoing.members.iter_mut().chain(pending).filter(|member| member.claim == claim) {
            member.is_leaving = true;
        }
        // A change of keys that is under way was for that member too.
        ongoing.pending.take_if(|pending| pending.reason.is_none());
        self.change_key_if_due();
        self.leave_deposit();
        self.repeat_grant();
    }

    /// The press: what was written so far goes to whoever has come, or comes, to answer.
    pub(super) fn share_history_now(&mut self) {
        let Some(member) = self.may_share_with() else { return };
        let claim = member.claim;
        let Some((grant, cert)) = self.history_target(claim) else { return };
        let earlier = (0..grant).collect::<Vec<_>>();
        let Ok(envelopes) = self.seal_epochs(&cert, &earlier) else { return };
        let Some(ongoing) = &mut self.ongoing else { return };
        let pending = ongoing.pending.as_mut().filter(|pending| pending.by == claim);
        let (members, grant) = match pending {
            Some(pending) => (&mut pending.members, Some(&mut pending.grant)),
            None => (&mut ongoing.members, ongoing.grant.as_mut()),
        };
        members.iter_mut().filter(|member| member.claim == claim).for_each(|member| member.has_history = true);
        if let Some(grant) = grant {
            grant.envelopes.splice(0..0, envelopes);
            let grant = grant.clone();
            self.push(ClientMsg::Grant(grant));
        }
        self.leave_deposit();
    }

    /// To whom a press would show what was written before, and has not yet.
    pub(super) fn may_share_with(&self) -> Option<&Membership> {
        let ongoing = self.ongoing.as_ref()?;
        let coming = ongoing.pending.as_ref().and_then(|pending| pending.members.last());
        let wants = |member: &&Membership| {
            let has_text = self.conversation.has_text_before(member.since_epoch);
            member.may_get_history && !member.has_history && !member.is_leaving && has_text
        };
        coming.into_iter().chain(&ongoing.members).find(wants)
    }

    /// Who is being brought in.
    pub(super) fn coming(&self) -> Option<Coming> {
        let ongoing = self.ongoing.as_ref().filter(|ongoing| !ongoing.members.is_empty())?;
        let pending = ongoing.pending.as_ref()?;
        let badge = pending.members.last()?.badge.clone();
        Some(Coming { badge, reason: pending.reason? })
    }

    pub(super) fn on_ack(&mut self, now_ms: u64, ack: &Sealed) {
        let proves = |epoch: u32, member: &Membership| self.conversation.proves_opened(epoch, member.cert.device, ack);
        let Some(ongoing) = &self.ongoing else { return };
        let opened = ongoing.pending.as_ref().and_then(|pending| {
            // Where nobody comes, whoever has followed first shows that the key is there.
            let may = |member: &&Membership| pending.reason.is_none() || member.claim == pending.by;
            let by = pending.members.iter().filter(may).find(|member| proves(pending.grant.epoch, member));
            by.map(|by| by.claim)
        });
        let proved = ongoing.members.iter().position(|member| {
            !member.has_proved && ongoing.grant.as_ref().is_some_and(|grant| proves(grant.epoch, member))
        });
        if let (Some(proved), Some(ongoing)) = (proved, &mut self.ongoing) {
            ongoing.members[proved].has_proved = true;
        }
        if let Some(by) = opened {
            self.promote(now_ms, by);
        }
        self.conversation.take_ack(ack);
    }

    /// What is not proved to be opened; and shared words, of which no proof comes.
    pub(super) fn repeat_grant(&mut self) {
        let Some(ongoing) = &self.ongoing else { return };
        let pending = ongoing.pending.as_ref().map(|pending| pending.grant.clone());
        let is_due = ongoing.members.iter().any(|member| !member.has_proved || member.has_history);
        let current = ongoing.grant.clone().filter(|_| is_due);
        for grant in current.into_iter().chain(pending) {
            self.push(ClientMsg::Grant(grant));
        }
    }

    /// Receiver rules 1 to 3, then a new epoch sealed to exactly that device and those who stay.
    fn check(&mut self, now_ms: u64, newcomer: &Newcomer) -> Result<Pending, RefuseReason> {
        let org_key = self.org_key.ok_or(RefuseReason::Roster)?;
        let Admitted { roster, cert, badge } = admit(newcomer, &org_key, self.roster_floor, now_ms / 1000)?;
        self.roster_floor = roster.seq().max(self.roster_floor);
        let members = self.ongoing.as_ref().map(|ongoing| ongoing.before(newcomer)).unwrap_or_default();
        let replaced = members.iter().find(|member| Some(member.claim) == newcomer.replaces).cloned();
        // Who comes from the queue finds nobody.
        let is_gone = |member: &&Membership| {
            newcomer.reason == JoinReason::Claim
                || member.is_leaving
                || Some(member.claim) == newcomer.replaces
                || member.cert.device == cert.device
        };
        let mut stay: Vec<Membership> = members.iter().filter(|member| !is_gone(member)).cloned().collect();
        if stay.len() >= MEMBERS_MAX {
            return Err(RefuseReason::Continuity);
        }
        let epoch = self.make_epoch().ok_or(RefuseReason::Continuity)?;
        let since_epoch = stay_since(newcomer, replaced.as_ref()).unwrap_or(epoch);
        let numbers = self.epochs_for(newcomer, since_epoch, epoch, &stay);
        let mut envelopes = self.seal_epochs(&cert, &numbers)?;
        envelopes.extend(self.seal_to_those_who_stay(&stay, epoch)?);
        let may_get_history = match newcomer.reason {
            JoinReason::Claim | JoinReason::Transfer => true,
            JoinReason::Rejoin => replaced.is_some_and(|replaced| replaced.may_get_history),
            JoinReason::Join => false,
        };
        let Newcomer { conversation, claim, reason, .. } = *newcomer;
        let grant = Grant { conversation, claim, epoch, roster_seq: cert.roster_seq, envelopes };
        let badge = ShownBadge { pseudonym: badge.pseudonym, avatar: badge.avatar };
        let (has_history, has_proved, is_leaving) = (false, false, false);
        stay.push(Membership { claim, cert, badge, since_epoch, may_get_history, has_history, has_proved, is_leaving });
        let ticket = Some(newcomer.ticket.clone());
        Ok(Pending { by: claim, reason: Some(reason), members: stay, grant, ticket })
    }

    /// Somebody has left: the next key is for those who stay, as soon as nobody is being brought in.
    fn change_key_if_due(&mut self) {
        if self.ongoing.as_ref().is_some_and(|ongoing| ongoing.members.iter().any(|member| member.is_leaving)) {
            self.change_key();
        }
    }

    fn change_key(&mut self) {
        let Some(ongoing) = self.ongoing.as_ref().filter(|ongoing| ongoing.pending.is_none()) else { return };
        let stay: Vec<Membership> = ongoing.members.iter().filter(|member| !member.is_leaving).cloned().collect();
        let Some(first) = stay.first() else { return };
        let (conversation, claim, roster_seq) = (ongoing.id, first.claim, first.cert.roster_seq);
        let Some(epoch) = self.make_epoch() else { return };
        let Ok(envelopes) = self.seal_to_those_who_stay(&stay, epoch) else { return };
        let grant = Grant { conversation, claim, epoch, roster_seq, envelopes };
        if let Some(ongoing) = &mut self.ongoing {
            ongoing.pending = Some(Pending { by: claim, reason: None, members: stay, grant, ticket: None });
        }
    }

    fn make_epoch(&mut self) -> Option<u32> {
        Some(self.conversation.epochs_mut()?.make_next(&mut *self.random).number())
    }

    /// Epochs that lapsed since go along, so that a device can follow the chain; nothing was ever written in those. A device
    /// that has not proved the key of now was away, and follows from the last that it may hold.
    fn seal_to_those_who_stay(&mut self, stay: &[Membership], epoch: u32) -> Result<Vec<Sealed>, RefuseReason> {
        let next = self.conversation.writing_in().map_or(epoch, |current| current.saturating_add(1));
        let mut envelopes = Vec::new();
        for member in stay {
            let first = if member.has_proved { next } else { self.first_of(member.cert.device).unwrap_or(next) };
            envelopes.extend(self.seal_epochs(&member.cert, &(first..=epoch).collect::<Vec<_>>())?);
        }
        Ok(envelopes)
    }

    /// The first epoch of this device's stay: since then every key that counted was for it.
    fn first_of(&self, device: DeviceId) -> Option<u32> {
        let holds = |holders: &Vec<Holder>| holders.iter().any(|holder| holder.device == device);
        let newest_first = self.conversation.granted().rows().iter().rev();
        newest_first.take_while(|(_, holders)| holds(holders)).last().map(|(epoch, _)| *epoch)
    }

    /// The newest of these epochs, as many as fit, each sealed to this device.
    fn seal_epochs(&mut self, cert: &ShiftCert, numbers: &[u32]) -> Result<Vec<Sealed>, RefuseReason> {
        let newest = numbers.len().saturating_sub(ENVELOPES_MAX as usize);
        let mut envelopes = Vec::new();
        for number in &numbers[newest..] {
            if let Some(epoch) = self.conversation.epochs().and_then(|epochs| epochs.get(*number)) {
                let sealed = seal_envelope(epoch, cert, &mut *self.random);
                envelopes.push(sealed.map_err(|_| RefuseReason::Continuity)?);
            }
        }
        Ok(envelopes)
    }

    /// A returning member gets the epochs of their stay again, back to the last that somebody held who is not there any
    /// more: who wrote in that could not be told apart. A returning device whose member has a new roster entry gets the epochs
    /// that lapsed since, so that it can follow the chain.
    fn epochs_for(&self, newcomer: &Newcomer, since_epoch: u32, epoch: u32, stay: &[Membership]) -> Vec<u32> {
        let first = match (newcomer.reason, self.conversation.writing_in()) {
            (JoinReason::Rejoin, Some(current)) => since_epoch.min(current.saturating_add(1)),
            _ => epoch,
        };
        let is_known = |holder: &Holder| {
            stay.iter().any(|member| member.cert.device == holder.device)
                || holder.cert.as_ref().is_some_and(|cert| cert.member == newcomer.member)
        };
        let is_told_apart =
            |number: &u32| self.conversation.granted().get(number).is_none_or(|all| all.iter().all(is_known));
        // Without a hole: the device checks that they lead up to the newest.
        let from = (first..=epoch).rev().take_while(is_told_apart).last().unwrap_or(epoch);
        (from..=epoch).collect()
    }

    /// The epoch of this member's grant, and the device.
    fn history_target(&self, claim: ClaimId) -> Option<(u32, ShiftCert)> {
        let ongoing = self.ongoing.as_ref()?;
        let pending = ongoing.pending.as_ref().filter(|pending| pending.by == claim);
        let members = pending.map_or(&ongoing.members, |pending| &pending.members);
        let epoch = pending.map(|pending| pending.grant.epoch).or(ongoing.grant.as_ref().map(|grant| grant.epoch))?;
        let member = members.iter().find(|member| member.claim == claim)?;
        Some((epoch, member.cert.clone()))
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
        let has_reader = self.ongoing.as_ref().is_some_and(|ongoing| !ongoing.members.is_empty());
        if !has_reader {
            self.distrust(reason);
        }
    }

    /// The proof has come: the key counts, and what waited goes out in its epoch.
    fn promote(&mut self, now_ms: u64, by: ClaimId) {
        let Some(ongoing) = &mut self.ongoing else { return };
        let Some(Pending { mut members, grant, ticket, .. }) = ongoing.pending.take() else { return };
        if let Some(ticket) = ticket {
            ongoing.ticket = ticket;
        }
        members.iter_mut().for_each(|member| member.has_proved = member.claim == by);
        let holders = members.iter().map(Membership::holder).collect();
        let epoch = grant.epoch;
        let former_epoch = self.conversation.writing_in();
        ongoing.grant = Some(grant);
        let former = core::mem::replace(&mut ongoing.members, members.clone());
        // They were away while the former key counted, and have its words under this one.
        let missed = former.iter().any(|one| !one.has_proved && members.iter().any(|stays| stays.claim == one.claim));
        if missed {
            self.conversation.repeat_words_of(former_epoch);
        }
        self.view.peer = PeerState::Here;
        self.view.back = None;
        self.conversation.open_epoch(now_ms, epoch, holders);
        let is_among =
            |member: &Membership, all: &[Membership]| all.iter().any(|one| one.cert.member == member.cert.member);
        for left in former.iter().filter(|left| !is_among(left, &members)) {
            self.notice(now_ms, Content::Left(left.badge.clone()));
        }
        for come in members.into_iter().filter(|come| former.iter().all(|former| former.claim != come.claim)) {
            self.notice(now_ms, Content::Joined(come.badge));
        }
        self.conversation.restate_ack();
        self.change_key_if_due();
        self.leave_deposit();
        self.repeat_pending();
        self.send_due(now_ms);
        self.take_next(now_ms);
    }

    fn repeat_pending(&mut self) {
        let pending = self.ongoing.as_ref().and_then(|ongoing| ongoing.pending.as_ref());
        if let Some(grant) = pending.map(|pending| pending.grant.clone()) {
            self.push(ClientMsg::Grant(grant));
        }
    }
}

/// The relay has taken the proof of whoever is being brought in, before it was heard here: this one comes to them.
fn goes_on_beside(pending: &Pending, newcomer: &Newcomer) -> bool {
    pending.reason.is_some() && newcomer.reason != JoinReason::Claim && newcomer.replaces != Some(pending.by)
}

/// Since when the same member reads, where this is that member coming back.
fn stay_since(newcomer: &Newcomer, replaced: Option<&Membership>) -> Option<u32> {
    let replaced = replaced.filter(|replaced| replaced.cert.member == newcomer.member)?;
    (newcomer.reason == JoinReason::Rejoin).then_some(replaced.since_epoch)
}
