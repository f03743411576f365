//! A site's first questions: what it is called, where it lies, whom to call in danger, and how quiet the chat is there.

use amparo_protocol::settings::{SimpleWords, SiteSettings};
use leptos::prelude::*;

use super::address;
use crate::field::Field;

#[derive(Clone, Copy)]
pub struct BasicsDraft {
    pub name: Field,
    /// One address a line.
    pub origins: Field,
    pub emergency: Field,
    pub is_discreet: RwSignal<bool>,
    pub covers_when_hidden: RwSignal<bool>,
    pub simple_words: RwSignal<SimpleWords>,
    pub is_for_minors: RwSignal<bool>,
}

impl BasicsDraft {
    pub fn of(settings: &SiteSettings) -> Self {
        Self {
            name: Field::new(&settings.name),
            origins: Field::new(settings.origins.join("\n")),
            emergency: Field::new(&settings.emergency),
            is_discreet: RwSignal::new(settings.is_discreet),
            covers_when_hidden: RwSignal::new(settings.covers_when_hidden),
            simple_words: RwSignal::new(settings.simple_words),
            is_for_minors: RwSignal::new(settings.is_for_minors),
        }
    }

    pub fn read(self, former: SiteSettings) -> Option<SiteSettings> {
        let name = self.name.line(1..=80, "problem.site-name");
        let origins = self.origins.read(address::origins, "problem.origin");
        let emergency = self.emergency.read(number, "problem.emergency");
        Some(SiteSettings {
            name: name?,
            origins: origins?,
            emergency: emergency?,
            is_discreet: self.is_discreet.get_untracked(),
            covers_when_hidden: self.covers_when_hidden.get_untracked(),
            simple_words: self.simple_words.get_untracked(),
            is_for_minors: self.is_for_minors.get_untracked(),
            ..former
        })
    }
}

/// A number as people write it: two digits or more, and what is usual between them.
pub fn number(typed: &str) -> Option<String> {
    let digits = typed.chars().filter(char::is_ascii_digit).count();
    let is_usual = typed.chars().all(|sign| sign.is_ascii_digit() || " +-()/.*#".contains(sign));
    (digits >= 2 && typed.len() <= 32 && is_usual).then(|| typed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_question_that_was_not_answered_says_so_beside_itself() {
        let _owner = Owner::new_root(None);
        let draft = BasicsDraft::of(&SiteSettings::new("Help", vec![], "112"));
        assert_eq!(draft.read(SiteSettings::new("", vec![], "")), None);
        assert_eq!(draft.origins.problem.get_untracked(), Some("problem.origin"));
        assert_eq!(draft.name.problem.get_untracked(), None);
        draft.origins.text.set("help.example.org".to_owned());
        let read = draft.read(SiteSettings::new("", vec![], "")).expect("all is answered");
        assert_eq!((read.name.as_str(), read.origins[0].as_str()), ("Help", "https://help.example.org"));
    }

    #[test]
    fn a_number_has_digits_and_nothing_strange() {
        assert_eq!(number("+34 900 123-456"), Some("+34 900 123-456".to_owned()));
        assert_eq!([number("1"), number("call"), number("")], [None, None, None]);
    }
}
