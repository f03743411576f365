//! The visitor's side of a conversation as a state machine: inputs in, messages out, a view to draw.
//!
//! Never: a socket, a timer, a screen. Nothing typed leaves it before a counselor's device has proved that it opened the
//! key made here; nothing the relay says can change that.

mod beats;
mod deposit;
mod flow;
mod membership;
mod resume;

use amparo_protocol::id::{ConversationId, EndToken, Hash, MessageId, OrgKey, Pass, SiteKey, Ticket};
use amparo_protocol::language::Language;
use amparo_protocol::limits::KEEP_AFTER_END_SECS;
use amparo_protocol::wire::{ClientMsg, EndReason, Grant, LineState, Newcomer, PeerState, RefuseReason, ServerMsg};

use crate::Random;
use crate::conversation::{Conversation, Side, wipe};
use crate::crypto::deposit::HostHalf;
use crate::crypto::primitives::random_bytes;
use crate::crypto::seal::Author;
use crate::view::{Connection, Phase, VisitorView};
use crate::visitor::beats::Beats;
use crate::visitor::membership::{Membership, Pending};

/// What the tag and the loader give.
pub struct VisitorConfig {
    pub site: SiteKey,
    /// Of the screen.
    pub language: Language,
    /// `data-org-key`; without it the key in `Welcome` is believed and the view says so.
    pub org_key: Option<OrgKey>,
    /// `data-roster-min`.
    pub roster_min: u64,
    /// The host half; `None` with `data-resume="off"`.
    pub host_half: Option<Hash>,
    /// The loader found a host half that may be honoured: start with `Hello::Continue`.
    pub continuing: bool,
}

/// Call a method, send [`outbox`](Self::outbox), draw [`view`](Self::view).
pub struct Visitor {
    site: SiteKey,
    language: Language,
    /// The organisation's key: from the tag, or the first that `Welcome` named.
    org_key: Option<OrgKey>,
    /// The highest of `data-roster-min` and every roster seen.
    roster_floor: u64,
    host_half: Option<HostHalf>,
    /// Of the half, so that the next page has it too; without a half of this page alone. `None` once all is erased.
    end_token: Option<EndToken>,
    random: Random,
    stage: Stage,
    link: Link,
    /// Asked to enter, and not yet in the queue.
    is_entering: bool,
    /// The organisation's roster has expired: nobody could be trusted with a word, so the line is shut.
    is_shut: bool,
    ongoing: Option<Ongoing>,
    conversation: Conversation,
    beats: Beats,
    typing_until_ms: u64,
    out: Vec<ClientMsg>,
    view: VisitorView,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Not ended and not refused; [`Ongoing`] says how far it is.
    Open,
    /// A page change: the deposit is asked for, or restored. Goes on when it is resumed and "Continue" was pressed.
    Continuing {
        pressed: bool,
    },
    NothingToContinue,
    /// `told`: the relay knows.
    Ended {
        reason: EndReason,
        clear_at_ms: u64,
        told: bool,
    },
    Distrusted(RefuseReason),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    Closed,
    /// `Hello` is sent; nothing else may be yet.
    Greeting,
    /// Welcomed, and where there is a conversation, resumed.
    Attached,
}

/// The conversation as the relay knows it.
struct Ongoing {
    id: ConversationId,
    /// Of the membership that counts, or of the place in the queue.
    ticket: Ticket,
    position: u32,
    still_there_until_ms: Option<u64>,
    /// Whoever holds the key in which she writes now; none while nobody does.
    members: Vec<Membership>,
    /// Of that key.
    grant: Option<Grant>,
    pending: Option<Pending>,
    /// Announced while the proof of whoever is being brought in is still on its way.
    next: Option<Newcomer>,
}

impl Ongoing {
    fn waiting(id: ConversationId, position: u32, ticket: Ticket) -> Self {
        let (still_there_until_ms, members, grant, pending, next) = (None, Vec::new(), None, None, None);
        Self { id, ticket, position, still_there_until_ms, members, grant, pending, next }
    }
}

impl Visitor {
    pub fn new(config: VisitorConfig, mut random: Random) -> Self {
        let host_half = config.host_half.map(HostHalf::new);
        let end_token = host_half.as_ref().map_or_else(|| EndToken(random_bytes(&mut *random)), HostHalf::end_token);
        let stage =
            if config.continuing && host_half.is_some() { Stage::Continuing { pressed: false } } else { Stage::Open };
        let phase = if stage == Stage::Open { Phase::Before } else { Phase::Continuing };
        let view = VisitorView::new(phase, config.org_key.is_none());
        Self {
            site: config.site,
            language: config.language,
            org_key: config.org_key,
            roster_floor: config.roster_min,
            host_half,
            end_token: Some(end_token),
            random,
            stage,
            link: Link::Closed,
            is_entering: false,
            is_shut: false,
            ongoing: None,
            conversation: Conversation::new(Side::Visitor),
            beats: Beats::default(),
            typing_until_ms: 0,
            out: Vec::new(),
            view,
        }
    }

