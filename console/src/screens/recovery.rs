//! Forgotten your password or lost your phone: what is left replaces it. One screen for a password, two for a phone.

use std::rc::Rc;

use amparo_client::house::recovery::RecoveryCode;
use amparo_protocol::api::Me;
use amparo_protocol::error::ErrorCode;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account::Keys;
use crate::api::Failure;
use crate::desk::Desk;
use crate::desk::place::Place;
use crate::draft::{self, AccountDraft, digits, trimmed};
use crate::entry;
use crate::recovery::{self, NewAuthenticator};
use crate::screens::account_steps::{AuthenticatorFields, PasswordHint};
use crate::screens::fields::RadioField;
use crate::screens::form::{Form, TextField};
use crate::screens::shell::Column;

/// What the app calls the account: nobody is told the organisation's name before they are signed in.
const PROGRAM: &str = "Amparo";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lost {
    Password,
    Phone,
}

#[derive(Clone, Copy)]
struct Draft {
    desk: Desk,
    lost: RwSignal<Lost>,
    recovery_code: RwSignal<String>,
    /// The one that there is; a new one is the account's.
    password: RwSignal<String>,
    /// Name, digits, and the new password.
    account: AccountDraft,
    /// Set while it waits for its first code.
    authenticator: RwSignal<Option<Rc<NewAuthenticator>>, LocalStorage>,
    problem: RwSignal<Option<&'static str>>,
    busy: RwSignal<bool>,
}

impl Draft {
    fn next(self) {
        let name = trimmed(self.account.sign_in_name);
        if name.is_empty() {
            return self.problem.set(Some("problem.recovery-name"));
        }
        let Some(code) = self.recovery_code.with_untracked(|typed| draft::recovery_code(typed)) else {
            return self.problem.set(Some("problem.recovery-code"));
        };
        match self.lost.get_untracked() {
            Lost::Password => self.replace_password(name, code),
            Lost::Phone => self.ask_for_authenticator(name, code),
        }
    }

    fn replace_password(self, name: String, code: RecoveryCode) {
        let Some(digits) = digits(&self.account.code.get_untracked()) else {
            return self.problem.set(Some("problem.code"));
        };
        if let Some(problem) = self.account.sign_in_problem() {
            return self.problem.set(Some(problem));
        }
        let password = self.account.password.get_untracked();
        self.begin();
        spawn_local(async move {
            let done = recovery::replace_password(name, &code, digits, password).await;
            self.end(done, "problem.recovery-wrong");
        });
    }

    fn ask_for_authenticator(self, name: String, code: RecoveryCode) {
        let password = self.password.get_untracked();
        if password.is_empty() {
            return self.problem.set(Some("problem.recovery-password"));
        }
        self.begin();
        spawn_local(async move {
            let asked = recovery::new_authenticator(name, &code, password).await;
            self.busy.try_set(false);
            match asked {
                Ok(new) => {
                    self.account.code.try_set(String::new());
                    self.authenticator.try_set(Some(Rc::new(new)));
                }
                Err(failure) => drop(self.problem.try_set(Some(problem_of(failure, "problem.recovery-wrong")))),
            }
        });
    }

    fn confirm(self, new: Rc<NewAuthenticator>) {
        let Some(digits) = digits(&self.account.code.get_untracked()) else {
            return self.problem.set(Some("problem.code"));
        };
        self.begin();
        spawn_local(async move {
            let done = recovery::confirm_authenticator(&new, digits).await;
            self.end(done, "problem.code-wrong");
        });
    }

    fn begin(self) {
        self.busy.set(true);
        self.problem.set(None);
    }

    /// Signed in, or the sentence for what was wrong.
    fn end(self, done: Result<(Me, Keys), Failure>, wrong: &'static str) {
        self.busy.try_set(false);
        match done {
            Ok((me, keys)) => entry::arrive(self.desk, me, keys, Place::Desk),
            Err(failure) => drop(self.problem.try_set(Some(problem_of(failure, wrong)))),
        }
    }

