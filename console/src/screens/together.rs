//! Not alone: a supervisor is called without a word, a colleague takes over, the visitor goes back to the queue; and at
//! the colleague's desk, what rings.

use amparo_client::view::{
    ConversationState, ShownBadge, ShownCall, ShownColleague, ShownConversation, ShownRequest, Transfer,
};
use amparo_protocol::colleague::{Ask, TransferGone};
use amparo_protocol::id::ConversationId;
use amparo_ui::clock::Timeout;
use amparo_ui::texts::{Texts, t};
use leptos::html::Button;
use leptos::prelude::*;
use web_sys::HtmlElement;

use crate::alarm::Alarm;
use crate::browser;
use crate::desk::Desk;
use crate::screens::offer::WhoseVisitor;
use crate::sound::OFFER;

type Shown = Memo<Option<ShownConversation>>;

/// Who can read what is written now.
#[component]
pub fn Readers(shown: Shown) -> impl IntoView {
    let texts = Texts::here();
    let words = move || {
        let colleagues = shown.with(|shown| shown.as_ref().map(|shown| shown.colleagues.clone()).unwrap_or_default());
        match names(texts, &colleagues) {
            None => texts.get("conversation.readers"),
            Some(names) => texts.fill("together.readers", &[("names", &names)]),
        }
    };
    let has_history = move || shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.has_history));
    view! {
        <p class="am-conversation__readers" role="status" data-test="readers">
            {words}
            {move || has_history().then(|| view! { " " {t("together.history")} })}
        </p>
    }
}

/// What can be done beside writing and ending. Nothing while no key is held.
#[component]
pub fn Together(id: ConversationId, shown: Shown) -> impl IntoView {
    let is_talking = Memo::new(move |_| {
        shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.state == ConversationState::Talking))
    });
    let is_choosing = Memo::new(move |_| {
        let transfer = shown.with(|shown| shown.as_ref().map(|shown| shown.transfer.clone()));
        matches!(transfer, Some(Transfer::Looking | Transfer::Choosing(_)))
    });
    move || {
        is_talking.get().then(|| {
            view! {
                <div class="am-together" data-test="together">
                    {move || if is_choosing.get() {
                        view! { <Choosing id shown/> }.into_any()
                    } else {
                        view! { <Ways id shown/> }.into_any()
                    }}
                </div>
            }
        })
    }
}

#[component]
fn Ways(id: ConversationId, shown: Shown) -> impl IntoView {
    let has_colleague =
        Memo::new(move |_| shown.with(|shown| shown.as_ref().is_some_and(|shown| !shown.colleagues.is_empty())));
    let is_beside = Memo::new(move |_| shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.is_beside)));
    view! {
        <Became id shown/>
        {move || match (has_colleague.get(), is_beside.get()) {
            (false, _) => view! {
                <Call id shown/>
                <Way id ask=Ask::WhoIsFree words="together.transfer" name="transfer"/>
            }.into_any(),
            (true, false) => view! {
                <Way id ask=Ask::WhoIsFree words="together.transfer" name="transfer"/>
                <Way id ask=Ask::Leave words="together.leave" name="leave"/>
            }.into_any(),
            (true, true) => view! {
                <Way id ask=Ask::TakeOver words="together.take-over" name="take-over"/>
                <Way id ask=Ask::Leave words="together.leave" name="leave"/>
            }.into_any(),
        }}
    }
}

#[component]
fn Way(id: ConversationId, ask: Ask, words: &'static str, name: &'static str) -> impl IntoView {
    let desk = Desk::here();
    view! {
        <button type="button" class="am-button am-button--plain" data-test=name on:click=move |_| desk.ask(id, ask)>{t(words)}</button>
    }
}

/// The silent call, and how many it reaches.
#[component]
fn Call(id: ConversationId, shown: Shown) -> impl IntoView {
    let call = Memo::new(move |_| shown.with(|shown| shown.as_ref().and_then(|shown| shown.call)));
    move || match call.get() {
        None => view! { <Way id ask=Ask::CallSupervisor words="together.call" name="call"/> }.into_any(),
        Some(rung) => {
            let words = if rung == Some(0) { "together.nobody" } else { "together.calling" };
            view! {
                <p class="am-together__words" role="status" data-test="calling" data-rung=rung>{t(words)}</p>
                <Way id ask=Ask::CallOff words="together.call-off" name="call-off"/>
            }
            .into_any()
        }
    }
}

