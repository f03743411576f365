//! `cargo xtask soak [PERCENT] [PART…]`: the long tests one after the other, with progress, and a report of what was seen in
//! `docs/soak-report.md`. With less than a hundred percent each is as much shorter. Parts that are not run keep what their last
//! run said, with its commit: the whole takes a night.
//!
//! `cargo xtask soak seeds FROM COUNT`: stories of bad luck alone, with the relay's real core and the browsers' real
//! programs in one process. A seed that goes wrong is printed; `cargo xtask soak seeds SEED 1` tells it again.

use std::process::Command;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::command::{quiet, run, step};
use crate::test::{faults, programs};
use crate::{build, fuzz, mutants, paths, stamp};

const REPORT: &str = "docs/soak-report.md";
/// What the report is written from.
const FIGURES: &str = "docs/soak-report.json";
const SEEDS: u64 = 10_000;
const CUTS: u64 = 1_000;
const ATTACK_SECS: u64 = 300;
const FUZZ_SECS: u64 = 60;
/// However long that takes.
const FUZZ_EXECUTIONS: u64 = 10_000_000;

/// One part of the run: it is told how much of the whole it is, and answers what was seen, with a title for each.
struct Part {
    name: &'static str,
    run: fn(u64) -> Result<Vec<Seen>, String>,
}

const PARTS: [Part; 6] = [
    Part { name: "simulation", run: simulate },
    Part { name: "outages", run: outages },
    Part { name: "attack", run: attack },
    Part { name: "traces", run: traces },
    Part { name: "fuzz", run: fuzzing },
    Part { name: "mutants", run: mutate },
];

/// What one program said, and when.
#[derive(Serialize, Deserialize)]
struct Seen {
    part: String,
    what: String,
    percent: u64,
    commit: String,
    secs: u64,
    is_well: bool,
    said: String,
}

pub fn run_soak(arguments: &[String]) -> Result<(), String> {
    if arguments.first().is_some_and(|first| first == "seeds") {
        return seeds(&arguments[1..]);
    }
    let percent = arguments.first().map_or(Ok(100), |percent| percent.parse());
    let percent: u64 = percent.map_err(|_| usage())?;
    let named = arguments.get(1..).unwrap_or_default();
    if named.iter().any(|name| !PARTS.iter().any(|part| part.name == name)) {
        return Err(usage());
    }
    programs::install_missing(&["faults"])?;
    let mut wrong = Vec::new();
    for part in PARTS.iter().filter(|part| named.is_empty() || named.iter().any(|name| name == part.name)) {
        let seen = (part.run)(percent)?;
        wrong.extend(seen.iter().filter(|seen| !seen.is_well).map(|seen| seen.what.clone()));
        keep(part.name, seen)?;
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("went wrong: {}", wrong.join("; "))) }
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

fn simulate(percent: u64) -> Result<Vec<Seen>, String> {
    let (program, seeds) = (simulation()?, share(SEEDS, percent));
    let told = || quiet(Command::new(program).args(["0", &seeds]));
    Ok(vec![seen("simulation", &format!("{seeds} seeds of the simulation"), percent, told)?])
}

fn outages(percent: u64) -> Result<Vec<Seen>, String> {
    let (amparo, folder, cuts) = (build::release()?, faults::programs()?, share(CUTS, percent));
    let what = format!("{cuts} power cuts, a freeze, a full disk, no descriptor left");
    Ok(vec![seen("outages", &what, percent, || faults::outages(&folder, &amparo, &cuts))?])
}

fn attack(percent: u64) -> Result<Vec<Seen>, String> {
    let (amparo, folder, secs) = (build::release()?, faults::programs()?, share(ATTACK_SECS, percent));
    let what = format!("2,000 silent connections, a flood and endless openings for {secs} s");
    Ok(vec![seen("attack", &what, percent, || faults::attack(&folder, &amparo, &secs))?])
}

