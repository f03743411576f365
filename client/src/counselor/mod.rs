//! The counselor's side of all their conversations as a state machine: inputs in, messages out, a view to draw.
//!
//! Never: a socket, a timer, a screen, a key that outlives this value. Names of visitors do not exist.

mod attending;
mod claim;
mod flow;
mod together;

use std::collections::BTreeSet;

use amparo_protocol::id::{ClaimId, ConversationId, MessageId, Ticket};
use amparo_protocol::limits::{PROTOCOL_VERSION, TICKET_SECS};
use amparo_protocol::wire::{ClientMsg, EndReason, Hello, Presence, ServerMsg};

use crate::Random;
use crate::counselor::attending::{Attending, Means};
use crate::crypto::shift::ShiftKeys;
use crate::view::{Connection, CounselorView};

/// Call a method, send [`outbox`](Self::outbox), draw [`view`](Self::view).
pub struct Counselor {
    /// Newest last. Former ones stay while a conversation that was granted to them may be open.
    shifts: Vec<ShiftKeys>,
    random: Random,
    /// Greeted by the relay on this connection.
    is_ready: bool,
    /// What was pressed last; told again after a reconnect.
    wanted: Option<Presence>,
    attending: Vec<Attending>,
    /// Whose key was opened here once. None is opened again after it was dropped: this device has forgotten how far it had
    /// counted, and what bears a number twice is shown once.
    spent: BTreeSet<ClaimId>,
    /// Tickets of conversations ended here, so that a relay that forgot learns of it.
    ended: Vec<EndedTicket>,
    out: Vec<ClientMsg>,
    view: CounselorView,
}

struct EndedTicket {
    conversation: ConversationId,
    reason: EndReason,
    ticket: Ticket,
    at_ms: u64,
}

impl Counselor {
    pub fn new(shift: ShiftKeys, random: Random) -> Self {
        let view = CounselorView {
            connection: Connection::Connecting,
            presence: Presence::Break,
            offers: Vec::new(),
            last_offer_gone: None,
            conversations: Vec::new(),
            requests: Vec::new(),
            calls: Vec::new(),
            roster_changed: None,
        };
        Self {
            shifts: vec![shift],
            random,
            is_ready: false,
            wanted: None,
            attending: Vec::new(),
            spent: BTreeSet::new(),
            ended: Vec::new(),
            out: Vec::new(),
            view,
        }
    }

    /// After a roster change: fresh keys for new claims, while open conversations keep the keys they were granted to. The
    /// relay learns of them with the next `Hello`: close the connection and open it again.
    pub fn renew_shift(&mut self, shift: ShiftKeys) {
        if self.attending.iter().all(Attending::is_over) {
            self.shifts.clear();
        }
        self.shifts.push(shift);
        self.view.roster_changed = None;
    }

    pub fn view(&self) -> &CounselorView {
        &self.view
    }

    /// Messages to send now, in order. Empty while not connected.
    pub fn outbox(&mut self) -> Vec<ClientMsg> {
        if self.is_ready {
            let mut means = means(&self.shifts, &mut self.random, &mut self.out);
            self.attending.iter_mut().for_each(|attending| attending.acknowledge(&mut means));
        }
        core::mem::take(&mut self.out)
    }

    pub fn on_open(&mut self, now_ms: u64) {
        self.ended.retain(|ended| now_ms.saturating_sub(ended.at_ms) < TICKET_SECS * 1000);
        self.view.connection = Connection::Connecting;
        self.out.clear();
        self.out.extend(self.hello().map(ClientMsg::Hello));
        self.draw(now_ms);
    }

    pub fn on_msg(&mut self, now_ms: u64, msg: ServerMsg) {
        self.take(now_ms, msg);
        self.draw(now_ms);
    }

    pub fn on_closed(&mut self, now_ms: u64) {
        self.out.clear();
        self.is_ready = false;
        self.view.offers.clear();
        self.view.requests.clear();
        self.view.calls.clear();
        self.attending.iter_mut().for_each(Attending::on_closed);
        if !matches!(self.view.connection, Connection::Refused(_)) {
            self.view.connection = Connection::Lost;
        }
        self.draw(now_ms);
    }

    /// Call about once a second: not-sent states, gap timer, ends that wait for delivery.
    pub fn on_tick(&mut self, now_ms: u64) {
        self.view.offers.retain(|offer| offer.until_ms > now_ms);
        self.view.requests.retain(|request| request.until_ms > now_ms);
        self.attending.iter_mut().for_each(|attending| attending.on_tick(now_ms));
        self.end_what_is_due(now_ms);
        self.draw(now_ms);
    }

