//! The numbers of a site: to call, to write to, for deaf people; each for every language or for some.

use amparo_protocol::language::Language;
use amparo_protocol::settings::{NumberKind, PhoneNumber, SiteSettings};
use leptos::prelude::*;

use super::basics::number;
use crate::field::{Field, every};

/// The relay takes no more.
pub const PHONES_MAX: usize = 10;

#[derive(Clone, Copy)]
pub struct PhonesDraft {
    pub rows: RwSignal<Vec<PhoneDraft>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PhoneDraft {
    pub number: Field,
    pub note: Field,
    pub kind: RwSignal<NumberKind>,
    pub languages: RwSignal<Vec<Language>>,
}

impl PhoneDraft {
    fn of(phone: &PhoneNumber) -> Self {
        Self {
            number: Field::new(&phone.number),
            note: Field::new(&phone.note),
            kind: RwSignal::new(phone.kind),
            languages: RwSignal::new(phone.languages.clone()),
        }
    }

    pub fn fresh() -> Self {
        Self::of(&PhoneNumber::default())
    }

    fn read(self) -> Option<PhoneNumber> {
        let number = self.number.read(number, "problem.phone");
        let note = self.note.line(0..=80, "problem.note");
        let (kind, languages) = (self.kind.get_untracked(), self.languages.get_untracked());
        Some(PhoneNumber { number: number?, note: note?, kind, languages })
    }

    /// A row that nobody has touched asks nothing.
    fn is_blank(self) -> bool {
        self.number.is_empty() && self.note.is_empty()
    }
}

impl PhonesDraft {
    /// With one row to write into where there is none yet.
    pub fn of(settings: &SiteSettings) -> Self {
        let mut rows: Vec<_> = settings.phones.iter().map(PhoneDraft::of).collect();
        if rows.is_empty() {
            rows.push(PhoneDraft::fresh());
        }
        Self { rows: RwSignal::new(rows) }
    }

    pub fn read(self, former: SiteSettings) -> Option<SiteSettings> {
        let rows = self.rows.get_untracked();
        let phones = every(rows.into_iter().filter(|row| !row.is_blank()).map(PhoneDraft::read))?;
        Some(SiteSettings { phones, ..former })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_untouched_row_is_no_number_and_a_half_filled_one_says_what_is_missing() {
        let _owner = Owner::new_root(None);
        let former = SiteSettings::new("Help", vec![], "112");
        let draft = PhonesDraft::of(&former);
        assert_eq!(draft.read(former.clone()).map(|settings| settings.phones), Some(vec![]));
        let [row] = draft.rows.get_untracked()[..] else { panic!("one row to write into") };
        row.note.text.set("day and night".to_owned());
        assert_eq!(draft.read(former.clone()), None);
        assert_eq!(row.number.problem.get_untracked(), Some("problem.phone"));
        row.number.text.set("016".to_owned());
        row.languages.set(vec![Language::Es]);
        let phones = draft.read(former).expect("all is there").phones;
        assert_eq!((phones[0].number.as_str(), &phones[0].languages[..]), ("016", &[Language::Es][..]));
    }
}
