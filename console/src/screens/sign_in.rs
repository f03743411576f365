//! Name, password, code or passkey; after a reload the password alone.

use std::rc::Rc;

use amparo_protocol::api::Me;
use amparo_protocol::error::ErrorCode;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account::{self, AskedForPasskey, Keys};
use crate::api::Failure;
use crate::desk::Desk;
use crate::desk::place::Place;
use crate::draft::{digits, trimmed};
use crate::entry;
use crate::passkey;
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
    let passkey = PasskeyWay {
        desk,
        name,
        password,
        problem,
        busy,
        waiting: StoredValue::new_local(None),
        again: RwSignal::new(false),
    };
    let may_passkey = move || !desk.is_demo.get() && passkey::is_supported();
    let code_field = move || {
        (!desk.is_demo.get()).then(|| {
            view! { <TextField label="authenticator.code" name="sign-in-code" value=code inputmode="numeric" autocomplete="one-time-code"/> }
        })
    };
    let to_recovery = move |_| desk.place.set(Place::Recovery);
    let way_out = move || {
        if desk.is_demo.get() {
            return view! { <p class="am-field__hint">{t("sign-in.demo")}</p> }.into_any();
        }
        view! {
            <button type="button" class="am-button am-button--plain" data-test="to-recovery" on:click=to_recovery>
                {t("sign-in.recovery")}
            </button>
        }
        .into_any()
    };
    view! {
        <Column screen="sign-in" heading="sign-in.heading">
            <Form submit="sign-in.submit" name="sign-in" problem busy on_submit=submit>
                <TextField label="account.sign-in-name" name="sign-in-name" value=name autocomplete="username"/>
                <TextField label="account.password" name="sign-in-password" value=password kind="password" autocomplete="current-password"/>
                {code_field}
            </Form>
            {move || may_passkey().then(|| view! {
                <button type="button" class="am-button" data-test="sign-in-passkey" on:click=move |_| passkey.press()>
                    {move || texts.get(if passkey.again.get() { "sign-in.passkey-again" } else { "sign-in.passkey" })}
                </button>
            })}
            {way_out}
        </Column>
    }
}

/// The other way to sign in: the password first, then the passkey in place of the code.
#[derive(Clone, Copy)]
struct PasskeyWay {
    desk: Desk,
    name: RwSignal<String>,
    password: RwSignal<String>,
    problem: RwSignal<Option<&'static str>>,
    busy: RwSignal<bool>,
    /// The password was right. Some browsers ask for a passkey only right after a press, so that there may be a second one.
    waiting: StoredValue<Option<Rc<AskedForPasskey>>, LocalStorage>,
    again: RwSignal<bool>,
}

impl PasskeyWay {
    fn press(self) {
        if self.busy.get_untracked() {
            return;
        }
        if trimmed(self.name).is_empty() || self.password.with_untracked(String::is_empty) {
            return self.problem.set(Some("problem.sign-in-empty"));
        }
        self.busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            let done = self.signs_in().await;
            self.busy.try_set(false);
            match done {
                Ok((me, keys)) => {
                    self.password.set(String::new());
                    entry::arrive(self.desk, me, keys, Place::Desk);
                }
                Err(problem) => drop(self.problem.try_set(Some(problem))),
            }
        });
    }

    async fn signs_in(self) -> Result<(Me, Keys), &'static str> {
        let waiting = match self.waiting.get_value() {
            Some(waiting) => waiting,
            None => {
                let asked = account::ask_for_passkey(trimmed(self.name), self.password.get_untracked()).await;
                Rc::new(asked.map_err(|failure| match failure {
                    Failure::Refused(ErrorCode::NotFound) => "failure.no-passkey",
                    failure => failure.key(),
                })?)
            }
        };
        let done = account::sign_in_with_passkey(&waiting).await;
        // Only a question that the browser did not answer can be put again.
        let is_open = matches!(done, Err(Failure::Passkey));
        self.waiting.set_value(is_open.then_some(waiting));
        self.again.set(is_open);
        done.map_err(|failure| match failure {
            Failure::Refused(ErrorCode::WrongCredentials) => "failure.passkey",
            failure => failure.key(),
        })
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
            Err(Failure::Refused(ErrorCode::SignIn)) => desk.leave(Place::SignIn),
            Err(failure) => problem.set(Some(failure.key())),
        }
    });
}