    pub fn set_presence(&mut self, presence: Presence) {
        self.wanted = Some(presence);
        self.view.presence = presence;
        self.push(ClientMsg::Presence(presence));
    }

    pub fn accept(&mut self, now_ms: u64, conversation: ConversationId) {
        if self.view.offers.iter().any(|offer| offer.conversation == conversation) {
            self.view.last_offer_gone = None;
            self.push(ClientMsg::Accept { conversation });
            self.draw(now_ms);
        }
    }

    pub fn say(&mut self, now_ms: u64, conversation: ConversationId, text: &str) {
        let mut means = means(&self.shifts, &mut self.random, &mut self.out);
        if let Some(attending) = open(&mut self.attending, conversation) {
            attending.say(now_ms, text, &mut means);
            self.draw(now_ms);
        }
    }

    pub fn send_again(&mut self, now_ms: u64, conversation: ConversationId, message: MessageId) {
        let mut means = means(&self.shifts, &mut self.random, &mut self.out);
        if let Some(attending) = open(&mut self.attending, conversation) {
            attending.send_again(now_ms, message, &mut means);
            self.draw(now_ms);
        }
    }

    /// At most one sign in five seconds goes out.
    pub fn typing(&mut self, now_ms: u64, conversation: ConversationId) {
        let mut means = means(&self.shifts, &mut self.random, &mut self.out);
        if let Some(attending) = open(&mut self.attending, conversation) {
            attending.typing(now_ms, &mut means);
        }
    }

    /// Ends when the visitor's browser has everything, at the latest after ten minutes; for abuse at once.
    pub fn end(&mut self, now_ms: u64, conversation: ConversationId, reason: EndReason) {
        if let Some(attending) = open(&mut self.attending, conversation) {
            attending.press_end(now_ms, reason);
            self.end_what_is_due(now_ms);
            self.draw(now_ms);
        }
    }

    /// Removes an ended conversation from the desk, with all its text and keys.
    pub fn clear(&mut self, conversation: ConversationId) {
        let is_cleared = |attending: &Attending| attending.id == conversation && attending.is_over();
        self.attending.iter_mut().filter(|attending| is_cleared(attending)).for_each(Attending::erase);
        self.attending.retain(|attending| !is_cleared(attending));
        self.draw(0);
    }

    /// Everything of every conversation goes: sign-out.
    pub fn erase(&mut self) {
        self.attending.iter_mut().for_each(Attending::erase);
        self.attending.clear();
        self.draw(0);
    }

    fn hello(&self) -> Option<Hello> {
        let shift = self.shifts.last()?.certificate.clone();
        let resumes = self.attending.iter().filter_map(Attending::resume).collect();
        let ended = self.ended.iter().map(|ended| ended.ticket.clone()).collect();
        Some(Hello::Counselor { version: PROTOCOL_VERSION, shift, resumes, ended })
    }

    fn end_what_is_due(&mut self, now_ms: u64) {
        for attending in &mut self.attending {
            let unopened = attending.pending.as_ref().map(|pending| pending.claim);
            if let Some((ticket, reason)) = attending.end_if_due(now_ms) {
                let conversation = attending.id;
                self.spent.extend(unopened);
                self.ended.extend(ticket.map(|ticket| EndedTicket { conversation, reason, ticket, at_ms: now_ms }));
                if self.is_ready {
                    self.out.push(ClientMsg::End { conversation, reason });
                }
            }
        }
    }

    fn push(&mut self, msg: ClientMsg) {
        if self.is_ready {
            self.out.push(msg);
        }
    }

    /// Lists that did not change are left as they are.
    fn draw(&mut self, now_ms: u64) {
        let mut former = core::mem::take(&mut self.view.conversations);
        for attending in &mut self.attending {
            let at = former.iter().position(|shown| shown.conversation == attending.id);
            let shown = at.map(|at| former.swap_remove(at));
            self.view.conversations.push(attending.draw(now_ms, shown));
        }
        former.iter_mut().flat_map(|gone| &mut gone.messages).for_each(crate::conversation::wipe);
    }
}

fn means<'a>(shifts: &'a [ShiftKeys], random: &'a mut Random, out: &'a mut Vec<ClientMsg>) -> Means<'a> {
    Means { shifts, random: &mut **random, out }
}

fn open(attending: &mut [Attending], conversation: ConversationId) -> Option<&mut Attending> {
    attending.iter_mut().find(|attending| attending.id == conversation && !attending.is_over())
}
