//! The hand-off to WhatsApp: when it is offered, and the numbers with their greeting.

use amparo_protocol::language::Language;
use amparo_protocol::settings::{Handoff, HandoffWhen, SiteSettings, WhatsAppNumber};
use leptos::prelude::*;

use crate::field::{Field, every};
use crate::qr::percent_encode;

/// The relay takes no more.
pub const NUMBERS_MAX: usize = 10;

#[derive(Clone, Copy)]
pub struct HandoffDraft {
    pub when: RwSignal<HandoffWhen>,
    pub rows: RwSignal<Vec<NumberDraft>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NumberDraft {
    pub number: Field,
    pub greeting: Field,
    pub languages: RwSignal<Vec<Language>>,
}

impl NumberDraft {
    fn of(number: &WhatsAppNumber) -> Self {
        let plus = if number.digits.is_empty() { "" } else { "+" };
        Self {
            number: Field::new(format!("{plus}{}", number.digits)),
            greeting: Field::new(&number.text),
            languages: RwSignal::new(number.languages.clone()),
        }
    }

    pub fn fresh() -> Self {
        Self::of(&WhatsAppNumber { digits: String::new(), text: String::new(), languages: Vec::new() })
    }

    fn read(self) -> Option<WhatsAppNumber> {
        let digits = self.number.read(international, "problem.whatsapp");
        let text = self.greeting.line(0..=140, "problem.greeting");
        Some(WhatsAppNumber { digits: digits?, text: text?, languages: self.languages.get_untracked() })
    }

    fn is_blank(self) -> bool {
        self.number.is_empty() && self.greeting.is_empty()
    }

    /// The link as visitors get it, while the number will do. Requirement 101.
    pub fn link(self) -> Option<String> {
        let digits = self.number.text.with(|typed| international(typed.trim()))?;
        Some(self.greeting.text.with(|greeting| link(&digits, greeting.trim())))
    }
}

impl HandoffDraft {
    pub fn of(settings: &SiteSettings) -> Self {
        let mut rows: Vec<_> = settings.whatsapp.numbers.iter().map(NumberDraft::of).collect();
        if rows.is_empty() {
            rows.push(NumberDraft::fresh());
        }
        Self { when: RwSignal::new(settings.whatsapp.when), rows: RwSignal::new(rows) }
    }

    pub fn read(self, former: SiteSettings) -> Option<SiteSettings> {
        let rows = self.rows.get_untracked();
        let numbers = every(rows.into_iter().filter(|row| !row.is_blank()).map(NumberDraft::read))?;
        let when = self.when.get_untracked();
        Some(SiteSettings { whatsapp: Handoff { when, numbers }, ..former })
    }
}

/// The digits of an international number, typed with what is usual between them; `00` for `+` is understood.
fn international(typed: &str) -> Option<String> {
    let is_usual = |sign: char| sign.is_ascii_digit() || " +-()/.".contains(sign);
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix("00").unwrap_or(&digits);
    let fits = typed.chars().all(is_usual) && (7..=15).contains(&digits.len()) && !digits.starts_with('0');
    fits.then(|| digits.to_owned())
}

fn link(digits: &str, greeting: &str) -> String {
    if greeting.is_empty() {
        return format!("https://wa.me/{digits}");
    }
    format!("https://wa.me/{digits}?text={}", percent_encode(greeting))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Requirement 101.
    #[test]
    fn the_link_is_digits_and_an_encoded_greeting() {
        assert_eq!(international("+34 (900) 123-456"), Some("34900123456".to_owned()));
        assert_eq!(international("0034 900 123 456"), Some("34900123456".to_owned()));
        for wrong in ["900", "+0 900 123 456", "javascript:12345678", "1234567890123456", ""] {
            assert_eq!(international(wrong), None, "{wrong}");
        }
        assert_eq!(link("34900123456", ""), "https://wa.me/34900123456");
        assert_eq!(link("34900123456", "Hola & adiós"), "https://wa.me/34900123456?text=Hola%20%26%20adi%C3%B3s");
    }

    #[test]
    fn a_number_is_read_back_as_it_was_set() {
        let _owner = Owner::new_root(None);
        let number =
            WhatsAppNumber { digits: "34900123456".into(), text: "Hola".into(), languages: vec![Language::Es] };
        let whatsapp = Handoff { when: HandoffWhen::Always, numbers: vec![number] };
        let former = SiteSettings { whatsapp, ..SiteSettings::new("Help", vec![], "112") };
        assert_eq!(HandoffDraft::of(&former).read(former.clone()), Some(former));
    }
}
