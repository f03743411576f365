//! What a visitor's client leaves sealed at the relay, so that the next page can go on: keys, ticket, who reads.
//!
//! Never: a word that was written. Without the host half nobody can open it.

use amparo_protocol::id::{ConversationId, OrgKey, Ticket};
use amparo_protocol::limits::DEPOSIT_MAX_BYTES;
use amparo_protocol::wire;
use amparo_protocol::wire::{ClientMsg, Grant, decode, encode};
use zeroize::{Zeroize, Zeroizing};

use crate::conversation::{Conversation, Holder};
use crate::crypto::deposit::end_token_hash;
use crate::crypto::epoch::{Epoch, EpochKey, Epochs};
use crate::crypto::primitives::OrgId;
use crate::table::Table;
use crate::visitor::membership::{Membership, Pending};
use crate::visitor::{Link, Ongoing, Visitor};

/// Of a grant with many earlier epochs only the newest go along: the device has them by then.
const ENVELOPES_MAX: usize = 16;
/// Left for nonce and tag.
const SEAL_BYTES: usize = 64;

wire! {
struct State {
    org_key: OrgKey,
    roster_floor: u64,
    conversation: ConversationId,
    ticket: Ticket,
    position: u32,
    members: Vec<Membership>,
    grant: Option<Grant>,
    pending: Option<Pending>,
    writing_in: Option<u32>,
    /// Newest last.
    epochs: Vec<EpochState>,
}

struct EpochState {
    number: u32,
    key: [u8; 32],
    chain: [u8; 32],
    /// Whom it was granted to; nobody for one that lapsed or is pending.
    holders: Vec<Holder>,
}
}

impl Visitor {
    /// Anew at each change of epoch, ticket or membership.
    pub(super) fn leave_deposit(&mut self) {
        let is_here = self.link == Link::Attached && self.is_open();
        let Some(half) = self.host_half.as_ref().filter(|_| is_here) else { return };
        if let Some(state) = self.state() {
            let deposit = half.seal_deposit(&state, &mut *self.random);
            self.push(ClientMsg::Deposit(deposit));
        }
    }

    /// Also where there is no half: an end that is pressed while the line is down shall reach the relay.
    pub(super) fn leave_end_token(&mut self) {
        if let Some(token) = &self.end_token {
            let hash = end_token_hash(token);
            self.push(ClientMsg::EndToken { hash });
        }
    }

    /// `None` when the state is not of a program that this one understands, or of another organisation.
    pub(super) fn restore(&mut self, state: &[u8]) -> Option<()> {
        let mut state: State = decode(state).ok()?;
        if self.org_key.is_some_and(|org_key| org_key != state.org_key) {
            return None;
        }
        restore_conversation(&mut self.conversation, &mut state)?;
        self.org_key = Some(state.org_key);
        self.roster_floor = state.roster_floor.max(self.roster_floor);
        self.ongoing = Some(Ongoing {
            id: state.conversation,
            ticket: state.ticket,
            position: state.position,
            still_there_until_ms: None,
            members: state.members,
            grant: state.grant,
            pending: state.pending,
            next: None,
        });
        Some(())
    }

    fn state(&self) -> Option<Zeroizing<Vec<u8>>> {
        let ongoing = self.ongoing.as_ref()?;
        let mut state = State {
            org_key: self.org_key?,
            roster_floor: self.roster_floor,
            conversation: ongoing.id,
            ticket: ongoing.ticket.clone(),
            position: ongoing.position,
            members: ongoing.members.clone(),
            grant: ongoing.grant.clone().map(shortened),
            pending: ongoing.pending.clone().map(|pending| Pending { grant: shortened(pending.grant), ..pending }),
            writing_in: self.conversation.writing_in(),
            epochs: epoch_states(&self.conversation),
        };
        let mut bytes = Zeroizing::new(encode(&state));
        // The oldest text is given up before the conversation is.
        while bytes.len() + SEAL_BYTES > DEPOSIT_MAX_BYTES && state.epochs.len() > 2 {
            state.epochs.remove(0).wipe();
            bytes = Zeroizing::new(encode(&state));
        }
        state.epochs.iter_mut().for_each(EpochState::wipe);
        Some(bytes)
    }
}

impl EpochState {
    fn wipe(&mut self) {
        self.key.zeroize();
        self.chain.zeroize();
    }
}

fn shortened(mut grant: Grant) -> Grant {
    let older = grant.envelopes.len().saturating_sub(ENVELOPES_MAX);
    grant.envelopes.drain(..older);
    grant
}

fn epoch_states(conversation: &Conversation) -> Vec<EpochState> {
    let state = |epoch: &Epoch| EpochState {
        number: epoch.number(),
        key: *epoch.key().as_bytes(),
        chain: *epoch.chain(),
        holders: conversation.granted().get(&epoch.number()).cloned().unwrap_or_default(),
    };
    conversation.epochs().map(|epochs| epochs.iter().map(state).collect()).unwrap_or_default()
}

fn restore_conversation(conversation: &mut Conversation, state: &mut State) -> Option<()> {
    let org = OrgId::of(&state.org_key);
    let mut epochs = Epochs::new(org, state.conversation);
    let mut granted = Table::default();
    for mut epoch in state.epochs.drain(..) {
        let key = EpochKey::from_bytes(epoch.key);
        epochs.insert(Epoch::restore(org, state.conversation, epoch.number, key, epoch.chain)).ok()?;
        epoch.wipe();
        let holders = core::mem::take(&mut epoch.holders);
        if !holders.is_empty() {
            granted.insert(epoch.number, holders);
        }
    }
    conversation.restore(epochs, granted, state.writing_in);
    Some(())
}
