//! The three screens on which a member's account is made: sign-in, badge, second step. Invited members and administrators who
//! come with the organisation's words see the same.

use std::pin::Pin;
use std::rc::Rc;

use amparo_protocol::api::{FormerAccount, Me};
use amparo_ui::texts::t;
use leptos::prelude::*;

use crate::account::{Keys, Registration, Way};
use crate::api::Failure;
use crate::desk::Desk;
use crate::desk::place::Place;
use crate::draft::AccountDraft;
use crate::screens::account_steps::{BadgeFields, INVITATION, NewPasswordFields, SignInFields, StepNumber};
use crate::screens::form::Form;
use crate::screens::registering::{Registering, SecondStep};
use crate::screens::shell::Column;

/// Key of the words over each of the three screens.
const STEP: &str = "invitation.step";

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
    finish: StoredValue<Finish, LocalStorage>,
    organisation: StoredValue<String>,
    /// The sentence over the first screen.
    greeting: StoredValue<String>,
    /// Keeps the sign-in name it had.
    is_reset: bool,
    step: RwSignal<Step>,
    registering: Registering,
}

impl Draft {
    fn go(&self, step: Step) {
        self.registering.problem.set(None);
        self.step.set(step);
    }

    /// Goes on when nothing is missing.
    fn go_unless(&self, problem: Option<&'static str>, step: Step) {
        match problem {
            Some(problem) => self.registering.problem.set(Some(problem)),
            None => self.go(step),
        }
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
        finish: StoredValue::new_local(finish),
        organisation: StoredValue::new(organisation),
        greeting: StoredValue::new(greeting),
        is_reset: former.is_some(),
        step: RwSignal::new(Step::SignIn),
        registering: Registering::new(way),
    };
    if let Some(former) = former {
        draft.registering.account.fill_in(former);
    }
    move || match draft.step.get() {
        Step::SignIn => view! { <SignInStep draft/> }.into_any(),
        Step::Badge => view! { <BadgeStep draft/> }.into_any(),
        Step::Authenticator => view! { <LastStep draft/> }.into_any(),
    }
}

#[component]
fn SignInStep(draft: Draft) -> impl IntoView {
    let Registering { account, problem, .. } = draft.registering;
    let next = Callback::new(move |()| draft.go_unless(account.sign_in_problem(), Step::Badge));
    let fields = if draft.is_reset {
        view! { <NewPasswordFields draft=account names=INVITATION/> }.into_any()
    } else {
        view! { <SignInFields draft=account names=INVITATION/> }.into_any()
    };
    let explanation = if draft.is_reset { "reset.explanation" } else { "invitation.explanation" };
    let heading = if draft.is_reset { "reset.heading" } else { "invitation.heading" };
    view! {
        <Column screen="invitation-sign-in" heading>
            <StepNumber words=STEP number=1/>
            <p data-test="invitation-from">{draft.greeting.get_value()}</p>
            <p>{t(explanation)}</p>
            <Form submit="form.next" name="invitation-next" problem on_submit=next>
                {fields}
            </Form>
        </Column>
    }
}

#[component]
fn BadgeStep(draft: Draft) -> impl IntoView {
    let Registering { account, problem, busy, .. } = draft.registering;
    let next = Callback::new(move |()| match account.badge_problem() {
        Some(missing) => problem.set(Some(missing)),
        None => draft.registering.register(move || draft.go(Step::Authenticator)),
    });
    let back = Callback::new(move |()| draft.go(Step::SignIn));
    view! {
        <Column screen="invitation-badge" heading="setup.badge-heading">
            <StepNumber words=STEP number=2/>
            <p>{t("setup.badge-explanation")}</p>
            <Form submit="form.next" name="invitation-next" problem busy on_submit=next on_back=back>
                <BadgeFields draft=account names=INVITATION/>
            </Form>
        </Column>
    }
}

#[component]
fn LastStep(draft: Draft) -> impl IntoView {
    let desk = Desk::here();
    let finish = Callback::new(move |()| {
        let finish = draft.finish.get_value();
        draft.registering.finish(desk, Place::Desk, move |registration, account| finish(registration, account));
    });
    let back = Callback::new(move |()| draft.go(Step::Badge));
    view! {
        <SecondStep
            registering=draft.registering
            screen="invitation-second-step"
            names=INVITATION
            next="invitation-next"
            submit="invitation.finish"
            organisation=draft.organisation.get_value()
            on_back=back
            on_done=finish
        >
            <StepNumber words=STEP number=3/>
        </SecondStep>
    }
}
