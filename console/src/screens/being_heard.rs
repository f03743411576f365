//! Will I hear it? The trial ring, and the press that lets this computer show notifications.

use amparo_ui::clock::Timeout;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::alarm::Alarm;
use crate::desk::Desk;
use crate::notification::{self, Permission};
use crate::sound::TRIAL;

/// Long enough to see and hear all of it.
const TRIAL_MS: u32 = 10_000;

#[component]
pub fn BeingHeard() -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let permission = RwSignal::new(notification::permission());
    let ask = move |_| {
        spawn_local(async move {
            permission.try_set(notification::ask().await);
        });
    };
    let key = move || match permission.get() {
        Permission::Open => "heard.not-asked",
        Permission::Given => "heard.given",
        Permission::Refused => "heard.refused",
        Permission::Missing => "heard.missing",
    };
    let button = move || {
        (permission.get() == Permission::Open).then(|| {
            view! { <button type="button" class="am-button" data-test="notify" on:click=ask>{t("heard.ask")}</button> }
        })
    };
    view! {
        <details class="am-fold am-heard">
            <summary data-test="being-heard">{t("heard.heading")}</summary>
            <p class="am-field__hint">{t("heard.words")}</p>
            <button type="button" class="am-button" data-test="ring-me" on:click=move |_| desk.is_trial.set(true)>{t("heard.ring-me")}</button>
            <p class="am-field__hint" data-test="notify-state">{move || texts.get(key())}</p>
            {button}
        </details>
    }
}

/// As an offer, with nobody behind it.
#[component]
pub fn Trial() -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let running = StoredValue::new_local(None::<(Alarm, Timeout)>);
    // A real offer is more than a trial.
    let is_on = Memo::new(move |_| desk.is_trial.get() && !desk.is_ringing());
    Effect::new(move || {
        let is_on = is_on.get();
        running.set_value(is_on.then(|| {
            let end = Timeout::new(TRIAL_MS, move || desk.is_trial.set(false));
            (Alarm::start(texts, TRIAL, "title.offer"), end)
        }));
    });
    move || is_on.get().then(|| view! { <TrialPanel/> })
}

#[component]
fn TrialPanel() -> impl IntoView {
    let desk = Desk::here();
    let stop = NodeRef::<leptos::html::Button>::new();
    Effect::new(move || stop.get().into_iter().for_each(|button| button.focus().unwrap_or_default()));
    view! {
        <div class="am-offer am-offer--ringing" role="alertdialog" aria-modal="true" aria-labelledby="trial-heading" data-test="trial">
            <div class="am-offer__card">
                <h2 class="am-heading" id="trial-heading">{t("heard.trial")}</h2>
                <p>{t("heard.trial-words")}</p>
                <button type="button" class="am-button am-button--primary am-offer__accept" node_ref=stop data-test="stop-trial" on:click=move |_| desk.is_trial.set(false)>
                    {t("heard.stop")}
                </button>
            </div>
        </div>
    }
}
