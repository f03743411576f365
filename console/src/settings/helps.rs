//! What helps at the desk, while it is being typed: phrases by code and language, referrals with the day of the last look.

use amparo_protocol::desk::{Phrase, Referral};
use amparo_protocol::language::Language;
use amparo_protocol::settings::Date;
use leptos::prelude::*;

use super::basics::number;
use super::calendar::{date, date_text};
use crate::field::{Field, every};

/// The relay takes no more of either.
pub const ROWS_MAX: usize = 500;
const CODE_MAX_CHARS: usize = 20;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PhraseDraft {
    pub code: Field,
    pub language: RwSignal<Language>,
    pub text: Field,
}

impl PhraseDraft {
    pub fn of(phrase: &Phrase) -> Self {
        Self {
            code: Field::new(&phrase.code),
            language: RwSignal::new(phrase.language),
            text: Field::new(&phrase.text),
        }
    }

    pub fn fresh(language: Language) -> Self {
        Self::of(&Phrase { code: String::new(), language, text: String::new() })
    }

    fn read(self) -> Option<Phrase> {
        let code = self.code.read(code, "problem.code-word");
        let text = self.text.line(1..=500, "problem.phrase");
        Some(Phrase { code: code?, language: self.language.get_untracked(), text: text? })
    }
}

/// Every phrase, or nothing where one will not do; a code that stands twice in one language says so.
pub fn read_phrases(rows: Vec<PhraseDraft>) -> Option<Vec<Phrase>> {
    let phrases = every(rows.iter().map(|row| row.read()))?;
    let is_second = |at: usize| {
        let before = &phrases[..at];
        before.iter().any(|other| (other.language, &other.code) == (phrases[at].language, &phrases[at].code))
    };
    let seconds: Vec<usize> = (0..phrases.len()).filter(|at| is_second(*at)).collect();
    seconds.iter().for_each(|at| rows[*at].code.problem.set(Some("problem.code-twice")));
    seconds.is_empty().then_some(phrases)
}

/// With or without the sign in front, as people write it.
fn code(typed: &str) -> Option<String> {
    let code = typed.trim_start_matches('/').to_ascii_lowercase();
    let is_sign = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
    ((1..=CODE_MAX_CHARS).contains(&code.len()) && code.chars().all(is_sign)).then_some(code)
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReferralDraft {
    pub name: Field,
    pub number: Field,
    pub area: Field,
    pub languages: RwSignal<Vec<Language>>,
    pub checked: Field,
}

impl ReferralDraft {
    pub fn of(referral: &Referral) -> Self {
        Self {
            checked: Field::new(date_text(referral.checked)),
            name: Field::new(&referral.name),
            number: Field::new(&referral.number),
            area: Field::new(&referral.area),
            languages: RwSignal::new(referral.languages.clone()),
        }
    }

    /// Whoever writes it down now has made sure of it today.
    pub fn fresh(today: Date) -> Self {
        let [name, number, area] = [(); 3].map(|()| Field::new(""));
        Self { name, number, area, languages: RwSignal::default(), checked: Field::new(date_text(today)) }
    }

    pub fn read(self) -> Option<Referral> {
        let name = self.name.line(1..=80, "problem.referral-name");
        let number = self.number.read(number, "problem.phone");
        let area = self.area.line(0..=80, "problem.note");
        let checked = self.checked.read(date, "problem.date");
        let languages = self.languages.get_untracked();
        Some(Referral { name: name?, number: number?, area: area?, languages, checked: checked? })
    }

    pub fn checked_on(self) -> Option<Date> {
        self.checked.text.with(|typed| date(typed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_short_word() {
        assert_eq!(code("/Hello"), Some("hello".to_owned()));
        for wrong in ["", "/", "two words", "héllo", "a-code-that-is-much-too-long"] {
            assert_eq!(code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_code_stands_once_in_each_language() {
        let _owner = Owner::new_root(None);
        let phrase = |language| {
            let phrase = Phrase { code: "time".to_owned(), language, text: "Take your time.".to_owned() };
            PhraseDraft::of(&phrase)
        };
        assert_eq!(read_phrases(vec![phrase(Language::En), phrase(Language::Ar)]).map(|read| read.len()), Some(2));
        let twice = vec![phrase(Language::En), phrase(Language::En)];
        assert_eq!(read_phrases(twice.clone()), None);
        assert_eq!(twice[1].code.problem.get_untracked(), Some("problem.code-twice"));
    }

    #[test]
    fn a_referral_is_read_back_as_it_was_set() {
        let _owner = Owner::new_root(None);
        let checked = Date { year: 2026, month: 5, day: 4 };
        let referral = Referral {
            name: "Legal advice".to_owned(),
            number: "900 000 000".to_owned(),
            area: "Madrid".to_owned(),
            languages: vec![Language::Es],
            checked,
        };
        assert_eq!(ReferralDraft::of(&referral).read(), Some(referral));
        let fresh = ReferralDraft::fresh(checked);
        assert_eq!((fresh.read(), fresh.checked_on()), (None, Some(checked)));
    }
}
