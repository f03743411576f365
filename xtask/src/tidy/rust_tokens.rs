//! A Rust file as a flat list of tokens: comments gone, `::` as one token, test modules left out.

use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Identifier,
    Literal,
    Punctuation,
}

#[derive(Clone, Debug)]
pub struct Token {
    pub kind: Kind,
    pub text: String,
    pub line: usize,
}

/// Nothing for a file that is no Rust; the compiler will say so. Test modules are left out.
pub fn tokens(text: &str) -> Vec<Token> {
    read(text, false)
}

pub fn tokens_with_tests(text: &str) -> Vec<Token> {
    read(text, true)
}

fn read(text: &str, tests: bool) -> Vec<Token> {
    let mut flat = Vec::new();
    if let Ok(stream) = TokenStream::from_str(text) {
        flatten(stream, tests, &mut flat);
    }
    flat
}

/// Lines where these tokens follow each other.
pub fn lines_of(tokens: &[Token], sequence: &[&str]) -> Vec<usize> {
    let matches = |window: &&[Token]| window.iter().zip(sequence).all(|(token, text)| token.text == *text);
    tokens.windows(sequence.len()).filter(matches).map(|window| window[0].line).collect()
}

/// Lines where `item` of `path` is named, written out or inside the braces of a `use`.
pub fn lines_naming(tokens: &[Token], path: &[&str], item: &str) -> Vec<usize> {
    let mut sequence: Vec<&str> = path.iter().flat_map(|part| [*part, "::"]).collect();
    let opened = sequence.len();
    sequence.push(item);
    let mut lines = lines_of(tokens, &sequence);
    sequence[opened] = "{";
    for (at, window) in tokens.windows(sequence.len()).enumerate() {
        if window.iter().zip(&sequence).all(|(token, text)| token.text == *text) {
            lines.extend(
                inside_braces(&tokens[at + opened..])
                    .into_iter()
                    .filter(|token| token.text == item)
                    .map(|token| token.line),
            );
        }
    }
    lines
}

/// The tokens directly inside the braces that open with the first one.
fn inside_braces(tokens: &[Token]) -> Vec<&Token> {
    let mut depth = 0_usize;
    let mut inside = Vec::new();
    for token in tokens {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ if depth == 1 => inside.push(token),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    inside
}

fn flatten(stream: TokenStream, tests: bool, flat: &mut Vec<Token>) {
    let mut trees = stream.into_iter().peekable();
    let mut skips_body = false;
    while let Some(tree) = trees.next() {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Ident(identifier) => {
                flat.push(Token { kind: Kind::Identifier, text: identifier.to_string(), line })
            }
            TokenTree::Literal(literal) => flat.push(Token { kind: Kind::Literal, text: literal.to_string(), line }),
            TokenTree::Punct(mark) => {
                let doubled = mark.as_char() == ':'
                    && matches!(trees.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ':');
                if doubled {
                    trees.next();
                }
                // `#[cfg(test)] mod tests;` has no body here.
                skips_body &= mark.as_char() != ';';
                let text = if doubled { "::".to_owned() } else { mark.as_char().to_string() };
                flat.push(Token { kind: Kind::Punctuation, text, line });
            }
            TokenTree::Group(group) => {
                let body = group.stream();
                if !tests && group.delimiter() == Delimiter::Bracket && body.to_string().replace(' ', "") == "cfg(test)"
                {
                    skips_body = true;
                    flat.pop();
                    continue;
                }
                if group.delimiter() == Delimiter::Brace && std::mem::take(&mut skips_body) {
                    continue;
                }
                let (open, close) = marks(group.delimiter());
                flat.push(Token { kind: Kind::Punctuation, text: open.to_owned(), line });
                flatten(body, tests, flat);
                let line = group.span_close().start().line;
                flat.push(Token { kind: Kind::Punctuation, text: close.to_owned(), line });
            }
        }
    }
}

fn marks(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_with_braces_names_its_items_and_a_test_module_names_nothing() {
        let flat = tokens(
            "use std::{env, fs::{self}};\n#[cfg(test)]\nmod tests { use std::env; }\nfn f() { std::env::args(); }",
        );
        assert_eq!(lines_naming(&flat, &["std"], "env"), [4, 1]);
        assert_eq!(lines_naming(&flat, &["std"], "self"), Vec::<usize>::new());
    }
}
