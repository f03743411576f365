//! What counselors find beside every conversation: phrases, referrals, and how long they rest after one.

use amparo_protocol::desk::{DeskRow, DeskSettings};
use amparo_protocol::language::Language;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::browser;
use crate::desk::Desk;
use crate::field::{Field, every};
use crate::phrases;
use crate::screens::fields::{LanguagesField, Rows, SelectField, TypedField};
use crate::screens::saving::{SaveForm, Saving};
use crate::settings::calendar::date_text;
use crate::settings::helps::{PhraseDraft, ROWS_MAX, ReferralDraft, read_phrases};

/// The settings as they are saved, and how saving went.
#[derive(Clone, Copy)]
struct Editor {
    saved: StoredValue<DeskRow>,
    saving: Saving,
    desk: Desk,
}

impl Editor {
    fn save(self, changed: Option<DeskSettings>) {
        let Some(settings) = changed else { return self.saving.is_marked() };
        let version = self.saved.with_value(|row| row.version);
        let sent = async move { api::save_desk(&DeskRow { version, settings }).await };
        self.saving.run(sent, move |row: DeskRow| {
            self.desk.helps.set(row.settings.clone());
            self.saved.try_set_value(row);
        });
    }

    fn settings(self) -> DeskSettings {
        self.saved.with_value(|row| row.settings.clone())
    }
}

/// Draws a page once the settings are here.
#[component]
fn Loaded(draw: fn(Editor) -> AnyView) -> impl IntoView {
    let desk = Desk::here();
    let texts = Texts::here();
    let saved = RwSignal::new(None::<DeskRow>);
    let problem = RwSignal::new(None::<&'static str>);
    spawn_local(async move {
        match api::desk().await {
            Ok(row) => drop(saved.try_set(Some(row))),
            Err(failure) => drop(problem.try_set(Some(failure.key()))),
        }
    });
    let page =
        move || saved.get().map(|row| draw(Editor { saved: StoredValue::new(row), saving: Saving::new(), desk }));
    view! {
        <p class="am-form__problem" role="alert">{move || problem.get().map(|key| texts.get(key))}</p>
        {page}
    }
}

#[component]
pub fn PhrasesPage() -> impl IntoView {
    view! { <p class="am-page__words">{t("phrases.explanation")}</p><Loaded draw=phrases_form/> }
}

fn phrases_form(editor: Editor) -> AnyView {
    let rows = RwSignal::new(editor.settings().phrases.iter().map(PhraseDraft::of).collect::<Vec<_>>());
    let save = Callback::new(move |()| {
        let phrases = read_phrases(rows.get_untracked());
        editor.save(phrases.map(|phrases| DeskSettings { phrases, ..editor.settings() }));
    });
    let fresh: fn() -> PhraseDraft = || PhraseDraft::fresh(untrack(|| Texts::here().language()));
    view! {
        <SaveForm saving=editor.saving on_save=save>
            <Rows rows label="phrases.phrase" add="phrases.add" name="add-phrase" max=ROWS_MAX fresh draw=phrase/>
        </SaveForm>
    }
    .into_any()
}

fn phrase(phrase: PhraseDraft) -> AnyView {
    let languages = Language::ALL.map(|language| (language, Signal::stored(language.own_name().to_owned()))).to_vec();
    view! {
        <div class="am-pair">
            <TypedField label="phrases.code" name="phrase-code" field=phrase.code hint="phrases.code-hint"/>
            <SelectField label="choice.language" name="phrase-language" value=phrase.language options=languages/>
        </div>
        <TypedField label="phrases.phrase" name="phrase-text" field=phrase.text rows=2/>
    }
    .into_any()
}

#[component]
pub fn ReferralsPage() -> impl IntoView {
    view! { <p class="am-page__words">{t("referrals.explanation")}</p><Loaded draw=referrals_form/> }
}

fn referrals_form(editor: Editor) -> AnyView {
    let rows = RwSignal::new(editor.settings().referrals.iter().map(ReferralDraft::of).collect::<Vec<_>>());
    let save = Callback::new(move |()| {
        let referrals = every(rows.get_untracked().into_iter().map(ReferralDraft::read));
        editor.save(referrals.map(|referrals| DeskSettings { referrals, ..editor.settings() }));
    });
    let fresh: fn() -> ReferralDraft = || ReferralDraft::fresh(browser::today());
    view! {
        <SaveForm saving=editor.saving on_save=save>
            <Rows rows label="referrals.referral" add="referrals.add" name="add-referral" max=ROWS_MAX fresh draw=referral/>
        </SaveForm>
    }
    .into_any()
}

fn referral(referral: ReferralDraft) -> AnyView {
    let is_stale = move || referral.checked_on().is_some_and(|checked| phrases::is_stale(checked, browser::today()));
    let today = move |_| referral.checked.text.set(date_text(browser::today()));
    view! {
        <div class="am-pair">
            <TypedField label="referrals.name" name="referral-name" field=referral.name/>
            <TypedField label="site.phone" name="referral-number" field=referral.number inputmode="tel"/>
            <TypedField label="referrals.area" name="referral-area" field=referral.area/>
            <TypedField label="referrals.checked" name="referral-checked" field=referral.checked kind="date"/>
        </div>
        <LanguagesField value=referral.languages/>
        {move || is_stale().then(|| view! { <p class="am-field__problem" data-test="referral-stale">{t("help.stale")}</p> })}
        <button type="button" class="am-button am-row__add" data-test="checked-today" on:click=today>{t("referrals.checked-today")}</button>
    }
    .into_any()
}

#[component]
pub fn RestPage() -> impl IntoView {
    view! { <p class="am-page__words">{t("rest.explanation")}</p><Loaded draw=rest_form/> }
}

fn rest_form(editor: Editor) -> AnyView {
    let mins = Field::new(editor.settings().cool_down_mins.to_string());
    let save = Callback::new(move |()| {
        let read = |typed: &str| typed.parse::<u8>().ok().filter(|mins| *mins <= 60);
        let mins = mins.read(read, "problem.minutes");
        editor.save(mins.map(|cool_down_mins| DeskSettings { cool_down_mins, ..editor.settings() }));
    });
    view! {
        <SaveForm saving=editor.saving on_save=save>
            <TypedField label="rest.minutes" name="cool-down" field=mins inputmode="numeric" hint="rest.minutes-hint"/>
        </SaveForm>
    }
    .into_any()
}
