//! `cargo xtask mutants [SHARD/SHARDS]`: breaks the browsers' programs in one place at a time, and sees whether a test
//! notices. A shard is an even share of the places, counted from 0; the whole takes hours.
//!
//! Never: a change in the folder that it is called in; cargo-mutants works in a copy.

use std::path::Path;
use std::process::Command;

use crate::command::step;
use crate::test::runner::has_nextest;
use crate::{paths, setup, stamp};

const BROKEN: &str = "amparo-client";
/// Tells what those tests miss to two browsers and the relay's real core, which take longer to build.
const STORIES: &str = "amparo-sim";
/// Of the mutants that could be built.
const KILLED_MIN_PERCENT: usize = 85;
/// As often as the tests take unbroken: a mutant that takes longer hangs.
const PATIENCE: &str = "3";

/// What became of the mutants, by name.
#[derive(Default)]
struct Outcomes {
    caught: Vec<String>,
    missed: Vec<String>,
    timeout: Vec<String>,
    unviable: Vec<String>,
}

pub fn run_mutants(arguments: &[String]) -> Result<(), String> {
    let shard = arguments.first().map_or("0/1", String::as_str);
    step(&figures(shard)?);
    Ok(())
}

/// An even share of so many percent.
pub fn shard(percent: u64) -> String {
    format!("0/{}", (100 / percent.max(1)).max(1))
}

/// Tries one share of the mutants; answers how many were killed, and fails where that is too few.
pub fn figures(shard: &str) -> Result<String, String> {
    let folder = paths::work();
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let share = ["--shard", shard, "--sharding", "round-robin", "--test-package", BROKEN, "--cargo-test-arg=--tests"];
    let own = tried(&share, &folder)?;
    let left: Vec<&String> = own.missed.iter().chain(&own.timeout).collect();
    if left.is_empty() {
        return told(shard, &own, &Outcomes::default());
    }
    let mut how: Vec<String> = ["--test-package", STORIES, "--cargo-test-arg=--lib"].map(str::to_owned).into();
    how.extend(left.iter().flat_map(|name| ["--re".to_owned(), format!("^{}$", literally(name))]));
    let mut stories = tried(&how.iter().map(String::as_str).collect::<Vec<_>>(), &folder)?;
    // cargo-mutants leaves out fields of structs whether they are named or not.
    for list in [&mut stories.caught, &mut stories.missed, &mut stories.timeout, &mut stories.unviable] {
        list.retain(|name| left.contains(&name));
    }
    told(shard, &own, &stories)
}

/// A regular expression that matches this text alone.
fn literally(text: &str) -> String {
    let escaped = |letter: char| match letter {
        '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' | '#' | '&' | '-' | '~' => {
            vec!['\\', letter]
        }
        _ => vec![letter],
    };
    text.chars().flat_map(escaped).collect()
}

fn tried(how: &[&str], folder: &Path) -> Result<Outcomes, String> {
    let mut mutants = Command::new(setup::tool("cargo-mutants")?);
    mutants.current_dir(paths::root()).args(["mutants", "--package", BROKEN]).args(how);
    mutants.args(["--timeout-multiplier", PATIENCE, "--colors", "never", "--output"]);
    mutants.arg(folder);
    if has_nextest() {
        mutants.args(["--test-tool", "nextest"]).env("NEXTEST_PROFILE", "mutants");
    }
    // Not the target folder of this call: nothing broken must be left in it.
    mutants.env_remove("CARGO_TARGET_DIR");
    // It fails for a single survivor or one that hangs; what counts is the share.
    let status = mutants.status().map_err(|error| format!("cargo-mutants does not start: {error}"))?;
    if !matches!(status.code(), Some(0 | 2 | 3)) {
        return Err(format!("cargo-mutants did not come to an end: see {}/mutants.out", folder.display()));
    }
    let named = |list: &str| -> Result<Vec<String>, String> {
        let text = stamp::read(&folder.join("mutants.out").join(list))?;
        Ok(String::from_utf8_lossy(&text).lines().map(str::to_owned).collect())
    };
    let [caught, missed, timeout, unviable] = ["caught.txt", "missed.txt", "timeout.txt", "unviable.txt"].map(named);
    Ok(Outcomes { caught: caught?, missed: missed?, timeout: timeout?, unviable: unviable? })
}

/// The second try begins with what the first one left: missed, or without an end.
fn told(shard: &str, own: &Outcomes, stories: &Outcomes) -> Result<String, String> {
    let killed = own.caught.len() + stories.caught.len() + stories.timeout.len();
    let tried = killed + stories.missed.len();
    if tried == 0 {
        return Err(format!("shard {shard} has no mutant that can be built"));
    }
    let said = format!(
        "shard {shard}: {killed} of {tried} mutants killed, {:.1} %: {} by the tests of {BROKEN}, {} by the stories of \
         the simulation as well, {} because the tests did not end; {} missed; {} more did not compile\n{}",
        killed as f64 * 100.0 / tried as f64,
        own.caught.len(),
        stories.caught.len(),
        stories.timeout.len(),
        stories.missed.len(),
        own.unviable.len(),
        stories.missed.join("\n"),
    );
    if killed * 100 >= tried * KILLED_MIN_PERCENT { Ok(said) } else { Err(said) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_shard_of_so_many() {
        let shards = [100, 50, 10, 1, 0].map(shard);
        assert_eq!(shards, ["0/1", "0/2", "0/10", "0/100", "0/100"]);
    }

    #[test]
    fn a_name_is_no_pattern() {
        let name = "client/src/a.rs:1:1: replace || with && in <impl A for B>::c -> Option<&[u8]>";
        let expected = r"client/src/a\.rs:1:1: replace \|\| with \&\& in <impl A for B>::c \-> Option<\&\[u8\]>";
        assert_eq!(literally(name), expected);
    }

    #[test]
    fn too_many_survivors_fail_and_are_named() {
        let some = |count: usize| (0..count).map(|at| format!("client/src/a.rs:{at}:1: replace b")).collect();
        let tell = |caught, missed| {
            let own = Outcomes { caught: some(caught), unviable: some(7), ..Outcomes::default() };
            let stories = Outcomes { caught: some(10), missed: some(missed), timeout: some(5), unviable: Vec::new() };
            told("0/1", &own, &stories)
        };
        assert!(tell(70, 15).unwrap().contains("85 of 100 mutants killed, 85.0 %"));
        let said = tell(69, 16).unwrap_err();
        assert!(said.contains("84.0 %") && said.contains("client/src/a.rs:15:1"), "{said}");
        assert!(told("0/1", &Outcomes::default(), &Outcomes::default()).is_err());
    }
}
