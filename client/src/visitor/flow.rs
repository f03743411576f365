//! What the relay says to the visitor's client, one message at a time.

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{ConversationId, MessageId, Ticket};
use amparo_protocol::limits::{CLOCK_TOLERANCE_SECS, STILL_THERE_SECS};
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{
    ClientMsg, EndReason, LineState, Opening, PeerState, RefuseReason, ServerMsg, Spoken, TicketFor, Welcome,
};
use rand_core::Rng;

use crate::conversation::held::refills;
use crate::crypto::primitives::OrgId;
use crate::crypto::roster::{Roster, RosterError};
use crate::crypto::seal::Author;
use crate::view::{Connection, Content};
use crate::visitor::{Link, Ongoing, Stage, Visitor};

/// How long one sign that the counselor is writing lasts.
const TYPING_SHOWN_MS: u64 = 7_000;

impl Visitor {
    pub(super) fn take(&mut self, now_ms: u64, msg: ServerMsg) {
        match msg {
            ServerMsg::Beat { beat, freshest_age_secs, answered, answered_ms_ago } => {
                self.beats.hear(now_ms, beat, freshest_age_secs, answered, answered_ms_ago);
                self.out.push(ClientMsg::Pong { beat });
            }
            ServerMsg::Refused { code } => self.on_refused(now_ms, code),
            ServerMsg::Welcome(welcome) => self.on_welcome(now_ms, *welcome),
            ServerMsg::Line(opening) => self.on_line(opening),
            ServerMsg::Spoken(spoken) => self.on_spoken(*spoken),
            ServerMsg::Deposited { relay_half, sealed } => self.on_deposited(&relay_half, &sealed),
            ServerMsg::Waiting { conversation, position, ticket } => {
                self.on_waiting(now_ms, conversation, position, ticket);
            }
            ServerMsg::Ended { conversation, reason } if self.is_ongoing(conversation) => self.on_ended(now_ms, reason),
            ServerMsg::Resumed { conversation, state, held, ticket } if self.is_ongoing(conversation) => {
                self.on_resumed(now_ms, state, &held, ticket);
            }
            other if self.is_open() => self.take_in_conversation(now_ms, other),
            _ => {}
        }
    }

    fn take_in_conversation(&mut self, now_ms: u64, msg: ServerMsg) {
        match msg {
            ServerMsg::StillThere => self.on_still_there(now_ms),
            ServerMsg::Newcomer(newcomer) if self.is_ongoing(newcomer.conversation) => {
                self.on_newcomer(now_ms, &newcomer)
            }
            ServerMsg::ClaimLapsed { conversation, claim } if self.is_ongoing(conversation) => {
                self.on_claim_lapsed(now_ms, claim)
            }
            ServerMsg::BackInQueue { conversation, position, ticket, why } if self.is_ongoing(conversation) => {
                self.view.back = Some(why);
                self.back_in_queue(now_ms, position, Some(ticket));
            }
            ServerMsg::Left { conversation, claim, ticket } if self.is_ongoing(conversation) => {
                self.on_left(now_ms, claim, ticket);
            }
            ServerMsg::Deliver { conversation, message } if self.is_ongoing(conversation) => {
                self.on_deliver(now_ms, message)
            }
            ServerMsg::Ack { conversation, ack } if self.is_ongoing(conversation) => self.on_ack(now_ms, &ack),
            ServerMsg::Want { conversation, have, held } if self.is_ongoing(conversation) => {
                self.conversation.hear_numbers(&have, &held);
                self.repeat_grant();
                self.conversation.restate_ack();
                self.out.extend(refills(conversation, self.conversation.beyond(&have, &held)));
            }
            ServerMsg::Peer { conversation, state } if self.is_ongoing(conversation) => self.on_peer(state),
            ServerMsg::Ticket { conversation, ticket } if self.is_ongoing(conversation) => self.on_ticket(ticket),
            ServerMsg::IdleWarning { conversation } if self.is_ongoing(conversation) => self.view.idle_warning = true,
            ServerMsg::Typing { conversation } if self.is_ongoing(conversation) => {
                self.typing_until_ms = now_ms + TYPING_SHOWN_MS;
            }
            _ => {}
        }
    }

