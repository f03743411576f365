//! The apps' texts: every language says everything, nothing is said for nobody, and nothing promises too much.

use std::collections::{BTreeMap, BTreeSet};

use super::rust_tokens::Kind;
use super::sources::{Finding, Source, Sources};

/// An app's text folder and the sources that use its keys.
const APPS: [(&str, &[&str]); 4] = [
    ("assets/texts/widget/", &["widget/src/", "ui/src/"]),
    ("assets/texts/console/", &["console/src/", "ui/src/"]),
    ("assets/texts/page/", &["server/src/http/chat/"]),
    ("assets/texts/loader/", &["widget/loader/"]),
];

/// Before the keys of what the loader says only once the chat is opened; its scripts leave it out.
const OPEN_ONLY: &str = "open.";

const FIRST_LANGUAGE: &str = "en.txt";

/// A file of simple words holds only what it says otherwise; it is named after its language with this behind it.
const SIMPLE: &str = "-simple";

/// The app that visitors read, some of them children.
const HAS_SIMPLE: &str = "assets/texts/widget/";

pub fn complete(sources: &Sources) -> Vec<Finding> {
    let incomplete = APPS.iter().flat_map(|(folder, code)| incomplete(sources, folder, code));
    incomplete.chain(APPS.iter().flat_map(|(folder, _)| unwritten(sources, folder))).collect()
}

/// What is offered must be written: each language in each app, and simple words for each in the widget.
fn unwritten(sources: &Sources, folder: &str) -> Vec<Finding> {
    let endings: &[&str] = if folder == HAS_SIMPLE { &["", SIMPLE] } else { &[""] };
    let names =
        CLAIMS.iter().flat_map(|(language, _)| endings.iter().map(move |ending| format!("{language}{ending}.txt")));
    let missing = names.filter(|name| sources.file(&format!("{folder}{name}")).is_none());
    missing.map(|name| Finding::of(folder, format!("{name} is missing"))).collect()
}

fn incomplete(sources: &Sources, folder: &str, code: &[&str]) -> Vec<Finding> {
    let Some(first) = sources.file(&format!("{folder}{FIRST_LANGUAGE}")) else {
        return vec![Finding::of(folder, "has no English")];
    };
    let english = texts(first);
    let mut findings = Vec::new();
    for other in sources.files.iter().filter(|source| source.path.starts_with(folder) && source.path != first.path) {
        findings.extend(differences(&english, other));
    }
    let said = said_in_scripts(sources, code).into_iter().map(|(key, place)| {
        let key = if english.contains_key(&key) { key } else { OPEN_ONLY.to_owned() + &key };
        (key, place)
    });
    let said: Vec<(String, String)> = said.collect();
    let unknown = said.iter().filter(|(key, _)| !english.contains_key(key));
    findings.extend(unknown.map(|(key, place)| Finding::of(place, format!("{key} is not in {}", first.path))));
    let used = [used_keys(sources, code), said].concat();
    let is_used = |key: &str| {
        used.iter().any(|(use_of, _)| use_of == key || (use_of.ends_with('.') && key.starts_with(use_of.as_str())))
    };
    let unused = english.iter().filter(|(key, _)| !is_used(key));
    findings.extend(unused.map(|(key, text)| Finding::at(first, text.line, format!("no code uses {key}"))));
    let spaces: BTreeSet<&str> = english.keys().filter_map(|key| key.split('.').next()).collect();
    let missing =
        used.iter().filter(|(key, _)| looks_like_key(key) && !key.ends_with('.') && !english.contains_key(key));
    let missing = missing.filter(|(key, _)| key.split('.').next().is_some_and(|space| spaces.contains(space)));
    findings.extend(missing.map(|(key, place)| Finding::of(place, format!("{key} is not in {}", first.path))));
    findings
}

fn differences(english: &BTreeMap<String, Text>, source: &Source) -> Vec<Finding> {
    let own = texts(source);
    let is_simple = source.path.ends_with(&format!("{SIMPLE}.txt"));
    let missing = english.keys().filter(|key| !is_simple && !own.contains_key(*key));
    let mut findings: Vec<Finding> =
        missing.map(|key| Finding::of(&source.path, format!("{key} is missing"))).collect();
    for (key, text) in &own {
        match english.get(key) {
            None => findings.push(Finding::at(source, text.line, format!("{key} is not in English"))),
            Some(first) if first.placeholders() != text.placeholders() => {
                findings.push(Finding::at(source, text.line, format!("{key} has other placeholders than English")));
            }
            Some(_) => {}
        }
    }
    findings
}

struct Text {
    line: usize,
    words: String,
}

impl Text {
    fn placeholders(&self) -> BTreeSet<&str> {
        self.words.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }
}

fn texts(source: &Source) -> BTreeMap<String, Text> {
    let lines = source.text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#'));
    let pairs =
        lines.filter_map(|(at, line)| line.split_once('=').map(|(key, words)| (at + 1, key.trim(), words.trim())));
    pairs.map(|(line, key, words)| (key.to_owned(), Text { line, words: words.to_owned() })).collect()
}

/// Every literal that could be a key (`waiting.position`, `title`), or the beginning of keys that are put together
/// (`refused.`, `refused.{code}`).
fn used_keys(sources: &Sources, code: &[&str]) -> Vec<(String, String)> {
    let files = sources.rust().filter(|source| source.is_below(code));
    let literals = files.flat_map(|source| {
        source.tokens.iter().filter(|token| token.kind == Kind::Literal).map(move |token| (source, token))
    });
    let keys = literals.filter_map(|(source, token)| {
        let text = token.text.strip_prefix('"')?.strip_suffix('"')?;
        let key = text.split('{').next().unwrap_or(text);
        (!key.is_empty()).then(|| (key.to_owned(), format!("{}:{}", source.path, token.line)))
    });
    keys.collect()
}

