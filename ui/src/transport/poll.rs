//! Where WebSockets are blocked: requests that wait for what the relay has to say. While one waits, a second one brings
//! what there is to say here, and the relay answers the first.
//!
//! Never: another connection after this one; that is [`Transport`](super::Transport)'s.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use amparo_protocol::id::ConnectionId;
use amparo_protocol::poll::{Exchange, PollAnswer, PollRequest};
use amparo_protocol::wire;
use js_sys::{ArrayBuffer, Uint8Array};
use rand_core::Rng;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{XmlHttpRequest, XmlHttpRequestResponseType};

use super::Inner;
use crate::clock::Timeout;
use crate::random::BrowserRandom;

/// The relay answers after 15 s at the latest.
const ANSWER_MS: u32 = 20_000;
/// A request that failed is repeated once, after this pause; then the connection is lost.
const PAUSE_MS: u32 = 1_000;

#[derive(Clone)]
pub struct Poll(Rc<Polling>);

struct Polling {
    itself: Weak<Polling>,
    owner: Weak<Inner>,
    connection: ConnectionId,
    exchange: RefCell<Exchange>,
    /// The number of the newest message that a request has brought.
    brought: Cell<u32>,
    requests: [Request; 2],
    has_failed: Cell<bool>,
    pause: RefCell<Option<Timeout>>,
    /// What came is being heard.
    is_hearing: Cell<bool>,
    is_over: Cell<bool>,
}

/// Used again and again.
struct Request {
    request: XmlHttpRequest,
    waits: Cell<bool>,
    _on_end: Closure<dyn Fn()>,
}

impl Poll {
    /// The first request leaves with the first message.
    pub fn new(owner: &Rc<Inner>) -> Self {
        let mut connection = ConnectionId::default();
        BrowserRandom.fill_bytes(&mut connection.0);
        Self(Rc::new_cyclic(|polling| Polling {
            itself: polling.clone(),
            owner: Rc::downgrade(owner),
            connection,
            exchange: RefCell::default(),
            brought: Cell::new(0),
            requests: [0, 1].map(|at| Request::new(polling.clone(), at)),
            has_failed: Cell::new(false),
            pause: RefCell::new(None),
            is_hearing: Cell::new(false),
            is_over: Cell::new(false),
        }))
    }

    pub fn send(&self, bytes: Vec<u8>) {
        self.0.exchange.borrow_mut().say(bytes);
        self.0.ask();
    }

    pub fn hang_up(self) {
        self.0.is_over.set(true);
        self.0.pause.take();
        for Request { request, .. } in &self.0.requests {
            request.set_onloadend(None);
            // A request that has ended already has nothing to break off.
            let _ = request.abort();
        }
        // This may run inside one of the listeners: they are dropped after it has returned.
        Timeout::new(0, move || drop(self)).run_to_the_end();
    }
}

impl Polling {
    /// One request always waits; a second one is sent when there is something to say that the first did not bring.
    fn ask(&self) {
        let Some(owner) = self.owner.upgrade() else { return };
        let Some(free) = self.requests.iter().find(|request| !request.waits.get()) else { return };
        let is_only_one = self.requests.iter().all(|request| !request.waits.get());
        let has_news = self.exchange.borrow().said() > self.brought.get();
        if self.is_hearing.get() || self.is_over.get() || !(is_only_one || has_news) {
            return;
        }
        let batch = self.exchange.borrow().batch();
        self.brought.set(batch.first - 1 + batch.messages.len() as u32);
        let body = wire::encode(&PollRequest { connection: self.connection, batch });
        if free.send(&owner.relay, &body).is_none() {
            // Told later, as every other loss.
            owner.later(0, Inner::lost);
        }
    }

    fn ended(&self, at: usize) {
        let Some(owner) = self.owner.upgrade() else { return };
        self.requests[at].waits.set(false);
        let Some(PollAnswer { is_over, batch }) = self.requests[at].answer() else { return self.failed(&owner) };
        let Some(new) = self.exchange.borrow_mut().hear(batch) else { return owner.lost() };
        self.has_failed.set(false);
        // What is said in answer to these messages leaves in one request, after the last.
        self.is_hearing.set(true);
        new.take_while(|_| !self.is_over.get()).for_each(|message| owner.heard(message));
        self.is_hearing.set(false);
        if is_over && !self.is_over.get() {
            owner.lost();
        }
        self.ask();
    }

    fn failed(&self, owner: &Rc<Inner>) {
        if self.has_failed.replace(true) {
            owner.lost();
        } else {
            // What that one brought may not have arrived.
            self.brought.set(0);
            let polling = self.itself.clone();
            let again = move || polling.upgrade().into_iter().for_each(|polling| polling.ask());
            self.pause.replace(Some(Timeout::new(PAUSE_MS, again)));
        }
    }
}

impl Request {
    fn new(polling: Weak<Polling>, at: usize) -> Self {
        let request = XmlHttpRequest::new().expect("a document may always make a request");
        let on_end = Closure::<dyn Fn()>::new(move || {
            polling.upgrade().into_iter().for_each(|polling| polling.ended(at));
        });
        request.set_onloadend(Some(on_end.as_ref().unchecked_ref()));
        Self { request, waits: Cell::new(false), _on_end: on_end }
    }

    /// Without a content type or another header the browser asks the relay for nothing first.
    fn send(&self, relay: &str, body: &[u8]) -> Option<()> {
        self.waits.set(true);
        self.request.open("POST", &(String::from(relay) + "/api/poll")).ok()?;
        self.request.set_response_type(XmlHttpRequestResponseType::Arraybuffer);
        self.request.set_timeout(ANSWER_MS);
        self.request.send_with_opt_u8_array(Some(body)).ok()
    }

    /// `None` for a request that failed, and for a refusal.
    fn answer(&self) -> Option<PollAnswer> {
        let body = self.request.response().ok().filter(|_| self.request.status() == Ok(200))?;
        let body: ArrayBuffer = body.dyn_into().ok()?;
        wire::decode(&Uint8Array::new(&body).to_vec()).ok()
    }
}
