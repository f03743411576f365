//! Amparo's console: what counselors, supervisors and administrators work with, in one page.
//!
//! Never: storage in the browser, a request to anybody but the relay that served the page.

mod account;
mod alarm;
mod api;
mod app;
mod browser;
mod cool_down;
mod counting;
mod demo;
mod desk;
mod draft;
mod duty;
mod entry;
mod field;
mod house;
mod idle;
mod language;
mod notification;
mod outgoing;
mod passkey;
mod password;
mod phrases;
mod practice;
mod qr;
mod reading;
mod recovery;
mod roster_age;
mod screens;
mod settings;
mod shift;
mod slots;
mod sound;
mod validity;
mod worker;

/// In the page: draws the program. In the worker the same module only answers jobs, see [`worker`].
fn main() {
    if web_sys::window().is_some() {
        wasm_bindgen_futures::spawn_local(app::start());
    }
}
