//! The three screens on which a member's account is made: sign-in, badge, second step. Invited members and administrators who
//! come with the organisation's words see the same.

use std::pin::Pin;
use std::rc::Rc;

use amparo_protocol::api::{FormerAccount, Me};
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account::{self, Keys, Registration, Way};
use crate::api::Failure;
use crate::desk::Desk;
use crate::desk::place::Place;
use crate::draft::AccountDraft;
use crate::entry;
use crate::screens::account_steps::{BadgeFields, INVITATION, NewPasswordFields, SecondStepFields, SignInFields};
use crate::screens::form::Form;
use crate::screens::shell::Column;

type Made = Pin<Box<dyn Future<Output = Result<(Me, Keys), Failure>>>>;

/// What makes the account, when everything was asked.
pub type Finish = Rc<dyn Fn(Rc<Registration>, AccountDraft) -> Made>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    SignIn,
    Badge,
    Authenticator,
}

#[derive(Clone, Copy)]
struct Draft {
    way: StoredValue<Way, LocalStorage>,
    finish: StoredValue<Finish, LocalStorage>,
    organisation: StoredValue<String>,
    /// The sentence over the first screen.
    greeting: StoredValue<String>,
    /// Keeps the sign-in name it had.
    is_reset: bool,
    step: RwSignal<Step>,
    account: AccountDraft,
    registration: StoredValue<Option<Rc<Registration>>, LocalStorage>,
    recovery_written: RwSignal<bool>,
    problem: RwSignal<Option<&'static str>>,
    busy: RwSignal<bool>,
}

impl Draft {
    fn go(&self, step: Step) {
        self.problem.set(None);
        self.step.set(step);
    }

    fn register(self) {
        self.busy.set(true);
        spawn_local(async move {
            let registered = account::register(&self.way.get_value(), self.account.password.get_untracked()).await;
            self.busy.set(false);
            match registered {
                Ok(registration) => {
                    self.registration.set_value(Some(Rc::new(registration)));
                    self.recovery_written.set(false);
                    self.go(Step::Authenticator);
                }
                Err(failure) => self.problem.set(Some(failure.key())),
            }
        });
    }

    fn finish(self, desk: Desk) {
        let Some(registration) = self.registration.get_value() else { return };
        self.busy.set(true);
        spawn_local(async move {
            let finish = self.finish.get_value();
            let done = finish(registration, self.account).await;
            self.busy.set(false);
            match done {
                Ok((me, keys)) => entry::arrive(desk, me, keys, Place::Desk),
                Err(failure) => self.problem.set(Some(account::finish_problem(failure))),
            }
        });
    }
}

#[component]
pub fn NewAccount(
    way: Way,
    finish: Finish,
    organisation: String,
    greeting: String,
    /// Whose account is made anew.
    former: Option<FormerAccount>,
) -> impl IntoView {
    let draft = Draft {
        way: StoredValue::new_local(way),
        finish: StoredValue::new_local(finish),
        organisation: StoredValue::new(organisation),
        greeting: StoredValue::new(greeting),
        is_reset: former.is_some(),
        step: RwSignal::new(Step::SignIn),
        account: AccountDraft::new(untrack(|| Texts::here().language())),
        registration: StoredValue::new_local(None),
        recovery_written: RwSignal::new(false),
        problem: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    if let Some(former) = former {
        draft.account.fill_in(former);
    }
    move || match draft.step.get() {
        Step::SignIn => view! { <SignInStep draft/> }.into_any(),
        Step::Badge => view! { <BadgeStep draft/> }.into_any(),
        Step::Authenticator => view! { <SecondStep draft/> }.into_any(),
    }
}

#[component]
fn StepNumber(number: u8) -> impl IntoView {
    let texts = Texts::here();
    view! { <p class="am-step-number">{move || texts.fill("invitation.step", &[("number", &number.to_string())])}</p> }
}

#[component]
fn SignInStep(draft: Draft) -> impl IntoView {
    let next = Callback::new(move |()| match draft.account.sign_in_problem() {
        Some(problem) => draft.problem.set(Some(problem)),
        None => draft.go(Step::Badge),
    });
    let fields = if draft.is_reset {
        view! { <NewPasswordFields draft=draft.account names=INVITATION/> }.into_any()
    } else {
        view! { <SignInFields draft=draft.account names=INVITATION/> }.into_any()
    };
    let explanation = if draft.is_reset { "reset.explanation" } else { "invitation.explanation" };
    let heading = if draft.is_reset { "reset.heading" } else { "invitation.heading" };
    view! {
        <Column screen="invitation-sign-in" heading>
            <StepNumber number=1/>
            <p data-test="invitation-from">{draft.greeting.get_value()}</p>
            <p>{t(explanation)}</p>
            <Form submit="form.next" name="invitation-next" problem=draft.problem on_submit=next>
                {fields}
            </Form>
        </Column>
    }
}

#[component]
fn BadgeStep(draft: Draft) -> impl IntoView {
    let next = Callback::new(move |()| match draft.account.badge_problem() {
        Some(problem) => draft.problem.set(Some(problem)),
        None => draft.register(),
    });
    let back = Callback::new(move |()| draft.go(Step::SignIn));
    view! {
        <Column screen="invitation-badge" heading="setup.badge-heading">
            <StepNumber number=2/>
            <p>{t("setup.badge-explanation")}</p>
            <Form submit="form.next" name="invitation-next" problem=draft.problem busy=draft.busy on_submit=next on_back=back>
                <BadgeFields draft=draft.account names=INVITATION/>
            </Form>
        </Column>
    }
}

#[component]
fn SecondStep(draft: Draft) -> impl IntoView {
    let desk = Desk::here();
    let registration = draft.registration.get_value();
    let (totp_secret, recovery_code) = registration
        .map(|registration| (registration.totp_secret.clone(), registration.recovery_code.clone()))
        .unwrap_or_default();
    let has_code = totp_secret.is_some();
    let finish = Callback::new(move |()| {
        let no_code = if has_code { draft.account.code_problem() } else { None };
        let not_written = (!draft.recovery_written.get_untracked()).then_some("problem.recovery");
        match no_code.or(not_written) {
            Some(problem) => draft.problem.set(Some(problem)),
            None => draft.finish(desk),
        }
    });
    let back = Callback::new(move |()| draft.go(Step::Badge));
    view! {
        <Column screen="invitation-second-step" heading="setup.second-step-heading">
            <StepNumber number=3/>
            <Form submit="invitation.finish" name="invitation-next" problem=draft.problem busy=draft.busy on_submit=finish on_back=back>
                <SecondStepFields
                    draft=draft.account
                    names=INVITATION
                    organisation=draft.organisation.get_value()
                    totp_secret
                    recovery_code
                    recovery_written=draft.recovery_written
                />
            </Form>
        </Column>
    }
}
