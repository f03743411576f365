//! What is decided on the day: open or closed now, the surge notice, how many may wait.

use amparo_protocol::language::Language;
use amparo_protocol::settings::{LineSettings, Surge, SurgeText};
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use super::Editor;
use crate::field::{Field, every};
use crate::screens::fields::TypedField;
use crate::screens::saving::{SaveForm, SaveState, Saving};

#[component]
pub fn TodayPage(editor: Editor) -> impl IntoView {
    view! {
        <OpenNow editor=Editor { saving: Saving::new(), ..editor }/>
        <SurgeNow editor=Editor { saving: Saving::new(), ..editor }/>
        <Limits editor/>
    }
}

/// One press, and every open chat hears of it.
#[component]
fn OpenNow(editor: Editor) -> impl IntoView {
    let texts = Texts::here();
    let is_closed = move || editor.shown(|line| line.is_closed_now).unwrap_or_default();
    let words = move || texts.get(if is_closed() { "today.closed" } else { "today.open" });
    let press = move || texts.get(if is_closed() { "today.open-again" } else { "today.close" });
    view! {
        <h2 class="am-subheading">{t("today.taking")}</h2>
        <p role="status" data-test="line-state" data-state=move || if is_closed() { "closed" } else { "open" }>{words}</p>
        <button
            type="button"
            class="am-button am-step__press"
            data-test="close-now"
            on:click=move |_| editor.change(|line| line.is_closed_now = !line.is_closed_now)
        >
            {press}
        </button>
        <SaveState saving=editor.saving/>
    }
}

/// Requirement 66: on in every language within a minute. Own words are optional.
#[component]
fn SurgeNow(editor: Editor) -> impl IntoView {
    let texts = Texts::here();
    let is_on = move || editor.shown(|line| line.surge.is_on).unwrap_or_default();
    let words = move || texts.get(if is_on() { "surge.on" } else { "surge.off" });
    let press = move || texts.get(if is_on() { "surge.switch-off" } else { "surge.switch-on" });
    let fields =
        StoredValue::new(Language::ALL.map(|language| (language, Field::new(own_words(&editor.settings(), language)))));
    let toggle = move |_| editor.change(|line| line.surge.is_on = !line.surge.is_on);
    let save = Callback::new(move |()| {
        let read =
            fields.get_value().into_iter().filter(|(_, field)| !field.is_empty()).map(|(language, field)| {
                Some(SurgeText { language, text: field.line(1..=300, "problem.words-length")? })
            });
        let texts = every(read);
        editor.save(texts.map(|texts| {
            let settings = editor.settings();
            LineSettings { surge: Surge { texts, ..settings.surge }, ..settings }
        }));
    });
    let own = fields.get_value().map(|(language, field)| {
        view! {
            <div class="am-fold__group" role="group" aria-label=language.own_name()>
                <p class="am-field__label" lang=language.tag()>{language.own_name()}</p>
                <TypedField label="surge.words" name="surge-words" field rows=2/>
            </div>
        }
    });
    view! {
        <h2 class="am-subheading">{t("surge.heading")}</h2>
        <p role="status" data-test="surge-state" data-state=move || if is_on() { "on" } else { "off" }>{words}</p>
        <button type="button" class="am-button am-step__press" data-test="surge" on:click=toggle>{press}</button>
        <details class="am-fold">
            <summary data-test="surge-own">{t("surge.own")}</summary>
            <SaveForm saving=editor.saving on_save=save>{own.into_iter().collect_view()}</SaveForm>
        </details>
    }
}

fn own_words(settings: &LineSettings, language: Language) -> String {
    let own = settings.surge.texts.iter().find(|text| text.language == language);
    own.map(|text| text.text.clone()).unwrap_or_default()
}

/// Requirement 63.
#[component]
fn Limits(editor: Editor) -> impl IntoView {
    let waiting_max = Field::new(editor.settings().waiting_max.to_string());
    let number = |typed: &str| typed.parse::<u32>().ok().filter(|number| (1..=10_000).contains(number));
    let save = Callback::new(move |()| {
        let waiting_max = waiting_max.read(number, "problem.waiting-max");
        editor.save(waiting_max.map(|waiting_max| LineSettings { waiting_max, ..editor.settings() }));
    });
    view! {
        <h2 class="am-subheading">{t("limits.heading")}</h2>
        <SaveForm saving=editor.saving on_save=save>
            <TypedField label="limits.waiting-max" name="waiting-max" field=waiting_max inputmode="numeric" hint="limits.waiting-max-hint"/>
        </SaveForm>
    }
}
