//! The end of every way to an account, by set-up, invitation or the words on paper: the password is registered, the second step
//! is set up, the account is made.

use std::rc::Rc;

use amparo_protocol::api::Me;
use amparo_protocol::error::ErrorCode;
use amparo_ui::texts::Texts;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account::{self, Keys, Registration, Way};
use crate::api::Failure;
use crate::desk::Desk;
use crate::desk::place::Place;
use crate::draft::AccountDraft;
use crate::entry;
use crate::screens::account_steps::{Names, SecondStepFields};
use crate::screens::form::Form;
use crate::screens::shell::Column;

/// An account between its first question and its last.
#[derive(Clone, Copy)]
pub struct Registering {
    way: StoredValue<Way, LocalStorage>,
    pub account: AccountDraft,
    made: StoredValue<Option<Rc<Registration>>, LocalStorage>,
    recovery_written: RwSignal<bool>,
    pub problem: RwSignal<Option<&'static str>>,
    pub busy: RwSignal<bool>,
}

impl Registering {
    pub fn new(way: Way) -> Self {
        Self {
            way: StoredValue::new_local(way),
            account: AccountDraft::new(untrack(|| Texts::here().language())),
            made: StoredValue::new_local(None),
            recovery_written: RwSignal::new(false),
            problem: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// Registers the password; the authenticator's secret comes with the answer. Whoever went back and chose no other password
    /// keeps both secrets: they are in the app and on paper already.
    pub fn register(self, then: impl FnOnce() + 'static) {
        let password = self.account.password.get_untracked();
        if self.made.with_value(|made| made.as_ref().is_some_and(|made| made.is_for(&password))) {
            return then();
        }
        self.busy.set(true);
        spawn_local(async move {
            let registered = account::register(&self.way.get_value(), password).await;
            self.busy.set(false);
            match registered {
                Ok(registration) => {
                    self.made.set_value(Some(Rc::new(registration)));
                    self.recovery_written.set(false);
                    then();
                }
                Err(failure) => self.problem.set(Some(failure.key())),
            }
        });
    }

    /// Makes the account and signs its owner in.
    pub fn finish<F>(self, desk: Desk, to: Place, make: impl FnOnce(Rc<Registration>, AccountDraft) -> F + 'static)
    where
        F: Future<Output = Result<(Me, Keys), Failure>> + 'static,
    {
        let Some(registration) = self.made.get_value() else { return };
        self.busy.set(true);
        spawn_local(async move {
            let done = make(registration, self.account).await;
            self.busy.set(false);
            match done {
                Ok((me, keys)) => entry::arrive(desk, me, keys, to),
                Err(failure) => {
                    if failure == Failure::Refused(ErrorCode::Unexpected) {
                        // The relay has forgotten its half by now.
                        self.made.set_value(None);
                    }
                    self.problem.set(Some(account::finish_problem(failure)));
                }
            }
        });
    }

    /// The key of the sentence for what is missing on the last screen.
    fn second_step_problem(&self, has_code: bool) -> Option<&'static str> {
        let no_code = if has_code { self.account.code_problem() } else { None };
        no_code.or((!self.recovery_written.get_untracked()).then_some("problem.recovery"))
    }
}

/// The last screen: authenticator and recovery code.
#[component]
pub fn SecondStep(
    registering: Registering,
    screen: &'static str,
    /// The hooks for tests, of the fields and of the primary button.
    names: Names,
    next: &'static str,
    /// Key of the primary button's words.
    submit: &'static str,
    /// What the authenticator app will call this account, beside the sign-in name.
    organisation: String,
    on_back: Callback<()>,
    on_done: Callback<()>,
    /// Which step this is.
    children: Children,
) -> impl IntoView {
    let made = registering.made.get_value();
    let (totp_secret, recovery_code) =
        made.map(|made| (made.totp_secret.clone(), made.recovery_code.clone())).unwrap_or_default();
    let has_code = totp_secret.is_some();
    let done = Callback::new(move |()| match registering.second_step_problem(has_code) {
        Some(problem) => registering.problem.set(Some(problem)),
        None => on_done.run(()),
    });
    view! {
        <Column screen heading="setup.second-step-heading">
            {children()}
            <Form submit name=next problem=registering.problem busy=registering.busy on_submit=done on_back>
                <SecondStepFields
                    draft=registering.account
                    names
                    organisation
                    totp_secret
                    recovery_code
                    recovery_written=registering.recovery_written
                />
            </Form>
        </Column>
    }
}
