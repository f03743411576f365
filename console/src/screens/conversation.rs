//! The conversations. Each keeps its place on the page, so that changing the room loses no draft; one is in front.

use amparo_client::view::{ConversationState, ShownConversation};
use amparo_protocol::id::ConversationId;
use amparo_protocol::wire::{EndReason, PeerState, Release};
use amparo_ui::composer::Composer;
use amparo_ui::message_list::MessageList;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use crate::desk::{Desk, is_over};
use crate::duty::minutes_and_seconds;
use crate::screens::ending::EndButton;
use crate::screens::people::state_key;
use crate::screens::together::{Readers, Together};

#[component]
pub fn Conversations() -> impl IntoView {
    let desk = Desk::here();
    let ids = Memo::new(move |_| {
        desk.view.with(|view| {
            view.iter().flat_map(|view| &view.conversations).map(|shown| shown.conversation).collect::<Vec<_>>()
        })
    });
    let nobody = move || {
        desk.open
            .get()
            .is_none()
            .then(|| view! { <p class="am-part__words am-part__words--middle">{t("conversation.none")}</p> })
    };
    view! {
        {nobody}
        <For each=move || ids.get() key=|id| *id let:id>
            <Conversation id/>
        </For>
    }
}

#[component]
fn Conversation(id: ConversationId) -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let shown = desk.conversation(id);
    let is_front = move || desk.open.get() == Some(id);
    let name = move || texts.fill("person.name", &[("letter", &desk.slot(id).letter().to_string())]);
    let messages = Signal::derive(move || {
        shown.with(|shown| shown.as_ref().map(|shown| shown.messages.clone()).unwrap_or_default())
    });
    let state = Memo::new(move |_| shown.with(|shown| shown.as_ref().map(|shown| shown.state)));
    let may_write = Memo::new(move |_| state.get() == Some(ConversationState::Talking));
    let send_again =
        Callback::new(move |message| desk.act(|counselor, now_ms| counselor.send_again(now_ms, id, message)));
    let say = Callback::new(move |text: String| desk.say(id, text));
    let typing = Callback::new(move |()| desk.on_typing(id));
    let take_back = move |ev: leptos::ev::KeyboardEvent| {
        if ev.key() == "Escape" {
            desk.take_back(id);
        }
    };
    let composer = move || {
        may_write.get().then(|| {
            view! { <Composer draft=desk.draft(id) on_send=say on_typing=typing/> }
        })
    };
    view! {
        <article
            class=move || format!("am-conversation {}", desk.slot(id).class())
            hidden=move || !is_front()
            aria-label=name
            data-test="conversation"
            data-state=move || state.get().map(state_name)
            on:keydown=take_back
        >
            <Head id shown name=Signal::derive(name)/>
            <MessageList messages other=Signal::derive(name) on_send_again=send_again/>
            <Remarks id shown/>
            <OnItsWay id/>
            {composer}
        </article>
    }
}

/// Whose room this is, who can read, and the way to end it.
#[component]
fn Head(id: ConversationId, shown: Memo<Option<ShownConversation>>, name: Signal<String>) -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let language = move || shown.with(|shown| shown.as_ref().map(|shown| shown.language.own_name()));
    let state = move || shown.with(|shown| shown.as_ref().map(|shown| texts.get(state_key(shown))));
    let peer = move || shown.with(|shown| shown.as_ref().map(|shown| peer_name(shown.peer)));
    let is_over = Memo::new(move |_| shown.with(|shown| shown.as_ref().is_none_or(|shown| is_over(shown.state))));
    let is_beside = Memo::new(move |_| shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.is_beside)));
    view! {
        <header class="am-conversation__head">
            <span class="am-person__letter" aria-hidden="true">{move || desk.slot(id).letter()}</span>
            <div class="am-conversation__who">
                <h2 class="am-conversation__name">
                    {move || name.get()} " · " <bdi data-test="conversation-language">{language}</bdi> " · " {t("channel.web")}
                </h2>
                <p class="am-conversation__state" role="status" data-test="peer" data-state=peer>{state}</p>
            </div>
            {move || (!is_over.get() && !is_beside.get()).then(|| view! { <EndButton id shown/> })}
        </header>
        {move || (!is_over.get()).then(|| view! { <Readers shown/> <Together id shown/> })}
    }
}