    /// The acknowledgement that is due goes out with the next messages.
    pub(super) fn acknowledge(&mut self) {
        let Some(ongoing) = self.ongoing.as_ref().filter(|_| self.link == Link::Attached) else { return };
        let conversation = ongoing.id;
        if let Some(ack) = self.conversation.due_ack(Author::Visitor, &mut *self.random) {
            self.out.push(ClientMsg::Ack { conversation, ack });
        }
    }

    /// Seals and sends what no reader has yet, if there is a reader.
    pub(super) fn send_due(&mut self, now_ms: u64) {
        if self.link == Link::Attached || !self.conversation.awaits_numbers() {
            let sealed = self.conversation.seal_due(now_ms, Author::Visitor);
            self.send(sealed);
        }
    }

    pub(super) fn send(&mut self, messages: Vec<Sealed>) {
        let Some(conversation) = self.ongoing.as_ref().map(|ongoing| ongoing.id) else { return };
        for message in messages {
            self.push(ClientMsg::Send { conversation, message });
        }
    }

    pub(super) fn distrust(&mut self, reason: RefuseReason) {
        self.stage = Stage::Distrusted(reason);
        self.is_entering = false;
    }

    /// Nobody reads along any more: what is typed waits again.
    pub(super) fn back_in_queue(&mut self, now_ms: u64, position: u32, ticket: Option<Ticket>) {
        let Some(ongoing) = &mut self.ongoing else { return };
        ongoing.position = position;
        ongoing.pending = None;
        ongoing.next = None;
        ongoing.still_there_until_ms = None;
        if let Some(ticket) = ticket {
            ongoing.ticket = ticket;
        }
        self.conversation.stop_writing();
        self.view.peer = PeerState::Here;
        ongoing.grant = None;
        for left in core::mem::take(&mut ongoing.members) {
            self.notice(now_ms, Content::Left(left.badge));
        }
        self.leave_deposit();
    }

