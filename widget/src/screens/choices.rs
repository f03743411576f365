//! What she can switch for her own screen, where the conversation is.

use amparo_ui::element::{El, el};
use web_sys::HtmlInputElement;

use crate::chat::Chat;
use crate::choices::Choice;

pub fn choices(chat: Chat) -> El {
    let offers_simple = move || {
        let manner = |read: fn(&amparo_protocol::wire::Manner) -> bool| {
            chat.view.with(|view| view.welcome.as_ref().is_some_and(|welcome| read(&welcome.manner)))
        };
        manner(|manner| manner.offers_simple_words)
    };
    el("details", "am-choices")
        .test("choices")
        .child(el("summary", "").say("choices.summary"))
        .child(choice(chat, Choice::Discreet, "choices.discreet", "choice-discreet"))
        .child(choice(chat, Choice::Cover, "choices.cover", "choice-cover"))
        .child(choice(chat, Choice::Spelling, "choices.spelling", "choice-spelling"))
        .when(offers_simple, move || simple_words(chat))
}

/// The texts for children; also on the first screen.
pub fn simple_words(chat: Chat) -> El {
    choice(chat, Choice::Simple, "choices.simple", "choice-simple")
}

fn choice(chat: Chat, choice: Choice, words: &'static str, test: &str) -> El {
    let field = el("input", "").attr("type", "checkbox").test(test);
    let field = field.flag("checked", move || chat.is_on(choice));
    let input: HtmlInputElement = field.node_as();
    let field = field.on("change", move |_| chat.switch(choice, input.checked()));
    el("label", "am-choices__one").child(field).child(el("span", "").say(words))
}
