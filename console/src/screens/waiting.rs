//! Screens on which there is nothing to do but know why: opening, preparing, waiting for approval, stopped.

use amparo_ui::clock::Interval;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Failure;
use crate::desk::Desk;
use crate::entry;
use crate::screens::shell::Column;

/// How often the page asks whether somebody has approved.
const ASK_MS: u32 = 4_000;

#[component]
pub fn Opening() -> impl IntoView {
    view! {
        <Column screen="opening" heading="opening.heading">
            <p role="status">{t("opening.explanation")}</p>
        </Column>
    }
}

/// The demonstration makes its accounts by itself; the slow part is the password.
#[component]
pub fn Preparing() -> impl IntoView {
    view! {
        <Column screen="preparing" heading="preparing.heading">
            <p role="status">{t("preparing.explanation")}</p>
        </Column>
    }
}

/// The account exists, and nobody has put it into the roster yet.
#[component]
pub fn Approval() -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let asking = StoredValue::new_local(Some(Interval::new(ASK_MS, move || {
        spawn_local(async move {
            entry::ask_for_approval(desk).await;
        });
    })));
    on_cleanup(move || asking.set_value(None));
    let who = move || {
        let names = desk.me.with(|me| me.as_ref().map(|me| (me.pseudonym.clone(), me.sign_in_name.clone())));
        names.map(|(pseudonym, name)| texts.fill("approval.who", &[("name", &name), ("pseudonym", &pseudonym)]))
    };
    let leave = move |_| {
        spawn_local(async move {
            entry::sign_out(desk).await;
        });
    };
    view! {
        <Column screen="approval" heading="approval.heading">
            <p>{who}</p>
            <p role="status">{t("approval.explanation")}</p>
            <button type="button" class="am-button am-button--plain" data-test="sign-out" on:click=leave>{t("desk.sign-out")}</button>
        </Column>
    }
}

/// Why nothing goes on, and the way back.
#[component]
pub fn Stopped(failure: Failure) -> impl IntoView {
    view! {
        <Column screen="stopped" heading="stopped.heading">
            <p role="status" data-test="stopped">{t(failure.key())}</p>
            <p><a class="am-button am-button--plain" href="/console/" data-test="to-sign-in">{t("stopped.to-sign-in")}</a></p>
        </Column>
    }
}
