//! Ending a conversation: asked once more, because it cannot be undone; for abuse with a reason from a list.

use amparo_client::view::{ConversationState, ShownConversation};
use amparo_protocol::desk::AbuseReason;
use amparo_protocol::id::ConversationId;
use amparo_ui::texts::t;
use leptos::prelude::*;

use super::form::Tick;
use crate::desk::Desk;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Asking {
    Nothing,
    Really,
    Reason,
}

const REASONS: [(AbuseReason, &str, &str); 5] = [
    (AbuseReason::Insults, "abuse.insults", "abuse-insults"),
    (AbuseReason::Sexual, "abuse.sexual", "abuse-sexual"),
    (AbuseReason::Threats, "abuse.threats", "abuse-threats"),
    (AbuseReason::Prank, "abuse.prank", "abuse-prank"),
    (AbuseReason::Other, "abuse.other", "abuse-other"),
];

#[component]
pub fn EndButton(id: ConversationId, shown: Memo<Option<ShownConversation>>) -> impl IntoView {
    let asking = RwSignal::new(Asking::Nothing);
    let is_ending = Memo::new(move |_| {
        shown.with(|shown| shown.as_ref().is_some_and(|shown| matches!(shown.state, ConversationState::Ending { .. })))
    });
    move || {
        match (is_ending.get(), asking.get()) {
        (true, _) => ().into_any(),
        (false, Asking::Nothing) => view! {
            <button type="button" class="am-button am-button--plain" data-test="end" on:click=move |_| asking.set(Asking::Really)>
                {t("conversation.end")}
            </button>
        }
        .into_any(),
        (false, Asking::Really) => view! { <Really id asking/> }.into_any(),
        (false, Asking::Reason) => view! { <Reason id asking/> }.into_any(),
    }
    }
}

#[component]
fn Really(id: ConversationId, asking: RwSignal<Asking>) -> impl IntoView {
    let desk = Desk::here();
    let end = move |_| {
        asking.set(Asking::Nothing);
        desk.end(id);
    };
    view! {
        <div class="am-conversation__end" role="group" aria-label=t("conversation.end-question")>
            <span class="am-conversation__question">{t("conversation.end-question")}</span>
            <button type="button" class="am-button" data-test="end-yes" on:click=end>{t("conversation.end-yes")}</button>
            <button type="button" class="am-button am-button--plain" data-test="end-abuse" on:click=move |_| asking.set(Asking::Reason)>
                {t("abuse.end")}
            </button>
            <EndNo asking words="conversation.end-no"/>
        </div>
    }
}

/// Requirement 93. The visitor reads the same as after any other end, with everywhere else she can turn to.
#[component]
fn Reason(id: ConversationId, asking: RwSignal<Asking>) -> impl IntoView {
    let desk = Desk::here();
    let blocks = RwSignal::new(false);
    let reasons = REASONS.map(|(reason, key, name)| {
        let end = move |_| {
            asking.set(Asking::Nothing);
            match blocks.get_untracked() {
                true => desk.end_and_block(id, reason),
                false => desk.end_for_abuse(id, reason),
            }
        };
        view! { <button type="button" class="am-button" data-test=name on:click=end>{t(key)}</button> }
    });
    view! {
        <div class="am-conversation__end am-conversation__end--reasons" role="group" aria-label=t("abuse.question")>
            <p class="am-conversation__question">{t("abuse.question")}</p>
            <p class="am-field__hint">{t("abuse.words")}</p>
            {desk.may_block().then(|| view! {
                <Tick name="abuse-block" is_ticked=blocks on_change=Callback::new(move |ticked| blocks.set(ticked))>
                    {t("abuse.block")}
                    <span class="am-field__hint">{t("abuse.block-words")}</span>
                </Tick>
            })}
            {reasons.into_iter().collect_view()}
            <EndNo asking words="abuse.no"/>
        </div>
    }
}

#[component]
fn EndNo(asking: RwSignal<Asking>, words: &'static str) -> impl IntoView {
    view! {
        <button type="button" class="am-button am-button--plain" data-test="end-no" on:click=move |_| asking.set(Asking::Nothing)>
            {t(words)}
        </button>
    }
}
