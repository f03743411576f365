//! What a new member types about themselves, and whether it will do. The relay checks all of it again.

use amparo_client::house::recovery::RecoveryCode;
use amparo_protocol::api::FormerAccount;
use amparo_protocol::language::Language;
use leptos::prelude::*;

use crate::password::{Strength, strength};

/// A new member's choices about themselves.
#[derive(Clone, Copy)]
pub struct AccountDraft {
    pub sign_in_name: RwSignal<String>,
    pub password: RwSignal<String>,
    pub password_again: RwSignal<String>,
    pub pseudonym: RwSignal<String>,
    pub avatar: RwSignal<u8>,
    pub languages: RwSignal<Vec<Language>>,
    pub code: RwSignal<String>,
}

impl AccountDraft {
    pub fn new(language: Language) -> Self {
        Self {
            sign_in_name: RwSignal::default(),
            password: RwSignal::default(),
            password_again: RwSignal::default(),
            pseudonym: RwSignal::default(),
            avatar: RwSignal::default(),
            languages: RwSignal::new(vec![language]),
            code: RwSignal::default(),
        }
    }

    /// Begins with what an account had that is made anew.
    pub fn fill_in(&self, former: FormerAccount) {
        self.sign_in_name.set(former.sign_in_name);
        self.pseudonym.set(former.pseudonym);
        self.avatar.set(former.avatar);
        self.languages.set(former.languages);
    }

    /// The key of the sentence that says what is missing on the sign-in step.
    pub fn sign_in_problem(&self) -> Option<&'static str> {
        let name = self.sign_in_name.get_untracked();
        let password = self.password.get_untracked();
        if !has_chars(&name, 1..=64) {
            return Some("problem.sign-in-name");
        }
        if strength(&password, &name) == Strength::TooShort {
            return Some("problem.password-short");
        }
        (password != self.password_again.get_untracked()).then_some("problem.password-again")
    }

    pub fn badge_problem(&self) -> Option<&'static str> {
        if !has_chars(&self.pseudonym.get_untracked(), 1..=32) {
            return Some("problem.pseudonym");
        }
        self.languages.with_untracked(Vec::is_empty).then_some("problem.languages")
    }

    pub fn code_problem(&self) -> Option<&'static str> {
        digits(&self.code.get_untracked()).is_none().then_some("problem.code")
    }
}

pub fn trimmed(text: RwSignal<String>) -> String {
    text.with_untracked(|text| text.trim().to_owned())
}

/// Six digits of an authenticator, typed with or without spaces, in Latin or Arabic figures.
pub fn digits(typed: &str) -> Option<String> {
    let figures = typed.chars().filter(|letter| !letter.is_whitespace());
    let digits: Option<String> = figures.map(latin_digit).collect();
    digits.filter(|digits| digits.len() == 6)
}

/// A recovery code as it stands on paper, in small letters or large; figures may be Arabic.
pub fn recovery_code(typed: &str) -> Option<RecoveryCode> {
    let typed: String = typed.chars().map(|letter| latin_digit(letter).unwrap_or(letter)).collect();
    RecoveryCode::from_text(&typed).ok()
}

fn latin_digit(letter: char) -> Option<char> {
    let value = match letter {
        '0'..='9' => return Some(letter),
        '٠'..='٩' => letter as u32 - '٠' as u32,
        '۰'..='۹' => letter as u32 - '۰' as u32,
        _ => return None,
    };
    char::from_digit(value, 10)
}

fn has_chars(text: &str, range: core::ops::RangeInclusive<usize>) -> bool {
    range.contains(&text.trim().chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_may_be_typed_as_it_is_read() {
        assert_eq!(digits("123 456"), Some("123456".into()));
        assert_eq!(digits("٠١٢٣٤٥"), Some("012345".into()));
        assert_eq!(digits("12345"), None);
        assert_eq!(digits("12345a"), None);
    }

    #[test]
    fn a_recovery_code_may_be_typed_with_arabic_figures() {
        let paper = RecoveryCode::from_bytes([0; 20]).to_text();
        let typed = paper.to_lowercase().replace('-', " ").replace('0', "٠");
        assert!(recovery_code(&typed).is_some_and(|code| *code.to_text() == *paper));
        assert!(recovery_code(&paper[1..]).is_none());
    }
}
