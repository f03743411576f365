//! The visitor's program. It runs inside a sandboxed frame without an origin, so it can store nothing even by mistake.
//!
//! Never: keys or rules of the conversation (those are `client`'s), the host page, storage, or a network of its own.

mod app;
mod chat;
mod choices;
mod doors;
mod meeting;
mod port;
mod screens;
mod shift;
mod told;

use js_sys::Error;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::MessagePort;

use crate::app::app;
use crate::port::{Port, Start, ToLoader};

/// Draws the widget into the frame's document. `port` leads to the loader; `start` is its first message.
/// A `start` that cannot be read is given back as an error, and the loader shows its phones.
#[wasm_bindgen]
pub fn run(port: MessagePort, start: JsValue) -> Result<(), JsValue> {
    let Some(start) = Start::read(&port::fields(&start)) else {
        return Err(Error::new("start").into());
    };
    let port = Port::new(port);
    let drawn = port.clone();
    // Leptos gives the owner under which all signals live; what is drawn goes beside its own, empty, view.
    mount_to_body(move || {
        let body = document().body().expect("the frame's document has a body");
        body.append_child(app(start, port).node()).expect("a fresh element is taken");
    });
    drawn.post(&ToLoader::Ready);
    Ok(())
}
