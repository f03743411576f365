//! `cargo xtask tidy`: the rules of the repository that neither the compiler nor clippy knows.
//!
//! Each rule looks at the sources and gives back findings; it changes nothing. Only `--record` writes: the hashes of what
//! must not change unseen.

#![expect(clippy::print_stdout, reason = "findings are what the developer reads")]

mod crates;
mod documents;
mod records;
mod rust_tokens;
mod seams;
mod sources;
mod styles;
mod texts;
mod words;

use sources::{Finding, Sources};

type Rule = fn(&Sources) -> Vec<Finding>;

const RULES: [(&str, Rule); 13] = [
    ("crates depend downwards only", crates::edges),
    ("what has one place stays there", seams::places),
    ("time, randomness and tasks come from outside", seams::effects),
    ("the words of the glossary", words::identifiers),
    ("every file says what it is", documents::module_docs),
    ("no paths of one machine", documents::machine_paths),
    ("every requirement has a line, and its test exists", documents::requirements),
    ("every promise names tests that exist", documents::promises),
    ("the wire changes with its document", records::protocol),
    ("landed migrations stay", records::migrations),
    ("texts are complete in every language", texts::complete),
    ("texts promise nothing that cannot be kept", texts::claims),
    ("style sheets mirror for Arabic", styles::logical_properties),
];

pub fn run(arguments: &[String]) -> Result<(), String> {
    match arguments {
        [] => check(),
        [only] if only == "--record" => records::record(&Sources::read()?),
        _ => Err("cargo xtask tidy [--record]".to_owned()),
    }
}

fn check() -> Result<(), String> {
    let sources = Sources::read()?;
    let mut count = 0;
    for (name, rule) in RULES {
        let findings = rule(&sources);
        println!("{} {name}", if findings.is_empty() { "kept  " } else { "broken" });
        for Finding { place, sentence } in &findings {
            println!("       {place}: {sentence}");
        }
        count += findings.len();
    }
    if count == 0 { Ok(()) } else { Err(format!("tidy: {count} findings")) }
}
