//! One conversation on a counselor's desk.

use amparo_protocol::id::{ConversationId, MessageId, Ticket};
use amparo_protocol::language::Language;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, EndReason, Have, PeerState, Release, Resume, Span, TicketFor};
use rand_core::CryptoRng;

use crate::conversation::held::refills;
use crate::conversation::{Conversation, Side, wipe};
use crate::counselor::claim::{Claim, Opened};
use crate::crypto::primitives::OrgId;
use crate::crypto::seal::Author;
use crate::crypto::shift::ShiftKeys;
use crate::view::{ConversationState, ShownBadge, ShownConversation, Transfer};

/// How long an end waits for what is not delivered.
const END_WAIT_SECS: u64 = 10 * 60;
const TYPING_EVERY_MS: u64 = 5_000;

/// What a step may use and where it puts what is to be sent.
pub struct Means<'a> {
    pub shifts: &'a [ShiftKeys],
    pub random: &'a mut dyn CryptoRng,
    pub out: &'a mut Vec<ClientMsg>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Open,
    Ending { reason: EndReason, until_ms: u64 },
    Ended(EndReason),
    Lapsed,
    Released(Release),
    Broken,
}

pub struct Attending {
    pub id: ConversationId,
    pub conversation: Conversation,
    pub idle_warning: bool,
    pub(super) peer: PeerState,
    /// The relay knows on this connection that this device is in the conversation.
    pub(super) is_attached: bool,
    pub(super) has_rejoined: bool,
    pub(super) pending: Option<Claim>,
    /// The newest is the last; former ones of this device are returned to when it lapses.
    pub(super) opened: Vec<Opened>,
    /// The colleague who was introduced last is the one who answers.
    pub(super) is_second: bool,
    pub(super) has_history: bool,
    pub(super) transfer: Transfer,
    /// A supervisor is called: how many are rung, once the relay has said it.
    pub(super) call: Option<Option<u32>>,
    language: Language,
    stage: Stage,
    typed_at_ms: u64,
}

impl Attending {
    pub fn new(org: OrgId, id: ConversationId, language: Language, claim: Claim) -> Self {
        let mut conversation = Conversation::new(Side::Counselor);
        conversation.begin(org, id);
        let mut attending = Self {
            id,
            conversation,
            idle_warning: false,
            peer: PeerState::Here,
            is_attached: true,
            has_rejoined: false,
            pending: None,
            opened: Vec::new(),
            is_second: false,
            has_history: false,
            transfer: Transfer::None,
            call: None,
            language,
            stage: Stage::Open,
            typed_at_ms: 0,
        };
        attending.on_claimed(claim);
        attending
    }

