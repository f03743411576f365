//! A browser without a screen: the real program of the widget or the console, a WebSocket that is opened again whenever
//! it breaks, and somebody who writes a line now and then.

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;
use std::time::Duration;

use amparo_client::counselor::Counselor;
use amparo_client::view::{Connection, Content, ConversationState, Phase, ShownMessage};
use amparo_client::visitor::{Visitor, VisitorConfig};
use amparo_protocol::id::Hash;
use amparo_protocol::language::Language;
use amparo_protocol::limits::RELAY_SILENT_SECS;
use amparo_protocol::wire::{ClientMsg, Presence, ServerMsg, decode, encode};
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::house::{House, now_unix_secs, random};

const TICK: Duration = Duration::from_millis(250);
/// As in `ui/src/transport`, which waits up to eight seconds between two attempts; here it is up to three.
const OPENS_WITHIN: Duration = Duration::from_secs(4);
const SILENT: Duration = Duration::from_secs(RELAY_SILENT_SECS);

/// How long people take from one text to the next; `None`: nobody writes.
pub type Pace = Rc<Cell<Option<Duration>>>;

/// What both kinds of program have in common for a line.
trait Program: 'static {
    fn opened(&mut self, house: &House, now_ms: u64);
    fn heard(&mut self, now_ms: u64, msg: ServerMsg);
    fn closed(&mut self, now_ms: u64);
    fn tick(&mut self, now_ms: u64);
    fn speak(&mut self, now_ms: u64, text: &str) -> bool;
    fn outbox(&mut self) -> Vec<ClientMsg>;
}

struct Kept<P> {
    program: P,
    said: Vec<String>,
}

type Shared<P> = Rc<RefCell<Kept<P>>>;

pub struct VisitorsBrowser {
    pub name: String,
    kept: Shared<Visitor>,
}

pub struct CounselorsBrowser {
    kept: Shared<Counselor>,
}

impl VisitorsBrowser {
    pub fn open(house: Rc<House>, number: usize, port: u16, pace: Pace) -> Self {
        let config = VisitorConfig {
            site: house.site,
            language: Language::En,
            org_key: Some(house.org_key),
            roster_min: 0,
            host_half: Some(Hash([number as u8 + 1; 32])),
            continuing: false,
        };
        let name = format!("visitor {number}");
        let program = Visitor::new(config, Box::new(random()));
        let kept = Rc::new(RefCell::new(Kept { program, said: Vec::new() }));
        tokio::task::spawn_local(live(kept.clone(), house, port, String::new(), name.clone(), pace));
        Self { name, kept }
    }

    pub fn is_talking(&self) -> bool {
        let kept = lock(&self.kept);
        let view = kept.program.view();
        view.connection == Connection::Open && view.phase == Phase::Talking
    }

    pub fn said(&self) -> Vec<String> {
        lock(&self.kept).said.clone()
    }

    pub fn reads(&self) -> Vec<String> {
        lock(&self.kept).program.view().messages.iter().filter_map(theirs).collect()
    }
}

impl CounselorsBrowser {
    pub fn open(house: Rc<House>, number: usize, port: u16, pace: Pace) -> Self {
        let signed_in = &house.counselors[number];
        let cookie = signed_in.cookie.clone();
        let mut program = Counselor::new(house.shift(signed_in), Box::new(random()));
        program.set_presence(Presence::Available);
        let kept = Rc::new(RefCell::new(Kept { program, said: Vec::new() }));
        tokio::task::spawn_local(live(kept.clone(), house, port, cookie, format!("counselor {number}"), pace));
        Self { kept }
    }

    pub fn is_talking(&self) -> bool {
        let kept = lock(&self.kept);
        let view = kept.program.view();
        view.connection == Connection::Open
            && view.conversations.iter().any(|shown| shown.state == ConversationState::Talking)
    }

    pub fn said(&self) -> Vec<String> {
        lock(&self.kept).said.clone()
    }

    pub fn reads(&self) -> Vec<String> {
        let kept = lock(&self.kept);
        kept.program.view().conversations.iter().flat_map(|shown| &shown.messages).filter_map(theirs).collect()
    }
}

impl Program for Visitor {
    fn opened(&mut self, house: &House, now_ms: u64) {
        let pass = self.needs_pass().then(|| house.pass());
        self.on_open(now_ms, pass);
        self.enter(now_ms);
    }

    fn heard(&mut self, now_ms: u64, msg: ServerMsg) {
        let asks = matches!(msg, ServerMsg::StillThere);
        self.on_msg(now_ms, msg);
        if asks {
            self.still_here(now_ms);
        }
        self.enter(now_ms);
    }

    fn closed(&mut self, now_ms: u64) {
        self.on_closed(now_ms);
    }

