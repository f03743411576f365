//! Notifications of the computer, for a desk behind other windows. They say that somebody waits and nothing else.
//!
//! Never: a word of a visitor, or the question for permission without a press.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Notification, NotificationOptions, NotificationPermission};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Not asked yet.
    Open,
    Given,
    /// Refused by somebody or by the browser: only the browser's own settings change that.
    Refused,
    /// A browser without notifications, or one on Android: it shows those of service workers only.
    Missing,
}

pub fn permission() -> Permission {
    let is_known = js_sys::Reflect::has(&js_sys::global(), &"Notification".into()).unwrap_or(false);
    if !is_known || is_android() {
        return Permission::Missing;
    }
    match Notification::permission() {
        NotificationPermission::Granted => Permission::Given,
        NotificationPermission::Default => Permission::Open,
        _ => Permission::Refused,
    }
}

fn is_android() -> bool {
    let system = web_sys::window().and_then(|window| window.navigator().user_agent().ok());
    system.is_some_and(|system| system.contains("Android"))
}

/// After a press only: the browser shows its own question.
pub async fn ask() -> Permission {
    if let Ok(answer) = Notification::request_permission() {
        // Whatever was answered stands in the permission afterwards.
        let _ = wasm_bindgen_futures::JsFuture::from(answer).await;
    }
    permission()
}

/// Stays until it is dropped; a press on it brings the desk to the front.
pub struct Note {
    note: Notification,
    _on_press: Closure<dyn Fn()>,
}

impl Note {
    /// `None` without permission.
    pub fn show(title: &str) -> Option<Self> {
        if permission() != Permission::Given {
            return None;
        }
        let options = NotificationOptions::new();
        options.set_tag("amparo");
        options.set_require_interaction(true);
        options.set_icon("./icon.svg");
        let note = Notification::new_with_options(title, &options).ok()?;
        let on_press = Closure::<dyn Fn()>::new(|| {
            // A browser that keeps its windows where they are is not argued with.
            let _ = web_sys::window().map(|window| window.focus());
        });
        note.set_onclick(Some(on_press.as_ref().unchecked_ref()));
        Some(Self { note, _on_press: on_press })
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        self.note.set_onclick(None);
        self.note.close();
    }
}
