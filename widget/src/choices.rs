//! What a visitor has switched on her screen. It lasts as long as the screen does; the site says what holds before that.

use amparo_protocol::wire::Manner;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Only the last three messages are shown.
    Discreet,
    /// What was written is covered while the page is hidden or not in front.
    Cover,
    /// The texts for children.
    Simple,
    /// The browser's spell-check, which may send what is typed to its maker.
    Spelling,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choices([Option<bool>; 4]);

impl Choices {
    /// `manner` is the site's, once the relay has said it.
    pub fn is_on(self, choice: Choice, manner: Option<&Manner>) -> bool {
        let of_site = manner.is_some_and(|manner| match choice {
            Choice::Discreet => manner.is_discreet,
            Choice::Cover => manner.covers_when_hidden,
            Choice::Simple => manner.speaks_simple_words,
            Choice::Spelling => false,
        });
        self.0[choice as usize].unwrap_or(of_site)
    }

    pub fn switch(&mut self, choice: Choice, is_on: bool) {
        self.0[choice as usize] = Some(is_on);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r024_r025_the_site_decides_until_she_does() {
        let manner = Manner { is_discreet: true, ..Manner::default() };
        let mut choices = Choices::default();
        assert!(!choices.is_on(Choice::Discreet, None));
        assert!(choices.is_on(Choice::Discreet, Some(&manner)));
        assert!(!choices.is_on(Choice::Cover, Some(&manner)));
        choices.switch(Choice::Discreet, false);
        choices.switch(Choice::Cover, true);
        assert!(!choices.is_on(Choice::Discreet, Some(&manner)));
        assert!(choices.is_on(Choice::Cover, Some(&manner)));
    }
}
