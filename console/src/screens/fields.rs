//! What the pages of settings are made of: fields with a sentence beside them, choices, rows that are added and removed.

use std::hash::Hash;
use std::sync::atomic::{AtomicU32, Ordering};

use amparo_protocol::language::Language;
use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use crate::field::Field;
use crate::screens::form::Tick;

/// Ids join a field with its sentences; the same field may stand on a page several times.
fn fresh_id() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("field-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// One line, with its label above, and below it a hint and, when it will not do, the sentence that says why.
#[component]
pub fn TypedField(
    label: &'static str,
    /// The hook for tests.
    name: &'static str,
    field: Field,
    #[prop(optional)] hint: Option<&'static str>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = "text")] inputmode: &'static str,
    /// More than one: a field of several lines.
    #[prop(default = 1)]
    rows: u8,
) -> impl IntoView {
    let id = fresh_id();
    let (hint_id, problem_id) = (format!("{id}-hint"), format!("{id}-problem"));
    let described_by = format!("{hint_id} {problem_id}");
    let is_invalid = move || field.problem.get().is_some().to_string();
    let value = field.text;
    let control = if rows > 1 {
        view! {
            <textarea
                id=id.clone()
                class="am-field__input"
                rows=rows.to_string()
                dir="auto"
                autocomplete="off"
                data-test=name
                aria-describedby=described_by
                aria-invalid=is_invalid
                prop:value=value
                on:input=move |ev| value.set(event_target_value(&ev))
            ></textarea>
        }
        .into_any()
    } else {
        view! {
            <input
                id=id.clone()
                class="am-field__input"
                type=kind
                dir="auto"
                autocomplete="off"
                inputmode=inputmode
                spellcheck="false"
                data-test=name
                aria-describedby=described_by
                aria-invalid=is_invalid
                prop:value=value
                on:input=move |ev| value.set(event_target_value(&ev))
            />
        }
        .into_any()
    };
    view! {
        <div class="am-field">
            <label class="am-field__label" for=id>{t(label)}</label>
            {control}
            <p class="am-field__hint" id=hint_id>{hint.map(t)}</p>
            <ProblemBeside id=problem_id problem=field.problem/>
        </div>
    }
}

#[component]
pub fn ProblemBeside(#[prop(optional)] id: String, problem: RwSignal<Option<&'static str>>) -> impl IntoView {
    let texts = Texts::here();
    view! {
        <p class="am-field__problem" id=id data-test="field-problem">{move || problem.get().map(|key| texts.get(key))}</p>
    }
}

/// One of a few, each with its words.
#[component]
pub fn SelectField<T>(
    label: &'static str,
    name: &'static str,
    value: RwSignal<T>,
    options: Vec<(T, Signal<String>)>,
    #[prop(optional)] hint: Option<&'static str>,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let id = fresh_id();
    let values = StoredValue::new(options.iter().map(|(value, _)| value.clone()).collect::<Vec<T>>());
    let choose = move |ev| {
        let chosen = event_target_value(&ev).parse().ok();
        if let Some(chosen) = chosen.and_then(|at: usize| values.with_value(|values| values.get(at).cloned())) {
            value.set(chosen);
        }
    };
    let shown = options.into_iter().enumerate().map(|(at, (option, words))| {
        let is_chosen = move || value.with(|value| *value == option);
        view! { <option value=at.to_string() selected=is_chosen>{words}</option> }
    });
    view! {
        <div class="am-field">
            <label class="am-field__label" for=id.clone()>{t(label)}</label>
            <select id=id class="am-field__input" data-test=name on:change=choose>{shown.collect_view()}</select>
            {hint.map(|key| view! { <p class="am-field__hint">{t(key)}</p> })}
        </div>
    }
}

/// The words of an option, following the language.
pub fn words(key: &'static str) -> Signal<String> {
    let texts = Texts::here();
    Signal::derive(move || texts.get(key))
}

/// Every language, or one.
pub fn language_options() -> Vec<(Option<Language>, Signal<String>)> {
    let named = Language::ALL.map(|language| (Some(language), Signal::stored(language.own_name().to_owned())));
    std::iter::once((None, words("choice.every-language"))).chain(named).collect()
}

/// A few, of which one is chosen, all in view.
#[component]
pub fn RadioField<T>(
    label: &'static str,
    value: RwSignal<T>,
    options: Vec<(T, &'static str, &'static str)>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let group = fresh_id();
    let choices = options.into_iter().map(|(option, key, name)| {
        view! {
            <label class="am-tick">
                <input
                    type="radio"
                    name=group.clone()
                    data-test=name
                    prop:checked=move || value.get() == option
                    on:change=move |_| value.set(option)
                />
                <span>{t(key)}</span>
            </label>
        }
    });
    view! {
        <fieldset class="am-choice">
            <legend class="am-field__label">{t(label)}</legend>
            {choices.collect_view()}
        </fieldset>
    }
}

/// One box to tick, kept in a signal.
#[component]
pub fn TickField(label: &'static str, name: &'static str, value: RwSignal<bool>) -> impl IntoView {
    view! { <Tick name is_ticked=value on_change=Callback::new(move |ticked| value.set(ticked))>{t(label)}</Tick> }
}

/// None ticked: every language. Folded away where nothing was chosen; most organisations never open it.
#[component]
pub fn LanguagesField(value: RwSignal<Vec<Language>>) -> impl IntoView {
    let texts = Texts::here();
    let summary = move || {
        let chosen = value.with(|languages| languages.iter().map(|language| language.own_name()).collect::<Vec<_>>());
        if chosen.is_empty() { texts.get("choice.every-language") } else { chosen.join(", ") }
    };
    view! {
        <details class="am-fold">
            <summary>{t("choice.languages")} " " <bdi>{summary}</bdi></summary>
            <div class="am-choice__ticks">
                {Language::ALL.map(|language| view! { <LanguageTick value language/> }).collect_view()}
            </div>
        </details>
    }
}

#[component]
pub fn LanguageTick(value: RwSignal<Vec<Language>>, language: Language) -> impl IntoView {
    let is_ticked = Signal::derive(move || value.with(|languages| languages.contains(&language)));
    let change = Callback::new(move |ticked: bool| {
        value.update(|languages| {
            languages.retain(|known| *known != language);
            if ticked {
                languages.push(language);
            }
        });
    });
    let name = match language {
        Language::En => "speaks-en",
        Language::Es => "speaks-es",
        Language::It => "speaks-it",
        Language::PtBr => "speaks-pt-br",
        Language::PtPt => "speaks-pt-pt",
        Language::Ar => "speaks-ar",
    };
    view! { <Tick name is_ticked on_change=change><bdi lang=language.tag()>{language.own_name()}</bdi></Tick> }
}

/// A box to tick for one of many, by the name that somebody gave it.
#[component]
pub fn ChosenTick<T>(name: &'static str, chosen: RwSignal<Vec<T>>, value: T, words: String) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let is_ticked = Signal::derive(move || chosen.with(|chosen| chosen.contains(&value)));
    let change = Callback::new(move |ticked: bool| {
        chosen.update(|chosen| {
            chosen.retain(|known| *known != value);
            if ticked {
                chosen.push(value);
            }
        });
    });
    view! { <Tick name is_ticked on_change=change><bdi>{words}</bdi></Tick> }
}

/// Rows of the same questions. A row that is removed is gone with the next save.
#[component]
pub fn Rows<T>(
    rows: RwSignal<Vec<T>>,
    /// What one row is, for a screen reader.
    label: &'static str,
    /// Key of the words on the button that adds one, and its hook for tests.
    add: &'static str,
    name: &'static str,
    max: usize,
    fresh: fn() -> T,
    draw: fn(T) -> AnyView,
) -> impl IntoView
where
    T: Copy + Eq + Hash + Send + Sync + 'static,
{
    let may_add = move || rows.with(Vec::len) < max;
    // A row that is added lives as long as the page, not only as long as the button as it was drawn when it was pressed.
    let page = StoredValue::new(Owner::current().unwrap_or_default());
    let add_one = move |_| {
        let row = page.with_value(|page| page.with(fresh));
        rows.update(|rows| rows.push(row));
    };
    view! {
        <For each=move || rows.get() key=|row| *row let:row>
            <div class="am-row" role="group" aria-label=t(label) data-test="row">
                {draw(row)}
                <button
                    type="button"
                    class="am-button am-button--plain am-row__remove"
                    data-test="remove-row"
                    on:click=move |_| rows.update(|rows| rows.retain(|kept| *kept != row))
                >
                    {t("form.remove")}
                </button>
            </div>
        </For>
        {move || may_add().then(|| view! {
            <button type="button" class="am-button am-row__add" data-test=name on:click=add_one>
                {t(add)}
            </button>
        })}
    }
}
