//! Who is at this desk: the conversations with letter, colour and state, and what happens when somebody waits.

use amparo_client::view::{ConversationState, ShownConversation};
use amparo_protocol::id::ConversationId;
use amparo_protocol::rota::OnRota;
use amparo_protocol::wire::{PeerState, Presence};
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use crate::desk::Desk;
use crate::desk::place::Part;
use crate::screens::being_heard::BeingHeard;
use crate::screens::rest::Rest;
use crate::screens::rota::OwnRota;

#[component]
pub fn People() -> impl IntoView {
    let desk = Desk::here();
    let ids = Memo::new(move |_| {
        desk.view.with(|view| {
            view.iter().flat_map(|view| &view.conversations).map(|shown| shown.conversation).collect::<Vec<_>>()
        })
    });
    view! {
        <section class="am-part am-part--people" tabindex="0" aria-labelledby="people-heading">
            <h2 class="am-part__heading" id="people-heading">{t("desk.people")}</h2>
            <ul class="am-people" data-test="people">
                <For each=move || ids.get() key=|id| *id let:id>
                    <li><Person id/></li>
                </For>
            </ul>
            {move || desk.is_counselor().then(|| view! { <OwnRota/> })}
            <Rest/>
            <LineWords has_people=Signal::derive(move || !ids.with(Vec::is_empty))/>
            {move || desk.is_counselor().then(|| view! {
                <BeingHeard/>
                <button type="button" class="am-button am-button--plain am-part__way" data-test="practice" on:click=move |_| desk.go_to(Part::Practice)>
                    {t("practice.heading")}
                </button>
            })}
            <button type="button" class="am-button am-button--plain am-part__way" data-test="passkeys" on:click=move |_| desk.go_to(Part::Passkeys)>
                {t("passkeys.heading")}
            </button>
        </section>
    }
}

#[component]
fn Person(id: ConversationId) -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let shown = desk.conversation(id);
    let slot = move || desk.slot(id);
    let words = move || shown.with(|shown| shown.as_ref().map(|shown| texts.get(state_key(shown))));
    let language = move || shown.with(|shown| shown.as_ref().map(|shown| shown.language.own_name()));
    let is_open = move || desk.open.get() == Some(id);
    let name = move || texts.fill("person.name", &[("letter", &slot().letter().to_string())]);
    let open = move |_| desk.bring_to_front(id);
    let unread = move || {
        (desk.unread(id) > 0).then(|| {
            view! { <span class="am-dot"><span class="am-unseen">{t("desk.unread")}</span></span> }
        })
    };
    view! {
        <button
            type="button"
            class=move || format!("am-person {}", slot().class())
            aria-current=move || is_open().then_some("true")
            data-test="person"
            on:click=open
        >
            <span class="am-person__letter" aria-hidden="true">{move || slot().letter()}</span>
            <span class="am-person__words">
                <span class="am-person__name">{name} " · " <bdi>{language}</bdi></span>
                <span class="am-person__state">{words}</span>
            </span>
            {unread}
        </button>
    }
}

/// One sentence for how a conversation stands.
pub fn state_key(shown: &ShownConversation) -> &'static str {
    match (shown.state, shown.peer) {
        (ConversationState::WaitingForKey, _) if shown.rejoined => "state.coming-back",
        (ConversationState::WaitingForKey, _) => "state.waiting-for-key",
        (ConversationState::Ending { .. }, _) => "state.ending",
        (ConversationState::Ended(_), _) => "state.ended",
        (ConversationState::Lapsed, _) => "state.lapsed",
        (ConversationState::Released(_), _) => "state.released",
        (ConversationState::Broken, _) => "state.broken",
        (ConversationState::Talking, PeerState::Away { .. } | PeerState::MayAskAnother) => "state.visitor-away",
        (ConversationState::Talking, PeerState::Left) => "state.visitor-left",
        (ConversationState::Talking, PeerState::Here) => "state.talking",
    }
}

/// What to expect now, by presence.
#[component]
fn LineWords(has_people: Signal<bool>) -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let key = move || {
        if !desk.is_counselor() {
            return "line.no-counselor";
        }
        match desk.view.with(|view| view.as_ref().map(|view| view.presence)) {
            Some(Presence::Available) if has_people.get() => "line.talking",
            Some(Presence::Available) => "line.available",
            Some(Presence::Break) => "line.break",
            Some(Presence::Away) => "line.away",
            None => "line.no-shift",
        }
    };
    // While she rests, the rest says what happens next; off the rota the rota does, and in no team the teams do.
    let is_nobody_offered = move || desk.own_duty.with(|own| own.is_left_out || matches!(own.now, OnRota::Off { .. }));
    let is_told_elsewhere = move || desk.is_resting() || is_nobody_offered() && !has_people.get();
    let words = move || (!is_told_elsewhere()).then(|| texts.get(key()));
    view! { <p class="am-part__words" data-test="desk-words">{words}</p> }
}