    pub fn view(&self) -> &VisitorView {
        &self.view
    }

    /// Messages to send now, in order. Empty while not connected.
    pub fn outbox(&mut self) -> Vec<ClientMsg> {
        self.acknowledge();
        core::mem::take(&mut self.out)
    }

    /// The transport is open; `pass` is fresh (needed for a first connection only). The first outbox is the `Hello`.
    pub fn on_open(&mut self, now_ms: u64, pass: Option<Pass>) {
        self.out.clear();
        self.link = Link::Greeting;
        self.beats = Beats::begin(now_ms);
        self.view.connection = Connection::Connecting;
        self.out.extend(self.hello(pass).map(ClientMsg::Hello));
        self.draw(now_ms);
    }

    /// Whether the next `on_open` needs a pass from the loader.
    pub fn needs_pass(&self) -> bool {
        self.ongoing.is_none() && self.may_begin()
    }

    pub fn on_msg(&mut self, now_ms: u64, msg: ServerMsg) {
        self.take(now_ms, msg);
        self.draw(now_ms);
    }

    pub fn on_closed(&mut self, now_ms: u64) {
        self.out.clear();
        self.link = Link::Closed;
        self.typing_until_ms = 0;
        if !matches!(self.view.connection, Connection::Refused(_)) {
            self.view.connection = Connection::Lost;
        }
        self.draw(now_ms);
    }

    /// Call about once a second: not-sent states, gap timer, clear after the end.
    pub fn on_tick(&mut self, now_ms: u64) {
        self.conversation.on_tick(now_ms, self.link == Link::Attached);
        if let Some(ongoing) = &mut self.ongoing {
            ongoing.still_there_until_ms = ongoing.still_there_until_ms.filter(|until_ms| *until_ms > now_ms);
        }
        if matches!(self.stage, Stage::Ended { clear_at_ms, .. } if clear_at_ms <= now_ms) {
            self.conversation.erase();
        }
        self.draw(now_ms);
    }

    /// Whether the word "available" may be shown now (design D8).
    pub fn may_show_available(&self, now_ms: u64) -> bool {
        self.view.connection == Connection::Open
            && self.view.line().is_some_and(|line| line.state == LineState::Available)
            && self.beats.are_fresh(now_ms)
    }

    /// The screen speaks another language now. A place in the queue keeps the one in which it was asked for.
    pub fn speak(&mut self, language: Language) {
        self.language = language;
        self.push(ClientMsg::Speak { language });
    }

    pub fn enter(&mut self, now_ms: u64) {
        if self.ongoing.is_some() || !self.may_begin() {
            return;
        }
        self.stage = Stage::Open;
        self.is_entering = true;
        self.push(ClientMsg::Enter { language: self.language });
        self.draw(now_ms);
    }

    pub fn still_here(&mut self, now_ms: u64) {
        let Some(ongoing) = &mut self.ongoing else { return };
        ongoing.still_there_until_ms = None;
        self.push(ClientMsg::StillHere);
        self.draw(now_ms);
    }

    /// Stays until the relay has it: pressed before there is a place, or while the line is down, it is told then.
    pub fn in_danger(&mut self) {
        self.view.in_danger = true;
        self.tell_danger();
    }

    /// Splits what is too long, shows it at once, sends it when somebody can read it. Empty text is ignored.
    pub fn say(&mut self, now_ms: u64, text: &str) {
        if !self.may_begin() {
            return;
        }
        self.conversation.say(now_ms, text, &mut *self.random);
        self.view.idle_warning = false;
        self.send_due(now_ms);
        self.draw(now_ms);
    }

    pub fn send_again(&mut self, now_ms: u64, message: MessageId) {
        if self.link == Link::Attached {
            let sealed = self.conversation.send_again(now_ms, message, Author::Visitor);
            self.send(sealed);
        }
        self.draw(now_ms);
    }

    pub fn ask_another(&mut self) {
        if self.view.peer == PeerState::MayAskAnother {
            self.push(ClientMsg::AskAnother);
        }
    }

    /// What was written so far may be read by whoever has come, or comes, to answer. Never without this press.
    pub fn share_history(&mut self, now_ms: u64) {
        self.share_history_now();
        self.draw(now_ms);
    }

