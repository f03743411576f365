//! After the end: neutral, readable for a moment where the other side ended, then empty.

use amparo_client::view::Phase;
use amparo_protocol::wire::EndReason;
use amparo_ui::button::{Weight, button};
use amparo_ui::element::{El, el};
use amparo_ui::texts::Texts;

use crate::chat::{Chat, keeps_text};
use crate::doors::doors;
use crate::screens::conversation::chat_messages;
use crate::screens::{page, sentence};

pub fn ended(chat: Chat) -> El {
    let texts = Texts::here();
    let is_kept = move || keeps_text(reason(chat)) && !chat.is_cleared.get();
    let words = page("ended.heading")
        .child(el("p", "").live_text(move || texts.get(reason_key(reason(chat)))))
        .when(is_kept, move || kept(chat))
        .when(move || !is_kept(), move || gone(chat));
    el("div", "am-conversation").child(words).when(is_kept, move || chat_messages(chat))
}

fn reason(chat: Chat) -> EndReason {
    chat.view.with(|view| match view.phase {
        Phase::Ended { reason, .. } => reason,
        _ => EndReason::Visitor,
    })
}

fn kept(chat: Chat) -> El {
    let clear = button("ended.clear", Weight::Primary, "clear", move || chat.clear());
    el("div", "am-stack").child(sentence("ended.kept")).child(clear)
}

/// What is left to say when nothing is left on the screen.
fn gone(chat: Chat) -> El {
    let close = move || button("ended.close", Weight::Primary, "close", move || chat.close_panel());
    el("div", "am-stack")
        .child(sentence("ended.cleared").test("cleared"))
        .children(["ended.history", "ended.numbers", "ended.others"].map(sentence))
        .when(move || !chat.start.standalone, close)
        .child(sentence("ended.call"))
        .child(doors(chat, false))
}

/// An end for abuse is told as neutrally as any other.
fn reason_key(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Visitor => "ended.visitor",
        EndReason::Counselor | EndReason::Abuse => "ended.counselor",
        EndReason::Idle => "ended.idle",
        EndReason::Missing => "ended.missing",
    }
}
