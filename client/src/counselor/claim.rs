//! How a counselor's device comes into a conversation: a claim, the visitor's grant, the proof that it was opened. And how
//! it follows when the key changes, because a colleague comes or goes.

use amparo_protocol::id::{ClaimId, DeviceId, MessageId, Ticket};
use amparo_protocol::wire::{ClientMsg, Grant, JoinReason, PeerState};
use rand_core::CryptoRng;

use crate::conversation::{FORMER_DEVICE, Holder};
use crate::counselor::attending::{Attending, Means, Stage};
use crate::crypto::epoch::Epochs;
use crate::crypto::grant::{GrantError, addressee, open_envelope};
use crate::crypto::shift::ShiftKeys;
use crate::view::Content;

/// One attempt to come in, as the relay named it.
pub struct Claim {
    pub claim: ClaimId,
    pub reason: JoinReason,
    pub ticket: Ticket,
}

/// A claim whose key was opened here, and the keys that followed.
pub struct Opened {
    pub claim: Claim,
    /// Each with the claim whose proof makes it count for the visitor; the first is this one's.
    pub epochs: Vec<(ClaimId, u32)>,
}

impl Attending {
    /// The same claim again brings a fresh ticket; a newer one makes an unopened one lapse.
    pub fn on_claimed(&mut self, claim: Claim) {
        self.is_attached = true;
        match self.opened.last_mut() {
            Some(opened) if opened.claim.claim == claim.claim => opened.claim.ticket = claim.ticket,
            _ => {
                self.has_rejoined |= claim.reason == JoinReason::Rejoin;
                self.pending = Some(claim);
            }
        }
    }

    /// Opens the key of the pending claim, or the one that follows the newest. A grant that came before is answered
    /// again: its proof may have been lost.
    pub fn on_grant(&mut self, now_ms: u64, grant: &Grant, means: &mut Means<'_>) {
        let is_opened = self.opened.last().is_some_and(|opened| opened.claim.claim == grant.claim);
        let is_pending = self.pending.as_ref().is_some_and(|pending| pending.claim == grant.claim);
        let is_next = self.conversation.granted().last_key().is_some_and(|newest| grant.epoch > newest);
        if is_pending && !is_opened {
            match self.open_grant(now_ms, grant, means.shifts) {
                Ok(()) => {}
                Err(GrantError::Continuity) => return self.on_discontinuity(now_ms),
                Err(GrantError::Envelope | GrantError::Suite) => return,
            }
        } else if is_next && !self.opened.is_empty() {
            // What does not continue the conversation is not the visitor's.
            if self.follow(now_ms, grant, means).is_err() {
                return;
            }
        } else if is_opened {
            self.open_history(now_ms, grant, means.shifts);
        } else {
            return self.conversation.restate_ack();
        }
        if is_pending || is_opened {
            self.prove_opened(grant.claim, means);
        }
        self.send_due(now_ms, means);
    }

    /// Back to the former key, if this device holds one of this conversation; else the claim is over. A key in which the
    /// visitor's client was heard is not given up for a word of the relay.
    pub fn on_claim_lapsed(&mut self, now_ms: u64, claim: ClaimId) {
        if self.pending.as_ref().is_some_and(|pending| pending.claim == claim) {
            self.pending = None;
        } else if let Some(opened) = self.opened.last_mut() {
            let is_own = opened.claim.claim == claim;
            let conversation = &mut self.conversation;
            opened.epochs.retain(|(by, epoch)| {
                let is_kept = conversation.is_confirmed(*epoch) || !(is_own || *by == claim);
                if !is_kept {
                    conversation.forget_epoch(*epoch);
                }
                is_kept
            });
            self.opened.retain(|opened| !opened.epochs.is_empty());
        }
        if self.pending.is_none() && self.opened.is_empty() {
            self.close(now_ms, Stage::Lapsed);
        }
    }

    fn prove_opened(&mut self, claim: ClaimId, means: &mut Means<'_>) {
        let Some(author) = self.author(means.shifts) else { return };
        if let Some(ack) = self.conversation.own_ack(author, means.random) {
            means.out.push(ClientMsg::Opened { conversation: self.id, claim, ack });
        }
    }

    fn open_grant(&mut self, now_ms: u64, grant: &Grant, shifts: &[ShiftKeys]) -> Result<(), GrantError> {
        let newest = self.conversation.granted().last_key();
        if newest.is_some_and(|newest| grant.epoch <= newest) {
            return Err(GrantError::Envelope);
        }
        let (device, numbers) = self.take_keys(grant, newest, shifts)?;
        let claim = self.pending.take().ok_or(GrantError::Envelope)?;
        for number in numbers.into_iter().filter(|number| *number < grant.epoch) {
            if !self.conversation.granted().contains(&number) {
                self.open_earlier(now_ms, number, claim.reason == JoinReason::Rejoin);
            }
        }
        self.conversation.open_epoch(now_ms, grant.epoch, self.holders_of(grant, device));
        self.opened.push(Opened { epochs: vec![(grant.claim, grant.epoch)], claim });
        self.peer = PeerState::Here;
        Ok(())
    }

