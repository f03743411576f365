//! The one state of the widget: the visitor's state machine, the connection, the port to the loader, and what of them
//! the screens read. No view.

use std::cell::RefCell;
use std::ops::Deref;

use amparo_client::view::{Connection, Phase, VisitorView};
use amparo_client::visitor::{Visitor, VisitorConfig};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::MessageId;
use amparo_protocol::language::Language;
use amparo_protocol::wire::{self, EndReason, LineState, Phone, PhoneKind, QrCode, Spoken, WhatsApp};
use amparo_ui::clock::{self, Interval};
use amparo_ui::live::Live;
use amparo_ui::random;
use amparo_ui::texts::Texts;
use amparo_ui::transport::{Transport, TransportEvents};
use leptos::prelude::document;

use crate::choices::{Choice, Choices};
use crate::meeting::Meeting;
use crate::port::{FromLoader, Port, Start, ToLoader};
use crate::shift::ShiftWatch;
use crate::told::Told;

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
    pub choices: Live<Choices>,
    /// Another number when the other ways to help are others than before.
    pub ways: Live<u32>,
    /// The word "available" may be shown.
    pub is_available: Live<bool>,
    /// After a page change, until the second press.
    pub hides_earlier: Live<bool>,
    /// She has pressed to go on without showing what was written before.
    pub keeps_earlier: Live<bool>,
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
    transport: Option<Transport>,
    meeting: Meeting,
    told: Told,
    shift: ShiftWatch,
    sentences: Sentences,
    is_shown: bool,
    _ticks: Option<Interval>,
}

/// Those on the screen as the loader gave them, and those that were asked for last.
struct Sentences {
    language: Language,
    file: String,
    wanted: (Language, bool),
}

