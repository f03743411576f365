//! First start: four screens of questions and one with the tag, from an empty relay to a line with one administrator and one
//! site. Where the organisation stands already, the address leads to its words instead.

use std::rc::Rc;

use amparo_protocol::api::{SetupOpened, SiteRow};
use amparo_protocol::settings::SiteSettings;
use amparo_ui::texts::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account::{self, OrganisationKey, Way};
use crate::api;
use crate::desk::Desk;
use crate::desk::place::Place;
use crate::draft::trimmed;
use crate::screens::account_steps::{BadgeFields, SET_UP, SignInFields, StepNumber};
use crate::screens::form::{Form, TextField};
use crate::screens::key_words::KeyWords;
use crate::screens::registering::{Registering, SecondStep};
use crate::screens::set_up_again::SetUpAgain;
use crate::screens::shell::Column;
use crate::screens::site::basics::AddressFields;
use crate::screens::site::phones::FirstPhone;
use crate::screens::site::tags::Tags;
use crate::screens::waiting::Opening;
use crate::settings::basics::BasicsDraft;
use crate::settings::phones::PhonesDraft;

/// Key of the words over each screen that asks.
const STEP: &str = "setup.step";
/// As the relay takes it.
const SITE_NAME_MAX_CHARS: usize = 80;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Organisation,
    Account,
    Key,
    Authenticator,
}

/// Everything typed so far. Nothing of it reaches the relay before the last screen but the first half of the
/// registration.
#[derive(Clone, Copy)]
struct Draft {
    token: StoredValue<String>,
    step: RwSignal<Step>,
    organisation: RwSignal<String>,
    key: StoredValue<Rc<OrganisationKey>, LocalStorage>,
    site: BasicsDraft,
    phones: PhonesDraft,
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

    /// `None` while an answer is missing, which is said beside its field.
    fn site_settings(&self) -> Option<SiteSettings> {
        let phones = self.phones.read(no_site());
        self.phones.read(self.site.read(no_site())?).filter(|_| phones.is_some())
    }

    /// The key of the sentence for what is missing on the first screen. The site is called like the organisation until there
    /// is a second one.
    fn organisation_problem(&self) -> Option<&'static str> {
        let name = trimmed(self.organisation);
        if name.is_empty() {
            return Some("problem.organisation");
        }
        self.site.name.text.set(name.chars().take(SITE_NAME_MAX_CHARS).collect());
        self.site_settings().is_none().then_some("problem.marked")
    }

    fn finish(self, desk: Desk) {
        let Some(site) = self.site_settings() else { return };
        self.registering.finish(desk, Place::FirstTag, move |registration, account| async move {
            let (token, organisation, key) = (self.token.get_value(), trimmed(self.organisation), self.key.get_value());
            account::set_up(token, organisation, &key, &registration, &account, site).await
        });
    }
}

fn no_site() -> SiteSettings {
    SiteSettings::new("", Vec::new(), "")
}

#[component]
pub fn SetUp(token: String) -> impl IntoView {
    let desk = Desk::here();
    let opened = RwSignal::new(None::<SetupOpened>);
    let token = StoredValue::new(token);
    spawn_local(async move {
        match account::open_set_up(token.get_value()).await {
            Ok(found) => opened.set(Some(found)),
            Err(failure) => desk.place.set(Place::Stopped(failure)),
        }
    });
    move || match opened.get().map(|found| found.standing) {
        None => view! { <Opening/> }.into_any(),
        Some(None) => view! { <FirstSetUp token=token.get_value()/> }.into_any(),
        Some(Some(found)) => view! { <SetUpAgain token=token.get_value() found/> }.into_any(),
    }
}

/// The four screens that ask.
#[component]
fn FirstSetUp(token: String) -> impl IntoView {
    let draft = Draft {
        registering: Registering::new(Way::SetUp(token.clone())),
        token: StoredValue::new(token),
        step: RwSignal::new(Step::Organisation),
        organisation: RwSignal::default(),
        key: StoredValue::new_local(Rc::new(OrganisationKey::new())),
        site: BasicsDraft::of(&no_site()),
        phones: PhonesDraft::of(&no_site()),
    };
    move || match draft.step.get() {
        Step::Organisation => view! { <OrganisationStep draft/> }.into_any(),
        Step::Account => view! { <AccountStep draft/> }.into_any(),
        Step::Key => view! { <KeyStep draft/> }.into_any(),
        Step::Authenticator => view! { <LastStep draft/> }.into_any(),
    }
}