/// How far a transfer is, in one sentence.
#[component]
fn Became(id: ConversationId, shown: Shown) -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let transfer = Memo::new(move |_| shown.with(|shown| shown.as_ref().map(|shown| shown.transfer.clone())));
    let words = move || match transfer.get()? {
        Transfer::Asked(badge) => Some((texts.fill("together.asked", &[("name", &name(texts, &badge))]), "asked")),
        Transfer::Gone(why) => Some((texts.get(gone_key(why)), "gone")),
        Transfer::None | Transfer::Looking | Transfer::Choosing(_) => None,
    };
    move || {
        words().map(|(words, state)| {
            let read = (state == "gone").then(|| {
                view! {
                    <button type="button" class="am-button am-button--plain" data-test="transfer-read" on:click=move |_| desk.forget_transfer(id)>
                        {t("notice.read")}
                    </button>
                }
            });
            view! { <p class="am-together__words" role="status" data-test="transfer-state" data-state=state>{words}</p> {read} }
        })
    }
}

/// Who goes on with this visitor.
#[component]
fn Choosing(id: ConversationId, shown: Shown) -> impl IntoView {
    let desk = Desk::here();
    let free = Memo::new(move |_| match shown.with(|shown| shown.as_ref().map(|shown| shown.transfer.clone())) {
        Some(Transfer::Choosing(free)) => Some(free),
        _ => None,
    });
    let is_alone =
        Memo::new(move |_| shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.colleagues.is_empty())));
    let list = move || {
        let free = free.get()?;
        let nobody = free
            .is_empty()
            .then(|| view! { <p class="am-together__words" data-test="nobody-free">{t("together.none")}</p> });
        let one = |colleague: ShownColleague| view! { <Colleague id colleague/> };
        Some(view! { {nobody} {free.into_iter().map(one).collect_view()} })
    };
    let queue =
        move || is_alone.get().then(|| view! { <Way id ask=Ask::GiveBack words="together.queue" name="give-back"/> });
    view! {
        <div class="am-together__list" role="group" aria-label=t("together.question") data-test="transfer-list">
            <p class="am-conversation__question">{t("together.question")}</p>
            {list}
            {queue}
            <button type="button" class="am-button am-button--plain" data-test="transfer-no" on:click=move |_| desk.forget_transfer(id)>
                {t("together.stay")}
            </button>
        </div>
    }
}

#[component]
fn Colleague(id: ConversationId, colleague: ShownColleague) -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let name = name(texts, &colleague.badge);
    let supervises = colleague.is_supervisor.then(|| view! { " · " {t("role.supervisor")} });
    let ask = Ask::TransferTo(colleague.member);
    view! {
        <button type="button" class="am-button" data-test="colleague" on:click=move |_| desk.ask(id, ask)>
            <bdi>{name}</bdi>{supervises}
        </button>
    }
}

/// A colleague wants to hand over: over everything, until it is answered.
#[component]
pub fn RequestPanel() -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let request = Memo::new(move |_| desk.request());
    let ringing = StoredValue::new_local(None::<Alarm>);
    // What had the focus before the first ring gets it back, once the desk behind is awake again.
    let before = StoredValue::new_local(None::<HtmlElement>);
    Effect::new(move || {
        let rings = request.with(Option::is_some);
        ringing.set_value(rings.then(|| Alarm::start(texts, OFFER, "title.colleague")));
        if !rings {
            let element = before.try_update_value(Option::take).flatten();
            Timeout::new(0, move || browser::focus(element)).run_to_the_end();
        }
    });
    let is_locked = Memo::new(move |_| desk.is_locked());
    move || request.get().filter(|_| !is_locked.get()).map(|request| view! { <Request request before/> })
}

