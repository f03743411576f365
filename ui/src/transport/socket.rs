//! One WebSocket of the browser, binary messages only.
//!
//! Never: another attempt; that is [`Transport`](super::Transport)'s.

use std::rc::Rc;

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{BinaryType, MessageEvent, WebSocket};

use super::Inner;
use crate::clock::Timeout;

/// With its listeners, which must live as long as it does.
pub struct Socket {
    web_socket: WebSocket,
    _on_open: Closure<dyn Fn()>,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_close: Closure<dyn Fn()>,
}

impl Socket {
    /// `None` where the browser refuses the address.
    pub fn new(inner: &Rc<Inner>) -> Option<Self> {
        let web_socket = WebSocket::new(&address(&inner.relay)).ok()?;
        web_socket.set_binary_type(BinaryType::Arraybuffer);
        let owner = Rc::downgrade(inner);
        let on_open = Closure::<dyn Fn()>::new({
            let owner = owner.clone();
            move || owner.upgrade().into_iter().for_each(|inner| inner.opened())
        });
        let on_message = Closure::<dyn Fn(MessageEvent)>::new({
            let owner = owner.clone();
            move |event: MessageEvent| {
                // A text message is no message of ours.
                if let (Some(inner), Ok(buffer)) = (owner.upgrade(), event.data().dyn_into::<ArrayBuffer>()) {
                    inner.heard(Uint8Array::new(&buffer).to_vec());
                }
            }
        });
        let on_close = Closure::<dyn Fn()>::new(move || {
            owner.upgrade().into_iter().for_each(|inner| inner.socket_failed());
        });
        web_socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        web_socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        web_socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Some(Self { web_socket, _on_open: on_open, _on_message: on_message, _on_close: on_close })
    }

    pub fn send(&self, bytes: &[u8]) {
        // A socket that is closing takes nothing; its end is told by its own event.
        let _ = self.web_socket.send_with_u8_array(bytes);
    }

    pub fn hang_up(self) {
        self.web_socket.set_onopen(None);
        self.web_socket.set_onmessage(None);
        self.web_socket.set_onclose(None);
        // Fails only for codes that the browser reserves; none is given.
        let _ = self.web_socket.close();
        // This may run inside one of the listeners: they are dropped after it has returned.
        Timeout::new(0, move || drop(self)).run_to_the_end();
    }
}

/// http becomes ws and https wss.
fn address(relay: &str) -> String {
    String::from("ws") + relay.strip_prefix("http").unwrap_or(relay) + "/ws"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_http_relay_gets_a_plain_socket() {
        assert_eq!(address("https://chat.example"), "wss://chat.example/ws");
        assert_eq!(address("http://127.0.0.1:8080"), "ws://127.0.0.1:8080/ws");
    }
}
