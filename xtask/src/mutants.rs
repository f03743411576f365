//! `cargo xtask mutants [SHARD/SHARDS]`: breaks the browsers' programs in one place at a time, and sees whether a test
//! notices. A shard is an even share of the places, counted from 0; the whole takes hours.
//!
//! Never: a change in the folder that it is called in; cargo-mutants works in a copy.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;

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

/// As cargo-mutants counts them.
#[derive(Clone, Copy, Deserialize)]
struct Outcomes {
    caught: usize,
    missed: usize,
    timeout: usize,
    unviable: usize,
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
    let own = tried(shard, &["--test-package", BROKEN, "--cargo-test-arg=--tests"], &folder)?;
    let stories = match own.missed + own.timeout {
        0 => Outcomes { caught: 0, unviable: 0, ..own },
        _ => tried(shard, &["--iterate", "--test-package", STORIES, "--cargo-test-arg=--lib"], &folder)?,
    };
    let survivors = stamp::read(&folder.join("mutants.out/missed.txt"))?;
    told(shard, own, stories, &String::from_utf8_lossy(&survivors))
}

fn tried(shard: &str, how: &[&str], folder: &Path) -> Result<Outcomes, String> {
    let mut mutants = Command::new(setup::tool("cargo-mutants")?);
    mutants.current_dir(paths::root()).args(["mutants", "--package", BROKEN, "--shard", shard]).args(how);
    mutants.args(["--sharding", "round-robin", "--timeout-multiplier", PATIENCE, "--colors", "never", "--output"]);
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
    let file = folder.join("mutants.out/outcomes.json");
    serde_json::from_slice(&stamp::read(&file)?).map_err(|error| format!("{}: {error}", file.display()))
}

/// The second try begins with what the first one left: missed, or without an end.
fn told(shard: &str, own: Outcomes, stories: Outcomes, survivors: &str) -> Result<String, String> {
    let killed = own.caught + stories.caught + stories.timeout;
    let tried = killed + stories.missed;
    if tried == 0 {
        return Err(format!("shard {shard} has no mutant that can be built"));
    }
    let said = format!(
        "shard {shard}: {killed} of {tried} mutants killed, {:.1} %: {} by the tests of {BROKEN}, {} by the stories of \
         the simulation as well, {} because the tests did not end; {} missed; {} more did not compile\n{survivors}",
        killed as f64 * 100.0 / tried as f64,
        own.caught,
        stories.caught,
        stories.timeout,
        stories.missed,
        own.unviable + stories.unviable,
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
    fn too_many_survivors_fail_and_are_named() {
        let tell = |caught, missed| {
            let own = Outcomes { caught, missed: 20, timeout: 5, unviable: 7 };
            let stories = Outcomes { caught: 10, missed, timeout: 5, unviable: 0 };
            told("0/1", own, stories, "client/src/a.rs:1:1: replace b")
        };
        assert!(tell(70, 15).unwrap().contains("85 of 100 mutants killed, 85.0 %"));
        let said = tell(69, 16).unwrap_err();
        assert!(said.contains("84.0 %") && said.contains("client/src/a.rs:1:1"), "{said}");
        let none = Outcomes { caught: 0, missed: 0, timeout: 0, unviable: 2 };
        assert!(told("0/1", none, none, "").is_err());
    }
}
