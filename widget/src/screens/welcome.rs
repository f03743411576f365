//! The first screen: language, who answers, what is kept, what cannot be promised.

use amparo_client::view::Connection;
use amparo_protocol::language::Language;
use amparo_protocol::wire::LineState;
use amparo_ui::button::{Weight, button};
use amparo_ui::element::{El, el};
use amparo_ui::texts::Texts;

use crate::chat::{Chat, Step};
use crate::doors::doors;
use crate::screens::choices::simple_words;
use crate::screens::waiting::surge;
use crate::screens::{heading_of, sentence};

pub fn welcome(chat: Chat) -> El {
    let texts = Texts::here();
    let organisation = move || chat.view.with(|view| view.welcome.as_ref().map(|welcome| welcome.organisation.clone()));
    let who = move || match organisation() {
        Some(name) => texts.fill("welcome.who", &[("organisation", &name)]),
        None => texts.get("welcome.who-unnamed"),
    };
    let is_open = move || chat.view.with(|view| view.connection == Connection::Open);
    let lines = el("ul", "am-lines").child(el("li", "").live_text(who)).child(line("welcome.kept"));
    let start = button("welcome.start", Weight::Primary, "enter", move || chat.step.set(Step::Safety));
    el("div", "am-screen")
        .child(languages(chat))
        .child(heading_of(el("h2", "").say("welcome.heading")))
        .child(lines.child(line("welcome.limits")))
        .child(surge(chat))
        .child(more(chat))
        .child(other_ways(chat))
        .when(move || offers_simple_words(chat), move || simple_words(chat))
        // Beside the button, so that it is read on the smallest phone too.
        .child(el("div", "am-action").child(availability_line(chat)).child(start.flag("disabled", move || !is_open())))
}

fn line(key: &'static str) -> El {
    el("li", "").say(key)
}

/// Before anything else, each language in its own words.
fn languages(chat: Chat) -> El {
    let choices = Language::ALL.map(|language| {
        let is_chosen = move || String::from(if chat.language.get() == language { "true" } else { "false" });
        el("button", "am-languages__one")
            .attr("type", "button")
            .attr("lang", language.tag())
            .attr("data-language", language.tag())
            .test("language-choice")
            .live_attr("aria-pressed", move || Some(is_chosen()))
            .text(language.own_name())
            .on_press(move || chat.choose_language(language))
    });
    el("div", "am-languages").attr("role", "group").say_attr("aria-label", "language").children(choices)
}

/// Whether somebody is there, as far as it is known this second.
fn availability_line(chat: Chat) -> El {
    let texts = Texts::here();
    let state = move || {
        let is_available = chat.is_available.get();
        chat.view.with(|view| {
            let line = view.line().map(|line| line.state);
            availability(line.filter(|_| view.connection == Connection::Open), is_available)
        })
    };
    el("p", "am-availability")
        .attr("role", "status")
        .test("availability")
        .live_attr("data-state", move || Some(state().0.to_owned()))
        .live_text(move || texts.get(state().1))
}

/// The test's hook and the sentence.
fn availability(line: Option<LineState>, is_available: bool) -> (&'static str, &'static str) {
    match line {
        None => ("connecting", "availability.connecting"),
        Some(LineState::Reconnecting) => ("reconnecting", "availability.connecting"),
        Some(LineState::Available) if is_available => ("available", "availability.available"),
        // An answer that is too old is no answer: the word must not stay.
        Some(LineState::Available) => ("unknown", "availability.unknown"),
        Some(LineState::Busy) => ("busy", "availability.busy"),
        Some(LineState::Closed) => ("closed", "closed.heading"),
        Some(LineState::Full) => ("full", "full.heading"),
    }
}

fn offers_simple_words(chat: Chat) -> bool {
    chat.view.with(|view| view.welcome.as_ref().is_some_and(|welcome| welcome.manner.offers_simple_words))
}

/// For whoever would rather not write here.
fn other_ways(chat: Chat) -> El {
    el("details", "am-more").test("other-ways").child(el("summary", "").say("welcome.other")).child(doors(chat, false))
}

/// What may be read before the first message by whoever wants to know more.
fn more(chat: Chat) -> El {
    let trusts_server = move || chat.view.with(|view| view.trusts_server);
    let is_pinned = chat.start.pinned;
    let lines = el("ul", "am-lines").children(["more.reads", "more.secrecy", "more.exit", "more.device"].map(line));
    el("details", "am-more")
        .child(el("summary", "").say("more.summary"))
        .child(lines)
        .when(trusts_server, || sentence("more.trusts-server").test("trusts-server"))
        .when(move || !is_pinned, || sentence("more.unpinned").test("unpinned"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_available_goes_when_the_last_answer_is_too_old() {
        assert_eq!(availability(Some(LineState::Available), true).0, "available");
        assert_eq!(availability(Some(LineState::Available), false).0, "unknown");
        assert_eq!(availability(None, true).0, "connecting");
    }
}
