//! `cargo xtask soak [PERCENT]`: the long tests one after the other, with progress, and a report of what was seen in
//! `docs/soak-report.md`. With less than a hundred percent each is as much shorter, and the report says so.
//!
//! `cargo xtask soak seeds FROM COUNT`: stories of bad luck alone, with the relay's real core and the browsers' real
//! programs in one process. A seed that goes wrong is printed; `cargo xtask soak seeds SEED 1` tells it again.

use std::process::Command;
use std::time::Instant;

use crate::command::{quiet, run, step};
use crate::test::faults;
use crate::{build, fuzz, mutants, paths, stamp};

const REPORT: &str = "docs/soak-report.md";
const SEEDS: u64 = 10_000;
const CUTS: u64 = 1_000;
const ATTACK_SECS: u64 = 300;
const FUZZ_SECS: u64 = 60;

pub fn run_soak(arguments: &[String]) -> Result<(), String> {
    match arguments.first().map(String::as_str) {
        Some("seeds") => seeds(&arguments[1..]),
        None => all(100),
        Some(percent) => all(percent.parse().map_err(|_| "cargo xtask soak [PERCENT]".to_owned())?),
    }
}

fn seeds(arguments: &[String]) -> Result<(), String> {
    let program = simulation()?;
    let from = arguments.first().map_or("0", String::as_str);
    let count = arguments.get(1).map_or("1000", String::as_str);
    let told = run(Command::new(program).args([from, count]));
    told.map_err(|_| "a story went wrong: tell it again with cargo xtask soak seeds SEED 1".to_owned())
}

/// One part of the run, and what it said.
struct Part {
    what: String,
    secs: u64,
    said: Result<String, String>,
}

fn all(percent: u64) -> Result<(), String> {
    let amparo = build::release()?;
    let folder = faults::programs()?;
    let program = simulation()?;
    let share = |whole: u64| (whole * percent / 100).max(1).to_string();
    let (seeds, cuts, secs) = (share(SEEDS), share(CUTS), share(ATTACK_SECS));
    let mut parts = vec![
        part(&format!("{seeds} seeds of the simulation"), || quiet(Command::new(program).args(["0", &seeds]))),
        part(&format!("{cuts} power cuts, a freeze, a full disk, no descriptor left"), || {
            faults::outages(&folder, &amparo, &cuts)
        }),
        part(&format!("2,000 silent connections, a flood and endless openings for {secs} s"), || {
            faults::attack(&folder, &amparo, &secs)
        }),
        part("traces in the memory of the process, a minute after the end", || {
            quiet(Command::new(folder.join("bench-traces")).arg(&amparo))
        }),
    ];
    if fuzz::has_nightly() {
        let secs = (FUZZ_SECS * percent / 100).max(1);
        for target in fuzz::targets()? {
            parts.push(part(&format!("fuzzing {target} for {secs} s"), || fuzz::figures(&target, secs)));
        }
    } else {
        step("fuzzing: skipped, there is no nightly compiler (rustup toolchain install nightly)");
    }
    let shard = mutants::shard(percent);
    parts.push(part(&format!("mutants of the browsers' programs, shard {shard}"), || mutants::figures(&shard)));
    report(percent, &parts)?;
    let wrong: Vec<&str> = parts.iter().filter(|part| part.said.is_err()).map(|part| part.what.as_str()).collect();
    if wrong.is_empty() { Ok(()) } else { Err(format!("went wrong: {}", wrong.join("; "))) }
}

fn part(what: &str, of: impl FnOnce() -> Result<String, String>) -> Part {
    step(what);
    let started = Instant::now();
    let said = of();
    let secs = started.elapsed().as_secs();
    step(&format!("{}, after {secs} s", if said.is_ok() { "well" } else { "WRONG" }));
    Part { what: what.to_owned(), secs, said }
}

fn report(percent: u64, parts: &[Part]) -> Result<(), String> {
    let commit = quiet(Command::new("git").current_dir(paths::root()).args(["rev-parse", "--short", "HEAD"]))?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut text = format!(
        "# The long run\n\nWritten by `cargo xtask soak {percent}`, at commit {}, on {cores} cores: {percent} percent of the whole \
         ({SEEDS} seeds, {CUTS} power cuts, {ATTACK_SECS} s of attack, {FUZZ_SECS} s for each parser, every mutant). What each part said, word for word.\n",
        commit.trim()
    );
    for Part { what, secs, said } in parts {
        let (verdict, said) = match said {
            Ok(said) => ("Well", said),
            Err(said) => ("**Wrong**", said),
        };
        text += &format!("\n## {}\n\n{verdict}, in {secs} s.\n\n```\n{}\n```\n", capital(what), said.trim());
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