    pub(super) fn notice(&mut self, now_ms: u64, content: Content) {
        let mut id = MessageId::default();
        self.random.fill_bytes(&mut id.0);
        self.conversation.notice(id, content, now_ms);
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Open | Stage::Continuing { .. })
    }

    fn is_ongoing(&self, conversation: ConversationId) -> bool {
        self.ongoing.as_ref().is_some_and(|ongoing| ongoing.id == conversation)
    }

    fn on_refused(&mut self, now_ms: u64, code: ErrorCode) {
        match code {
            ErrorCode::Ended | ErrorCode::Ticket if self.ongoing.is_some() => self.on_ended(now_ms, EndReason::Missing),
            ErrorCode::NothingToContinue if self.is_continuing() => self.stage = Stage::NothingToContinue,
            ErrorCode::Full => self.on_line(Opening { state: LineState::Full, opens_unix_secs: None }),
            ErrorCode::Closed => self.on_line(Opening { state: LineState::Closed, opens_unix_secs: None }),
            ErrorCode::Restarting | ErrorCode::TooSlow | ErrorCode::Internal | ErrorCode::Pass => {}
            ErrorCode::TooManyAttempts => {}
            code => {
                self.view.connection = Connection::Refused(code);
                return;
            }
        }
        self.view.connection = Connection::Lost;
    }

    fn on_welcome(&mut self, now_ms: u64, welcome: Welcome) {
        let is_new = self.ongoing.is_none() && self.may_begin();
        if is_new && welcome.now_unix_secs.abs_diff(now_ms / 1000) > CLOCK_TOLERANCE_SECS {
            self.view.connection = Connection::Refused(ErrorCode::Clock);
            return;
        }
        self.view.connection = Connection::Open;
        self.check_roster(now_ms, &welcome);
        let opening = welcome.spoken.line;
        self.view.welcome = Some(welcome);
        self.on_line(opening);
        if is_new && self.may_begin() {
            self.link = Link::Attached;
            if self.is_entering {
                self.push(ClientMsg::Enter { language: self.language });
            }
        }
    }

    /// What was asked for in another language meanwhile is on its way.
    fn on_spoken(&mut self, spoken: Spoken) {
        let Some(welcome) = self.view.welcome.as_mut().filter(|_| spoken.language == self.language) else { return };
        let opening = spoken.line;
        welcome.spoken = spoken;
        self.on_line(opening);
    }

    /// Checked at once, so that a failure is told before waiting. A conversation that has its key goes on: each
    /// newcomer is checked anew.
    fn check_roster(&mut self, now_ms: u64, welcome: &Welcome) {
        let org_key = *self.org_key.get_or_insert(welcome.org_key);
        if welcome.roster.as_bytes().is_empty() {
            return;
        }
        match Roster::open_current(&welcome.roster, &org_key, self.roster_floor, now_ms / 1000) {
            Ok(roster) => {
                self.roster_floor = roster.seq().max(self.roster_floor);
                self.is_shut = false;
            }
            Err(RosterError::Expired) if self.ongoing.is_none() => self.is_shut = true,
            Err(_) if self.ongoing.as_ref().is_some_and(|ongoing| !ongoing.members.is_empty()) => {}
            Err(error) if self.is_open() => self.distrust(error.refuse_reason()),
            Err(_) => {}
        }
    }

    fn on_line(&mut self, opening: Opening) {
        let opening = if self.is_shut { Opening { state: LineState::Closed, opens_unix_secs: None } } else { opening };
        if let Some(welcome) = &mut self.view.welcome {
            welcome.spoken.line = opening;
        }
        if matches!(opening.state, LineState::Closed | LineState::Full) {
            self.is_entering = false;
        }
    }

    fn on_waiting(&mut self, now_ms: u64, conversation: ConversationId, position: u32, ticket: Ticket) {
        match &mut self.ongoing {
            Some(ongoing) if ongoing.id == conversation && ongoing.members.is_empty() => {
                ongoing.position = position;
                ongoing.ticket = ticket;
            }
            // "Back in the queue" was said while she was cut off.
            Some(ongoing) if ongoing.id == conversation => return self.back_in_queue(now_ms, position, Some(ticket)),
            Some(_) => return,
            None if !self.is_entering => return,
            None => {
                let Some(org_key) = &self.org_key else { return };
                self.conversation.begin(OrgId::of(org_key), conversation);
                self.ongoing = Some(Ongoing::waiting(conversation, position, ticket));
                self.is_entering = false;
                self.leave_end_token();
                self.tell_danger();
            }
        }
        self.leave_deposit();
    }

    fn on_still_there(&mut self, now_ms: u64) {
        if let Some(ongoing) = self.ongoing.as_mut().filter(|ongoing| ongoing.members.is_empty()) {
            ongoing.still_there_until_ms = Some(now_ms + STILL_THERE_SECS * 1000);
        }
    }

    fn on_deliver(&mut self, now_ms: u64, message: Sealed) {
        if self.conversation.take_in(now_ms, message) {
            self.typing_until_ms = 0;
            self.view.idle_warning = false;
        }
    }

    fn on_peer(&mut self, state: PeerState) {
        self.view.peer = state;
        if state == PeerState::Here {
            self.repeat_grant();
            self.conversation.restate_ack();
        }
    }

    /// A ticket replaces only the one of the same membership.
    pub(super) fn on_ticket(&mut self, TicketFor { ticket, membership }: TicketFor) {
        let Some(ongoing) = &mut self.ongoing else { return };
        let counts = match membership {
            Some(claim) => ongoing.members.iter().any(|member| member.claim == claim),
            None => ongoing.members.is_empty(),
        };
        let pending = ongoing.pending.as_mut().filter(|pending| Some(pending.by) == membership);
        match pending {
            _ if counts => ongoing.ticket = ticket,
            Some(pending) => pending.ticket = Some(ticket),
            None => return,
        }
        self.leave_deposit();
    }

    /// Confirms an end that was pressed here, or brings one.
    fn on_ended(&mut self, now_ms: u64, reason: EndReason) {
        match &mut self.stage {
            Stage::Ended { told, .. } => {
                *told = true;
                self.ongoing = None;
            }
            _ => {
                self.conversation.refresh_states(now_ms, true);
                self.finish(now_ms, reason, true);
            }
        }
    }
}
