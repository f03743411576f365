//! The organisation's own words in place of a sentence of the widget.

use std::collections::BTreeSet;

use amparo_protocol::language::Language;
use amparo_protocol::settings::OwnText;

/// The relay takes no longer ones.
const TEXT_MAX_CHARS: usize = 300;

/// Whether these words can stand for the sentence: not empty, not too long, and with the same places to fill in.
pub fn problem(words: &str, sentence: &str) -> Option<&'static str> {
    let chars = words.trim().chars().count();
    if !(1..=TEXT_MAX_CHARS).contains(&chars) {
        return Some("problem.words-length");
    }
    (places(words) != places(sentence)).then_some("problem.words-places")
}

/// In place of what was set for the same sentence, or new.
pub fn set(texts: &mut Vec<OwnText>, language: Language, key: &str, words: &str) {
    remove(texts, language, key);
    texts.push(OwnText { language, key: key.to_owned(), text: words.trim().to_owned() });
}

pub fn remove(texts: &mut Vec<OwnText>, language: Language, key: &str) {
    texts.retain(|text| text.language != language || text.key != key);
}

/// The names in braces.
fn places(sentence: &str) -> BTreeSet<&str> {
    sentence.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_words_keep_the_places_to_fill_in() {
        assert_eq!(problem("You are number {n}.", "Number {n} in line."), None);
        assert_eq!(problem("You wait.", "Number {n} in line."), Some("problem.words-places"));
        assert_eq!(problem("  ", "Hello"), Some("problem.words-length"));
        assert_eq!(problem(&"x".repeat(301), "Hello"), Some("problem.words-length"));
    }

    #[test]
    fn a_sentence_has_one_set_of_own_words_in_each_language() {
        let mut texts = Vec::new();
        set(&mut texts, Language::Es, "a.b", " Hola ");
        set(&mut texts, Language::It, "a.b", "Ciao");
        set(&mut texts, Language::Es, "a.b", "Buenas");
        assert_eq!(texts.iter().map(|text| text.text.as_str()).collect::<Vec<_>>(), ["Ciao", "Buenas"]);
        remove(&mut texts, Language::It, "a.b");
        assert_eq!(texts.len(), 1);
    }
}
