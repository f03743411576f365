//! The release binary under power cuts, frozen, without disk, descriptors, memory and network, over bad connections,
//! attacked; and its memory searched for a visitor's traces after the end of her conversation. Every run kills it and
//! searches; the rest is a step by name, and `cargo xtask soak` runs the long form.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{Counts, Failed};
use crate::command::{quiet, step};
use crate::{build, paths};

const KILLS: &str = "25";
/// Of `bench-outages`, as many as it takes by itself.
const PAIRS: &str = "8";

/// Killed under load, and searched for traces.
pub fn cuts() -> Result<Counts, Failed> {
    beside_traces(|folder, amparo| {
        let cuts = [KILLS, PAIRS, "cuts"];
        vec![("cuts", quiet(Command::new(folder.join("bench-outages")).arg(amparo).args(cuts)))]
    })
}

/// Everything.
pub fn check() -> Result<Counts, Failed> {
    beside_traces(|folder, amparo| {
        vec![("outages", outages(folder, amparo, KILLS)), ("attack", attack(folder, amparo, "6"))]
    })
}

type Part = (&'static str, Result<String, String>);

/// The search waits for a minute most of the time, so it runs beside the others.
fn beside_traces(others: impl FnOnce(&Path, &Path) -> Vec<Part>) -> Result<Counts, Failed> {
    let amparo = build::release()?;
    let folder = programs()?;
    let mut traces = None;
    if rustix::process::geteuid().is_root() {
        traces = Some(Background::start(Command::new(folder.join("bench-traces")).arg(&amparo))?);
    } else {
        step("the relay's memory is not searched: reading it needs root");
    }
    let mut parts = others(&folder, &amparo);
    parts.extend(traces.as_mut().map(|traces| ("traces", traces.finish())));
    let mut counts = Counts::default();
    let mut failed = Vec::new();
    for (name, outcome) in parts {
        match outcome {
            Ok(said) => {
                print!("{said}");
                counts.passed += 1;
            }
            Err(sentence) => {
                println!("{sentence}");
                counts.failed += 1;
                failed.push(name);
            }
        }
    }
    if failed.is_empty() { Ok(counts) } else { Err(Failed { counts, sentence: failed.join(", ") }) }
}

/// Builds the programs that do it; answers where they lie.
pub fn programs() -> Result<PathBuf, String> {
    crate::command::run(&mut build::optimised(&["--package", "amparo-bench"]))?;
    Ok(paths::target().join("release"))
}

pub fn outages(folder: &Path, amparo: &Path, rounds: &str) -> Result<String, String> {
    quiet(Command::new(folder.join("bench-outages")).arg(amparo).arg(rounds))
}

pub fn storm(folder: &Path, amparo: &Path, waiting: &str) -> Result<String, String> {
    quiet(Command::new(folder.join("bench-storm")).arg(amparo).arg(waiting))
}

pub fn attack(folder: &Path, amparo: &Path, secs: &str) -> Result<String, String> {
    quiet(Command::new(folder.join("bench-attack")).arg(amparo).args(["2000", secs]))
}

/// A program that runs beside others and never outlives this step.
struct Background(Option<Child>);

impl Background {
    fn start(command: &mut Command) -> Result<Self, String> {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn();
        child.map(|child| Self(Some(child))).map_err(|error| format!("does not start: {error}"))
    }

    fn finish(&mut self) -> Result<String, String> {
        let child = self.0.take().ok_or("it was waited for already")?;
        let output = child.wait_with_output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() { Ok(said) } else { Err(said) }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ended = child.kill();
            let _ended = child.wait();
        }
    }
}
