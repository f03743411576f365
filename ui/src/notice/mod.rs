//! A short remark in a box: something changed, something to know, something that failed.

use crate::element::{El, el};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    Calm,
    /// Something was not done or needs an answer.
    Alert,
}

/// Whether it is announced is the caller's: put it into a region with `role="status"` that exists before it does.
pub fn notice(tone: Tone, test: &str) -> El {
    let class = match tone {
        Tone::Calm => "am-notice",
        Tone::Alert => "am-notice am-notice--alert",
    };
    el("div", class).test(test)
}
