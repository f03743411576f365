//! The one kind of button, in three weights: primary (at most one on a screen), secondary, and plain like a link.

use crate::element::{El, el};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Primary,
    Secondary,
    /// Looks like a link; for the second way out of a screen.
    Plain,
}

/// A button that never submits anything. Its words are the text under `key`; `test` is the hook for tests.
pub fn button(key: &'static str, weight: Weight, test: &str, on_press: impl Fn() + 'static) -> El {
    let class = match weight {
        Weight::Primary => "am-button am-button--primary",
        Weight::Secondary => "am-button",
        Weight::Plain => "am-button am-button--plain",
    };
    el("button", class).attr("type", "button").test(test).say(key).on_press(on_press)
}