/// What the loader's scripts say, as in `say.exit` and `words(locale).exit`.
fn said_in_scripts(sources: &Sources, code: &[&str]) -> Vec<(String, String)> {
    let scripts = sources.ending(".js").filter(|source| source.is_below(code) && !source.path.contains("/test/"));
    let lines =
        scripts.flat_map(|source| source.text.lines().enumerate().map(move |(at, line)| (source, at + 1, line)));
    let keys = lines.flat_map(|(source, at, line)| {
        let after = ["say.", "words(locale).", "words(locale())."];
        let found = after.into_iter().flat_map(move |before| line.split(before).skip(1));
        found.map(move |rest| {
            let key: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
            (key, format!("{}:{at}", source.path))
        })
    });
    keys.collect()
}

fn looks_like_key(text: &str) -> bool {
    let fits = |part: &str| part.chars().all(|mark| mark.is_ascii_lowercase() || mark.is_ascii_digit() || mark == '-');
    text.contains('.') && !text.starts_with('.') && !text.contains("..") && text.split('.').all(fits)
}

/// What no text may say, by language. A language without a list cannot be shipped.
const CLAIMS: [(&str, &[&str]); 6] = [
    (
        "en",
        &[
            "untraceable",
            "invisible",
            "100 %",
            "100%",
            "totally safe",
            "completely safe",
            "perfectly safe",
            "military-grade",
            "military grade",
            "unhackable",
            "unbreakable",
            "completely anonymous",
            "fully anonymous",
            "totally anonymous",
            "guarantee",
            "nobody can ever",
            "risk-free",
        ],
    ),
    (
        "ar",
        &[
            "لا يمكن تعقب",
            "غير مرئي",
            "آمن تمام",
            "آمنة تمام",
            "آمن كلي",
            "100",
            "١٠٠",
            "مجهول تمام",
            "مجهولة تمام",
            "عسكري",
            "نضمن",
            "مضمون",
            "بلا أي خطر",
        ],
    ),
    (
        "es",
        &[
            "imposible de rastrear",
            "irrastreable",
            "invisible",
            "100 %",
            "100%",
            "totalmente segur",
            "completamente segur",
            "grado militar",
            "totalmente anónim",
            "completamente anónim",
            "garantiza",
        ],
    ),
    (
        "it",
        &[
            "non tracciabile",
            "irrintracciabile",
            "invisibile",
            "100 %",
            "100%",
            "totalmente sicur",
            "completamente sicur",
            "livello militare",
            "completamente anonim",
            "totalmente anonim",
            "garanti",
        ],
    ),
    (
        "pt-BR",
        &[
            "irrastreável",
            "impossível de rastrear",
            "invisível",
            "100 %",
            "100%",
            "totalmente segur",
            "completamente segur",
            "nível militar",
            "totalmente anônim",
            "completamente anônim",
            "garant",
        ],
    ),
    (
        "pt-PT",
        &[
            "irrastreável",
            "impossível de rastrear",
            "invisível",
            "100 %",
            "100%",
            "totalmente segur",
            "completamente segur",
            "nível militar",
            "totalmente anónim",
            "completamente anónim",
            "garant",
        ],
    ),
];

pub fn claims(sources: &Sources) -> Vec<Finding> {
    let files =
        sources.files.iter().filter(|source| source.path.starts_with("assets/texts/") && source.path.ends_with(".txt"));
    files.flat_map(forbidden_claims).collect()
}

fn forbidden_claims(source: &Source) -> Vec<Finding> {
    let name = source.path.rsplit('/').next().and_then(|name| name.strip_suffix(".txt")).unwrap_or_default();
    let language = name.strip_suffix(SIMPLE).unwrap_or(name);
    let Some((_, claims)) = CLAIMS.iter().find(|(name, _)| *name == language) else {
        return vec![Finding::of(&source.path, "there is no list of forbidden claims for this language")];
    };
    let mut findings = Vec::new();
    for (key, text) in texts(source) {
        let words = text.words.to_lowercase();
        let claimed = claims.iter().filter(|claim| words.contains(**claim));
        findings.extend(claimed.map(|claim| Finding::at(source, text.line, format!("{key} claims {claim:?}"))));
        if words.contains('!') {
            findings.push(Finding::at(source, text.line, format!("{key} raises its voice")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_told_from_other_literals() {
        assert!(looks_like_key("waiting.position"));
        assert!(looks_like_key("refused."));
        assert!(!looks_like_key("Waiting.position"));
        assert!(!looks_like_key("position"));
        assert!(!looks_like_key("a. b"));
        assert!(!looks_like_key("..."));
    }

    #[test]
    fn a_language_that_nobody_wrote_is_missing() {
        let source = |name: &str| Source { path: name.to_owned(), text: String::new(), tokens: Vec::new() };
        let names = ["assets/texts/page/en.txt", "assets/texts/page/ar.txt", "assets/texts/widget/en.txt"];
        let sources = Sources { root: std::path::PathBuf::new(), files: names.map(source).into() };
        assert_eq!(unwritten(&sources, "assets/texts/page/").len(), 4);
        assert_eq!(unwritten(&sources, HAS_SIMPLE).len(), 11);
    }

    #[test]
    fn a_promise_that_cannot_be_kept_is_found_in_each_language() {
        for (path, line) in [
            ("assets/texts/widget/en.txt", "a.b = You are Invisible here."),
            ("assets/texts/widget/ar.txt", "a.b = المحادثة آمنة تماما"),
        ] {
            let source = Source { path: path.to_owned(), text: line.to_owned(), tokens: Vec::new() };
            assert_eq!(forbidden_claims(&source).len(), 1, "{path}");
        }
    }
}
