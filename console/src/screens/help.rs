//! What helps in a conversation: first sentences to put into the draft, who can read, and where the limits are.

use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use crate::desk::{Desk, Part};

/// Sentences for the first minutes, in the language of the console.
const PHRASES: [&str; 5] = ["phrase.hello", "phrase.safe", "phrase.listen", "phrase.slow", "phrase.close"];

#[component]
pub fn Help() -> impl IntoView {
    view! {
        <section class="am-part am-part--help" tabindex="0" aria-labelledby="help-heading">
            <h2 class="am-part__heading" id="help-heading">{t("desk.help")}</h2>
            <h3 class="am-subheading">{t("help.phrases")}</h3>
            <p class="am-field__hint">{t("help.phrases-hint")}</p>
            <ul class="am-phrases">{PHRASES.map(|key| view! { <li><Phrase key/></li> }).into_iter().collect_view()}</ul>
            <h3 class="am-subheading">{t("help.readers")}</h3>
            <p>{t("help.readers-words")}</p>
            <h3 class="am-subheading">{t("help.safe")}</h3>
            <p>{t("help.safe-words")}</p>
        </section>
    }
}

/// Goes into the draft of the conversation in front, never to the visitor by itself.
#[component]
fn Phrase(key: &'static str) -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let put = move |_| {
        let Some(open) = desk.open.get_untracked() else { return };
        desk.draft(open).update(|draft| {
            if !draft.is_empty() && !draft.ends_with(char::is_whitespace) {
                draft.push(' ');
            }
            draft.push_str(&untrack(|| texts.get(key)));
        });
        desk.part.set(Part::Conversation);
    };
    view! {
        <button type="button" class="am-phrase" data-test="phrase" disabled=move || desk.open.get().is_none() on:click=put>
            {t(key)}
        </button>
    }
}
