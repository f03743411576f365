//! After a page change: a neutral word and nothing of what was said, until the visitor asks for it.

use amparo_ui::button::{Weight, button};
use amparo_ui::element::{El, el};

use crate::chat::{Chat, Step};
use crate::screens::{page, sentence};

pub fn continuing(chat: Chat) -> El {
    el("div", "am-screen am-screen--middle")
        .child(button("continuing.continue", Weight::Primary, "continue", move || chat.continue_here()))
        .child(button("continuing.end", Weight::Plain, "end", move || chat.end()))
}

/// The place could not be kept. What was written before is gone on both ways.
pub fn nothing_to_continue(chat: Chat) -> El {
    let start = move || chat.step.set(Step::Safety);
    page("nothing.heading").child(sentence("nothing.text")).child(button(
        "nothing.start",
        Weight::Primary,
        "start-over",
        start,
    ))
}
