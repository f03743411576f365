//! A waiting visitor: over everything, until it is answered. Afterwards one kind sentence about what became of it.

use amparo_client::view::{ShownOffer, Whose};
use amparo_protocol::id::ConversationId;
use amparo_protocol::wire::{OfferGone, Presence};
use amparo_ui::clock::{self, Timeout};
use amparo_ui::texts::{Texts, t};
use leptos::html::{Button, H2};
use leptos::prelude::*;
use web_sys::HtmlElement;

use crate::alarm::Alarm;
use crate::browser;
use crate::desk::Desk;
use crate::duty::minutes_and_seconds;
use crate::sound::OFFER;

/// Keys that come so soon after an offer were meant for what was being written.
const STILL_WRITING_MS: u64 = 1_000;

#[component]
pub fn OfferPanel() -> impl IntoView {
    let desk = Desk::here();
    let offer = Memo::new(move |_| desk.offer());
    let is_ringing = Memo::new(move |_| desk.is_ringing());
    let texts = Texts::here();
    let ringing = StoredValue::new_local(None::<Alarm>);
    // What had the focus before the first ring gets it back, once the desk behind is awake again.
    let before = StoredValue::new_local(None::<HtmlElement>);
    Effect::new(move || {
        let is_ringing = is_ringing.get();
        ringing.set_value(is_ringing.then(|| Alarm::start(texts, OFFER, "title.offer")));
        if !is_ringing {
            let element = before.try_update_value(Option::take).flatten();
            Timeout::new(0, move || browser::focus(element)).run_to_the_end();
        }
    });
    // A locked screen rings; whoever can open it sees who waits.
    let is_locked = Memo::new(move |_| desk.is_locked());
    move || offer.get().filter(|_| !is_locked.get()).map(|offer| view! { <Offer offer before/> })
}

#[component]
fn Offer(offer: ShownOffer, before: StoredValue<Option<HtmlElement>, LocalStorage>) -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let accept = NodeRef::<Button>::new();
    let heading = NodeRef::<H2>::new();
    let shown_ms = clock::now_ms();
    let was_writing = browser::focused().is_some_and(|element| browser::is_field(&element));
    before.update_value(|before| *before = before.take().or_else(browser::focused));
    // A key that was meant for a message must not answer: then the heading has the focus, and the buttons come after it.
    Effect::new(move || {
        if was_writing {
            heading.get().into_iter().for_each(|heading| heading.focus().unwrap_or_default());
        } else {
            accept.get().into_iter().for_each(|button| button.focus().unwrap_or_default());
        }
    });
    let is_meant = move || !was_writing || clock::now_ms().saturating_sub(shown_ms) >= STILL_WRITING_MS;
    let waited = move || minutes_and_seconds(desk.now_ms.get().saturating_sub(offer.waiting_since_ms));
    let left_secs = move || offer.until_ms.saturating_sub(desk.now_ms.get()) / 1_000;
    let id = offer.conversation;
    let not_now = move || desk.set_presence(Presence::Break);
    let language = offer.language;
    view! {
        <div
            class="am-offer am-offer--ringing"
            role="alertdialog"
            aria-modal="true"
            aria-labelledby="offer-heading"
            aria-describedby="offer-facts"
            data-test="offer"
            on:keydown=move |ev| {
                if ev.key() == "Escape" && is_meant() {
                    not_now();
                }
            }
        >
            <div class="am-offer__card">
                <h2 class="am-heading" id="offer-heading" tabindex="-1" node_ref=heading>{t("offer.heading")}</h2>
                <dl class="am-facts" id="offer-facts">
                    <dt>{t("offer.language")}</dt>
                    <dd lang=language.tag() data-test="offer-language">{language.own_name()}</dd>
                    <dt>{t("offer.waited")}</dt>
                    <dd data-test="offer-waited">{waited}</dd>
                </dl>
                <WhoseVisitor whose=offer.whose.clone()/>
                <button
                    type="button"
                    class="am-button am-button--primary am-offer__accept"
                    node_ref=accept
                    data-test="accept"
                    on:click=move |_| desk.act(|counselor, now_ms| counselor.accept(now_ms, id))
                >
                    {t("offer.accept")}
                </button>
                <button type="button" class="am-button am-offer__not-now" data-test="not-now" on:click=move |_| not_now()>
                    {t("offer.not-now")}
                </button>
                <p class="am-field__hint">{move || texts.fill("offer.left", &[("secs", &left_secs().to_string())])}</p>
            </div>
        </div>
    }
}

/// Which team's visitor it is; and that it may be a child.
#[component]
pub fn WhoseVisitor(whose: Whose, #[prop(default = "am-notice")] class: &'static str) -> impl IntoView {
    let Whose { for_minors, team } = whose;
    view! {
        {team.map(|team| view! { <p data-test="of-team">{t("offer.team")} " " <bdi>{team}</bdi></p> })}
        {for_minors.then(|| view! { <p class=class data-test="for-minors">{t("offer.for-minors")}</p> })}
    }
}

/// What became of the last offer that somebody else or nobody took.
#[component]
pub fn OfferGoneNotice() -> impl IntoView {
    let desk = Desk::here();
    let read = RwSignal::new(None::<ConversationId>);
    let gone = Memo::new(move |_| desk.view.with(|view| view.as_ref()?.last_offer_gone));
    let sentence = move || {
        let (conversation, why) = gone.get().filter(|(conversation, _)| read.get() != Some(*conversation))?;
        let key = match why {
            OfferGone::Taken => "offer.taken",
            OfferGone::VisitorLeft => "offer.visitor-left",
            OfferGone::NotAnswered => "offer.not-answered",
        };
        Some(view! {
            <div class="am-notice am-notice--row" data-test="offer-gone">
                <p>{t(key)}</p>
                <button type="button" class="am-button am-button--plain" data-test="offer-gone-read" on:click=move |_| read.set(Some(conversation))>
                    {t("notice.read")}
                </button>
            </div>
        })
    };
    view! { <div class="am-desk__notice" role="status">{sentence}</div> }
}