    /// Nothing can be said any more.
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Ended(_) | Stage::Lapsed | Stage::Released(_) | Stage::Broken)
    }

    pub fn resume(&self) -> Option<Resume> {
        let ticket = self.ticket().filter(|_| !self.is_over())?.clone();
        Some(Resume { ticket, pending: None, have: self.conversation.have() })
    }

    pub fn on_closed(&mut self) {
        self.is_attached = false;
        if !matches!(self.transfer, Transfer::Gone(_)) {
            self.transfer = Transfer::None;
        }
    }

    pub fn on_tick(&mut self, now_ms: u64) {
        self.conversation.on_tick(now_ms, self.is_attached);
    }

    pub fn say(&mut self, now_ms: u64, text: &str, means: &mut Means<'_>) {
        if self.stage == Stage::Open {
            self.idle_warning = false;
            self.conversation.say(now_ms, text, means.random);
            self.send_due(now_ms, means);
        }
    }

    pub fn send_again(&mut self, now_ms: u64, message: MessageId, means: &mut Means<'_>) {
        if let Some(author) = self.author(means.shifts) {
            let sealed = self.conversation.send_again(now_ms, message, author);
            self.send(sealed, means);
        }
    }

    pub fn typing(&mut self, now_ms: u64, means: &mut Means<'_>) {
        let is_due = now_ms.saturating_sub(self.typed_at_ms) >= TYPING_EVERY_MS;
        if self.is_attached && is_due && !self.opened.is_empty() {
            self.typed_at_ms = now_ms;
            means.out.push(ClientMsg::Typing { conversation: self.id });
        }
    }

    /// Seals and sends what the visitor's browser has not acknowledged in this epoch, if there is a key.
    pub fn send_due(&mut self, now_ms: u64, means: &mut Means<'_>) {
        if let Some(author) = self.author(means.shifts) {
            let sealed = self.conversation.seal_due(now_ms, author);
            self.send(sealed, means);
        }
    }

    pub fn acknowledge(&mut self, means: &mut Means<'_>) {
        let Some(author) = self.author(means.shifts).filter(|_| self.is_attached) else { return };
        if let Some(ack) = self.conversation.due_ack(author, means.random) {
            means.out.push(ClientMsg::Ack { conversation: self.id, ack });
        }
    }

    pub fn on_deliver(&mut self, now_ms: u64, message: Sealed) {
        if self.conversation.take_in(now_ms, message) {
            self.idle_warning = false;
        }
    }

    pub fn on_resumed(&mut self, now_ms: u64, held: &[Span], ticket: Ticket, means: &mut Means<'_>) {
        self.is_attached = true;
        match self.opened.last_mut() {
            Some(opened) => opened.claim.ticket = ticket,
            None => self.pending.iter_mut().for_each(|pending| pending.ticket = ticket.clone()),
        }
        self.conversation.restate_ack();
        means.out.extend(refills(self.id, self.conversation.newest_beyond(held)));
        self.call_again(means);
        self.send_due(now_ms, means);
    }

    pub fn on_want(&mut self, have: &[Have], held: &[Span], means: &mut Means<'_>) {
        self.conversation.restate_ack();
        means.out.extend(refills(self.id, self.conversation.beyond(have, held)));
    }

    pub fn on_peer(&mut self, state: PeerState) {
        self.peer = state;
        if state == PeerState::Here {
            self.conversation.restate_ack();
        }
    }

    /// A ticket replaces only the one of the same membership.
    pub fn on_ticket(&mut self, TicketFor { ticket, membership }: TicketFor) {
        let opened = self.opened.iter_mut().map(|opened| &mut opened.claim);
        if let Some(claim) = opened.chain(&mut self.pending).find(|claim| Some(claim.claim) == membership) {
            claim.ticket = ticket;
        }
    }

    /// What the visitor ended goes from this screen too: hers says so (requirement 53).
    pub fn on_ended(&mut self, now_ms: u64, reason: EndReason) {
        self.close(now_ms, Stage::Ended(reason));
        if reason == EndReason::Visitor {
            self.conversation.erase();
        }
    }

    pub fn press_end(&mut self, now_ms: u64, reason: EndReason) {
        let waits = reason != EndReason::Abuse && !self.opened.is_empty();
        let until_ms = if waits { now_ms + END_WAIT_SECS * 1000 } else { now_ms };
        self.stage = Stage::Ending { reason, until_ms };
    }

    /// The end that was pressed, once nothing is waited for any more: the reason, and the ticket that proves it later. A
    /// claim that was never opened has nothing to prove: the visitor is not this counselor's to send away.
    pub fn end_if_due(&mut self, now_ms: u64) -> Option<(Option<Ticket>, EndReason)> {
        let Stage::Ending { reason, until_ms } = self.stage else { return None };
        if until_ms > now_ms && !self.conversation.all_delivered() {
            return None;
        }
        let ticket = self.opened.last().map(|opened| opened.claim.ticket.clone());
        self.close(now_ms, Stage::Ended(reason));
        Some((ticket, reason))
    }

    pub fn erase(&mut self) {
        self.conversation.erase();
    }

    pub fn draw(&mut self, now_ms: u64, former: Option<ShownConversation>) -> ShownConversation {
        self.conversation.refresh_states(now_ms, self.is_over());
        let mut messages = former.map(|former| former.messages).unwrap_or_default();
        if self.conversation.take_changed() {
            messages.iter_mut().for_each(wipe);
            messages = self.conversation.messages();
        }
        ShownConversation {
            conversation: self.id,
            language: self.language,
            state: self.state(),
            messages,
            peer: self.peer,
            idle_warning: self.idle_warning,
            rejoined: self.has_rejoined,
            colleagues: self.colleagues(),
            is_beside: self.is_beside(),
            has_history: self.has_history,
            transfer: self.transfer.clone(),
            call: self.call,
        }
    }

    /// Keys and sealed bytes go; the text stays on the desk until it is cleared.
    pub(super) fn close(&mut self, now_ms: u64, stage: Stage) {
        self.stage = stage;
        self.conversation.refresh_states(now_ms, true);
        self.conversation.forget_keys();
        self.pending = None;
        self.opened.clear();
    }

    pub(super) fn author<'a>(&self, shifts: &'a [ShiftKeys]) -> Option<Author<'a>> {
        let device = self.conversation.holders().first()?.device;
        shifts.iter().find(|keys| keys.device() == device).map(|keys| Author::Counselor(keys))
    }

    fn send(&mut self, messages: Vec<Sealed>, means: &mut Means<'_>) {
        if self.is_attached {
            means.out.extend(messages.into_iter().map(|message| ClientMsg::Send { conversation: self.id, message }));
        }
    }

    fn colleagues(&self) -> Vec<ShownBadge> {
        let others = self.conversation.holders().iter().skip(1);
        others.map(|holder| holder.badge.clone().unwrap_or_default()).collect()
    }

    /// Came to help, and the colleague who answers still holds the key.
    fn is_beside(&self) -> bool {
        self.is_second && self.conversation.holders().len() > 1
    }

    fn ticket(&self) -> Option<&Ticket> {
        let claim = self.opened.last().map(|opened| &opened.claim).or(self.pending.as_ref())?;
        Some(&claim.ticket)
    }

    fn state(&self) -> ConversationState {
        match self.stage {
            Stage::Open if self.opened.is_empty() => ConversationState::WaitingForKey,
            Stage::Open => ConversationState::Talking,
            Stage::Ending { until_ms, .. } => ConversationState::Ending { until_ms },
            Stage::Ended(reason) => ConversationState::Ended(reason),
            Stage::Lapsed => ConversationState::Lapsed,
            Stage::Released(why) => ConversationState::Released(why),
            Stage::Broken => ConversationState::Broken,
        }
    }
}
