//! An invited person makes their account: three screens, then they wait until an administrator approves.

use std::rc::Rc;

use amparo_client::house::invitation::InvitationSecret;
use amparo_protocol::api::{InvitationOpened, roles};
use amparo_protocol::error::ErrorCode;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account::{self, Registration, Way};
use crate::api::Failure;
use crate::desk::Desk;
use crate::desk::place::Place;
use crate::draft::AccountDraft;
use crate::entry;
use crate::screens::account_steps::{BadgeFields, INVITATION, SecondStepFields, SignInFields};
use crate::screens::form::Form;
use crate::screens::shell::Column;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    SignIn,
    Badge,
    Authenticator,
}

#[derive(Clone, Copy)]
struct Draft {
    /// `None` for a link that was cut off: nothing can be opened with it.
    secret: StoredValue<Option<InvitationSecret>, LocalStorage>,
    step: RwSignal<Step>,
    opened: RwSignal<Option<InvitationOpened>>,
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

    fn go_unless(&self, problem: Option<&'static str>, step: Step) {
        match problem {
            Some(problem) => self.problem.set(Some(problem)),
            None => self.go(step),
        }
    }

    /// What the relay says about the invitation; a used one stops here.
    fn open(self, desk: Desk) {
        let Some(secret) = self.secret.get_value() else {
            return desk.place.set(Place::Stopped(Failure::Refused(ErrorCode::Invitation)));
        };
        spawn_local(async move {
            match account::open_invitation(&secret).await {
                Ok(opened) => {
                    desk.is_demo.set(opened.demo);
                    self.opened.set(Some(opened));
                }
                Err(failure) => desk.place.set(Place::Stopped(failure)),
            }
        });
    }

    fn register(self) {
        let Some(secret) = self.secret.get_value() else { return };
        self.busy.set(true);
        spawn_local(async move {
            let way = Way::Invitation(secret);
            let registered = account::register(&way, self.account.password.get_untracked()).await;
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

    fn accept(self, desk: Desk) {
        let (Some(secret), Some(registration)) = (self.secret.get_value(), self.registration.get_value()) else {
            return;
        };
        self.busy.set(true);
        spawn_local(async move {
            let done = account::accept(&secret, &registration, &self.account).await;
            self.busy.set(false);
            match done {
                Ok((me, keys)) => entry::arrive(desk, me, keys, Place::Desk),
                Err(failure) => self.problem.set(Some(account::finish_problem(failure))),
            }
        });
    }
}

#[component]
pub fn Invitation(secret: String) -> impl IntoView {
    let draft = Draft {
        secret: StoredValue::new_local(InvitationSecret::from_text(&secret)),
        step: RwSignal::new(Step::SignIn),
        opened: RwSignal::new(None),
        account: AccountDraft::new(untrack(|| Texts::here().language())),
        registration: StoredValue::new_local(None),
        recovery_written: RwSignal::new(false),
        problem: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    draft.open(Desk::here());
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
    let texts = Texts::here();
    let next = Callback::new(move |()| draft.go_unless(draft.account.sign_in_problem(), Step::Badge));
    let invites = move || {
        draft
            .opened
            .get()
            .map(|opened| texts.fill(invites_key(opened.roles), &[("organisation", &opened.organisation)]))
    };
    view! {
        <Column screen="invitation-sign-in" heading="invitation.heading">
            <StepNumber number=1/>
            <p data-test="invitation-from">{invites}</p>
            <p>{t("invitation.explanation")}</p>
            <Form submit="form.next" name="invitation-next" problem=draft.problem on_submit=next>
                <SignInFields draft=draft.account names=INVITATION/>
            </Form>
        </Column>
    }
}

fn invites_key(role_bits: u8) -> &'static str {
    if role_bits & roles::ADMINISTRATOR != 0 {
        "invitation.as-administrator"
    } else if role_bits & roles::SUPERVISOR != 0 {
        "invitation.as-supervisor"
    } else {
        "invitation.as-counselor"
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
    let organisation = draft.opened.with_untracked(|opened| opened.as_ref().map(|opened| opened.organisation.clone()));
    let has_code = totp_secret.is_some();
    let finish = Callback::new(move |()| {
        let no_code = if has_code { draft.account.code_problem() } else { None };
        let not_written = (!draft.recovery_written.get_untracked()).then_some("problem.recovery");
        match no_code.or(not_written) {
            Some(problem) => draft.problem.set(Some(problem)),
            None => draft.accept(desk),
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
                    organisation=organisation.unwrap_or_default()
                    totp_secret
                    recovery_code
                    recovery_written=draft.recovery_written
                />
            </Form>
        </Column>
    }
}