    /// The second press after a page change: the earlier text may be shown.
    pub fn show_earlier(&mut self) {
        self.conversation.show_earlier();
        self.draw_messages();
    }

    /// The first press after a page change; remembered until the conversation is resumed.
    pub fn continue_here(&mut self, now_ms: u64) {
        if let Stage::Continuing { pressed } = &mut self.stage {
            *pressed = true;
            self.continue_if_pressed();
            self.draw(now_ms);
        }
    }

    /// The visitor ends. Told to the relay now or at the next resume.
    pub fn end(&mut self, now_ms: u64) {
        if matches!(self.stage, Stage::Ended { .. }) {
            return;
        }
        self.finish(now_ms, EndReason::Visitor, false);
        self.tell_end();
        self.draw(now_ms);
    }

    /// Erases all text and keys now (exit, Clear, closing). A conversation that was open ends by it.
    pub fn erase(&mut self) {
        if !matches!(self.stage, Stage::Ended { .. }) {
            self.finish(0, EndReason::Visitor, false);
            self.tell_end();
        }
        self.conversation.erase();
        self.host_half = None;
        self.end_token = None;
        self.draw(0);
    }

    /// `pagehide` without exit.
    pub fn leaving(&mut self) {
        if self.ongoing.is_some() {
            self.push(ClientMsg::Leaving);
        }
    }

    /// The end token for the loader's beacon.
    pub fn end_token(&self) -> Option<EndToken> {
        self.end_token
    }

    fn finish(&mut self, now_ms: u64, reason: EndReason, told: bool) {
        let clear_at_ms = now_ms + KEEP_AFTER_END_SECS * 1000;
        self.stage = Stage::Ended { reason, clear_at_ms, told };
        self.is_entering = false;
        self.conversation.forget_keys();
        match &mut self.ongoing {
            Some(ongoing) if !told => {
                ongoing.members.clear();
                ongoing.grant = None;
                ongoing.pending = None;
                ongoing.next = None;
            }
            _ => self.ongoing = None,
        }
    }

    /// Repeated after every resume until the relay confirms it.
    fn tell_end(&mut self) {
        if let (Stage::Ended { reason, told: false, .. }, Some(ongoing)) = (self.stage, &self.ongoing) {
            let conversation = ongoing.id;
            self.push(ClientMsg::End { conversation, reason });
        }
    }

    fn may_begin(&self) -> bool {
        matches!(self.stage, Stage::Open | Stage::NothingToContinue)
    }

    /// Sends now if the relay listens; what matters is repeated after the next resume.
    /// The relay takes it as often as it comes.
    fn tell_danger(&mut self) {
        if self.view.in_danger && self.ongoing.is_some() {
            self.push(ClientMsg::InDanger);
        }
    }

    fn push(&mut self, msg: ClientMsg) {
        if self.link == Link::Attached {
            self.out.push(msg);
        }
    }

    fn draw(&mut self, now_ms: u64) {
        let has_ended = matches!(self.stage, Stage::Ended { .. } | Stage::Distrusted(_));
        self.conversation.refresh_states(now_ms, has_ended);
        self.view.phase = self.phase();
        self.view.typing = self.typing_until_ms > now_ms;
        let members = self.ongoing.iter().flat_map(|ongoing| &ongoing.members);
        self.view.readers = members.map(|member| member.badge.clone()).collect();
        self.view.coming = self.coming();
        self.view.may_share_with = self.may_share_with().map(|member| member.badge.clone());
        self.draw_messages();
    }

    fn draw_messages(&mut self) {
        if !self.conversation.take_changed() {
            return;
        }
        self.view.messages.iter_mut().for_each(wipe);
        self.view.messages = match self.stage {
            Stage::Continuing { .. } => Vec::new(),
            _ => self.conversation.messages(),
        };
    }

    fn phase(&self) -> Phase {
        match self.stage {
            Stage::Continuing { .. } => return Phase::Continuing,
            Stage::NothingToContinue => return Phase::NothingToContinue,
            Stage::Ended { reason, clear_at_ms, .. } => return Phase::Ended { reason, clear_at_ms },
            Stage::Distrusted(reason) => return Phase::Distrusted(reason),
            Stage::Open => {}
        }
        match &self.ongoing {
            None => Phase::Before,
            Some(Ongoing { members, .. }) if !members.is_empty() => Phase::Talking,
            Some(Ongoing { pending: Some(pending), .. }) => Phase::Claiming { claim: pending.by },
            Some(Ongoing { position, still_there_until_ms, .. }) => {
                Phase::Waiting { position: *position, still_there_until_ms: *still_there_until_ms }
            }
        }
    }
}
