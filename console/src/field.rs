//! One field of a form: what is typed into it, and the sentence beside it when it will not do.

use leptos::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Field {
    pub text: RwSignal<String>,
    /// The key of the sentence beside it.
    pub problem: RwSignal<Option<&'static str>>,
}

impl Field {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: RwSignal::new(text.into()), problem: RwSignal::new(None) }
    }

    /// What `parse` makes of the text without its outer blanks. Where it makes nothing, the sentence stands beside the
    /// field until it is read again.
    pub fn read<T>(self, parse: impl FnOnce(&str) -> Option<T>, problem: &'static str) -> Option<T> {
        let read = self.text.with_untracked(|text| parse(text.trim()));
        self.problem.set(read.is_none().then_some(problem));
        read
    }

    /// Text of so many characters.
    pub fn line(self, chars: core::ops::RangeInclusive<usize>, problem: &'static str) -> Option<String> {
        self.read(|text| chars.contains(&text.chars().count()).then(|| text.to_owned()), problem)
    }

    pub fn is_empty(self) -> bool {
        self.text.with_untracked(|text| text.trim().is_empty())
    }
}

/// Every row, or nothing when one of them will not do; each is read, so that all problems show at once.
pub fn every<T>(rows: impl IntoIterator<Item = Option<T>>) -> Option<Vec<T>> {
    let read: Vec<Option<T>> = rows.into_iter().collect();
    read.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_will_not_do_says_why_until_it_does() {
        let _owner = Owner::new_root(None);
        let field = Field::new("  ");
        assert_eq!(field.line(1..=3, "problem.code"), None);
        assert_eq!(field.problem.get_untracked(), Some("problem.code"));
        field.text.set(" abc ".to_owned());
        assert_eq!(field.line(1..=3, "problem.code"), Some("abc".to_owned()));
        assert_eq!(field.problem.get_untracked(), None);
    }

    #[test]
    fn one_bad_row_spoils_all_and_every_row_is_read() {
        let _owner = Owner::new_root(None);
        let fields = [Field::new(""), Field::new("a"), Field::new("")];
        assert_eq!(every(fields.map(|field| field.line(1..=3, "problem.code"))), None);
        assert_eq!(fields.map(|field| field.problem.get_untracked().is_some()), [true, false, true]);
    }
}