/// What was sent and can still be taken back, by its button or by Escape.
#[component]
fn OnItsWay(id: ConversationId) -> impl IntoView {
    let desk = Desk::here();
    let held = Memo::new(move |_| desk.outgoing.with(|outgoing| outgoing.of(id).map(|held| held.text.clone())));
    move || {
        held.get().map(|text| {
            view! {
                <div class="am-held" data-test="held">
                    <p class="am-held__text" dir="auto">{text}</p>
                    <button type="button" class="am-button" data-test="take-back" on:click=move |_| desk.take_back(id)>
                        {t("held.take-back")}
                    </button>
                </div>
            }
        })
    }
}

/// What there is to know or do about this conversation now, above the composer.
#[component]
fn Remarks(id: ConversationId, shown: Memo<Option<ShownConversation>>) -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let sentence = move || {
        shown.with(|shown| {
            let shown = shown.as_ref()?;
            match shown.state {
                ConversationState::Ending { until_ms } => {
                    let left = minutes_and_seconds(until_ms.saturating_sub(desk.now_ms.get()));
                    Some(texts.fill("conversation.ending", &[("left", &left)]))
                }
                _ => remark_key(shown).map(|key| texts.get(key)),
            }
        })
    };
    let is_over = Memo::new(move |_| shown.with(|shown| shown.as_ref().is_some_and(|shown| is_over(shown.state))));
    let clear = move || {
        is_over.get().then(|| {
            view! {
                <button type="button" class="am-button" data-test="clear" on:click=move |_| desk.clear(id)>{t("conversation.clear")}</button>
            }
        })
    };
    view! {
        <div class="am-conversation__remarks" role="status">
            {move || sentence().map(|sentence| view! { <p class="am-notice" data-test="remark-state">{sentence}</p> })}
        </div>
        {clear}
    }
}

fn remark_key(shown: &ShownConversation) -> Option<&'static str> {
    Some(match shown.state {
        ConversationState::WaitingForKey if shown.rejoined => "conversation.coming-back",
        ConversationState::WaitingForKey => "conversation.waiting-for-key",
        ConversationState::Lapsed => "conversation.lapsed",
        ConversationState::Broken => "conversation.broken",
        ConversationState::Released(why) => released_key(why)?,
        ConversationState::Ended(EndReason::Counselor) => "ended.counselor",
        ConversationState::Ended(EndReason::Visitor) => "ended.visitor",
        ConversationState::Ended(EndReason::Idle) => "ended.idle",
        ConversationState::Ended(EndReason::Missing) => "ended.missing",
        ConversationState::Ended(EndReason::Abuse) => "ended.abuse",
        ConversationState::Talking if shown.idle_warning => "conversation.idle",
        ConversationState::Talking => match shown.peer {
            PeerState::Away { .. } | PeerState::MayAskAnother => "conversation.visitor-away",
            PeerState::Left => "conversation.visitor-left",
            PeerState::Here => return None,
        },
        ConversationState::Ending { .. } => return None,
    })
}

fn released_key(why: Release) -> Option<&'static str> {
    Some(match why {
        Release::Superseded => return None,
        Release::Transferred => "released.transferred",
        Release::TakenOver => "released.taken-over",
        Release::Left => "released.left",
        Release::GivenBack => "released.given-back",
    })
}

fn state_name(state: ConversationState) -> &'static str {
    match state {
        ConversationState::WaitingForKey => "waiting-for-key",
        ConversationState::Talking => "talking",
        ConversationState::Ending { .. } => "ending",
        ConversationState::Ended(_) => "ended",
        ConversationState::Lapsed => "lapsed",
        ConversationState::Broken => "broken",
        ConversationState::Released(_) => "released",
    }
}

fn peer_name(peer: PeerState) -> &'static str {
    match peer {
        PeerState::Here => "here",
        PeerState::Away { .. } | PeerState::MayAskAnother => "away",
        PeerState::Left => "left",
    }
}