    /// To the screen before this one.
    fn back(self) {
        self.problem.set(None);
        if self.authenticator.with_untracked(Option::is_some) {
            self.authenticator.set(None);
        } else {
            self.desk.place.set(Place::SignIn);
        }
    }
}

/// The relay does not say what was wrong; the screen knows what it asked for.
fn problem_of(failure: Failure, wrong: &'static str) -> &'static str {
    match failure {
        Failure::Refused(ErrorCode::WrongCredentials) => wrong,
        Failure::Refused(ErrorCode::Unexpected) => "problem.took-too-long",
        failure => failure.key(),
    }
}

#[component]
pub fn Recovery() -> impl IntoView {
    let draft = Draft {
        desk: Desk::here(),
        lost: RwSignal::new(Lost::Password),
        recovery_code: RwSignal::default(),
        password: RwSignal::default(),
        account: AccountDraft::new(untrack(|| Texts::here().language())),
        authenticator: RwSignal::new_local(None),
        problem: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    move || match draft.authenticator.get() {
        None => view! { <AskStep draft/> }.into_any(),
        Some(new) => view! { <AuthenticatorStep draft authenticator=new/> }.into_any(),
    }
}

#[component]
fn AskStep(draft: Draft) -> impl IntoView {
    let options = vec![
        (Lost::Password, "recover.lost-password", "lost-password"),
        (Lost::Phone, "recover.lost-phone", "lost-phone"),
    ];
    let fields = move || {
        match draft.lost.get() {
        Lost::Password => view! { <PasswordFields draft/> }.into_any(),
        Lost::Phone => view! {
            <TextField label="account.password" name="recovery-password" value=draft.password kind="password" autocomplete="current-password"/>
        }
        .into_any(),
    }
    };
    view! {
        <Column screen="recovery" heading="recover.heading">
            <p>{t("recover.explanation")}</p>
            <Form
                submit="recover.submit"
                name="recovery-next"
                problem=draft.problem
                busy=draft.busy
                on_submit=Callback::new(move |()| draft.next())
                on_back=Callback::new(move |()| draft.back())
            >
                <TextField label="account.sign-in-name" name="recovery-name" value=draft.account.sign_in_name autocomplete="username"/>
                <TextField label="recovery.heading" name="recovery-code" value=draft.recovery_code hint="recover.code-hint"/>
                <RadioField label="recover.lost" value=draft.lost options/>
                {fields}
            </Form>
            <p class="am-field__hint" data-test="two-lost">{t("recover.two-lost")}</p>
        </Column>
    }
}

#[component]
fn PasswordFields(draft: Draft) -> impl IntoView {
    let account = draft.account;
    view! {
        <TextField label="authenticator.code" name="recovery-digits" value=account.code inputmode="numeric" autocomplete="one-time-code"/>
        <TextField label="recover.new-password" name="recovery-new-password" value=account.password kind="password" autocomplete="new-password"/>
        <PasswordHint draft=account/>
        <TextField label="account.password-again" name="recovery-password-again" value=account.password_again kind="password" autocomplete="new-password"/>
    }
}

#[component]
fn AuthenticatorStep(draft: Draft, authenticator: Rc<NewAuthenticator>) -> impl IntoView {
    let totp_secret = authenticator.totp_secret.clone();
    let authenticator = StoredValue::new_local(authenticator);
    view! {
        <Column screen="recovery-authenticator" heading="recover.authenticator-heading">
            <Form
                submit="recover.finish"
                name="recovery-next"
                problem=draft.problem
                busy=draft.busy
                on_submit=Callback::new(move |()| draft.confirm(authenticator.get_value()))
                on_back=Callback::new(move |()| draft.back())
            >
                <AuthenticatorFields
                    draft=draft.account
                    organisation=PROGRAM.to_owned()
                    secret_name="recovery-totp-secret"
                    code_name="recovery-digits"
                    totp_secret
                />
            </Form>
        </Column>
    }
}
