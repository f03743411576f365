//! Available, break, away: one large control with words and shape. It shows what the relay has confirmed.

use amparo_protocol::wire::Presence;
use amparo_ui::texts::t;
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
