//! The organisation's key as words for paper, shown once. Two of them are asked back, so that the paper exists.

use amparo_ui::texts::{Texts, t};
use leptos::prelude::*;

use crate::screens::form::{Form, Tick};

/// Which words are asked back: far apart, and neither the first nor the last, which people remember anyway.
const ASKED: [usize; 2] = [6, 16];

#[component]
pub fn KeyWords(
    words: Vec<String>,
    problem: RwSignal<Option<&'static str>>,
    on_done: Callback<()>,
    on_back: Callback<()>,
) -> impl IntoView {
    let written = RwSignal::new(false);
    let answers = ASKED.map(|_| RwSignal::new(String::new()));
    let expected = StoredValue::new(ASKED.map(|index| words.get(index).cloned().unwrap_or_default()));
    let set_written = Callback::new(move |ticked: bool| {
        problem.set(None);
        written.set(ticked);
    });
    let submit = Callback::new(move |()| {
        if !written.get_untracked() {
            return problem.set(Some("problem.words-written"));
        }
        let is_right = expected.with_value(|expected| {
            answers.iter().zip(expected).all(|(answer, word)| answer.with_untracked(|typed| is_word(typed, word)))
        });
        if is_right { on_done.run(()) } else { problem.set(Some("problem.words-wrong")) }
    });
    // Hidden while they are asked back; unticking the box shows them again.
    let list = move || {
        let words = words.clone();
        (!written.get()).then(move || {
            let items =
                words.into_iter().map(|word| view! { <li class="am-words__word">{word}" "</li> }).collect_view();
            view! { <ol class="am-words" dir="ltr" lang="en" translate="no" data-test="setup-words">{items}</ol> }
        })
    };
    let questions = move || {
        written.get().then(|| {
            view! {
                <p>{t("words.asked")}</p>
                <Question number=ASKED[0] name="setup-word-first" answer=answers[0]/>
                <Question number=ASKED[1] name="setup-word-second" answer=answers[1]/>
            }
        })
    };
    view! {
        <Form submit="form.next" name="setup-next" problem on_submit=submit on_back=on_back>
            {list}
            <Tick name="setup-words-written" is_ticked=written on_change=set_written>{t("words.written")}</Tick>
            {questions}
        </Form>
    }
}

#[component]
fn Question(number: usize, name: &'static str, answer: RwSignal<String>) -> impl IntoView {
    let texts = Texts::here();
    let label = move || texts.fill("words.number", &[("number", &(number + 1).to_string())]);
    // A label with a number in it: the plain field has fixed ones only.
    view! {
        <label class="am-field__label">
            <span>{label}</span>
            <input
                class="am-field__input"
                dir="ltr"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                data-test=name
                data-number=number + 1
                prop:value=answer
                on:input=move |ev| answer.set(event_target_value(&ev))
            />
        </label>
    }
}

fn is_word(typed: &str, word: &str) -> bool {
    typed.trim().eq_ignore_ascii_case(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_may_be_typed_with_capitals_and_spaces_around_it() {
        assert!(is_word(" Olive ", "olive"));
        assert!(!is_word("olives", "olive"));
    }
}
