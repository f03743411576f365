//! The files of sentences against the code that asks for them, and against each other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use amparo_protocol::language::Language;
use amparo_ui::texts::Catalogue;

const ENGLISH: &str = include_str!("../../assets/texts/widget/en.txt");
const ARABIC: &str = include_str!("../../assets/texts/widget/ar.txt");

/// What no chat can promise, in any language it is written in.
const NEVER_SAID: [&str; 12] = [
    "untraceable",
    "invisible",
    "anonymous",
    "totally safe",
    "completely safe",
    "100%",
    "guarantee",
    "لا يمكن تتبع",
    "آمنة تمامًا",
    "آمن تمامًا",
    "نضمن",
    "مجهولة الهوية",
];

fn keys(source: &str) -> BTreeSet<String> {
    Catalogue::parse(Language::En, source).keys().map(str::to_owned).collect()
}

/// Every string literal of the widget's and the shared pieces' code.
fn literals() -> BTreeSet<String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    collect(&here.join("src"), &mut found);
    collect(&here.join("../ui/src"), &mut found);
    found
}

fn collect(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).expect("readable");
            found.extend(source.split('"').map(str::to_owned));
        }
    }
}

#[test]
fn every_sentence_is_asked_for_and_none_is_missing() {
    let (keys, literals) = (keys(ENGLISH), literals());
    let idle: Vec<_> = keys.difference(&literals).collect();
    assert_eq!(idle, Vec::<&String>::new(), "nobody asks for these");
    let groups: BTreeSet<_> = keys.iter().filter_map(|key| key.split_once('.')).map(|(group, _)| group).collect();
    let is_key = |literal: &&String| {
        let parts = literal.split_once('.').filter(|(group, _)| groups.contains(group));
        parts.is_some_and(|(_, rest)| {
            !rest.is_empty() && rest.chars().all(|sign| sign.is_ascii_lowercase() || sign == '-')
        })
    };
    let missing: Vec<_> = literals.iter().filter(is_key).filter(|literal| !keys.contains(*literal)).collect();
    assert_eq!(missing, Vec::<&String>::new(), "these have no sentence");
}

#[test]
fn the_languages_say_the_same_things_with_the_same_names_in_them() {
    assert_eq!(keys(ENGLISH), keys(ARABIC));
    let (english, arabic) = (Catalogue::parse(Language::En, ENGLISH), Catalogue::parse(Language::Ar, ARABIC));
    for key in english.keys() {
        assert_eq!(placeholders(english.sentence(key)), placeholders(arabic.sentence(key)), "{key}");
    }
}

fn placeholders(sentence: &str) -> BTreeSet<&str> {
    sentence.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn no_sentence_promises_what_no_chat_can_keep() {
    for (language, source) in [("en", ENGLISH), ("ar", ARABIC)] {
        let sentences =
            source.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n").to_lowercase();
        for claim in NEVER_SAID {
            assert!(!sentences.contains(claim), "{language}: {claim}");
        }
        assert!(!sentences.contains('!'), "{language}: an exclamation mark");
    }
}
