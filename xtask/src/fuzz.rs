//! `cargo xtask fuzz [SECONDS] [TARGET…]`: random bytes for every parser on both sides, on a nightly compiler.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::command::{quiet, run, step};
use crate::{paths, setup};

const LONG_SECS: u64 = 60;
/// A message that takes longer to refuse is a way to stop the relay.
const SLOW_SECS: u64 = 1;

/// More than any message that a browser may send. `relay` reads a whole course of commands, of four bytes and more
/// each, from one input: the first minute has up to 250 of them, the many executions after it up to 50, because they are
/// several times as fast. Long messages are the business of the other targets.
fn input_max_bytes(name: &str, until: Until) -> u64 {
    match (name, until) {
        ("relay", Until::Secs(_)) => 1_000,
        ("relay", Until::Executions(_)) => 200,
        _ => 21_000,
    }
}

#[derive(Deserialize)]
struct Manifest {
    bin: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// The long run.
pub fn run_fuzz(arguments: &[String]) -> Result<(), String> {
    let secs = arguments.first().map_or(Ok(LONG_SECS), |text| text.parse());
    let secs = secs.map_err(|_| "cargo xtask fuzz [SECONDS] [TARGET…]".to_owned())?;
    let named = arguments.get(1..).unwrap_or_default();
    if !has_nightly() {
        return Err("fuzzing needs a nightly compiler: rustup toolchain install nightly".to_owned());
    }
    let targets = targets()?;
    if let Some(unknown) = named.iter().find(|name| !targets.contains(name)) {
        return Err(format!("there is no target {unknown}; the targets are {}", targets.join(", ")));
    }
    let chosen = targets.iter().filter(|name| named.is_empty() || named.contains(name));
    each(chosen.map(String::as_str), secs).map(|_| ())
}

/// Whether there is a compiler that can build the targets.
pub fn has_nightly() -> bool {
    quiet(Command::new("rustup").args(["run", "nightly", "rustc", "--version"])).is_ok()
}

pub fn targets() -> Result<Vec<String>, String> {
    let text =
        std::fs::read_to_string(folder().join("Cargo.toml")).map_err(|error| format!("fuzz/Cargo.toml: {error}"))?;
    let manifest: Manifest = toml::from_str(&text).map_err(|error| format!("fuzz/Cargo.toml: {error}"))?;
    Ok(manifest.bin.into_iter().map(|target| target.name).collect())
}

/// Fuzzes each for so long, from the inputs in the repository and those that former runs have found.
pub fn each<'a>(names: impl Iterator<Item = &'a str>, secs: u64) -> Result<usize, String> {
    let mut count = 0;
    for name in names {
        step(&format!("fuzzing {name} for {secs} s"));
        run(&mut fuzzer(name, Until::Secs(secs))?)?;
        count += 1;
    }
    Ok(count)
}

/// Fuzzes one for so long, and on until it was executed so often; answers the fuzzer's own figures of each go.
pub fn figures(name: &str, secs: u64, executions: u64) -> Result<String, String> {
    let mut said = vec![go(name, Until::Secs(secs))?];
    let mut missing = executions.saturating_sub(executed(&said[0]));
    while missing > 0 {
        let more = go(name, Until::Executions(missing))?;
        missing = missing.saturating_sub(executed(&more).max(1));
        said.push(more);
    }
    Ok(said.join("\nand on:\n"))
}

/// When a go is over.
#[derive(Clone, Copy)]
enum Until {
    Secs(u64),
    Executions(u64),
}

impl Until {
    fn argument(self) -> String {
        match self {
            Self::Secs(secs) => format!("-max_total_time={secs}"),
            Self::Executions(runs) => format!("-runs={runs}"),
        }
    }
}

