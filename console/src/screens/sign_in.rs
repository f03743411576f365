//! Name, password, code; after a reload the password alone.

use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account;
use crate::api::Failure;
use crate::desk::Desk;
use crate::desk::place::Place;
use crate::draft::{digits, trimmed};
use crate::entry;
use crate::screens::form::{Form, TextField};
use crate::screens::shell::Column;

#[component]
pub fn SignIn() -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let [name, password, code] = [(); 3].map(|()| RwSignal::new(String::new()));
    let problem = RwSignal::new(None);
    let busy = RwSignal::new(false);
    let submit = Callback::new(move |()| {
        let code = digits(&code.get_untracked());
        if trimmed(name).is_empty() || password.with_untracked(String::is_empty) {
            return problem.set(Some("problem.sign-in-empty"));
        }
        if code.is_none() && !desk.is_demo.get_untracked() {
            return problem.set(Some("problem.code"));
        }
        sign_in(desk, trimmed(name), password, code, problem, busy);
    });
    let code_field = move || {
        (!desk.is_demo.get()).then(|| {
            view! { <TextField label="authenticator.code" name="sign-in-code" value=code inputmode="numeric" autocomplete="one-time-code"/> }
        })
    };
    view! {
        <Column screen="sign-in" heading="sign-in.heading">
            <Form submit="sign-in.submit" name="sign-in" problem busy on_submit=submit>
                <TextField label="account.sign-in-name" name="sign-in-name" value=name autocomplete="username"/>
                <TextField label="account.password" name="sign-in-password" value=password kind="password" autocomplete="current-password"/>
                {code_field}
            </Form>
            <p class="am-field__hint">{move || texts.get(if desk.is_demo.get() { "sign-in.demo" } else { "sign-in.forgotten" })}</p>
        </Column>
    }
}

/// The login is alive; only the keys went with the page.
#[component]
pub fn Unlock() -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let password = RwSignal::new(String::new());
    let problem = RwSignal::new(None);
    let busy = RwSignal::new(false);
    let name = desk.me.with_untracked(|me| me.as_ref().map(|me| me.sign_in_name.clone())).unwrap_or_default();
    let greeting = {
        let name = name.clone();
        move || texts.fill("unlock.who", &[("name", &name)])
    };
    let submit = Callback::new(move |()| {
        if password.with_untracked(String::is_empty) {
            return problem.set(Some("problem.sign-in-empty"));
        }
        sign_in(desk, name.clone(), password, None, problem, busy);
    });
    let other = move |_| {
        spawn_local(async move {
            entry::sign_out(desk).await;
        });
    };
    view! {
        <Column screen="unlock" heading="unlock.heading">
            <p>{greeting}</p>
            <p>{t("unlock.explanation")}</p>
            <Form submit="unlock.submit" name="sign-in" problem busy on_submit=submit>
                <TextField label="account.password" name="sign-in-password" value=password kind="password" autocomplete="current-password"/>
            </Form>
            <button type="button" class="am-button am-button--plain" data-test="sign-out" on:click=other>{t("unlock.other")}</button>
        </Column>
    }
}

fn sign_in(
    desk: Desk,
    name: String,
    password: RwSignal<String>,
    code: Option<String>,
    problem: RwSignal<Option<&'static str>>,
    busy: RwSignal<bool>,
) {
    busy.set(true);
    problem.set(None);
    spawn_local(async move {
        let done = account::sign_in(name, password.get_untracked(), code).await;
        busy.set(false);
        match done {
            Ok((me, keys)) => {
                password.set(String::new());
                entry::arrive(desk, me, keys, Place::Desk);
            }
            // The login ended meanwhile: the code is needed after all.
            Err(Failure::Refused(amparo_protocol::error::ErrorCode::SignIn)) => desk.leave(Place::SignIn),
            Err(failure) => problem.set(Some(failure.key())),
        }
    });
}
