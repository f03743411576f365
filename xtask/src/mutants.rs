//! `cargo xtask mutants [SHARD/SHARDS]`: breaks the browsers' programs in one place at a time, and sees whether a test
//! notices. A shard is an even share of the places, counted from 0; the whole takes hours.
//!
//! Never: a change in the folder that it is called in; cargo-mutants works in a copy.

use std::fmt::{self, Display, Formatter};
use std::process::Command;

use crate::command::step;
use crate::test::runner::has_nextest;
use crate::{paths, setup, stamp};

/// Its own tests must notice. The simulation is not asked: it takes minutes to build.
const BROKEN: &str = "amparo-client";
/// In the long run.
pub const SHARDS: usize = 10;
/// Of the mutants that could be built.
const KILLED_MIN_PERCENT: usize = 85;
/// As often as the tests take unbroken: a mutant that takes longer hangs.
const PATIENCE: &str = "3";

/// A mutant is compiled on one core for most of its time.
const AT_ONCE: &str = "2";

/// What became of the mutants, by name.
#[derive(Default)]
struct Outcomes {
    caught: Vec<String>,
    missed: Vec<String>,
    timeout: Vec<String>,
    unviable: Vec<String>,
}

/// Of several shards.
pub struct Sum {
    shards: usize,
    killed: usize,
    tried: usize,
}

pub fn run_mutants(arguments: &[String]) -> Result<(), String> {
    let shard = arguments.first().map_or("0/1", String::as_str);
    let said = figures(shard)?;
    step(&said);
    let sum = Sum::of(std::iter::once(said.as_str()));
    if sum.is_enough_so_far() { Ok(()) } else { Err(format!("fewer than {KILLED_MIN_PERCENT} % were killed")) }
}

/// Tries one share of the mutants; answers how many were killed, and who was not.
pub fn figures(shard: &str) -> Result<String, String> {
    told(shard, &tried(shard)?)
}

impl Sum {
    /// Of what was told of each shard.
    pub fn of<'a>(told: impl Iterator<Item = &'a str>) -> Self {
        let mut sum = Self { shards: 0, killed: 0, tried: 0 };
        for (killed, tried) in told.filter_map(counts) {
            sum = Self { shards: sum.shards + 1, killed: sum.killed + killed, tried: sum.tried + tried };
        }
        sum
    }

    /// Of those that were tried: whether they were all, the sum's text says.
    pub fn is_enough_so_far(&self) -> bool {
        self.tried > 0 && self.killed * 100 >= self.tried * KILLED_MIN_PERCENT
    }
}

impl Display for Sum {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { shards, killed, tried } = self;
        let percent = *killed as f64 * 100.0 / (*tried).max(1) as f64;
        let so_far = if *shards < SHARDS { "So far, of" } else { "Of" };
        write!(f, "{so_far} the mutants of {shards} of {SHARDS} shards {killed} of {tried} were killed: {percent:.1} %")
    }
}

/// Killed and tried.
fn counts(told: &str) -> Option<(usize, usize)> {
    let (killed, rest) = told.strip_prefix("shard ")?.split_once(": ")?.1.split_once(" of ")?;
    Some((killed.parse().ok()?, rest.split_once(" mutants killed")?.0.parse().ok()?))
}

fn tried(shard: &str) -> Result<Outcomes, String> {
    let folder = paths::work();
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut mutants = Command::new(setup::tool("cargo-mutants")?);
    mutants.current_dir(paths::root()).args(["mutants", "--package", BROKEN, "--test-package", BROKEN]);
    mutants.args(["--shard", shard, "--sharding", "round-robin", "--cargo-test-arg=--tests"]);
    mutants.args(["--profile", "mutants", "--jobs", AT_ONCE]);
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
    Ok(format!(
        "shard {shard}: {killed} of {tried} mutants killed, {:.1} %, {} of them because the tests did not end; {} missed; \
         {} more did not compile\n{}",
        killed as f64 * 100.0 / tried as f64,
        timeout.len(),
        missed.len(),
        unviable.len(),
        missed.join("\n"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_survivors_are_named_and_not_enough() {
        let some = |count: usize| (0..count).map(|at| format!("client/src/a.rs:{at}:1: replace b")).collect();
        let tell = |caught, missed| {
            let (caught, missed, timeout, unviable) = (some(caught), some(missed), some(5), some(7));
            told("0/10", &Outcomes { caught, missed, timeout, unviable }).unwrap()
        };
        let (good, bad) = (tell(80, 15), tell(79, 16));
        assert!(bad.contains("client/src/a.rs:15:1"), "{bad}");
        let sum = |told: &[&String]| Sum::of(told.iter().map(|told| told.as_str()));
        let is_enough = |told: &[&String]| sum(told).is_enough_so_far();
        assert!(is_enough(&[&good]) && !is_enough(&[&bad]) && !is_enough(&[&good, &bad]));
        assert!(!is_enough(&[]), "nothing was tried");
        assert!(told("0/10", &Outcomes::default()).is_err());
    }
    #[test]
    fn fewer_than_all_shards_do_not_read_as_the_whole() {
        let sum = |shards| Sum { shards, killed: 169, tried: 200 }.to_string();
        assert_eq!(sum(6), "So far, of the mutants of 6 of 10 shards 169 of 200 were killed: 84.5 %");
        assert_eq!(sum(10), "Of the mutants of 10 of 10 shards 169 of 200 were killed: 84.5 %");
    }
}
