//! How a counselor's device comes into a conversation: a claim, the visitor's grant, the proof that it was opened.

use amparo_protocol::id::{ClaimId, DeviceId, Ticket};
use amparo_protocol::wire::{ClientMsg, Grant, JoinReason, PeerState};

use crate::conversation::{FORMER_DEVICE, Holder};
use crate::counselor::attending::{Attending, Means, Stage};
use crate::crypto::epoch::Epochs;
use crate::crypto::grant::{GrantError, open_envelope};
use crate::crypto::shift::ShiftKeys;

/// One attempt to come in, as the relay named it.
pub struct Claim {
    pub claim: ClaimId,
    pub reason: JoinReason,
    pub ticket: Ticket,
}

/// A claim whose key was opened here.
pub struct Opened {
    pub claim: Claim,
    pub epoch: u32,
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

    /// Opens the key of the pending claim. A grant that came before is answered again: its proof may have been lost.
    pub fn on_grant(&mut self, now_ms: u64, grant: &Grant, means: &mut Means<'_>) {
        let is_opened = self.opened.last().is_some_and(|opened| opened.claim.claim == grant.claim);
        if !is_opened {
            let is_pending = self.pending.as_ref().is_some_and(|pending| pending.claim == grant.claim);
            match is_pending.then(|| self.open_grant(now_ms, grant, means.shifts)) {
                Some(Ok(())) => {}
                Some(Err(GrantError::Continuity)) => return self.on_discontinuity(now_ms),
                Some(Err(GrantError::Envelope | GrantError::Suite)) | None => return,
            }
        }
        self.prove_opened(grant.claim, means);
        self.send_due(now_ms, means);
    }

    /// Back to the former key, if this device holds one of this conversation; else the claim is over.
    pub fn on_claim_lapsed(&mut self, now_ms: u64, claim: ClaimId) {
        if self.pending.as_ref().is_some_and(|pending| pending.claim == claim) {
            self.pending = None;
        } else if self.opened.last().is_some_and(|opened| opened.claim.claim == claim) {
            self.opened.pop().inspect(|lapsed| self.conversation.forget_epoch(lapsed.epoch));
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
        let held = self.conversation.epochs_mut().ok_or(GrantError::Envelope)?;
        // In a copy: what is refused leaves no trace.
        let mut epochs = held.clone();
        let (device, numbers) = open_envelopes(&mut epochs, grant, shifts)?;
        check_continuity(&epochs, newest, grant.epoch)?;
        *held = epochs;
        for number in numbers.into_iter().filter(|number| *number < grant.epoch) {
            if !self.conversation.granted().contains(&number) {
                self.conversation.open_epoch(now_ms, number, Holder { device: FORMER_DEVICE, badge: None });
            }
        }
        self.conversation.open_epoch(now_ms, grant.epoch, Holder { device, badge: None });
        let claim = self.pending.take().ok_or(GrantError::Envelope)?;
        self.opened.push(Opened { claim, epoch: grant.epoch });
        self.peer = PeerState::Here;
        Ok(())
    }

    /// Refused. A conversation that has a key goes on with it.
    fn on_discontinuity(&mut self, now_ms: u64) {
        self.pending = None;
        if self.opened.is_empty() {
            self.close(now_ms, Stage::Broken);
        }
    }
}

/// A device that was in the conversation follows the chain from its newest epoch to this one, link by link: anybody can
/// seal to a public key, only the visitor's client can continue the chain.
fn check_continuity(epochs: &Epochs, newest: Option<u32>, epoch: u32) -> Result<(), GrantError> {
    let Some(newest) = newest else { return Ok(()) };
    let is_linked = (newest..=epoch).all(|number| epochs.get(number).is_some());
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