impl Inner {
    /// `true` when there was something to say. A message that the connection does not take is brought again by the
    /// state machine's resume.
    fn flush(&mut self) -> bool {
        let messages = self.visitor.outbox();
        if let Some(transport) = &self.transport {
            for message in &messages {
                transport.send(wire::encode(message));
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
            choices: Live::new(Choices::default()),
            ways: Live::new(0),
            is_available: Live::new(false),
            hides_earlier: Live::new(start.continuing && start.host_half.is_some()),
            keeps_earlier: Live::new(false),
            is_cleared: Live::new(false),
            no_pass: Live::new(None),
            height: Live::new(None),
            texts,
            inner: RefCell::new(Inner {
                visitor,
                port: port.clone(),
                transport: None,
                meeting: Meeting::default(),
                told: Told::default(),
                shift: ShiftWatch::default(),
                sentences: Sentences {
                    language: start.language,
                    file: start.texts.clone(),
                    wanted: (start.language, false),
                },
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
        self.act(&mut |visitor, now_ms| visitor.enter(now_ms));
    }

    pub fn still_here(&self) {
        self.act(&mut |visitor, now_ms| visitor.still_here(now_ms));
    }

    pub fn in_danger(&self) {
        self.act(&mut |visitor, _| visitor.in_danger());
    }

    pub fn say(&self, text: &str) {
        self.act(&mut |visitor, now_ms| visitor.say(now_ms, text));
    }

    pub fn send_again(&self, message: MessageId) {
        self.act(&mut |visitor, now_ms| visitor.send_again(now_ms, message));
    }

    pub fn share_history(&self) {
        self.act(&mut |visitor, now_ms| visitor.share_history(now_ms));
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

    /// Shows this language, and before the queue routes by it.
    pub fn choose_language(&self, language: Language) {
        self.language.set(language);
        self.act(&mut |visitor, _| visitor.speak(language));
        self.want_texts();
    }

    /// Followed where it is read inside [`follow`](amparo_ui::element::follow).
    pub fn is_on(&self, choice: Choice) -> bool {
        let choices = self.choices.get();
        self.view.with(|view| choices.is_on(choice, view.welcome.as_ref().map(|welcome| &welcome.manner)))
    }

    pub fn switch(&self, choice: Choice, is_on: bool) {
        let mut choices = self.choices.get_untracked();
        choices.switch(choice, is_on);
        self.choices.set(choices);
        self.want_texts();
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

    pub fn is_demonstration(&self) -> bool {
        self.view.with(|view| view.welcome.as_ref().is_some_and(|welcome| welcome.demo))
    }

    /// The relay's, until then the tag's.
    pub fn phones(&self) -> Vec<Phone> {
        let said = self.view.with(|view| view.spoken().map(|spoken| spoken.phones.clone()));
        let of_tag =
            || self.start.phone.clone().map(|number| Phone { number, note: String::new(), kind: PhoneKind::Voice });
        said.unwrap_or_else(|| of_tag().into_iter().collect())
    }

    /// The relay's, until then the tag's.
    pub fn whatsapp(&self) -> Option<WhatsApp> {
        let said = self.view.with(|view| view.spoken().map(|spoken| spoken.whatsapp.clone()));
        said.unwrap_or_else(|| {
            let qr = QrCode { size: 0, modules: Vec::new() };
            let of_tag = |digits| WhatsApp { digits, text: String::new(), always: false, opens_unix_secs: None, qr };
            self.start.whatsapp.clone().map(of_tag)
        })
    }

    fn connect(&self) {
        let chat = *self;
        let events = TransportEvents {
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
            on_closed: Box::new(move || {
                chat.inner.borrow_mut().meeting.on_closed();
                chat.act(&mut |visitor, now_ms| visitor.on_closed(now_ms));
                chat.want_pass();
            }),
        };
        let transport = Transport::open(self.start.relay.clone(), events);
        let mut inner = self.inner.borrow_mut();
        inner.transport = Some(transport);
        inner._ticks = Some(Interval::new(1_000, move || chat.tick()));
        drop(inner);
        self.want_pass();
        self.publish();
    }

    fn hang_up(&self) {
        self.inner.borrow_mut().transport.take().into_iter().for_each(|transport| transport.close());
    }

    /// A greeting with a handle led to nothing: the next one is a stranger's.
    fn start_anew(&self) {
        let mut inner = self.inner.borrow_mut();
        inner.meeting.on_closed();
        inner.transport.iter().for_each(Transport::renew);
        drop(inner);
        self.want_pass();
    }

    fn want_pass(&self) {
        let now_ms = clock::now_ms();
        let inner = &mut *self.inner.borrow_mut();
        if inner.visitor.needs_pass() && inner.transport.is_some() && inner.meeting.wants_pass(now_ms) {
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
            FromLoader::Texts(language, file) => {
                let mut inner = self.inner.borrow_mut();
                (inner.sentences.language, inner.sentences.file) = (language, file);
                self.show_texts(&inner.sentences);
            }
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
        let is_shut = view.line().is_some_and(|line| matches!(line.state, LineState::Closed | LineState::Full));
        let was_continuing = self.view.with_untracked(|view| view.phase == Phase::Continuing);
        let starts_anew = was_continuing && view.phase == Phase::NothingToContinue;
        let same = self.view.with_untracked(|shown| shown.spoken().map(fixed) == view.spoken().map(fixed));
        let is_same_offer = self.view.with_untracked(|shown| shown.may_share_with == view.may_share_with);
        if !is_same_offer && self.keeps_earlier.get_untracked() {
            self.keeps_earlier.set(false);
        }
        self.view.set(view);
        if !same {
            self.ways.set(self.ways.get_untracked() + 1);
            self.show_texts(&self.inner.borrow().sentences);
            self.want_texts();
        }
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

    /// The organisation's own words go before ours: the first sentence under a key is the one that is shown.
    fn show_texts(&self, sentences: &Sentences) {
        let mut file = String::new();
        self.view.with_untracked(|view| {
            let spoken = view.spoken().filter(|spoken| spoken.language == sentences.language);
            for own in spoken.into_iter().flat_map(|spoken| &spoken.texts) {
                file = std::mem::take(&mut file) + &own.key + "=" + &own.text + "\n";
            }
        });
        self.texts.replace(sentences.language, &(file + &sentences.file));
    }

    fn want_texts(&self) {
        let wanted = (self.language.get_untracked(), self.is_on(Choice::Simple));
        let mut inner = self.inner.borrow_mut();
        if inner.sentences.wanted != wanted {
            inner.sentences.wanted = wanted;
            inner.port.post(&ToLoader::WantTexts { language: wanted.0, simple: wanted.1 });
        }
    }

    fn post(&self, message: &ToLoader) {
        self.inner.borrow().port.post(message);
    }
}

fn config(start: &Start) -> VisitorConfig {
    VisitorConfig {
        site: start.site,
        language: start.language,
        org_key: start.org_key,
        roster_min: start.roster_min,
        host_half: start.host_half,
        continuing: start.continuing,
    }
}

/// What changes only when the organisation changes it, or the language is another one.
fn fixed(spoken: &Spoken) -> impl PartialEq + '_ {
    let Spoken { language, phones, phones_open_unix_secs, whatsapp, links, surge, texts, .. } = spoken;
    (language, phones, phones_open_unix_secs, whatsapp, links, surge, texts)
}

fn must_clear(view: &VisitorView, now_ms: u64) -> bool {
    matches!(view.phase, Phase::Ended { clear_at_ms, .. } if now_ms >= clear_at_ms)
}

/// An end of the visitor's own leaves nothing on the screen; after the counselor's she may read on for a while.
pub fn keeps_text(reason: EndReason) -> bool {
    reason != EndReason::Visitor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_screen_is_cleared_when_its_time_has_come() {
        let ended = VisitorView::new(Phase::Ended { reason: EndReason::Counselor, clear_at_ms: 60_000 }, false);
        assert!(!must_clear(&ended, 59_999));
        assert!(must_clear(&ended, 60_000));
        assert!(!must_clear(&VisitorView::new(Phase::Talking, false), 60_000));
    }
}
