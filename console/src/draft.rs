//! What is being typed into the forms, and whether it will do. The relay checks all of it again.

use amparo_protocol::language::Language;
use amparo_protocol::settings::{PhoneNumber, SiteSettings};
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

/// A site's settings while they are edited.
#[derive(Clone, Copy)]
pub struct SiteDraft {
    /// What the fields do not show stays as it was.
    former: StoredValue<SiteSettings>,
    pub name: RwSignal<String>,
    /// One address a line.
    pub origins: RwSignal<String>,
    pub emergency: RwSignal<String>,
    pub phones: RwSignal<Vec<PhoneDraft>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PhoneDraft {
    former: StoredValue<PhoneNumber>,
    pub number: RwSignal<String>,
    pub note: RwSignal<String>,
}

impl PhoneDraft {
    fn new(phone: PhoneNumber) -> Self {
        let (number, note) = (RwSignal::new(phone.number.clone()), RwSignal::new(phone.note.clone()));
        Self { former: StoredValue::new(phone), number, note }
    }

    fn phone(self) -> PhoneNumber {
        PhoneNumber { number: trimmed(self.number), note: trimmed(self.note), ..self.former.get_value() }
    }
}

impl SiteDraft {
    pub fn new() -> Self {
        Self::of(SiteSettings::new("", Vec::new(), ""))
    }

    pub fn of(settings: SiteSettings) -> Self {
        let mut phones: Vec<_> = settings.phones.iter().cloned().map(PhoneDraft::new).collect();
        if phones.is_empty() {
            phones.push(PhoneDraft::new(PhoneNumber::default()));
        }
        Self {
            name: RwSignal::new(settings.name.clone()),
            origins: RwSignal::new(settings.origins.join("\n")),
            emergency: RwSignal::new(settings.emergency.clone()),
            phones: RwSignal::new(phones),
            former: StoredValue::new(settings),
        }
    }

    pub fn add_phone(&self) {
        self.phones.update(|phones| phones.push(PhoneDraft::new(PhoneNumber::default())));
    }

    /// The settings, or the key of the sentence that says what is missing.
    pub fn settings(&self) -> Result<SiteSettings, &'static str> {
        let name = trimmed(self.name);
        if !has_chars(&name, 1..=64) {
            return Err("problem.site-name");
        }
        let origins = parse_origins(&self.origins.get_untracked()).ok_or("problem.origin")?;
        let emergency = trimmed(self.emergency);
        if emergency.is_empty() {
            return Err("problem.emergency");
        }
        let phones = self.phones.get_untracked().into_iter().map(PhoneDraft::phone);
        let phones = phones.filter(|phone| !phone.number.is_empty()).collect();
        Ok(SiteSettings { name, origins, emergency, phones, ..self.former.get_value() })
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

fn latin_digit(letter: char) -> Option<char> {
    let value = match letter {
        '0'..='9' => return Some(letter),
        '٠'..='٩' => letter as u32 - '٠' as u32,
        '۰'..='۹' => letter as u32 - '۰' as u32,
        _ => return None,
    };
    char::from_digit(value, 10)
}

/// Each line's scheme, host and port, as browsers send them in `Origin`; a bare host means https. `None` when a line
/// is not a web address, or there is none.
fn parse_origins(lines: &str) -> Option<Vec<String>> {
    let lines = lines.split_whitespace().map(parse_origin);
    let origins: Vec<_> = lines.collect::<Option<_>>()?;
    (!origins.is_empty()).then_some(origins)
}

fn parse_origin(typed: &str) -> Option<String> {
    let lower = typed.to_lowercase();
    let (scheme, rest) = lower.split_once("://").unwrap_or(("https", &lower));
    let host = rest.split(['/', '?', '#']).next()?;
    let is_host =
        !host.is_empty() && host.chars().all(|letter| letter.is_ascii_alphanumeric() || ".-:[]".contains(letter));
    (is_host && matches!(scheme, "http" | "https")).then(|| {
        let default_port = if scheme == "https" { ":443" } else { ":80" };
        format!("{scheme}://{}", host.strip_suffix(default_port).unwrap_or(host))
    })
}

fn has_chars(text: &str, range: core::ops::RangeInclusive<usize>) -> bool {
    range.contains(&text.trim().chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_paste_becomes_an_origin() {
        let origins =
            parse_origins("https://Example.org/help?x\nexample.com\nhttp://localhost:8081/\nhttps://a.org:443");
        let expected = ["https://example.org", "https://example.com", "http://localhost:8081", "https://a.org"];
        assert_eq!(origins, Some(expected.map(str::to_owned).to_vec()));
        assert_eq!(parse_origins("ftp://example.org"), None);
        assert_eq!(parse_origins("https://exa mple"), Some(vec!["https://exa".into(), "https://mple".into()]));
        assert_eq!(parse_origins("  "), None);
        assert_eq!(parse_origins("https:///x"), None);
    }

    #[test]
    fn a_code_may_be_typed_as_it_is_read() {
        assert_eq!(digits("123 456"), Some("123456".into()));
        assert_eq!(digits("٠١٢٣٤٥"), Some("012345".into()));
        assert_eq!(digits("12345"), None);
        assert_eq!(digits("12345a"), None);
    }
}
