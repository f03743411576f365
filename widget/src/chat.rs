//! The one state of the widget: the visitor's state machine, the connection, the port to the loader, and what of them
//! the screens read. No view.

use std::cell::RefCell;
use std::ops::Deref;

use amparo_client::view::{Connection, Content, Phase, VisitorView};
use amparo_client::visitor::{Visitor, VisitorConfig};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{EndToken, MessageId, Pass};
use amparo_protocol::language::Language;
use amparo_protocol::limits::PASS_SECS;
use amparo_protocol::wire::{self, EndReason, LineState, Phone};
use amparo_ui::clock::{self, Interval};
use amparo_ui::live::Live;
use amparo_ui::random;
use amparo_ui::texts::Texts;
use amparo_ui::transport::socket::{Socket, SocketEvents};
use leptos::prelude::document;

use crate::port::{FromLoader, Port, Start, State, ToLoader};
use crate::shift::ShiftWatch;

/// The languages that the widget's own sentences exist in.
pub const TEXT_LANGUAGES: [Language; 2] = [Language::En, Language::Ar];

/// Where the visitor stands before the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Welcome,
    /// "Is it safe to talk now?"
    Safety,
    /// It may not be: advice first, the way to continue second.
    Unsafe,
    /// Asked to enter; the relay's answer is on its way.
    Entering,
}

