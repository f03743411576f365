//! Coming back: after a lost connection with everything in memory, after a page change with the deposit.

use amparo_protocol::id::{Hash, Pass};
use amparo_protocol::limits::PROTOCOL_VERSION;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, Hello, PeerState, Resume, ResumedState, Span, TicketFor};

use crate::conversation::held::refills;
use crate::visitor::{Link, Stage, Visitor};

impl Visitor {
    /// A ticket comes first, then the deposit, then a pass. After the end nothing is asked for any more.
    pub(super) fn hello(&self, pass: Option<Pass>) -> Option<Hello> {
        let (version, language) = (PROTOCOL_VERSION, self.language);
        if self.ongoing.is_some() && !matches!(self.stage, Stage::Distrusted(_)) {
            return self.resume().map(|resume| Hello::Resume { version, resume, language });
        }
        match self.stage {
            Stage::Continuing { .. } => {
                self.host_half.as_ref().map(|half| Hello::Continue { version, handle: half.handle() })
            }
            Stage::Open | Stage::NothingToContinue => {
                pass.map(|pass| Hello::Visitor { version, site: self.site, pass, language })
            }
            Stage::Ended { .. } | Stage::Distrusted(_) => None,
        }
    }

    /// Both halves are here: the state of before the page change.
    pub(super) fn on_deposited(&mut self, relay_half: &Hash, sealed: &Sealed) {
        if !self.is_continuing() || self.ongoing.is_some() {
            return;
        }
        let opened = self.host_half.as_ref().and_then(|half| half.open_deposit(relay_half, sealed).ok());
        match opened.and_then(|state| self.restore(&state)) {
            Some(()) => {
                self.view.unsent_was_lost = true;
                self.out.extend(self.hello(None).map(ClientMsg::Hello));
            }
            None => self.stage = Stage::NothingToContinue,
        }
    }

    pub(super) fn is_continuing(&self) -> bool {
        matches!(self.stage, Stage::Continuing { .. })
    }

    /// Not before the resume: what the relay holds by then was written before, and stays hidden.
    pub(super) fn continue_if_pressed(&mut self) {
        let is_resumed = self.ongoing.is_some() && self.link == Link::Attached;
        if is_resumed && self.stage == (Stage::Continuing { pressed: true }) {
            self.stage = Stage::Open;
            self.conversation.show_from_now();
        }
    }

    pub(super) fn on_resumed(&mut self, now_ms: u64, state: ResumedState, held: &[Span], ticket: Option<TicketFor>) {
        self.link = Link::Attached;
        if matches!(self.stage, Stage::Ended { .. }) {
            return self.tell_end();
        }
        self.conversation.note_earlier(held);
        self.continue_if_pressed();
        self.conversation.hear_numbers(&[], held);
        self.settle(now_ms, state);
        if let Some(ticket) = ticket {
            self.on_ticket(ticket);
        }
        self.leave_end_token();
        self.leave_deposit();
        self.tell_danger();
        self.repeat_grant();
        self.conversation.restate_ack();
        if let Some(conversation) = self.ongoing.as_ref().map(|ongoing| ongoing.id) {
            self.out.extend(refills(conversation, self.conversation.newest_beyond(held)));
        }
        self.send_due(now_ms);
    }

    /// Back in the queue is believed: it only makes what is typed wait. Anything else changes no membership.
    fn settle(&mut self, now_ms: u64, state: ResumedState) {
        let Some(ongoing) = &mut self.ongoing else { return };
        // The relay says next who is to come.
        ongoing.next = None;
        match state {
            ResumedState::Waiting { position } if !ongoing.members.is_empty() => {
                self.back_in_queue(now_ms, position, None)
            }
            ResumedState::Waiting { position } => {
                ongoing.position = position;
                ongoing.pending = None;
            }
            ResumedState::Claiming { .. } => {}
            ResumedState::Talking { peer_here, .. } => {
                self.view.peer = if peer_here { PeerState::Here } else { PeerState::Away { for_secs: 0 } };
            }
        }
    }

    fn resume(&self) -> Option<Resume> {
        let ongoing = self.ongoing.as_ref()?;
        let pending = ongoing.pending.as_ref().and_then(|pending| pending.ticket.clone());
        Some(Resume { ticket: ongoing.ticket.clone(), pending, have: self.conversation.have() })
    }
}
