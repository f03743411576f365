//! The queue: an honest place, other ways, and something kind. What is typed meanwhile stays in this browser.

use amparo_client::view::{Connection, Phase};
use amparo_protocol::wire::{Back, LineState};
use amparo_ui::button::{Weight, button};
use amparo_ui::element::{El, el};
use amparo_ui::notice::{Tone, notice};
use amparo_ui::texts::{Texts, number};

use crate::chat::Chat;
use crate::doors::{doors, links};
use crate::screens::{heading_of, sentence};

pub fn waiting(chat: Chat) -> El {
    let soft = |key| el("p", "am-waiting__soft").say(key);
    el("section", "am-waiting")
        .child(place(chat))
        .child(back(chat))
        .when(move || position(chat) == Some(1), move || soft("waiting.honest-first"))
        .when(move || position(chat).is_some_and(|position| position > 1), move || soft("waiting.honest"))
        .child(still_there(chat))
        .child(surge(chat))
        .child(nobody(chat))
        .child(danger(chat))
        .child(sentence("waiting.kind"))
        .child(calm())
        .child(links(chat))
        .child(soft("waiting.call"))
        .slot(move || u32::from(is_closed(chat)), move || Some(doors(chat, is_closed(chat))))
        .child(soft("conversation.back"))
}

fn position(chat: Chat) -> Option<u32> {
    chat.view.with(|view| match view.phase {
        Phase::Waiting { position, .. } => Some(position),
        _ => None,
    })
}

fn place(chat: Chat) -> El {
    let texts = Texts::here();
    let words = move || match (position(chat), chat.view.with(|view| view.phase)) {
        (Some(1), _) => texts.get("waiting.first"),
        (Some(position), _) => texts.fill("waiting.position", &[("position", &number(position))]),
        (None, Phase::Claiming { .. }) => texts.get("waiting.coming"),
        (None, _) => texts.get("availability.connecting"),
    };
    let heading =
        el("h2", "").test("position").live_attr("data-position", move || position(chat).map(number)).live_text(words);
    el("div", "").attr("role", "status").child(heading_of(heading))
}

/// Whoever answered went on their way, and why, without a word about them.
fn back(chat: Chat) -> El {
    let why = move || chat.view.with(|view| view.back);
    let is = move |wanted: Back| move || why() == Some(wanted);
    el("div", "am-waiting__ask")
        .attr("role", "status")
        .when(is(Back::Returned), || notice(Tone::Calm, "back").say("waiting.returned"))
        .when(is(Back::Missing), || notice(Tone::Calm, "back").say("waiting.missing"))
}

/// A counselor is free and wants to know whether anybody is in front of this screen.
fn still_there(chat: Chat) -> El {
    let is_asked =
        move || chat.view.with(|view| matches!(view.phase, Phase::Waiting { still_there_until_ms: Some(_), .. }));
    let question = move || {
        notice(Tone::Calm, "still-there").child(sentence("waiting.still-there")).child(button(
            "waiting.still-here",
            Weight::Primary,
            "still-here",
            move || chat.still_here(),
        ))
    };
    el("div", "am-waiting__ask").attr("role", "status").when(is_asked, question)
}

/// "There are many of us today", in the organisation's words or in ours.
pub fn surge(chat: Chat) -> El {
    let texts = Texts::here();
    let notice_of = move || chat.view.with(|view| view.spoken().and_then(|spoken| spoken.surge.clone()));
    let words = move || notice_of().filter(|own| !own.is_empty()).unwrap_or_else(|| texts.get("waiting.surge"));
    let is_on = move || chat.view.with(|view| view.spoken().is_some_and(|spoken| spoken.surge.is_some()));
    el("div", "am-waiting__ask")
        .attr("role", "status")
        .when(is_on, move || notice(Tone::Calm, "surge").child(el("p", "").attr("dir", "auto").live_text(words)))
}

fn is_closed(chat: Chat) -> bool {
    chat.view.with(|view| view.line().is_some_and(|line| line.state == LineState::Closed))
}

/// Everybody went while she was waiting: said at once, and her place stays.
fn nobody(chat: Chat) -> El {
    let gone = move || is_closed(chat) && position(chat).is_some();
    el("div", "am-waiting__ask")
        .attr("role", "status")
        .when(gone, || notice(Tone::Alert, "nobody").say("waiting.nobody"))
}

/// Something for a body that is afraid. It needs no place in the queue and loses none.
fn calm() -> El {
    let lines = ["waiting.breathe", "waiting.look", "waiting.feet"].map(|key| el("li", "").say(key));
    el("details", "am-more")
        .test("calm")
        .child(el("summary", "").say("waiting.calm"))
        .child(el("ul", "am-lines").children(lines))
}

/// The visitor's own mark; no text is read for it. The front of the line is promised when the relay can have heard it.
fn danger(chat: Chat) -> El {
    let is_marked = move || chat.view.with(|view| view.in_danger);
    let is_told = move || chat.view.with(|view| view.connection == Connection::Open && view.phase != Phase::Before);
    el("div", "")
        .attr("role", "status")
        .when(
            move || !is_marked(),
            move || button("waiting.danger", Weight::Secondary, "in-danger", move || chat.in_danger()),
        )
        .when(move || is_marked() && is_told(), || notice(Tone::Calm, "in-danger-marked").say("waiting.danger-marked"))
        .when(move || is_marked() && !is_told(), || notice(Tone::Calm, "in-danger-untold").say("waiting.danger-untold"))
}
