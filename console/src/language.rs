//! The language of the console itself: how one is fetched and put on the screen.

use amparo_protocol::language::Language;
use amparo_ui::texts::Texts;

use crate::{api, browser};

/// Fetches the sentences and turns the page to their direction. On a bad line the former language stays.
pub fn change(texts: Texts, language: Language) {
    leptos::task::spawn_local(async move {
        if let Ok(source) = api::texts(language.tag()).await {
            texts.replace(language, &source);
            browser::set_document_language(language);
        }
    });
}

/// The first language, fetched before anything is drawn. Without its file the keys would stand there: `None`.
pub async fn first() -> Option<(Language, String)> {
    let language = browser::preferred_language();
    let source = api::texts(language.tag()).await.ok()?;
    browser::set_document_language(language);
    Some((language, source))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use amparo_ui::texts::Catalogue;

    use super::*;

    fn catalogue(language: Language) -> Catalogue {
        let path = format!("{}/../assets/texts/console/{}.txt", env!("CARGO_MANIFEST_DIR"), language.tag());
        Catalogue::parse(language, &std::fs::read_to_string(path).expect("each written language has its file"))
    }

    fn placeholders(sentence: &str) -> BTreeSet<&str> {
        sentence.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn every_language_has_every_sentence_with_the_same_placeholders() {
        let english = catalogue(Language::En);
        let keys: BTreeSet<_> = english.keys().collect();
        for language in Language::ALL {
            let other = catalogue(language);
            assert_eq!(other.keys().collect::<BTreeSet<_>>(), keys);
            for key in &keys {
                assert_eq!(placeholders(other.sentence(key)), placeholders(english.sentence(key)), "{key}");
            }
        }
    }

    #[test]
    fn every_key_in_the_source_has_its_sentence() {
        let english = catalogue(Language::En);
        let known: BTreeSet<_> = english.keys().collect();
        for key in keys_in_source() {
            assert!(known.contains(key.as_str()), "no sentence for {key}");
        }
    }

    /// Every quoted `word.word` of this crate's and the shared pieces' sources that names a text.
    fn keys_in_source() -> BTreeSet<String> {
        let roots = ["src", "../ui/src"].map(|root| format!("{}/{root}", env!("CARGO_MANIFEST_DIR")));
        let mut keys = BTreeSet::new();
        let mut folders: Vec<_> = roots.iter().map(std::path::PathBuf::from).collect();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("the sources are here").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "rs") {
                    let source = std::fs::read_to_string(&path).expect("sources are text");
                    let before_tests = source.split("#[cfg(test)]").next().unwrap_or_default();
                    keys.extend(
                        before_tests.split('"').skip(1).step_by(2).filter(|text| is_key(text)).map(str::to_owned),
                    );
                }
            }
        }
        keys
    }

    fn is_key(text: &str) -> bool {
        let is_word =
            |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || "-0123456789".contains(c));
        text.contains('.') && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.split('.').all(is_word)
    }
}