#[component]
fn Request(request: ShownRequest, before: StoredValue<Option<HtmlElement>, LocalStorage>) -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let left_secs = move || request.until_ms.saturating_sub(desk.now_ms.get()) / 1_000;
    let ShownRequest { conversation, by, language, whose, .. } = request;
    let by = name(texts, &by);
    let accept = NodeRef::<Button>::new();
    before.update_value(|before| *before = before.take().or_else(browser::focused));
    Effect::new(move || accept.get().into_iter().for_each(|button| button.focus().unwrap_or_default()));
    let answer = move |ask| move |_| desk.ask(conversation, ask);
    view! {
        <div class="am-offer am-offer--ringing" role="alertdialog" aria-modal="true" aria-labelledby="request-heading" aria-describedby="request-facts" data-test="request">
            <div class="am-offer__card">
                <h2 class="am-heading" id="request-heading">{t("request.heading")}</h2>
                <dl class="am-facts" id="request-facts">
                    <dt>{t("request.by")}</dt>
                    <dd data-test="request-by"><bdi>{by}</bdi></dd>
                    <dt>{t("offer.language")}</dt>
                    <dd lang=language.tag()>{language.own_name()}</dd>
                </dl>
                <WhoseVisitor whose/>
                <button type="button" class="am-button am-button--primary am-offer__accept" node_ref=accept data-test="request-accept" on:click=answer(Ask::AcceptTransfer)>
                    {t("request.accept")}
                </button>
                <button type="button" class="am-button am-offer__not-now" data-test="request-decline" on:click=answer(Ask::DeclineTransfer)>
                    {t("request.decline")}
                </button>
                <p class="am-field__hint">{move || texts.fill("offer.left", &[("secs", &left_secs().to_string())])}</p>
            </div>
        </div>
    }
}

/// At a supervisor's desk: who calls. It rings, and stays until somebody has come; what is being written is not covered.
#[component]
pub fn Calls() -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let calls =
        Memo::new(move |_| desk.view.with(|view| view.as_ref().map(|view| view.calls.clone()).unwrap_or_default()));
    let ringing = StoredValue::new_local(None::<Alarm>);
    let rings = Memo::new(move |_| calls.with(|calls| !calls.is_empty()));
    Effect::new(move || ringing.set_value(rings.get().then(|| Alarm::start(texts, OFFER, "title.colleague"))));
    let list = move || calls.get().into_iter().map(|call| view! { <OneCall call/> }).collect_view();
    view! { <div class="am-desk__notice" role="alert">{list}</div> }
}

#[component]
fn OneCall(call: ShownCall) -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let ShownCall { conversation, by, language, whose } = call;
    let by = name(texts, &by);
    let answer = move |ask| move |_| desk.ask(conversation, ask);
    view! {
        <div class="am-notice am-notice--row" data-test="call-for-me">
            <p>{move || texts.fill("call.words", &[("name", &by), ("language", language.own_name())])}</p>
            <WhoseVisitor whose class=""/>
            <div class="am-together__answers">
                <button type="button" class="am-button am-button--primary" data-test="join" on:click=answer(Ask::Join)>{t("call.join")}</button>
                <button type="button" class="am-button" data-test="take-over" on:click=answer(Ask::TakeOver)>{t("together.take-over")}</button>
            </div>
        </div>
    }
}

fn names(texts: Texts, badges: &[ShownBadge]) -> Option<String> {
    let names: Vec<String> = badges.iter().map(|badge| name(texts, badge)).collect();
    (!names.is_empty()).then(|| names.join(" · "))
}

/// A colleague's pseudonym.
fn name(texts: Texts, badge: &ShownBadge) -> String {
    if badge.pseudonym.is_empty() { texts.get("together.unknown") } else { badge.pseudonym.clone() }
}

fn gone_key(why: TransferGone) -> &'static str {
    match why {
        TransferGone::Declined => "together.declined",
        TransferGone::NotAnswered => "together.not-answered",
        TransferGone::NotFree => "together.not-free",
        TransferGone::Void => "together.void",
        TransferGone::Withdrawn => "together.withdrawn",
    }
}
