//! A member's own passkeys: what they are, those there are, one more.

use amparo_protocol::api::{PasskeyRow, Passkeys};
use amparo_protocol::error::ErrorCode;
use amparo_ui::clock;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account;
use crate::api::{self, Failure};
use crate::desk::Desk;
use crate::draft::{digits, trimmed};
use crate::passkey;
use crate::screens::form::{Form, TextField};

#[component]
pub fn PasskeysPage() -> impl IntoView {
    let texts = Texts::here();
    let known = RwSignal::new(None::<Passkeys>);
    let problem = RwSignal::new(None::<&'static str>);
    let load = Callback::new(move |()| {
        spawn_local(async move {
            match api::passkeys().await {
                Ok(new) => drop(known.try_set(Some(new))),
                Err(failure) => drop(problem.try_set(Some(failure.key()))),
            }
        });
    });
    load.run(());
    let list = move || {
        let rows = known.get()?.passkeys;
        let is_empty = rows.is_empty();
        let shown = rows.into_iter().map(|row| view! { <Passkey row load/> }).collect_view();
        Some(view! {
            {is_empty.then(|| view! { <p data-test="no-passkeys">{t("passkeys.none")}</p> })}
            <ul class="am-list">{shown}</ul>
        })
    };
    let may_add = Memo::new(move |_| known.with(|known| known.as_ref().map(|known| known.may_be_added)));
    let add = move || match may_add.get() {
        None => ().into_any(),
        Some(false) => view! { <p class="am-notice">{t("passkeys.no-name")}</p> }.into_any(),
        Some(true) if passkey::is_supported() => view! { <Add load/> }.into_any(),
        Some(true) => view! { <p class="am-notice">{t("passkeys.not-here")}</p> }.into_any(),
    };
    view! {
        <main class="am-page" data-test="passkeys-page">
            <h1 class="am-heading">{t("passkeys.heading")}</h1>
            <p class="am-page__words">{t("passkeys.words")}</p>
            <p class="am-page__words">{t("passkeys.who-knows")}</p>
            <p class="am-form__problem" role="alert">{move || problem.get().map(|key| texts.get(key))}</p>
            <section class="am-step">{list}</section>
            {add}
        </main>
    }
}

#[component]
fn Passkey(row: PasskeyRow, load: Callback<()>) -> impl IntoView {
    let texts = Texts::here();
    let PasskeyRow { id, name, added_at_unix_secs, used_at_unix_secs } = row;
    let asking = RwSignal::new(false);
    let problem = RwSignal::new(None::<&'static str>);
    let press = move |_| {
        if !asking.get_untracked() {
            return asking.set(true);
        }
        let id = id.clone();
        spawn_local(async move {
            match api::remove_passkey(&id).await {
                Ok(()) => load.run(()),
                Err(failure) => drop(problem.try_set(Some(failure.key()))),
            }
        });
    };
    let moments = move || {
        let added = clock::moment(added_at_unix_secs, texts.language());
        let used = used_at_unix_secs.map(|at| clock::moment(at, texts.language()));
        let added = texts.fill("passkeys.added", &[("when", &added)]);
        let used = used.map(|used| texts.fill("passkeys.used", &[("when", &used)]));
        [added, used.unwrap_or_else(|| texts.get("passkeys.unused"))].join(" · ")
    };
    let shown = name.clone();
    let words =
        move || texts.fill(if asking.get() { "passkeys.remove-really" } else { "passkeys.remove" }, &[("name", &name)]);
    view! {
        <li class="am-list__item" data-test="passkey">
            <p><strong><bdi>{shown}</bdi></strong></p>
            <p class="am-field__hint">{moments}</p>
            <button type="button" class="am-button" data-test="remove-passkey" on:click=press on:blur=move |_| asking.set(false)>
                {words}
            </button>
            <p class="am-form__problem" role="alert">{move || problem.get().map(|key| texts.get(key))}</p>
        </li>
    }
}

#[component]
fn Add(load: Callback<()>) -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let [name, code] = [(); 2].map(|()| RwSignal::new(String::new()));
    let problem = RwSignal::new(None);
    let busy = RwSignal::new(false);
    let is_added = RwSignal::new(false);
    let submit = Callback::new(move |()| {
        is_added.set(false);
        let (named, code_typed) = (trimmed(name), digits(&code.get_untracked()));
        if !(1..=40).contains(&named.chars().count()) {
            return problem.set(Some("problem.passkey-name"));
        }
        if code_typed.is_none() && !desk.is_demo.get_untracked() {
            return problem.set(Some("problem.code"));
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let added = account::add_passkey(named, code_typed).await;
            busy.try_set(false);
            code.try_set(String::new());
            match added {
                Ok(()) => {
                    name.try_set(String::new());
                    is_added.try_set(true);
                    load.run(());
                }
                Err(failure) => drop(problem.try_set(Some(problem_of(failure)))),
            }
        });
    });
    let code_field = move || {
        (!desk.is_demo.get()).then(|| {
            view! { <TextField label="authenticator.code" name="passkey-code" value=code inputmode="numeric" autocomplete="one-time-code"/> }
        })
    };
    view! {
        <section class="am-step am-step--form" aria-labelledby="add-passkey-heading">
            <h2 class="am-subheading" id="add-passkey-heading">{t("passkeys.add-heading")}</h2>
            <Form submit="passkeys.add" name="add-passkey" problem busy on_submit=submit>
                <TextField label="passkeys.name" name="passkey-name" value=name hint="passkeys.name-hint"/>
                {code_field}
            </Form>
            <p class="am-saved" role="status">
                {move || is_added.get().then(|| view! { <span data-test="passkey-added">{texts.get("passkeys.done")}</span> })}
            </p>
        </section>
    }
}

fn problem_of(failure: Failure) -> &'static str {
    match failure {
        Failure::Refused(ErrorCode::WrongCredentials) => "problem.code-wrong",
        Failure::Refused(ErrorCode::Conflict) => "problem.passkey-known",
        Failure::Refused(ErrorCode::Unexpected) => "problem.took-too-long",
        failure => failure.key(),
    }
}
