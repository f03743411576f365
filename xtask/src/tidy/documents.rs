//! Documents and what every file says of itself.

use super::rust_tokens::{lines_of, tokens_with_tests};
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
        let missing = named.into_iter().filter(|name| !exists(sources, name));
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
    let mut findings = Vec::new();
    for (line, number, tests) in rows {
        let named: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        if named.is_empty() {
            findings.push(Finding::at(page, line, format!("promise {number} names no test in `…`")));
        }
        let missing = named.into_iter().filter(|name| !exists(sources, name));
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

/// A file by its path, or a Rust function by its name.
fn exists(sources: &Sources, name: &str) -> bool {
    let function = name.rsplit("::").next().unwrap_or(name);
    let defines = |source: &Source| !lines_of(&tokens_with_tests(&source.text), &["fn", function]).is_empty();
    sources.file(name).is_some() || sources.rust().any(defines)
}
