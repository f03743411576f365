//! The sentences of one language, read from a text file of `key = sentence` lines. No component holds a sentence itself.

use amparo_protocol::language::Language;
use leptos::prelude::{provide_context, use_context};

use crate::live::Live;

/// The sentences now on the screen; everything that reads them is drawn again when the language changes.
#[derive(Clone, Copy)]
pub struct Texts {
    /// An app has its texts for as long as its document lives.
    shown: &'static Live<Catalogue>,
}

impl Texts {
    /// Makes them findable for every component below the caller.
    pub fn provide(language: Language, source: &str) -> Self {
        let texts = Self { shown: Box::leak(Box::new(Live::new(Catalogue::parse(language, source)))) };
        provide_context(texts);
        texts
    }

    /// The texts that an app provided at its root.
    pub fn here() -> Self {
        use_context().expect("each app provides its texts before it draws anything")
    }

    pub fn replace(&self, language: Language, source: &str) {
        self.shown.set(Catalogue::parse(language, source));
    }

    /// The sentence under a key; the key itself where the file lacks it, which a test of each app's files rules out.
    pub fn get(&self, key: &str) -> String {
        self.shown.with(|catalogue| catalogue.sentence(key).to_owned())
    }

    /// The sentence with each `{name}` replaced.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.shown.with(|catalogue| fill(catalogue.sentence(key), values))
    }

    pub fn language(&self) -> Language {
        self.shown.with(|catalogue| catalogue.language)
    }

    /// For `dir` on the root element.
    pub fn direction(&self) -> &'static str {
        if self.language().is_right_to_left() { "rtl" } else { "ltr" }
    }
}

/// A sentence for `view!`, as in `{t("composer.send")}`; follows the language.
pub fn t(key: &'static str) -> impl Fn() -> String + Copy + Send + Sync + 'static {
    let texts = Texts::here();
    move || texts.get(key)
}

/// One language's file, read. A plain list: some hundred sentences are looked up when a screen is drawn, and a tree
/// would cost every visitor kilobytes of program.
pub struct Catalogue {
    pub language: Language,
    sentences: Vec<(String, String)>,
}

impl Catalogue {
    /// Lines without `=`, empty lines and comments are passed over.
    pub fn parse(language: Language, source: &str) -> Self {
        let lines = source.lines().map(str::trim).filter(|line| !line.starts_with('#'));
        let pairs = lines.filter_map(|line| line.split_once('='));
        let sentences = pairs.map(|(key, sentence)| (key.trim().to_owned(), sentence.trim().to_owned())).collect();
        Self { language, sentences }
    }

    pub fn sentence<'a>(&'a self, key: &'a str) -> &'a str {
        self.sentences.iter().find(|(known, _)| known == key).map_or(key, |(_, sentence)| sentence)
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.sentences.iter().map(|(key, _)| key.as_str())
    }
}

/// A number in digits. The program has no `format!`: what writes it weighs more than a screen.
pub fn number(number: u32) -> String {
    let mut digits = Vec::new();
    let mut left = number;
    loop {
        digits.push(char::from(b'0' + (left % 10) as u8));
        left /= 10;
        if left == 0 {
            return digits.iter().rev().collect();
        }
    }
}

fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            rest = after;
            break;
        };
        let value = values.iter().find(|(known, _)| *known == name);
        filled.push_str(value.map_or(name, |(_, value)| value));
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_line_by_line_and_what_is_not_a_sentence_is_passed_over() {
        let catalogue =
            Catalogue::parse(Language::En, "# a comment = not a key\n\n a.b = One = two \nno sign\nc = {n} left\n");
        assert_eq!(catalogue.sentence("a.b"), "One = two");
        assert_eq!(catalogue.sentence("c"), "{n} left");
        assert_eq!(catalogue.sentence("missing"), "missing");
        assert_eq!(catalogue.keys().collect::<Vec<_>>(), ["a.b", "c"]);
    }

    #[test]
    fn numbers_are_written_in_digits() {
        assert_eq!([0, 7, 10, 4_013, u32::MAX].map(number), ["0", "7", "10", "4013", "4294967295"]);
    }

    #[test]
    fn placeholders_take_their_values_and_a_value_is_never_read_as_a_placeholder() {
        assert_eq!(fill("{who} is number {n}.", &[("who", "{n}"), ("n", "3")]), "{n} is number 3.");
        assert_eq!(fill("an {unknown} name", &[]), "an unknown name");
        assert_eq!(fill("open { brace", &[]), "open  brace");
        assert_eq!(fill("", &[("n", "3")]), "");
    }
}