#[component]
fn OrganisationStep(draft: Draft) -> impl IntoView {
    let next = Callback::new(move |()| draft.go_unless(draft.organisation_problem(), Step::Account));
    view! {
        <Column screen="setup-organisation" heading="setup.organisation-heading">
            <StepNumber words=STEP number=1/>
            <p>{t("setup.organisation-explanation")}</p>
            <Form submit="form.next" name="setup-next" problem=draft.registering.problem on_submit=next>
                <TextField label="setup.organisation" name="setup-organisation" value=draft.organisation autocomplete="organization"/>
                <h2 class="am-subheading">{t("setup.site-heading")}</h2>
                <p>{t("setup.site-explanation")}</p>
                <AddressFields draft=draft.site/>
                <FirstPhone draft=draft.phones/>
            </Form>
        </Column>
    }
}

#[component]
fn AccountStep(draft: Draft) -> impl IntoView {
    let Registering { account, problem, busy, .. } = draft.registering;
    let next = Callback::new(move |()| match account.sign_in_problem().or_else(|| account.badge_problem()) {
        Some(missing) => problem.set(Some(missing)),
        None => draft.registering.register(move || draft.go(Step::Key)),
    });
    let back = Callback::new(move |()| draft.go(Step::Organisation));
    view! {
        <Column screen="setup-account" heading="setup.account-heading">
            <StepNumber words=STEP number=2/>
            <Form submit="form.next" name="setup-next" problem busy on_submit=next on_back=back>
                <SignInFields draft=account names=SET_UP/>
                <h2 class="am-subheading">{t("setup.badge-heading")}</h2>
                <p>{t("setup.badge-explanation")}</p>
                <BadgeFields draft=account names=SET_UP/>
            </Form>
        </Column>
    }
}

#[component]
fn KeyStep(draft: Draft) -> impl IntoView {
    let next = Callback::new(move |()| draft.go(Step::Authenticator));
    let back = Callback::new(move |()| draft.go(Step::Account));
    view! {
        <Column screen="setup-key" heading="setup.key-heading">
            <StepNumber words=STEP number=3/>
            <p>{t("setup.key-explanation")}</p>
            <KeyWords words=draft.key.with_value(|key| key.words()) problem=draft.registering.problem on_done=next on_back=back/>
        </Column>
    }
}

#[component]
fn LastStep(draft: Draft) -> impl IntoView {
    let desk = Desk::here();
    let finish = Callback::new(move |()| draft.finish(desk));
    let back = Callback::new(move |()| draft.go(Step::Key));
    view! {
        <SecondStep
            registering=draft.registering
            screen="setup-second-step"
            names=SET_UP
            next="setup-next"
            submit="setup.finish"
            organisation=trimmed(draft.organisation)
            on_back=back
            on_done=finish
        >
            <StepNumber words=STEP number=4/>
        </SecondStep>
    }
}

/// What the set-up leads to: one tag to paste.
#[component]
pub fn FirstTag() -> impl IntoView {
    let desk = Desk::here();
    let sites = RwSignal::new(Vec::<SiteRow>::new());
    let problem = RwSignal::new(None);
    spawn_local(async move {
        match api::sites().await {
            Ok(rows) => sites.set(rows),
            Err(failure) => problem.set(Some(failure.key())),
        }
    });
    let on_desk = Callback::new(move |()| desk.place.set(Place::Desk));
    view! {
        <Column screen="setup-tag" heading="setup.tag-heading">
            <p>{t("setup.tag-explanation")}</p>
            <Form submit="setup.to-desk" name="setup-next" problem on_submit=on_desk>
                <For each=move || sites.get() key=|row| row.key let:row>
                    <Tags row/>
                </For>
                <p><a href="/chat" target="_blank" rel="noopener" data-test="try-chat">{t("setup.try")}</a></p>
            </Form>
        </Column>
    }
}
