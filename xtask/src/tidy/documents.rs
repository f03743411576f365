//! Documents and what every file says of itself.

use std::collections::BTreeSet;

use super::rust_tokens::tokens_with_tests;
use super::sources::{Finding, Source, Sources};

pub fn module_docs(sources: &Sources) -> Vec<Finding> {
    let silent = sources.rust().filter(|source| !source.text.starts_with("//!"));
    let rust = silent.map(|source| Finding::at(source, 1, "begins with //! and says what it is, and what never"));
    let script =
        sources.ending(".js").filter(|source| !source.text.starts_with("//") && !source.text.starts_with("/*"));
    rust.chain(script.map(|source| Finding::at(source, 1, "begins with a comment that says what it is"))).collect()
}

pub fn machine_paths(sources: &Sources) -> Vec<Finding> {
    // Put together here, so that this file does not break its own rule.
    let folders = ["work", "root", "farm", "tmp/setup"].map(|folder| format!("/{folder}/"));
    let texts = sources.files.iter().filter(|source| !source.path.ends_with(".lock"));
    let hits = texts.flat_map(|source| source.text.lines().enumerate().map(move |(at, line)| (source, at + 1, line)));
    let named = hits.filter(|(_, _, line)| folders.iter().any(|folder| line.contains(folder)));
    named.map(|(source, line, _)| Finding::at(source, line, "names a path of one machine")).collect()
}

const REQUIREMENTS: &str = "docs/requirements.md";
const LAST_REQUIREMENT: usize = 120;

/// Every number once; what its line names as test exists.
pub fn requirements(sources: &Sources) -> Vec<Finding> {
    let Some(page) = sources.file(REQUIREMENTS) else { return vec![Finding::of(REQUIREMENTS, "is missing")] };
    let rows: Vec<(usize, usize, &str)> =
        page.text.lines().enumerate().filter_map(|(at, line)| requirement(at + 1, line)).collect();
    let functions = functions(sources);
    let mut findings = Vec::new();
    for number in 1..=LAST_REQUIREMENT {
        let count = rows.iter().filter(|(_, found, _)| *found == number).count();
        if count != 1 {
            findings.push(Finding::of(REQUIREMENTS, format!("number {number} is there {count} times")));
        }
    }
    for (line, number, test) in &rows {
        let named: Vec<&str> = test.split('`').skip(1).step_by(2).collect();
        if named.is_empty() && !test.contains("open") {
            findings.push(Finding::at(page, *line, format!("{number} names no test in `…` and is not open")));
        }
        let missing = named.into_iter().filter(|name| !exists(sources, &functions, name));
        findings.extend(
            missing.map(|name| Finding::at(page, *line, format!("{number} names a test that is not there: {name}"))),
        );
    }
    findings
}

const PROMISES: &str = "docs/promises.md";

/// Every promise names a test that exists.
pub fn promises(sources: &Sources) -> Vec<Finding> {
    let Some(page) = sources.file(PROMISES) else { return vec![Finding::of(PROMISES, "is missing")] };
    let rows = page.text.lines().enumerate().filter_map(|(at, line)| requirement(at + 1, line));
    let functions = functions(sources);
    let mut findings = Vec::new();
    for (line, number, tests) in rows {
        let named: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        if named.is_empty() {
            findings.push(Finding::at(page, line, format!("promise {number} names no test in `…`")));
        }
        let missing = named.into_iter().filter(|name| !exists(sources, &functions, name));
        let told = missing.map(|name| format!("promise {number} names a test that is not there: {name}"));
        findings.extend(told.map(|sentence| Finding::at(page, line, sentence)));
    }
    findings
}

/// (line, number, the last column) of a row of the table.
fn requirement(line: usize, text: &str) -> Option<(usize, usize, &str)> {
    let cells: Vec<&str> = text.trim().strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
    Some((line, cells.first()?.parse().ok()?, cells.last()?))
}

/// A file by its path, or a Rust function by its name; `functions` are those that there are.
fn exists(sources: &Sources, functions: &BTreeSet<String>, name: &str) -> bool {
    let function = name.rsplit("::").next().unwrap_or(name);
    sources.file(name).is_some() || functions.contains(function)
}

/// Of all Rust sources, tests included.
fn functions(sources: &Sources) -> BTreeSet<String> {
    let named = |source: &Source| {
        let tokens = tokens_with_tests(&source.text);
        let pairs = tokens.windows(2).filter(|pair| pair[0].text == "fn");
        pairs.map(|pair| pair[1].text.clone()).collect::<Vec<_>>()
    };
    sources.rust().flat_map(named).collect()
}
