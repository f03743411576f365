//! `cargo xtask mutants [SHARD/SHARDS]`: breaks the browsers' programs in one place at a time, and sees whether a test
//! notices. A shard is an even share of the places, counted from 0; the whole takes hours.
//!
//! Never: a change in the folder that it is called in; cargo-mutants works in a copy.

use std::process::Command;

use crate::command::step;
use crate::test::runner::has_nextest;
use crate::{paths, setup, stamp};

/// Its own tests must notice. The simulation is not asked: it takes minutes to build.
const BROKEN: &str = "amparo-client";
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
    told(shard, &tried(shard)?)
}

fn tried(shard: &str) -> Result<Outcomes, String> {
    let folder = paths::work();
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut mutants = Command::new(setup::tool("cargo-mutants")?);
    mutants.current_dir(paths::root()).args(["mutants", "--package", BROKEN, "--test-package", BROKEN]);
    mutants.args(["--shard", shard, "--sharding", "round-robin", "--cargo-test-arg=--tests"]);
    mutants.args(["--timeout-multiplier", PATIENCE, "--colors", "never", "--output"]).arg(&folder);
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

fn told(shard: &str, Outcomes { caught, missed, timeout, unviable }: &Outcomes) -> Result<String, String> {
    let killed = caught.len() + timeout.len();
    let tried = killed + missed.len();
    if tried == 0 {
        return Err(format!("shard {shard} has no mutant that can be built"));
    }
    let said = format!(
        "shard {shard}: {killed} of {tried} mutants killed, {:.1} %, {} of them because the tests did not end; {} missed; \
         {} more did not compile\n{}",
        killed as f64 * 100.0 / tried as f64,
        timeout.len(),
        missed.len(),
        unviable.len(),
        missed.join("\n"),
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
        let some = |count: usize| (0..count).map(|at| format!("client/src/a.rs:{at}:1: replace b")).collect();
        let tell = |caught, missed| {
            let (caught, missed, timeout, unviable) = (some(caught), some(missed), some(5), some(7));
            told("0/1", &Outcomes { caught, missed, timeout, unviable })
        };
        assert!(tell(80, 15).unwrap().contains("85 of 100 mutants killed, 85.0 %"));
        let said = tell(79, 16).unwrap_err();
        assert!(said.contains("84.0 %") && said.contains("client/src/a.rs:15:1"), "{said}");
        assert!(told("0/1", &Outcomes::default()).is_err());
    }
}
