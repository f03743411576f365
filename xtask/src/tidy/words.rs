//! One word for one thing: identifiers use the glossary's words and none of their clear-cut synonyms.

use super::rust_tokens::Kind;
use super::sources::{Finding, Source, Sources};

/// (synonym, the word instead). Identifiers are taken apart into their lower-case words first.
const SYNONYMS: [(&[&str], &str); 15] = [
    (&["agent"], "counselor"),
    (&["agents"], "counselors"),
    (&["operator"], "counselor"),
    (&["operators"], "counselors"),
    (&["staff"], "member"),
    (&["counsellor"], "counselor"),
    (&["customer"], "visitor"),
    (&["customers"], "visitors"),
    (&["user"], "visitor or member"),
    (&["users"], "visitors or members"),
    (&["conv"], "conversation"),
    (&["chat", "room"], "conversation"),
    (&["chatroom"], "conversation"),
    (&["chat", "id"], "conversation"),
    (&["hand", "off"], "handoff"),
];

/// Names that other people gave: the HTTP header, and `user-select`.
const FOREIGN: [&[&str]; 2] = [&["user", "agent"], &["user", "select"]];

pub fn identifiers(sources: &Sources) -> Vec<Finding> {
    let own = |source: &&Source| !source.is_below(&["xtask/", "plugin-wp/"]);
    let rust = sources.rust().filter(own).flat_map(|source| {
        let identifiers = source.tokens.iter().filter(|token| token.kind == Kind::Identifier);
        identifiers
            .filter_map(move |token| synonym(&token.text).map(|sentence| Finding::at(source, token.line, sentence)))
    });
    let script =
        sources.files.iter().filter(|source| source.path.ends_with(".js") || source.path.ends_with(".css")).filter(own);
    let script = script.flat_map(|source| {
        let lines = without_comments_and_strings(&source.text);
        let named = lines.into_iter().enumerate().flat_map(|(at, line)| {
            let words =
                line.split(|mark: char| !mark.is_alphanumeric() && mark != '_' && mark != '-').map(str::to_owned);
            words.collect::<Vec<_>>().into_iter().map(move |word| (at + 1, word))
        });
        named
            .filter_map(|(line, word)| synonym(&word).map(|sentence| Finding::at(source, line, sentence)))
            .collect::<Vec<_>>()
    });
    rust.chain(script).collect()
}

fn synonym(identifier: &str) -> Option<String> {
    let parts = parts(identifier);
    let has = |words: &[&str]| parts.windows(words.len()).any(|window| window == words);
    if FOREIGN.iter().any(|words| has(words)) {
        return None;
    }
    let (_, word) = SYNONYMS.iter().find(|(words, _)| has(words))?;
    Some(format!("`{identifier}`: the word here is {word}"))
}

/// `HandOffUrl`, `hand_off_url` and `hand-off-url` are all `hand`, `off`, `url`.
fn parts(identifier: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut was_lower = false;
    for mark in identifier.chars() {
        let starts = mark.is_uppercase() && was_lower;
        if starts || mark == '_' || mark == '-' {
            parts.push(String::new());
        }
        if mark.is_alphanumeric() {
            parts.last_mut().expect("there is always one part").extend(mark.to_lowercase());
        }
        was_lower = mark.is_lowercase();
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Line by line, with the same number of lines.
fn without_comments_and_strings(text: &str) -> Vec<String> {
    enum In {
        Code,
        Block,
        Quote(char),
    }
    let mut state = In::Code;
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut kept = String::new();
        let mut marks = line.chars().peekable();
        while let Some(mark) = marks.next() {
            state = match state {
                In::Block if mark == '*' && marks.peek() == Some(&'/') => {
                    marks.next();
                    In::Code
                }
                In::Quote(_) if mark == '\\' => {
                    marks.next();
                    state
                }
                In::Quote(quote) if mark == quote => In::Code,
                In::Block | In::Quote(_) => state,
                In::Code => match (mark, marks.peek()) {
                    ('/', Some('/')) => break,
                    ('/', Some('*')) => In::Block,
                    ('"' | '\'' | '`', _) => In::Quote(mark),
                    _ => {
                        kept.push(mark);
                        In::Code
                    }
                },
            };
        }
        // Only a template may go on in the next line.
        if matches!(state, In::Quote('"' | '\'')) {
            state = In::Code;
        }
        lines.push(kept);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_judged_by_its_words() {
        assert!(synonym("on_user_left").is_some());
        assert!(synonym("HandOffUrl").is_some());
        assert!(synonym("chatRoom").is_some());
        assert!(synonym("USER_AGENT").is_none());
        assert!(synonym("useragreement").is_none());
        assert!(synonym("handoff").is_none());
    }

    #[test]
    fn words_in_comments_and_strings_are_free() {
        let text = "let a = 'the user'; // the user\n/* user\nuser */ user.x";
        assert_eq!(without_comments_and_strings(text), ["let a = ; ", "", " user.x"]);
    }
}
