//! `cargo xtask soak [PERCENT] [PART…]`: the long tests one after the other, with progress, and a report of what was seen in
//! `docs/soak-report.md`. With less than a hundred percent each is as much shorter. Parts that are not run keep what their last
//! run said, with its commit: the whole takes a night. What has ended is kept at once; the rest can be run another day, and
//! one parser alone as `fuzz=wire`.
//!
//! `cargo xtask soak seeds FROM COUNT`: stories of bad luck alone, with the relay's real core and the browsers' real
//! programs in one process. A seed that goes wrong is printed; `cargo xtask soak seeds SEED 1` tells it again.

mod report;

use std::process::Command;

use self::report::Report;
use crate::command::{quiet, run};
use crate::test::{faults, programs};
use crate::{build, fuzz, mutants, paths};

const SEEDS: u64 = 10_000;
const HISTORIES: u64 = 100_000;
const CUTS: u64 = 1_000;
const IN_THE_STORM: u64 = 5_000;
const ATTACK_SECS: u64 = 300;
const FUZZ_SECS: u64 = 60;
/// However long that takes.
const FUZZ_EXECUTIONS: u64 = 10_000_000;

/// One part of the run: it puts into the report what was seen.
struct Part {
    name: &'static str,
    run: fn(&Asked, &mut Report) -> Result<(), String>,
}

/// What of the whole is to be run.
struct Asked {
    percent: u64,
    /// Parts, or pieces of a part as `fuzz=wire`. None: all.
    named: Vec<String>,
}

impl Asked {
    fn wants(&self, part: &str) -> bool {
        self.named.is_empty() || self.named.iter().any(|name| part_of(name) == part)
    }

    fn wants_piece(&self, part: &str, piece: &str) -> bool {
        self.named.is_empty() || self.named.iter().any(|name| name == part || *name == format!("{part}={piece}"))
    }
}

fn part_of(name: &str) -> &str {
    name.split_once('=').map_or(name, |(part, _)| part)
}

const PARTS: [Part; 8] = [
    Part { name: "simulation", run: simulate },
    Part { name: "histories", run: histories },
    Part { name: "outages", run: outages },
    Part { name: "storm", run: storm },
    Part { name: "attack", run: attack },
    Part { name: "traces", run: traces },
    Part { name: "fuzz", run: fuzzing },
    Part { name: "mutants", run: mutate },
];

pub fn run_soak(arguments: &[String]) -> Result<(), String> {
    if arguments.first().is_some_and(|first| first == "seeds") {
        return seeds(&arguments[1..]);
    }
    let percent = arguments.first().map_or(Ok(100), |percent| percent.parse());
    let percent: u64 = percent.map_err(|_| usage())?;
    let asked = Asked { percent, named: arguments.get(1..).unwrap_or_default().to_vec() };
    if asked.named.iter().any(|name| !PARTS.iter().any(|part| part.name == part_of(name))) {
        return Err(usage());
    }
    programs::install_missing(&["faults"])?;
    let mut report = Report::open()?;
    for part in PARTS.iter().filter(|part| asked.wants(part.name)) {
        (part.run)(&asked, &mut report)?;
    }
    report.verdict()
}

fn usage() -> String {
    format!("cargo xtask soak [PERCENT] [{}]", PARTS.map(|part| part.name).join(" | "))
}

fn seeds(arguments: &[String]) -> Result<(), String> {
    let program = simulation()?;
    let from = arguments.first().map_or("0", String::as_str);
    let count = arguments.get(1).map_or("1000", String::as_str);
    let told = run(Command::new(program).args([from, count]));
    told.map_err(|_| "a story went wrong: tell it again with cargo xtask soak seeds SEED 1".to_owned())
}

fn simulate(asked: &Asked, report: &mut Report) -> Result<(), String> {
    let (program, seeds) = (simulation()?, share(SEEDS, asked.percent));
    let told = || quiet(Command::new(program).args(["0", &seeds]));
    report.add("simulation", &format!("{seeds} seeds of the simulation"), asked.percent, told)
}