/// What the screens read, and what a press on them does. There is one for as long as the document lives.
#[derive(Clone, Copy)]
pub struct Chat(&'static Shown);

/// What of the chat the screens follow.
pub struct Shown {
    pub view: Live<VisitorView>,
    pub step: Live<Step>,
    pub draft: Live<String>,
    pub language: Live<Language>,
    /// The word "available" may be shown.
    pub is_available: Live<bool>,
    /// After a page change, until the second press.
    pub hides_earlier: Live<bool>,
    /// She has marked "I am in danger now".
    pub is_marked: Live<bool>,
    /// The text of an ended conversation is gone.
    pub is_cleared: Live<bool>,
    /// The loader can get no pass, for good.
    pub no_pass: Live<Option<ErrorCode>>,
    /// What an on-screen keyboard leaves of the frame, in CSS pixels; none while nothing covers it.
    pub height: Live<Option<u32>>,
    pub start: Start,
    texts: Texts,
    inner: RefCell<Inner>,
}

impl Deref for Chat {
    type Target = Shown;

    fn deref(&self) -> &Shown {
        self.0
    }
}

struct Inner {
    visitor: Visitor,
    port: Port,
    socket: Option<Socket>,
    meeting: Meeting,
    told: Told,
    shift: ShiftWatch,
    is_shown: bool,
    _ticks: Option<Interval>,
}

impl Inner {
    /// `true` when there was something to say. A message that the connection does not take is brought again by the
    /// state machine's resume.
    fn flush(&mut self) -> bool {
        let messages = self.visitor.outbox();
        if let Some(socket) = &self.socket {
            for message in &messages {
                socket.send(&wire::encode(message));
            }
        }
        !messages.is_empty()
    }

    fn tell_loader(&mut self) {
        for message in self.told.news(self.visitor.view(), self.visitor.end_token(), self.is_shown) {
            self.port.post(&message);
        }
    }

    /// `true` when there is nothing to greet with.
    fn greet(&mut self, now_ms: u64) -> bool {
        let Some(pass) = self.meeting.greeting(self.visitor.needs_pass(), now_ms) else { return false };
        self.visitor.on_open(now_ms, pass);
        !self.flush()
    }
}

impl Chat {
    /// Connects at once: the visitor has opened the chat.
    pub fn open(start: Start, port: Port, texts: Texts) -> Self {
        let visitor = Visitor::new(config(&start), random::browser());
        let chat = Self(Box::leak(Box::new(Shown {
            view: Live::new(visitor.view().clone()),
            step: Live::new(Step::Welcome),
            draft: Live::new(String::new()),
            language: Live::new(start.language),
            is_available: Live::new(false),
            hides_earlier: Live::new(start.continuing && start.host_half.is_some()),
            is_marked: Live::new(false),
            is_cleared: Live::new(false),
            no_pass: Live::new(None),
            height: Live::new(None),
            texts,
            inner: RefCell::new(Inner {
                visitor,
                port: port.clone(),
                socket: None,
                meeting: Meeting::default(),
                told: Told::default(),
                shift: ShiftWatch::default(),
                is_shown: true,
                _ticks: None,
            }),
            start,
        })));
        port.listen(move |message| chat.on_loader(message));
        chat.connect();
        chat
    }

    pub fn enter(&self) {
        self.hides_earlier.set(false);
        self.step.set(Step::Entering);
        let language = self.language.get_untracked();
        self.act(&mut |visitor, now_ms| visitor.enter(now_ms, language));
    }

    pub fn still_here(&self) {
        self.act(&mut |visitor, now_ms| visitor.still_here(now_ms));
    }

    pub fn in_danger(&self) {
        self.is_marked.set(true);
        self.act(&mut |visitor, _| visitor.in_danger());
    }

    pub fn say(&self, text: &str) {
        self.act(&mut |visitor, now_ms| visitor.say(now_ms, text));
    }

    pub fn send_again(&self, message: MessageId) {
        self.act(&mut |visitor, now_ms| visitor.send_again(now_ms, message));
    }

    pub fn ask_another(&self) {
        self.act(&mut |visitor, _| visitor.ask_another());
    }

    pub fn continue_here(&self) {
        self.act(&mut |visitor, now_ms| visitor.continue_here(now_ms));
    }

    pub fn show_earlier(&self) {
        self.hides_earlier.set(false);
        self.act(&mut |visitor, _| visitor.show_earlier());
    }

    /// Nothing of what was said stays on the screen or in memory. Where the connection is lost just now, the end is
    /// told when it is back.
    pub fn end(&self) {
        self.act(&mut |visitor, now_ms| visitor.end(now_ms));
        self.clear();
    }

    /// Removes every word and key from this browser's memory; a conversation that was open ends by it.
    pub fn clear(&self) {
        self.draft.set(String::new());
        self.is_cleared.set(true);
        self.act(&mut |visitor, _| visitor.erase());
    }

    /// Routes by this language, and shows it where its sentences exist.
    pub fn choose_language(&self, language: Language) {
        self.language.set(language);
        if TEXT_LANGUAGES.contains(&language) {
            self.post(&ToLoader::WantTexts(language));
        }
    }

    /// Hides the panel; the loader takes the frame away when the conversation has ended.
    pub fn close_panel(&self) {
        self.post(&ToLoader::Close);
    }

    /// Leaves the page by the loader's exit.
    pub fn leave_page(&self) {
        self.post(&ToLoader::Exit);
    }

    pub fn on_key(&self, follow: impl FnOnce(&mut ShiftWatch) -> Option<ToLoader>) {
        let mut inner = self.inner.borrow_mut();
        follow(&mut inner.shift).into_iter().for_each(|message| inner.port.post(&message));
    }

    /// The number of the visitor's country: the relay's, until then the tag's.
    pub fn emergency(&self) -> Option<String> {
        let said = self.view.with(|view| view.welcome.as_ref().map(|welcome| welcome.emergency.clone()));
        said.or_else(|| self.start.emergency.clone())
    }

    /// Another number once the relay has said what the organisation offers.
    pub fn welcomes(&self) -> u32 {
        self.view.with(|view| u32::from(view.welcome.is_some()))
    }

    pub fn is_demonstration(&self) -> bool {
        self.view.with(|view| view.welcome.as_ref().is_some_and(|welcome| welcome.demo))
    }

    pub fn phones(&self) -> Vec<Phone> {
        let said = self.view.with(|view| view.welcome.as_ref().map(|welcome| welcome.phones.clone()));
        said.unwrap_or_else(|| {
            self.start.phone.clone().map(|number| Phone { number, note: String::new() }).into_iter().collect()
        })
    }

    fn connect(&self) {
        let chat = *self;
        let events = SocketEvents {
            on_open: Box::new(move || {
                chat.inner.borrow_mut().meeting.is_open = true;
                chat.greet();
            }),
            on_bytes: Box::new(move |bytes| {
                // What cannot be read came from no relay of this version; the relay closes on its own mistakes.
                if let Ok(message) = wire::decode(&bytes) {
                    let mut message = Some(message);
                    chat.act(&mut |visitor, now_ms| {
                        message.take().into_iter().for_each(|message| visitor.on_msg(now_ms, message));
                    });
                }
            }),
            on_closed: Box::new(move |_| {
                chat.inner.borrow_mut().meeting.on_closed();
                chat.act(&mut |visitor, now_ms| visitor.on_closed(now_ms));
                chat.want_pass();
            }),
        };
        let socket = Socket::open(self.start.socket_address(), events);
        let mut inner = self.inner.borrow_mut();
        inner.socket = Some(socket);
        inner._ticks = Some(Interval::new(1_000, move || chat.tick()));
        drop(inner);
        self.want_pass();
        self.publish();
    }

    fn hang_up(&self) {
        self.inner.borrow_mut().socket.take().into_iter().for_each(|socket| socket.close());
    }

    /// A greeting with a handle led to nothing: the next one is a stranger's.
    fn start_anew(&self) {
        let mut inner = self.inner.borrow_mut();
        inner.meeting.on_closed();
        inner.socket.iter().for_each(Socket::renew);
        drop(inner);
        self.want_pass();
    }

    fn want_pass(&self) {
        let now_ms = clock::now_ms();
        let inner = &mut *self.inner.borrow_mut();
        if inner.visitor.needs_pass() && inner.socket.is_some() && inner.meeting.wants_pass(now_ms) {
            inner.port.post(&ToLoader::WantPass);
        }
    }

    /// Says hello once the connection is open and, where one is needed, a pass is there.
    fn greet(&self) {
        // After an end that the relay knows of there is no hello, and so nothing to be connected for.
        if self.inner.borrow_mut().greet(clock::now_ms()) {
            self.hang_up();
        }
        self.publish();
    }

    fn on_loader(&self, message: FromLoader) {
        match message {
            FromLoader::Pass(pass) => {
                self.inner.borrow_mut().meeting.on_pass(pass, clock::now_ms());
                self.greet();
            }
            FromLoader::NoPass(code) => {
                self.inner.borrow_mut().meeting.asked = false;
                if code.is_some() {
                    self.no_pass.set(code);
                    self.hang_up();
                }
            }
            FromLoader::Texts(language, text) => self.texts.replace(language, &text),
            FromLoader::Erase => {
                self.clear();
                self.hang_up();
                // What is drawn goes at once; the signals' own drawing comes a moment later.
                document().body().into_iter().for_each(|body| body.set_text_content(None));
            }
            FromLoader::Leaving => self.act(&mut |visitor, _| visitor.leaving()),
            FromLoader::Viewport(height) => self.height.set(Some(height).filter(|height| *height > 0)),
            FromLoader::Shown(is_shown) => {
                self.inner.borrow_mut().is_shown = is_shown;
                self.publish();
            }
        }
    }

    fn tick(&self) {
        self.act(&mut |visitor, now_ms| visitor.on_tick(now_ms));
        self.want_pass();
        let is_over = self.view.with_untracked(|view| must_clear(view, clock::now_ms()));
        if is_over && !self.is_cleared.get_untracked() {
            self.clear();
        }
    }

    /// One step of the state machine; what it wants said is sent, what it shows is published.
    fn act(&self, step: &mut dyn FnMut(&mut Visitor, u64)) {
        let mut inner = self.inner.borrow_mut();
        step(&mut inner.visitor, clock::now_ms());
        inner.flush();
        drop(inner);
        self.publish();
    }

    fn publish(&self) {
        let now_ms = clock::now_ms();
        let mut inner = self.inner.borrow_mut();
        inner.tell_loader();
        let is_available = inner.visitor.may_show_available(now_ms);
        let view = inner.visitor.view();
        let view = self.view.with_untracked(|shown| shown != view).then(|| view.clone());
        drop(inner);
        if self.is_available.get_untracked() != is_available {
            self.is_available.set(is_available);
        }
        view.into_iter().for_each(|view| self.show(view));
    }

    fn show(&self, view: VisitorView) {
        let is_refused = matches!(view.connection, Connection::Refused(_));
        let is_shut = matches!(view.line, Some(LineState::Closed | LineState::Full));
        let was_continuing = self.view.with_untracked(|view| view.phase == Phase::Continuing);
        let starts_anew = was_continuing && view.phase == Phase::NothingToContinue;
        self.view.set(view);
        if starts_anew {
            self.start_anew();
        }
        // Entering a line that is shut was for nothing; when it opens, the first screen is there again.
        if is_shut && self.step.get_untracked() == Step::Entering {
            self.step.set(Step::Welcome);
        }
        if is_refused {
            self.hang_up();
        }
    }

    fn post(&self, message: &ToLoader) {
        self.inner.borrow().port.post(message);
    }
}

fn config(start: &Start) -> VisitorConfig {
    VisitorConfig {
        site: start.site,
        org_key: start.org_key,
        roster_min: start.roster_min,
        host_half: start.host_half,
        continuing: start.continuing,
    }
}

fn must_clear(view: &VisitorView, now_ms: u64) -> bool {
    matches!(view.phase, Phase::Ended { clear_at_ms, .. } if now_ms >= clear_at_ms)
}

/// A first hello needs an open connection and a pass, which come in any order.
#[derive(Default)]
struct Meeting {
    is_open: bool,
    has_greeted: bool,
    /// The loader is asking for one.
    asked: bool,
    pass: Option<(Pass, u64)>,
}

impl Meeting {
    fn on_pass(&mut self, pass: Pass, now_ms: u64) {
        self.asked = false;
        self.pass = Some((pass, now_ms));
    }

    fn on_closed(&mut self) {
        self.is_open = false;
        self.has_greeted = false;
    }

    /// Whether the loader is to be asked now; `true` counts as asked.
    fn wants_pass(&mut self, now_ms: u64) -> bool {
        let wants = !self.asked && !self.has_greeted && self.fresh_pass(now_ms).is_none();
        self.asked |= wants;
        wants
    }

    /// `Some` exactly once per connection, when everything needed is there: the pass to give, if one is needed.
    fn greeting(&mut self, needs_pass: bool, now_ms: u64) -> Option<Option<Pass>> {
        let pass = self.fresh_pass(now_ms).filter(|_| needs_pass);
        if self.has_greeted || !self.is_open || (needs_pass && pass.is_none()) {
            return None;
        }
        self.has_greeted = true;
        if needs_pass {
            self.pass = None;
        }
        Some(pass)
    }

    /// A pass that lay around too long would only be refused.
    fn fresh_pass(&self, now_ms: u64) -> Option<Pass> {
        let limit_ms = (PASS_SECS - 10) * 1_000;
        self.pass.filter(|(_, since_ms)| now_ms.saturating_sub(*since_ms) < limit_ms).map(|(pass, _)| pass)
    }
}

/// What the loader was told last; it hears only what is new.
#[derive(Default)]
struct Told {
    state: Option<State>,
    half: bool,
    end_token: Option<EndToken>,
    /// Messages of the other side that were on an open panel.
    seen: usize,
    unread: u32,
}

impl Told {
    fn news(&mut self, view: &VisitorView, end_token: Option<EndToken>, is_shown: bool) -> Vec<ToLoader> {
        let mut news = Vec::new();
        if let Some(token) = end_token.filter(|_| end_token != self.end_token) {
            self.end_token = end_token;
            news.push(ToLoader::EndToken(token));
        }
        let (state, half) = state(view.phase);
        if self.half != half {
            self.half = half;
            news.push(ToLoader::Half(half));
        }
        if self.state != Some(state) {
            self.state = Some(state);
            news.push(ToLoader::State(state));
        }
        let theirs = view.messages.iter().filter(|message| matches!(message.content, Content::Theirs { .. })).count();
        if is_shown {
            self.seen = theirs;
        }
        let unread = theirs.saturating_sub(self.seen) as u32;
        if self.unread != unread {
            self.unread = unread;
            news.push(ToLoader::Unread(unread));
        }
        news
    }
}

/// What the loader may know of a phase, and whether a reload could continue it.
fn state(phase: Phase) -> (State, bool) {
    match phase {
        Phase::Before | Phase::NothingToContinue => (State::Before, false),
        Phase::Continuing => (State::Waiting, true),
        Phase::Waiting { .. } | Phase::Claiming { .. } => (State::Waiting, true),
        Phase::Talking => (State::Talking, true),
        Phase::Ended { .. } | Phase::Distrusted(_) => (State::Ended, false),
    }
}

/// An end of the visitor's own leaves nothing on the screen; after the counselor's she may read on for a while.
pub fn keeps_text(reason: EndReason) -> bool {
    reason != EndReason::Visitor
}

#[cfg(test)]
mod tests {
    use amparo_client::view::ShownMessage;
    use amparo_protocol::wire::PeerState;

    use super::*;

    fn view(phase: Phase) -> VisitorView {
        VisitorView {
            connection: Connection::Open,
            welcome: None,
            line: None,
            phase,
            messages: Vec::new(),
            readers: Vec::new(),
            peer: PeerState::Here,
            idle_warning: false,
            typing: false,
            unsent_was_lost: false,
            trusts_server: false,
        }
    }

    fn hears(view: &mut VisitorView, number: u8) {
        let content = Content::Theirs { text: String::from("hello"), from: None };
        view.messages.push(ShownMessage { id: MessageId([number; 16]), content, at_unix_ms: 0 });
    }

    #[test]
    fn hello_waits_for_the_connection_and_the_pass_whichever_comes_last() {
        let pass = Pass([1; 32]);
        let mut meeting = Meeting { is_open: true, ..Meeting::default() };
        assert_eq!(meeting.greeting(true, 0), None);
        meeting.on_pass(pass, 0);
        assert_eq!(meeting.greeting(true, 1), Some(Some(pass)));
        assert_eq!(meeting.greeting(true, 2), None, "one hello for each connection");

        let mut meeting = Meeting::default();
        meeting.on_pass(pass, 0);
        assert_eq!(meeting.greeting(true, 1), None);
        meeting.is_open = true;
        assert_eq!(meeting.greeting(true, 2), Some(Some(pass)));
    }

    #[test]
    fn a_connection_that_comes_back_needs_no_pass_and_a_used_pass_is_never_given_twice() {
        let mut meeting = Meeting { is_open: true, ..Meeting::default() };
        meeting.on_pass(Pass([1; 32]), 0);
        assert!(meeting.greeting(true, 0).is_some());
        meeting.on_closed();
        meeting.is_open = true;
        assert_eq!(meeting.greeting(true, 1), None);
        assert_eq!(meeting.greeting(false, 1), Some(None));
    }

    #[test]
    fn a_pass_is_asked_for_once_until_it_came_or_failed_and_again_when_it_has_aged() {
        let mut meeting = Meeting::default();
        assert!(meeting.wants_pass(0));
        assert!(!meeting.wants_pass(0));
        meeting.on_pass(Pass([1; 32]), 0);
        assert!(!meeting.wants_pass(60_000));
        assert!(meeting.wants_pass(PASS_SECS * 1_000));
        meeting.asked = false;
        assert!(meeting.wants_pass(PASS_SECS * 1_000));
    }

    #[test]
    fn the_loader_hears_each_change_once() {
        let mut told = Told::default();
        let before = view(Phase::Before);
        assert_eq!(told.news(&before, None, true), [ToLoader::State(State::Before)]);
        assert_eq!(told.news(&before, None, true), []);
        let token = EndToken([4; 16]);
        let waiting = view(Phase::Waiting { position: 2, still_there_until_ms: None });
        let news = told.news(&waiting, Some(token), true);
        assert_eq!(news, [ToLoader::EndToken(token), ToLoader::Half(true), ToLoader::State(State::Waiting)]);
        assert_eq!(told.news(&waiting, Some(token), true), []);
        let ended = view(Phase::Ended { reason: EndReason::Counselor, clear_at_ms: 0 });
        assert_eq!(told.news(&ended, Some(token), true), [ToLoader::Half(false), ToLoader::State(State::Ended)]);
    }

    #[test]
    fn a_hidden_panel_counts_what_came_and_an_open_one_has_read_it() {
        let mut told = Told::default();
        let mut talking = view(Phase::Talking);
        hears(&mut talking, 1);
        told.news(&talking, None, true);
        hears(&mut talking, 2);
        assert_eq!(told.news(&talking, None, false), [ToLoader::Unread(1)]);
        hears(&mut talking, 3);
        assert_eq!(told.news(&talking, None, false), [ToLoader::Unread(2)]);
        assert_eq!(told.news(&talking, None, true), [ToLoader::Unread(0)]);
    }

    #[test]
    fn the_screen_is_cleared_when_its_time_has_come() {
        let ended = view(Phase::Ended { reason: EndReason::Counselor, clear_at_ms: 60_000 });
        assert!(!must_clear(&ended, 59_999));
        assert!(must_clear(&ended, 60_000));
        assert!(!must_clear(&view(Phase::Talking), 60_000));
    }
}
