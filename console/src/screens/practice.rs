//! Practice: the desk's own composer and list, with nobody at the other end.

use amparo_protocol::id::MessageId;
use amparo_ui::clock::{self, Interval};
use amparo_ui::composer::Composer;
use amparo_ui::message_list::MessageList;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use crate::practice::Practice;

const LOOK_MS: u32 = 500;

#[component]
pub fn PracticePage() -> impl IntoView {
    let texts = Texts::here();
    let say = move |line: &'static str| untrack(|| texts.get(line));
    let practice = RwSignal::new(Practice::begin(clock::now_ms(), say));
    let draft = RwSignal::new(String::new());
    let answering = StoredValue::new_local(Some(Interval::new(LOOK_MS, move || {
        let now_ms = clock::now_ms();
        if practice.try_with_untracked(|practice| practice.is_due(now_ms)) == Some(true) {
            practice.update(|practice| practice.visitor_says(now_ms, say));
        }
    })));
    on_cleanup(move || answering.set_value(None));
    let messages = Signal::derive(move || practice.with(|practice| practice.messages.clone()));
    let on_send = Callback::new(move |text: String| {
        practice.update(|practice| practice.counselor_says(clock::now_ms(), text));
    });
    let again = move |_| {
        draft.set(String::new());
        practice.set(Practice::begin(clock::now_ms(), say));
    };
    let state = move || {
        let key = practice.with(|practice| match (practice.is_writing(), practice.is_over()) {
            (true, _) => Some("practice.writing"),
            (false, true) => Some("practice.over"),
            (false, false) => None,
        });
        key.map(|key| texts.get(key))
    };
    view! {
        <main class="am-page am-page--practice" data-test="practice-page">
            <h1 class="am-heading">{t("practice.heading")}</h1>
            <p class="am-notice">{t("practice.words")}</p>
            <article class="am-conversation am-conversation--practice" aria-label=t("practice.visitor")>
                <MessageList
                    messages
                    other=Signal::derive(move || texts.get("practice.visitor"))
                    on_send_again=Callback::new(|_: MessageId| ())
                />
                <p class="am-field__hint" role="status" data-test="practice-state">{state}</p>
                <Composer draft on_send/>
            </article>
            <button type="button" class="am-button" data-test="practice-again" on:click=again>{t("practice.again")}</button>
        </main>
    }
}
