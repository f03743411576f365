//! Amparo's console: what counselors, supervisors and administrators work with, in one page.
//!
//! Never: storage in the browser, a request to anybody but the relay that served the page.

mod account;
mod api;
mod app;
mod browser;
mod demo;
mod desk;
mod draft;
mod duty;
mod entry;
mod house;
mod language;
mod password;
mod qr;
mod reading;
mod screens;
mod shift;
mod slots;
mod sound;
mod worker;

/// In the page: draws the program. In the worker the same module only answers jobs, see [`worker`].
fn main() {
    if web_sys::window().is_some() {
        wasm_bindgen_futures::spawn_local(app::start());
    }
}
