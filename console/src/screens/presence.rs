//! Available, break, away: one large control with words and shape. It shows what the relay has confirmed.

use amparo_protocol::wire::Presence;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use crate::desk::Desk;
use crate::screens::icon::{Icon, Sign};

#[component]
pub fn PresenceSwitch() -> impl IntoView {
    let desk = Desk::here();
    let presence =
        Memo::new(move |_| desk.view.with(|view| view.as_ref().map_or(Presence::Away, |view| view.presence)));
    let state = move || match presence.get() {
        Presence::Available => "available",
        Presence::Break => "break",
        Presence::Away => "away",
    };
    let disabled = move || desk.view.with(Option::is_none);
    view! {
        <fieldset class="am-presence" data-test="presence" data-state=state aria-describedby="own-rota" disabled=disabled>
            <legend class="am-unseen">{t("presence.label")}</legend>
            <Choice presence is=Presence::Available sign=Sign::Available key="presence.available" name="presence-available"/>
            <Choice presence is=Presence::Break sign=Sign::Break key="presence.break" name="presence-break"/>
            <Choice presence is=Presence::Away sign=Sign::Away key="presence.away" name="presence-away"/>
        </fieldset>
    }
}

/// Somebody goes away while a visitor still talks with them: said at once, and nothing is taken out of their hands.
#[component]
pub fn LeftAlone() -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let is_away =
        Memo::new(move |_| desk.view.with(|view| view.as_ref().is_some_and(|view| view.presence == Presence::Away)));
    let words = move || {
        (is_away.get() && desk.is_talking()).then(|| {
            view! { <p class="am-notice" data-test="left-alone">{move || texts.get("presence.left-alone")}</p> }
        })
    };
    view! { <div role="alert">{words}</div> }
}

/// The radio button itself is what tests and screen readers meet; its label is what is drawn.
#[component]
fn Choice(presence: Memo<Presence>, is: Presence, sign: Sign, key: &'static str, name: &'static str) -> impl IntoView {
    let desk = Desk::here();
    view! {
        <label class="am-presence__choice" class:am-presence__choice--on=move || presence.get() == is data-test=name>
            <input
                class="am-presence__radio"
                type="radio"
                name="presence"
                prop:checked=move || presence.get() == is
                on:change=move |_| desk.set_presence(is)
            />
            <Icon sign/>
            <span>{t(key)}</span>
        </label>
    }
}
