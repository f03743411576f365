//! Being heard: everything that tells somebody in another room or another window that they are wanted.

use amparo_ui::texts::Texts;
use leptos::prelude::*;

use crate::browser;
use crate::notification::Note;
use crate::sound::{Bell, Ring};

/// Rings and shows until it is dropped.
pub struct Alarm {
    _bell: Option<Bell>,
    _note: Option<Note>,
}

impl Alarm {
    /// The notification only where the desk is not in front already.
    pub fn start(texts: Texts, ring: Ring, title: &'static str) -> Self {
        let is_behind = !browser::is_visible() || !browser::has_focus();
        let note = is_behind.then(|| Note::show(&untrack(|| texts.get(title)))).flatten();
        Self { _bell: Bell::ring(ring), _note: note }
    }
}