    /// The key changes while this device stays: a colleague has come or gone.
    fn follow(&mut self, now_ms: u64, grant: &Grant, means: &mut Means<'_>) -> Result<(), GrantError> {
        let newest = self.conversation.granted().last_key();
        let (device, _) = self.take_keys(grant, newest, means.shifts)?;
        let (former, holders) = (self.conversation.holders().to_vec(), self.holders_of(grant, device));
        self.conversation.open_epoch(now_ms, grant.epoch, holders.clone());
        self.note_change(now_ms, &former, &holders, means.random);
        if let Some(opened) = self.opened.last_mut() {
            opened.epochs.push((grant.claim, grant.epoch));
        }
        self.conversation.restate_ack();
        Ok(())
    }

    /// The visitor has pressed: keys of before this member came. They count only in an unbroken chain up to the one held.
    /// What lies between those held has lapsed, or was missed and is said again: it never counts here.
    fn open_history(&mut self, now_ms: u64, grant: &Grant, shifts: &[ShiftKeys]) {
        let oldest = self.conversation.granted().rows().first().map(|(number, _)| *number);
        let Ok((_, numbers)) = self.take_keys(grant, None, shifts) else { return };
        for number in numbers.into_iter().filter(|number| Some(*number) < oldest) {
            self.open_earlier(now_ms, number, false);
        }
    }

    fn open_earlier(&mut self, now_ms: u64, number: u32, is_own_stay: bool) {
        let own = Holder { device: FORMER_DEVICE, cert: None, badge: None };
        self.has_history |= !is_own_stay;
        self.conversation.open_epoch(now_ms, number, if is_own_stay { vec![own] } else { Vec::new() });
    }

    /// In a copy: what is refused leaves no trace.
    fn take_keys(
        &mut self,
        grant: &Grant,
        newest: Option<u32>,
        shifts: &[ShiftKeys],
    ) -> Result<(DeviceId, Vec<u32>), GrantError> {
        let held = self.conversation.epochs_mut().ok_or(GrantError::Envelope)?;
        let mut epochs = held.clone();
        let (device, numbers) = open_envelopes(&mut epochs, grant, shifts)?;
        let oldest = numbers.iter().chain(&newest).min().copied();
        check_continuity(&epochs, oldest, grant.epoch)?;
        *held = epochs;
        Ok((device, numbers))
    }

    /// Everybody to whom this grant seals its epoch, this device first.
    fn holders_of(&self, grant: &Grant, own: DeviceId) -> Vec<Holder> {
        let mut holders = vec![Holder { device: own, cert: None, badge: None }];
        for (epoch, device) in grant.envelopes.iter().filter_map(addressee) {
            if epoch == grant.epoch && holders.iter().all(|known| known.device != device) {
                let unknown = Holder { device, cert: None, badge: Some(Default::default()) };
                holders.push(self.conversation.other(device).cloned().unwrap_or(unknown));
            }
        }
        holders
    }

    fn note_change(&mut self, now_ms: u64, former: &[Holder], now: &[Holder], random: &mut dyn CryptoRng) {
        let is_in = |holder: &Holder, all: &[Holder]| all.iter().any(|one| one.device == holder.device);
        let left = former
            .iter()
            .skip(1)
            .filter(|holder| !is_in(holder, now))
            .map(|holder| (Content::Left as fn(_) -> _, holder));
        let come = now
            .iter()
            .skip(1)
            .filter(|holder| !is_in(holder, former))
            .map(|holder| (Content::Joined as fn(_) -> _, holder));
        for (content, holder) in left.chain(come) {
            let mut id = MessageId::default();
            random.fill_bytes(&mut id.0);
            self.conversation.notice(id, content(holder.badge.clone().unwrap_or_default()), now_ms);
        }
    }

    /// Refused. A conversation that has a key goes on with it.
    fn on_discontinuity(&mut self, now_ms: u64) {
        self.pending = None;
        if self.opened.is_empty() {
            self.close(now_ms, Stage::Broken);
        }
    }
}

/// A device that was in the conversation follows the chain from its newest epoch to this one, link by link, and epochs of
/// before count only where they lead up to it: anybody can seal to a public key, only the visitor's client can continue the
/// chain.
fn check_continuity(epochs: &Epochs, oldest: Option<u32>, epoch: u32) -> Result<(), GrantError> {
    let Some(oldest) = oldest else { return Ok(()) };
    let is_linked = (oldest..=epoch).all(|number| epochs.get(number).is_some());
    is_linked.then_some(()).ok_or(GrantError::Continuity)
}

/// Opens all that are for one of this member's devices; the one of the grant's epoch must be among them. Answers the
/// device and the numbers of the epochs.
fn open_envelopes(
    epochs: &mut Epochs,
    grant: &Grant,
    shifts: &[ShiftKeys],
) -> Result<(DeviceId, Vec<u32>), GrantError> {
    for keys in shifts.iter().rev() {
        let mut numbers = Vec::new();
        for envelope in &grant.envelopes {
            match open_envelope(envelope, keys, epochs) {
                Ok(number) => numbers.push(number),
                Err(GrantError::Continuity) => return Err(GrantError::Continuity),
                Err(GrantError::Envelope | GrantError::Suite) => {}
            }
        }
        if numbers.contains(&grant.epoch) {
            return Ok((keys.device(), numbers));
        }
    }
    Err(GrantError::Envelope)
}