/// The relay's state machine, without the browsers' programs: shorter and many more than the simulation's stories.
fn histories(asked: &Asked, report: &mut Report) -> Result<(), String> {
    let histories = share(HISTORIES, asked.percent);
    let mut tested = Command::new(env!("CARGO"));
    tested.current_dir(paths::root()).env("AMPARO_HISTORIES", &histories);
    tested.args(["test", "--quiet", "--profile", "mutants", "--package", "amparo-server", "--test", "relay", "chance"]);
    let what = format!("{histories} histories of the relay's state machine");
    report.add("histories", &what, asked.percent, || quiet(&mut tested))
}

fn outages(asked: &Asked, report: &mut Report) -> Result<(), String> {
    let (amparo, folder, cuts) = (build::release()?, faults::programs()?, share(CUTS, asked.percent));
    let what = format!("{cuts} power cuts; no time, disk, descriptor or memory; bad connections and none");
    report.add("outages", &what, asked.percent, || faults::outages(&folder, &amparo, &cuts))
}

fn storm(asked: &Asked, report: &mut Report) -> Result<(), String> {
    let (amparo, folder, waiting) = (build::release()?, faults::programs()?, share(IN_THE_STORM, asked.percent));
    let what = format!("{waiting} who wait are cut off at once and come back, with pairs who talk");
    report.add("storm", &what, asked.percent, || faults::storm(&folder, &amparo, &waiting))
}

fn attack(asked: &Asked, report: &mut Report) -> Result<(), String> {
    let (amparo, folder, secs) = (build::release()?, faults::programs()?, share(ATTACK_SECS, asked.percent));
    let what = format!("2,000 silent connections, a flood and endless openings for {secs} s");
    report.add("attack", &what, asked.percent, || faults::attack(&folder, &amparo, &secs))
}

fn traces(asked: &Asked, report: &mut Report) -> Result<(), String> {
    let (amparo, folder) = (build::release()?, faults::programs()?);
    let told = || quiet(Command::new(folder.join("bench-traces")).arg(&amparo));
    report.add("traces", "traces in the memory of the process, a minute after the end", asked.percent, told)
}

fn fuzzing(asked: &Asked, report: &mut Report) -> Result<(), String> {
    if !fuzz::has_nightly() {
        return Err("fuzzing needs a nightly compiler: rustup toolchain install nightly".to_owned());
    }
    let secs = (FUZZ_SECS * asked.percent / 100).max(1);
    let executions = FUZZ_EXECUTIONS * asked.percent / 100;
    let mut targets = fuzz::targets()?;
    targets.retain(|target| asked.wants_piece("fuzz", target));
    if targets.is_empty() {
        return Err(usage());
    }
    for target in targets {
        let what = format!("fuzzing {target} for {secs} s, and until it was executed {executions} times");
        report.add(&format!("fuzz {target}"), &what, asked.percent, || fuzz::figures(&target, secs, executions))?;
    }
    Ok(())
}

/// So many tenths of all mutants as the percent says. Those that were never tried come first, then those that were tried
/// longest ago: runs on several days add up to the whole.
fn mutate(asked: &Asked, report: &mut Report) -> Result<(), String> {
    let tenths = (0..mutants::SHARDS).map(|at| format!("mutants {at}/{}", mutants::SHARDS)).collect();
    let count = usize::try_from((asked.percent / 10).max(1)).unwrap_or(usize::MAX);
    for piece in report.longest_ago(tenths).into_iter().take(count) {
        let shard = piece.trim_start_matches("mutants ");
        let what = format!("mutants of the browsers' programs, shard {shard}");
        report.add(&piece, &what, 100 / mutants::SHARDS as u64, || mutants::figures(shard))?;
    }
    report.judge_mutants()
}

fn share(whole: u64, percent: u64) -> String {
    (whole * percent / 100).max(1).to_string()
}

fn simulation() -> Result<std::path::PathBuf, String> {
    run(&mut build::optimised(&["--package", "amparo-sim"]))?;
    Ok(paths::target().join("release/amparo-sim"))
}
