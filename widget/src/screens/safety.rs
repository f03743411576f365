//! One plain question before the queue. Every answer lets the visitor continue; an unsafe one shows safer ways first.

use amparo_ui::button::{Weight, button};
use amparo_ui::element::{El, el};

use crate::chat::{Chat, Step};
use crate::doors::doors;
use crate::screens::{page, sentence};

pub fn safety(chat: Chat) -> El {
    let advise = move || chat.step.set(Step::Unsafe);
    let answers = el("div", "am-stack")
        .child(button("safety.yes", Weight::Primary, "safe", move || chat.enter()))
        .child(button("safety.unsure", Weight::Secondary, "unsure", advise))
        .child(button("safety.no", Weight::Secondary, "not-safe", advise));
    page("safety.heading").child(sentence("safety.question")).child(answers)
}

/// The exit, phones and a safer device; the way on comes last.
pub fn not_safe(chat: Chat) -> El {
    page("unsafe.heading")
        .child(sentence("unsafe.leave-advice"))
        .child(button("unsafe.leave", Weight::Primary, "leave-page", move || chat.leave_page()))
        .child(sentence("unsafe.device"))
        .child(sentence("unsafe.call"))
        .child(doors(chat, false))
        .child(button("unsafe.continue", Weight::Plain, "continue-anyway", move || chat.enter()))
}
