//! The locked screen: nothing of a conversation is drawn; it rings as before, and the password opens it.

use amparo_protocol::error::ErrorCode;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account;
use crate::api::Failure;
use crate::desk::Desk;
use crate::desk::place::Place;
use crate::screens::form::{Form, TextField};
use crate::screens::shell::{Brand, LanguageChoice};

#[component]
pub fn LockScreen() -> impl IntoView {
    let desk = Desk::here();
    let is_locked = Memo::new(move |_| desk.is_locked());
    move || is_locked.get().then(|| view! { <Locked/> })
}

#[component]
fn Locked() -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let password = RwSignal::new(String::new());
    let problem = RwSignal::new(None);
    let busy = RwSignal::new(false);
    let name = desk.me.with_untracked(|me| me.as_ref().map(|me| me.sign_in_name.clone())).unwrap_or_default();
    let who = {
        let name = name.clone();
        move || texts.fill("unlock.who", &[("name", &name)])
    };
    let title = NodeRef::<leptos::html::H1>::new();
    Effect::new(move || title.get().into_iter().for_each(|title| title.focus().unwrap_or_default()));
    let submit = Callback::new(move |()| {
        if password.with_untracked(String::is_empty) {
            return problem.set(Some("problem.sign-in-empty"));
        }
        open(desk, name.clone(), password, problem, busy);
    });
    let words = move || {
        let key = match (desk.is_ringing(), desk.is_asked_for()) {
            (true, _) => "lock.ringing",
            (false, true) => "lock.asked",
            (false, false) => "lock.words",
        };
        texts.get(key)
    };
    view! {
        <div class="am-lock" class:am-lock--asked=move || desk.is_asked_for() data-test="lock">
            <header class="am-column__top"><Brand/><LanguageChoice/></header>
            <main class="am-column__main">
                <h1 class="am-heading" tabindex="-1" node_ref=title>{t("lock.heading")}</h1>
                <p role="status" data-test="lock-words">{words}</p>
                <p>{who}</p>
                <Form submit="lock.open" name="open-lock" problem busy on_submit=submit>
                    <TextField label="account.password" name="lock-password" value=password kind="password" autocomplete="current-password"/>
                </Form>
            </main>
        </div>
    }
}

/// The relay judges the password, as at sign-in; the keys in memory stay as they are.
fn open(
    desk: Desk,
    name: String,
    password: RwSignal<String>,
    problem: RwSignal<Option<&'static str>>,
    busy: RwSignal<bool>,
) {
    busy.set(true);
    problem.set(None);
    spawn_local(async move {
        let done = account::sign_in(name, password.get_untracked(), None).await;
        busy.try_set(false);
        password.try_set(String::new());
        match done {
            Ok(_) => desk.unlock(),
            Err(Failure::Refused(ErrorCode::SignIn)) => desk.leave(Place::SignIn),
            Err(failure) => drop(problem.try_set(Some(failure.key()))),
        }
    });
}