    fn tick(&mut self, now_ms: u64) {
        self.on_tick(now_ms);
    }

    fn speak(&mut self, now_ms: u64, text: &str) -> bool {
        let talks = self.view().phase == Phase::Talking;
        if talks {
            self.say(now_ms, text);
        }
        talks
    }

    fn outbox(&mut self) -> Vec<ClientMsg> {
        Visitor::outbox(self)
    }
}

impl Program for Counselor {
    fn opened(&mut self, _house: &House, now_ms: u64) {
        self.on_open(now_ms);
    }

    fn heard(&mut self, now_ms: u64, msg: ServerMsg) {
        self.on_msg(now_ms, msg);
        let is_free = self.view().conversations.is_empty();
        let offer = self.view().offers.first().map(|offer| offer.conversation);
        if let Some(offer) = offer.filter(|_| is_free) {
            self.accept(now_ms, offer);
        }
    }

    fn closed(&mut self, now_ms: u64) {
        self.on_closed(now_ms);
    }

    fn tick(&mut self, now_ms: u64) {
        self.on_tick(now_ms);
    }

    fn speak(&mut self, now_ms: u64, text: &str) -> bool {
        let Some(conversation) = self.view().conversations.first().map(|shown| shown.conversation) else {
            return false;
        };
        self.say(now_ms, conversation, text);
        true
    }

    fn outbox(&mut self) -> Vec<ClientMsg> {
        Counselor::outbox(self)
    }
}

/// Opens the line again and again, for as long as the process lives.
async fn live<P: Program>(kept: Shared<P>, house: Rc<House>, port: u16, cookie: String, name: String, pace: Pace) {
    loop {
        let end = talk(&kept, &house, port, &cookie, &name, &pace).await;
        lock(&kept).program.closed(now_ms());
        if end == End::FellSilent {
            continue;
        }
        let wait: [u8; 1] = amparo_client::crypto::primitives::random_bytes(&mut random());
        sleep(Duration::from_millis(500 + u64::from(wait[0]) * 10)).await;
    }
}

#[derive(PartialEq, Eq)]
enum End {
    Broken,
    FellSilent,
}

/// One connection, until it breaks.
async fn talk<P: Program>(kept: &Shared<P>, house: &House, port: u16, cookie: &str, name: &str, pace: &Pace) -> End {
    let mut request = format!("ws://localhost:{port}/ws").into_client_request().expect("a WebSocket address");
    let origin = if cookie.is_empty() { "null".to_owned() } else { format!("http://localhost:{port}") };
    request.headers_mut().insert("origin", origin.parse().expect("an origin"));
    if !cookie.is_empty() {
        request.headers_mut().insert("cookie", cookie.parse().expect("a cookie"));
    }
    let Ok(Ok((mut socket, _))) = timeout(OPENS_WITHIN, connect_async(request)).await else { return End::Broken };
    lock(kept).program.opened(house, now_ms());
    let (mut tick, mut text) = (Instant::now() + TICK, Instant::now() + pace.get().unwrap_or(TICK));
    let (mut lost, mut how) = (Instant::now() + OPENS_WITHIN, End::Broken);
    loop {
        let sent = lock(kept).program.outbox();
        for msg in sent {
            if socket.send(Message::binary(encode(&msg))).await.is_err() {
                return End::Broken;
            }
        }
        tokio::select! {
            heard = socket.next() => match heard {
                Some(Ok(Message::Binary(bytes))) => {
                    let Ok(msg) = decode::<ServerMsg>(&bytes) else { return End::Broken };
                    lock(kept).program.heard(now_ms(), msg);
                    (lost, how) = (Instant::now() + SILENT, End::FellSilent);
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return End::Broken,
            },
            () = sleep_until(tick) => {
                lock(kept).program.tick(now_ms());
                tick += TICK;
            }
            () = sleep_until(lost) => return how,
            () = sleep_until(text) => {
                if pace.get().is_some() {
                    say(kept, name);
                }
                text += pace.get().unwrap_or(TICK);
            }
        }
    }
}

fn say<P: Program>(kept: &Shared<P>, name: &str) {
    let mut kept = lock(kept);
    let text = format!("{name} says {:06}", kept.said.len());
    if kept.program.speak(now_ms(), &text) {
        kept.said.push(text);
    }
}

fn lock<P>(kept: &Shared<P>) -> RefMut<'_, Kept<P>> {
    kept.borrow_mut()
}

fn theirs(message: &ShownMessage) -> Option<String> {
    match &message.content {
        Content::Theirs { text, .. } => Some(text.clone()),
        _ => None,
    }
}

fn now_ms() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    u64::try_from(now.expect("the clock is past 1970").as_millis()).unwrap_or(now_unix_secs() * 1000)
}
