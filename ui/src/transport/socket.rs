//! The browser's WebSocket, binary messages only, that comes back by itself after a loss.
//!
//! Never: what the messages mean. Whether a refusal is final is the caller's to say: it calls [`Socket::close`].

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use crate::clock::Timeout;
use crate::random;

/// A reconnect waits this long at least and at most, so that a restarted relay is not stormed (design D2).
const BACK_OFF_MS: (u32, u32) = (500, 8_000);

/// What the owner of a socket wants to hear.
pub struct SocketEvents {
    /// Connected, for the first time or again: send the `Hello` now.
    pub on_open: Box<dyn Fn()>,
    /// One whole message.
    pub on_bytes: Box<dyn Fn(Vec<u8>)>,
    /// Lost, refused or never reached, with the WebSocket close code. The next attempt is already planned.
    pub on_closed: Box<dyn Fn(u16)>,
}

/// A connection to the relay. Clones share it; it lives until [`close`](Self::close).
#[derive(Clone)]
pub struct Socket(Rc<Inner>);

impl Socket {
    /// Connects to a `ws:` or `wss:` address and keeps reconnecting until closed.
    pub fn open(address: String, events: SocketEvents) -> Self {
        let socket = Self(Rc::new(Inner {
            address,
            events,
            current: RefCell::new(None),
            retry: RefCell::new(None),
            is_closed: Cell::new(false),
        }));
        socket.0.connect();
        socket
    }

    /// `false` when nothing is connected; the message is then dropped and the caller's resume brings it again.
    pub fn send(&self, bytes: &[u8]) -> bool {
        let current = self.0.current.borrow();
        current.as_ref().is_some_and(|link| link.web_socket.send_with_u8_array(bytes).is_ok())
    }

    /// Hangs up and connects anew at once, without `on_closed`: for a greeting of another kind.
    pub fn renew(&self) {
        if let Some(link) = self.0.current.take() {
            link.hang_up();
        }
        self.0.retry_with(0, Inner::connect);
    }

    /// Ends the connection and all attempts, without another callback.
    pub fn close(&self) {
        self.0.is_closed.set(true);
        self.0.retry.take();
        if let Some(link) = self.0.current.take() {
            link.hang_up();
        }
    }
}

struct Inner {
    address: String,
    events: SocketEvents,
    current: RefCell<Option<Link>>,
    retry: RefCell<Option<Timeout>>,
    is_closed: Cell<bool>,
}

impl Inner {
    fn connect(self: &Rc<Self>) {
        if self.is_closed.get() {
            return;
        }
        match Link::new(self) {
            Some(link) => drop(self.current.replace(Some(link))),
            // The address was refused before any connection (a strict policy of the host page, for one). Told later,
            // as every other loss, so that no callback runs inside the caller's `open`.
            None => self.retry_with(0, |inner| inner.lost(1006)),
        }
    }

    fn lost(self: &Rc<Self>, code: u16) {
        if let Some(link) = self.current.take() {
            link.hang_up();
        }
        if self.is_closed.get() {
            return;
        }
        self.retry_with(random::between(BACK_OFF_MS.0, BACK_OFF_MS.1), Self::connect);
        (self.events.on_closed)(code);
    }

    fn retry_with(self: &Rc<Self>, wait_ms: u32, step: fn(&Rc<Self>)) {
        let inner = self.clone();
        self.retry.replace(Some(Timeout::new(wait_ms, move || step(&inner))));
    }
}

/// One WebSocket with its listeners, which must live as long as it does.
struct Link {
    web_socket: WebSocket,
    _on_open: Closure<dyn Fn()>,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_close: Closure<dyn Fn(CloseEvent)>,
}

impl Link {
    fn new(inner: &Rc<Inner>) -> Option<Self> {
        let web_socket = WebSocket::new(&inner.address).ok()?;
        web_socket.set_binary_type(BinaryType::Arraybuffer);
        let owner = Rc::downgrade(inner);
        let on_open = Closure::<dyn Fn()>::new({
            let owner = owner.clone();
            move || owner.upgrade().into_iter().for_each(|inner| (inner.events.on_open)())
        });
        let on_message = Closure::<dyn Fn(MessageEvent)>::new({
            let owner = owner.clone();
            move |event: MessageEvent| {
                // A text message is no message of ours.
                if let (Some(inner), Ok(buffer)) = (owner.upgrade(), event.data().dyn_into::<ArrayBuffer>()) {
                    (inner.events.on_bytes)(Uint8Array::new(&buffer).to_vec());
                }
            }
        });
        let on_close = Closure::<dyn Fn(CloseEvent)>::new(move |event: CloseEvent| {
            owner.upgrade().into_iter().for_each(|inner| inner.lost(event.code()));
        });
        web_socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        web_socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        web_socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Some(Self { web_socket, _on_open: on_open, _on_message: on_message, _on_close: on_close })
    }

    fn hang_up(self) {
        self.web_socket.set_onopen(None);
        self.web_socket.set_onmessage(None);
        self.web_socket.set_onclose(None);
        // Fails only for codes that the browser reserves; none is given.
        let _ = self.web_socket.close();
        // This may run inside one of the link's own listeners: they are dropped after it has returned.
        Timeout::new(0, move || drop(self)).run_to_the_end();
    }
}
