//! The sentences of `/chat`. The page cannot fetch texts: it must stand without scripts.

use std::sync::LazyLock;

use amparo_protocol::language::Language;
use axum::http::{HeaderMap, header};

const FILES: [(Language, &str); 6] = [
    (Language::En, include_str!("../../../../assets/texts/page/en.txt")),
    (Language::Es, include_str!("../../../../assets/texts/page/es.txt")),
    (Language::It, include_str!("../../../../assets/texts/page/it.txt")),
    (Language::PtBr, include_str!("../../../../assets/texts/page/pt-BR.txt")),
    (Language::PtPt, include_str!("../../../../assets/texts/page/pt-PT.txt")),
    (Language::Ar, include_str!("../../../../assets/texts/page/ar.txt")),
];

static WORDS: LazyLock<[Words; 6]> = LazyLock::new(|| FILES.map(|(language, file)| Words::read(language, file)));

/// The sentences of one language.
pub struct Words {
    pub language: Language,
    sentences: Vec<(&'static str, &'static str)>,
}

impl Words {
    /// `asked` is the language of a link on the page; without it, the first that the browser prefers and the page has.
    pub fn of(asked: Option<&str>, headers: &HeaderMap) -> &'static Self {
        let preferred = headers.get(header::ACCEPT_LANGUAGE).and_then(|preferred| preferred.to_str().ok());
        let tags = preferred.unwrap_or_default().split(',').map(|tag| tag.split(';').next().unwrap_or_default().trim());
        let language = asked.into_iter().chain(tags).find_map(Language::from_tag).unwrap_or(Language::En);
        WORDS.iter().find(|words| words.language == language).expect("every language has its words")
    }

    pub fn get(&self, key: &str) -> &'static str {
        let known = self.sentences.iter().find(|(known, _)| *known == key);
        known.map(|(_, sentence)| *sentence).expect("each file has every key: a check of the repository")
    }

    fn read(language: Language, file: &'static str) -> Self {
        let lines = file.lines().filter(|line| !line.starts_with('#'));
        let pairs = lines.filter_map(|line| line.split_once('='));
        Self { language, sentences: pairs.map(|(key, sentence)| (key.trim(), sentence.trim())).collect() }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn language(asked: Option<&str>, accepted: &str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(accepted).unwrap());
        Words::of(asked, &headers).language
    }

    #[test]
    fn the_link_pressed_decides_then_the_browser_then_english() {
        assert_eq!(language(Some("it"), "ar"), Language::It);
        assert_eq!(language(None, "de-DE, pt-BR;q=0.8, en;q=0.5"), Language::PtBr);
        assert_eq!(language(Some("no-such"), "ar-EG"), Language::Ar);
        assert_eq!(language(None, "de"), Language::En);
    }
}
