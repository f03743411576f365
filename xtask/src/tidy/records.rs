//! What must not change unseen: the wire without its document, and a migration that has landed.
//!
//! The recorded hashes are in `docs/protocol.lock` and `server/migrations.lock`; `cargo xtask tidy --record` writes them.

use std::collections::BTreeMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::sources::{Finding, Source, Sources};

const PROTOCOL_LOCK: &str = "docs/protocol.lock";
const PROTOCOL_PAGE: &str = "docs/protocol.md";
const PROTOCOL_TYPES: [&str; 4] =
    ["protocol/src/api.rs", "protocol/src/colleague.rs", "protocol/src/poll.rs", "protocol/src/wire.rs"];
const MIGRATIONS_LOCK: &str = "server/migrations.lock";
const MIGRATIONS: &str = "server/migrations/";
const RECORD: &str = "then `cargo xtask tidy --record`";

type Hashes = BTreeMap<String, String>;

pub fn protocol(sources: &Sources) -> Vec<Finding> {
    let (recorded, now) = (recorded(sources, PROTOCOL_LOCK), protocol_now(sources));
    let page_changed = recorded.get(PROTOCOL_PAGE) != now.get(PROTOCOL_PAGE);
    let changed = PROTOCOL_TYPES.iter().filter(|path| recorded.get(**path) != now.get(**path));
    let mut findings: Vec<Finding> = changed
        .map(|path| match page_changed {
            true => Finding::of(*path, format!("changed, and {PROTOCOL_PAGE} too: read them together, {RECORD}")),
            false => {
                Finding::of(*path, format!("changed, but {PROTOCOL_PAGE} did not: say there what it means, {RECORD}"))
            }
        })
        .collect();
    if findings.is_empty() && page_changed {
        findings.push(Finding::of(PROTOCOL_PAGE, format!("changed: read it against the types, {RECORD}")));
    }
    findings
}

pub fn migrations(sources: &Sources) -> Vec<Finding> {
    let (recorded, now) = (recorded(sources, MIGRATIONS_LOCK), migrations_now(sources));
    let gone = recorded.keys().filter(|path| !now.contains_key(*path));
    let gone = gone.map(|path| Finding::of(path, "has landed and must stay"));
    let other = now.iter().filter_map(|(path, hash)| match recorded.get(path) {
        Some(landed) if landed == hash => None,
        Some(_) => Some(Finding::of(path, "has landed and must not change; write a new one")),
        None => Some(Finding::of(path, format!("is new: {RECORD}"))),
    });
    gone.chain(other).collect()
}

/// Writes both files; refuses what the rules forbid.
pub fn record(sources: &Sources) -> Result<(), String> {
    let undocumented = protocol(sources).into_iter().find(|finding| finding.sentence.contains("did not"));
    let changed = migrations(sources).into_iter().find(|finding| finding.sentence.contains("has landed"));
    if let Some(Finding { place, sentence }) = undocumented.or(changed) {
        return Err(format!("{place}: {sentence}"));
    }
    write(sources, PROTOCOL_LOCK, &protocol_now(sources))?;
    write(sources, MIGRATIONS_LOCK, &migrations_now(sources))
}

/// Of the types only what compiles counts: a better comment needs no new page.
fn protocol_now(sources: &Sources) -> Hashes {
    let types = PROTOCOL_TYPES.iter().filter_map(|path| {
        let tokens = sources.file(path)?.tokens.iter().map(|token| token.text.as_str()).collect::<Vec<_>>();
        Some(((*path).to_owned(), hash(without_docs(&tokens).join(" ").as_bytes())))
    });
    let page = sources.file(PROTOCOL_PAGE).map(|page| (page.path.clone(), hash(page.text.as_bytes())));
    types.chain(page).collect()
}

/// Doc comments reach the tokens as `# [ doc = "…" ]` or `# ! [ doc = "…" ]`.
fn without_docs<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    let mut kept = Vec::new();
    let mut rest = tokens;
    while let Some((first, more)) = rest.split_first() {
        rest = match rest {
            ["#", "[", "doc", "=", _, "]", after @ ..] | ["#", "!", "[", "doc", "=", _, "]", after @ ..] => after,
            _ => {
                kept.push(*first);
                more
            }
        };
    }
    kept
}

fn migrations_now(sources: &Sources) -> Hashes {
    let migrations = sources.ending(".sql").filter(|source| source.path.starts_with(MIGRATIONS));
    migrations.map(|Source { path, text, .. }| (path.clone(), hash(text.as_bytes()))).collect()
}

fn recorded(sources: &Sources, lock: &str) -> Hashes {
    let lines = sources.file(lock).map_or("", |source| source.text.as_str()).lines();
    lines.filter_map(|line| line.split_once(' ')).map(|(hash, path)| (path.to_owned(), hash.to_owned())).collect()
}

fn write(sources: &Sources, lock: &str, hashes: &Hashes) -> Result<(), String> {
    let mut text = String::new();
    for (path, hash) in hashes {
        writeln!(text, "{hash} {path}").expect("a string takes everything");
    }
    std::fs::write(sources.root.join(lock), text).map_err(|error| format!("{lock}: {error}"))
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes everything");
        text
    })
}