/// libFuzzer counts a second by the clock on the wall: an input that took longer while the machine stood still, and does
/// not take as long alone, is no finding.
fn go(name: &str, until: Until) -> Result<String, String> {
    let output = fuzzer(name, until)?.output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let figures = figures_of(&said);
    if output.status.success() {
        return Ok(figures);
    }
    let is_fast_alone = |input| Ok::<_, String>(quiet(&mut alone(name, input)?).is_ok());
    if slow_input(&said).map_or(Ok(false), is_fast_alone)? {
        return Ok(format!("{figures}\n(that input takes less than {SLOW_SECS} s alone)"));
    }
    step(&said);
    Err(figures)
}

/// The file in which libFuzzer has kept an input that took too long.
fn slow_input(said: &str) -> Option<&Path> {
    let kept = said.lines().find_map(|line| line.split_once("Test unit written to ").map(|(_, path)| path));
    kept.filter(|_| said.contains("ERROR: libFuzzer: timeout")).map(|path| Path::new(path.trim()))
}

/// What libFuzzer says of itself and of what it found, without the machine's paths around it.
fn figures_of(said: &str) -> String {
    let is_figure = |line: &&str| line.starts_with("stat::") || line.contains("ERROR: libFuzzer");
    said.lines().filter(is_figure).collect::<Vec<_>>().join("\n")
}

/// Of the figures that libFuzzer prints at its end.
fn executed(stats: &str) -> u64 {
    let count = stats.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    count.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}

/// Where what former runs have found is kept.
fn found(name: &str) -> Result<PathBuf, String> {
    let folder = paths::work().join("fuzz").join(name);
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

fn fuzzer(name: &str, until: Until) -> Result<Command, String> {
    let mut command = cargo_fuzz(name)?;
    command.arg(found(name)?).arg(folder().join("corpus").join(name)).arg("--");
    command.args([
        until.argument(),
        format!("-max_len={}", input_max_bytes(name, until)),
        format!("-timeout={SLOW_SECS}"),
        "-rss_limit_mb=1024".to_owned(),
        "-verbosity=0".to_owned(),
        "-print_final_stats=1".to_owned(),
    ]);
    Ok(command)
}

/// One input once, with the same limit.
fn alone(name: &str, input: &Path) -> Result<Command, String> {
    let mut command = cargo_fuzz(name)?;
    command.arg(input).arg("--").arg(format!("-timeout={SLOW_SECS}"));
    Ok(command)
}

fn cargo_fuzz(name: &str) -> Result<Command, String> {
    let mut command = Command::new("rustup");
    let path = with_tools(&setup::tool("cargo-fuzz")?)?;
    command.current_dir(paths::root()).env("PATH", path);
    command.args(["run", "nightly", "cargo", "fuzz", "run", "--release", "--sanitizer", "none", "--target-dir"]);
    command.arg(paths::target().join("fuzz")).arg(name);
    Ok(command)
}

/// `cargo fuzz` is found on PATH.
fn with_tools(tool: &Path) -> Result<std::ffi::OsString, String> {
    let own = tool.parent().map(Path::to_owned);
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(own.into_iter().chain(std::env::split_paths(&path))).map_err(|error| error.to_string())
}

fn folder() -> PathBuf {
    paths::root().join("fuzz")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executions_are_read_from_the_fuzzers_own_figures() {
        let stats = "stat::number_of_executed_units: 2300123\nstat::average_exec_per_sec:     383353";
        assert_eq!(executed(stats), 2_300_123);
        assert_eq!(executed("nothing"), 0);
        let said = format!("INFO: seed\n==7== ERROR: libFuzzer: timeout after 1 seconds\n  #3 in /home/x\n{stats}");
        assert_eq!(figures_of(&said), format!("==7== ERROR: libFuzzer: timeout after 1 seconds\n{stats}"));
        assert_eq!(slow_input(&said), None);
        let said = format!("{said}\nartifact_prefix='/x/'; Test unit written to /x/timeout-1\n");
        assert_eq!(slow_input(&said), Some(Path::new("/x/timeout-1")));
        assert_eq!(slow_input(&said.replace("timeout after", "deadly signal")), None);
    }
}
