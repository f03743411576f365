//! The only way from a browser to the relay: a WebSocket, and where that is blocked, requests. It comes back by itself
//! after a loss.
//!
//! Never: what the messages mean. Whether a refusal is final is the caller's to say: it calls [`Transport::close`].

mod poll;
mod socket;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use amparo_protocol::limits::RELAY_SILENT_SECS;

use self::poll::Poll;
use self::socket::Socket;
use crate::clock::{self, Timeout};
use crate::random;

/// A reconnect waits this long at least and at most, so that a restarted relay is not stormed (design D2).
const BACK_OFF_MS: (u32, u32) = (500, 8_000);
/// How long a socket may take to open, and once more to bring a first answer. Both and a request after them stay below
/// the ten seconds of requirement 40.
const PATIENCE_MS: u32 = 4_000;
/// Where only requests led to the relay, sockets are tried again with the first reconnect after this time.
const POLLING_MS: u64 = 10 * 60 * 1_000;

/// What the owner of a connection wants to hear.
pub struct TransportEvents {
    /// Connected, for the first time or again: send the `Hello` now.
    pub on_open: Box<dyn Fn()>,
    /// One whole message.
    pub on_bytes: Box<dyn Fn(Vec<u8>)>,
    /// Lost, refused or never reached. The next attempt is already planned.
    pub on_closed: Box<dyn Fn()>,
}

/// A connection to the relay. Clones share it; it lives until [`close`](Self::close).
#[derive(Clone)]
pub struct Transport(Rc<Inner>);

impl Transport {
    /// Connects to the relay at this `http:` or `https:` address and keeps reconnecting until closed.
    pub fn open(relay: String, events: TransportEvents) -> Self {
        let transport = Self(Rc::new(Inner {
            relay,
            events,
            current: RefCell::new(None),
            timer: RefCell::new(None),
            is_closed: Cell::new(false),
            has_heard: Cell::new(false),
            socket_worked: Cell::new(false),
            polls_until_ms: Cell::new(0),
        }));
        transport.0.connect();
        transport
    }

    /// A message that no connection takes is dropped; the caller's resume brings it again.
    pub fn send(&self, bytes: Vec<u8>) {
        let poll = match &*self.0.current.borrow() {
            Some(Way::Poll(poll)) => poll.clone(),
            Some(Way::Socket(socket)) => return self.0.send_by(socket, &bytes),
            None => return,
        };
        poll.send(bytes);
    }

    /// Hangs up and connects anew at once, without `on_closed`: for a greeting of another kind.
    pub fn renew(&self) {
        self.0.hang_up();
        self.0.later(0, Inner::connect);
    }

    /// Ends the connection and all attempts, without another callback.
    pub fn close(&self) {
        self.0.is_closed.set(true);
        self.0.timer.take();
        self.0.hang_up();
    }
}

struct Inner {
    /// Without a slash at the end.
    relay: String,
    events: TransportEvents,
    current: RefCell<Option<Way>>,
    /// The next attempt, or the end of patience with this one, or with the relay's silence.
    timer: RefCell<Option<Timeout>>,
    is_closed: Cell<bool>,
    /// The present connection has brought a message.
    has_heard: Cell<bool>,
    /// The last socket did. The next one may fail once: the relay may just be starting again.
    socket_worked: Cell<bool>,
    polls_until_ms: Cell<u64>,
}

enum Way {
    Socket(Socket),
    Poll(Poll),
}

impl Inner {
    fn connect(self: &Rc<Self>) {
        self.has_heard.set(false);
        if clock::now_ms() < self.polls_until_ms.get() {
            return self.poll();
        }
        let socket = Socket::new(self);
        // An address that is refused before any connection (by a strict policy of the host page, for one) counts as any
        // other loss, a moment later, so that no callback runs inside the caller's `open`.
        self.later(if socket.is_some() { PATIENCE_MS } else { 0 }, Self::socket_failed);
        self.current.replace(socket.map(Way::Socket));
    }

    /// The first message is the `Hello`, and wants an answer.
    fn send_by(self: &Rc<Self>, socket: &Socket, bytes: &[u8]) {
        socket.send(bytes);
        if !self.has_heard.get() {
            self.later(PATIENCE_MS, Self::socket_failed);
        }
    }

    fn poll(self: &Rc<Self>) {
        self.current.replace(Some(Way::Poll(Poll::new(self))));
        (self.events.on_open)();
    }

    fn opened(&self) {
        self.timer.take();
        (self.events.on_open)();
    }

    fn heard(self: &Rc<Self>, bytes: Vec<u8>) {
        let is_socket = matches!(*self.current.borrow(), Some(Way::Socket(_)));
        if !self.has_heard.replace(true) {
            self.timer.take();
            self.socket_worked.set(is_socket);
            self.polls_until_ms.set(if is_socket { 0 } else { clock::now_ms() + POLLING_MS });
        }
        // A network that is gone closes nothing: the browser would wait for a quarter of an hour. Requests end by themselves.
        if is_socket {
            self.later(RELAY_SILENT_SECS as u32 * 1_000, Self::fell_silent);
        }
        (self.events.on_bytes)(bytes);
    }

    /// The socket was refused or stays silent.
    fn socket_failed(self: &Rc<Self>) {
        if self.has_heard.get() || self.socket_worked.replace(false) {
            return self.lost();
        }
        self.hang_up();
        self.timer.take();
        (self.events.on_closed)();
        if !self.is_closed.get() {
            self.poll();
        }
    }

    fn lost(self: &Rc<Self>) {
        self.hang_up();
        self.later(random::between(BACK_OFF_MS.0, BACK_OFF_MS.1), Self::connect);
        (self.events.on_closed)();
    }

    /// Each browser notices at a moment of its own: the relay is not stormed when nobody waits.
    fn fell_silent(self: &Rc<Self>) {
        self.hang_up();
        self.later(0, Self::connect);
        (self.events.on_closed)();
    }

    fn hang_up(&self) {
        match self.current.take() {
            Some(Way::Socket(socket)) => socket.hang_up(),
            Some(Way::Poll(poll)) => poll.hang_up(),
            None => {}
        }
    }

    fn later(self: &Rc<Self>, wait_ms: u32, step: fn(&Rc<Self>)) {
        let inner = self.clone();
        self.timer.replace(Some(Timeout::new(wait_ms, move || step(&inner))));
    }
}
