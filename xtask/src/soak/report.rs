//! `docs/soak-report.md`: what each part of the long run said when it was run last.

use std::process::Command;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::{ATTACK_SECS, CUTS, FUZZ_EXECUTIONS, FUZZ_SECS, HISTORIES, IN_THE_STORM, PARTS, SEEDS};
use crate::command::{quiet, step};
use crate::mutants::Sum;
use crate::{paths, stamp};

const REPORT: &str = "docs/soak-report.md";
/// What the report is written from.
const FIGURES: &str = "docs/soak-report.json";

/// What one program said, and when.
#[derive(Serialize, Deserialize)]
struct Seen {
    /// A part's name, with what of it was run where the part has pieces: `fuzz wire`.
    piece: String,
    what: String,
    percent: u64,
    commit: String,
    secs: u64,
    is_well: bool,
    said: String,
}

pub struct Report {
    all: Vec<Seen>,
    /// What went wrong since it was opened.
    wrong: Vec<String>,
}

impl Report {
    pub fn open() -> Result<Self, String> {
        let all = match std::fs::read(paths::root().join(FIGURES)) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| format!("{FIGURES}: {error}"))?,
            Err(_) => Vec::new(),
        };
        Ok(Self { all, wrong: Vec::new() })
    }

    /// Runs one piece, and keeps what it says in the place of what it said before.
    pub fn add(
        &mut self,
        piece: &str,
        what: &str,
        percent: u64,
        of: impl FnOnce() -> Result<String, String>,
    ) -> Result<(), String> {
        step(what);
        let commit = quiet(Command::new("git").current_dir(paths::root()).args(["rev-parse", "--short", "HEAD"]))?;
        let started = Instant::now();
        let said = of();
        let (secs, is_well) = (started.elapsed().as_secs(), said.is_ok());
        step(&format!("{}, after {secs} s", if is_well { "well" } else { "WRONG" }));
        if !is_well {
            self.wrong.push(what.to_owned());
        }
        let said = said.unwrap_or_else(|error| error).trim().to_owned();
        let (piece, what, commit) = (piece.to_owned(), what.to_owned(), commit.trim().to_owned());
        self.keep(Seen { piece, what, percent, commit, secs, is_well, said })
    }

    /// The same pieces: first those that never ran, then those that ran longest ago.
    pub fn longest_ago(&self, mut pieces: Vec<String>) -> Vec<String> {
        pieces.sort_by_key(|piece| self.all.iter().position(|seen| seen.piece == *piece).map_or(0, |at| at + 1));
        pieces
    }

    /// The share that must be killed is one of all shards that were tried, whatever a single shard's luck.
    pub fn judge_mutants(&mut self) -> Result<(), String> {
        let sum = self.mutants();
        step(&sum.to_string());
        if !sum.is_enough_so_far() {
            self.wrong.push(sum.to_string());
        }
        Ok(())
    }

    fn mutants(&self) -> Sum {
        Sum::of(self.all.iter().filter(|seen| seen.piece.starts_with("mutants")).map(|seen| seen.said.as_str()))
    }

    pub fn verdict(self) -> Result<(), String> {
        if self.wrong.is_empty() { Ok(()) } else { Err(format!("went wrong: {}", self.wrong.join("; "))) }
    }

    fn keep(&mut self, new: Seen) -> Result<(), String> {
        self.all.retain(|seen| seen.piece != new.piece);
        self.all.push(new);
        self.all.sort_by_key(|seen| PARTS.iter().position(|part| seen.piece.split(' ').next() == Some(part.name)));
        let text = serde_json::to_string_pretty(&self.all).map_err(|error| error.to_string())?;
        stamp::write(&paths::root().join(FIGURES), (text + "\n").as_bytes())?;
        stamp::write(&paths::root().join(REPORT), self.text().as_bytes())?;
        step(&format!("the report is {REPORT}"));
        Ok(())
    }

    fn text(&self) -> String {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut text = format!(
            "# The long run\n\nWritten by `cargo xtask soak`, on {cores} cores, each part at the commit that it names. The \
             whole is {SEEDS} seeds, {HISTORIES} histories, {CUTS} power cuts, {IN_THE_STORM} in the storm, {ATTACK_SECS} s of attack, {FUZZ_SECS} s \
             and {FUZZ_EXECUTIONS} executions for each parser, every mutant. {}. What each part said, word for word.\n",
            self.mutants()
        );
        for seen in &self.all {
            let Seen { what, percent, commit, secs, said, .. } = seen;
            let (what, verdict) = (capital(what), seen.verdict());
            text += &format!(
                "\n## {what}\n\n{verdict}, in {secs} s, at {commit}: {percent} percent of the whole.\n\n```\n{said}\n```\n"
            );
        }
        text
    }
}

impl Seen {
    /// A program that lacks something on its machine says "skipped" and goes on: what it left out is not well.
    fn verdict(&self) -> &'static str {
        match (self.is_well, self.said.contains("skipped")) {
            (false, _) => "**Wrong**",
            (true, true) => "Well, but for what was skipped",
            (true, false) => "Well",
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_skipped_is_in_the_heading() {
        let heading = |is_well, said: &str| {
            let (piece, what, commit, said) = ("outages".into(), "power cuts".into(), "abc".into(), said.into());
            let all = vec![Seen { piece, what, percent: 100, commit, secs: 5, is_well, said }];
            Report { all, wrong: Vec::new() }.text()
        };
        let skipped = "frozen for 3 s; all are back: true\na full disk: skipped, there is no strace";
        let told = heading(true, skipped);
        assert!(told.contains("\nWell, but for what was skipped, in 5 s, at abc: 100 percent"), "{told}");
        assert!(heading(true, "0 wrong").contains("\nWell, in 5 s"));
        assert!(heading(false, skipped).contains("\n**Wrong**, in 5 s"));
    }
}