fn traces(percent: u64) -> Result<Vec<Seen>, String> {
    let (amparo, folder) = (build::release()?, faults::programs()?);
    let told = || quiet(Command::new(folder.join("bench-traces")).arg(&amparo));
    Ok(vec![seen("traces", "traces in the memory of the process, a minute after the end", percent, told)?])
}

fn fuzzing(percent: u64) -> Result<Vec<Seen>, String> {
    if !fuzz::has_nightly() {
        return Err("fuzzing needs a nightly compiler: rustup toolchain install nightly".to_owned());
    }
    let secs = (FUZZ_SECS * percent / 100).max(1);
    let executions = FUZZ_EXECUTIONS * percent / 100;
    let each = |target: &String| {
        let what = format!("fuzzing {target} for {secs} s, and until it was executed {executions} times");
        seen("fuzz", &what, percent, || fuzz::figures(target, secs, executions))
    };
    fuzz::targets()?.iter().map(each).collect()
}

fn mutate(percent: u64) -> Result<Vec<Seen>, String> {
    let shard = mutants::shard(percent);
    let what = format!("mutants of the browsers' programs, shard {shard}");
    Ok(vec![seen("mutants", &what, percent, || mutants::figures(&shard))?])
}

fn share(whole: u64, percent: u64) -> String {
    (whole * percent / 100).max(1).to_string()
}

fn seen(part: &str, what: &str, percent: u64, of: impl FnOnce() -> Result<String, String>) -> Result<Seen, String> {
    step(what);
    let commit = quiet(Command::new("git").current_dir(paths::root()).args(["rev-parse", "--short", "HEAD"]))?;
    let started = Instant::now();
    let said = of();
    let (secs, is_well) = (started.elapsed().as_secs(), said.is_ok());
    step(&format!("{}, after {secs} s", if is_well { "well" } else { "WRONG" }));
    let said = said.unwrap_or_else(|error| error).trim().to_owned();
    let (part, what, commit) = (part.to_owned(), what.to_owned(), commit.trim().to_owned());
    Ok(Seen { part, what, percent, commit, secs, is_well, said })
}

/// In the place of what this part's last run said.
fn keep(part: &str, new: Vec<Seen>) -> Result<(), String> {
    let file = paths::root().join(FIGURES);
    let mut all: Vec<Seen> = match std::fs::read(&file) {
        Ok(text) => serde_json::from_slice(&text).map_err(|error| format!("{FIGURES}: {error}"))?,
        Err(_) => Vec::new(),
    };
    all.retain(|seen| seen.part != part);
    all.extend(new);
    all.sort_by_key(|seen| PARTS.iter().position(|part| part.name == seen.part));
    let text = serde_json::to_string_pretty(&all).map_err(|error| error.to_string())?;
    stamp::write(&file, (text + "\n").as_bytes())?;
    report(&all)
}

fn report(all: &[Seen]) -> Result<(), String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut text = format!(
        "# The long run\n\nWritten by `cargo xtask soak`, on {cores} cores, each part at the commit that it names. The whole is \
         {SEEDS} seeds, {CUTS} power cuts, {ATTACK_SECS} s of attack, {FUZZ_SECS} s and {FUZZ_EXECUTIONS} executions for each parser, every mutant. What each part said, word for word.\n"
    );
    for Seen { what, percent, commit, secs, is_well, said, .. } in all {
        let verdict = if *is_well { "Well" } else { "**Wrong**" };
        let what = capital(what);
        text += &format!(
            "\n## {what}\n\n{verdict}, in {secs} s, at {commit}: {percent} percent of the whole.\n\n```\n{said}\n```\n"
        );
    }
    stamp::write(&paths::root().join(REPORT), text.as_bytes())?;
    step(&format!("the report is {REPORT}"));
    Ok(())
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn simulation() -> Result<std::path::PathBuf, String> {
    run(&mut build::optimised(&["--package", "amparo-sim"]))?;
    Ok(paths::target().join("release/amparo-sim"))
}
