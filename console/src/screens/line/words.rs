//! Own words: any sentence that visitors read, said in the organisation's way.

use amparo_protocol::language::Language;
use amparo_protocol::settings::OwnText;
use amparo_ui::texts::{Catalogue, Texts, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Editor;
use crate::api;
use crate::field::Field;
use crate::screens::fields::{SelectField, TypedField};
use crate::screens::saving::SaveForm;
use crate::settings::words;

/// A sentence of the widget under its key.
type Sentence = (String, String);

const SHOWN_CHARS: usize = 70;

#[component]
pub fn WordsPage(editor: Editor) -> impl IntoView {
    let language = RwSignal::new(untrack(|| Texts::here().language()));
    let sentences = RwSignal::new(Vec::<Sentence>::new());
    let problem = RwSignal::new(None::<&'static str>);
    Effect::new(move || {
        let language = language.get();
        spawn_local(async move {
            match api::visitor_texts(language.tag()).await {
                Ok(source) => {
                    problem.try_set(None);
                    sentences.try_set(read(language, &source));
                }
                Err(failure) => {
                    sentences.try_set(Vec::new());
                    problem.try_set(Some(failure.key()));
                }
            }
        });
    });
    let languages = Language::ALL.map(|language| (language, Signal::stored(language.own_name().to_owned()))).to_vec();
    let texts = Texts::here();
    let form = move || {
        let sentences = sentences.get();
        (!sentences.is_empty()).then(|| view! { <WriteWords editor language=language.get_untracked() sentences/> })
    };
    view! {
        <p class="am-page__words">{t("words.explanation")}</p>
        <SelectField label="choice.language" name="words-language" value=language options=languages/>
        <p class="am-form__problem" role="alert">{move || problem.get().map(|key| texts.get(key))}</p>
        {form}
        <Known editor/>
    }
}

fn read(language: Language, source: &str) -> Vec<Sentence> {
    let catalogue = Catalogue::parse(language, source);
    catalogue.keys().map(|key| (key.to_owned(), catalogue.sentence(key).to_owned())).collect()
}

#[component]
fn WriteWords(editor: Editor, language: Language, sentences: Vec<Sentence>) -> impl IntoView {
    let first = sentences.first().map(|(key, _)| key.clone()).unwrap_or_default();
    let key = RwSignal::new(first);
    let own = Field::new("");
    let options = sentences.iter().map(|(key, sentence)| (key.clone(), Signal::stored(short(sentence)))).collect();
    let sentences = StoredValue::new(sentences);
    let sentence = move || {
        let key = key.get();
        sentences.with_value(|all| all.iter().find(|(known, _)| *known == key).map(|(_, sentence)| sentence.clone()))
    };
    // Another sentence: what was written for it before stands in the field.
    Effect::new(move || {
        let key = key.get();
        let settings = editor.settings();
        let known = settings.texts.into_iter().find(|text| text.language == language && text.key == key);
        own.text.set(known.map(|text| text.text).unwrap_or_default());
        own.problem.set(None);
    });
    let save = Callback::new(move |()| {
        let sentence = untrack(sentence).unwrap_or_default();
        let written = own.text.get_untracked();
        let problem = words::problem(&written, &sentence);
        own.problem.set(problem);
        let mut settings = editor.settings();
        words::set(&mut settings.texts, language, &key.get_untracked(), &written);
        editor.save(problem.is_none().then_some(settings));
    });
    view! {
        <SaveForm saving=editor.saving on_save=save>
            <SelectField label="words.sentence" name="words-key" value=key options/>
            <blockquote class="am-quote" lang=language.tag() data-test="words-now">{sentence}</blockquote>
            <TypedField label="words.own" name="words-own" field=own rows=3 hint="words.own-hint"/>
        </SaveForm>
    }
}

fn short(sentence: &str) -> String {
    if sentence.chars().count() <= SHOWN_CHARS {
        return sentence.to_owned();
    }
    sentence.chars().take(SHOWN_CHARS).chain(['…']).collect()
}

/// What is set, and the way back to the program's words.
#[component]
fn Known(editor: Editor) -> impl IntoView {
    let list = move || {
        let texts = editor.shown(|line| line.texts.clone()).unwrap_or_default();
        (!texts.is_empty()).then(|| {
            let rows = texts.into_iter().map(|text| view! { <KnownText editor text/> });
            view! {
                <h2 class="am-subheading">{t("words.known")}</h2>
                <ul class="am-list">{rows.collect_view()}</ul>
            }
        })
    };
    view! { <div>{list}</div> }
}

#[component]
fn KnownText(editor: Editor, text: OwnText) -> impl IntoView {
    let OwnText { language, key, text } = text;
    let remove = move |_| editor.change(|line| words::remove(&mut line.texts, language, &key));
    view! {
        <li class="am-list__item" data-test="own-text">
            <p lang=language.tag()><bdi>{text}</bdi></p>
            <p class="am-field__hint">{language.own_name()}</p>
            <button type="button" class="am-button am-button--plain" data-test="remove-words" on:click=remove>{t("words.back")}</button>
        </li>
    }
}
