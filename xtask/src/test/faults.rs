//! The release binary under power cuts, frozen, without disk, descriptors, memory and network, over bad connections,
//! attacked; and its memory searched for a visitor's traces after the end of her conversation. The short form;
//! `cargo xtask soak` runs the long one.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{Counts, Failed};
use crate::command::quiet;
use crate::{build, paths};

pub fn check() -> Result<Counts, Failed> {
    let amparo = build::release()?;
    let folder = programs()?;
    // It waits for a minute most of the time, so it runs beside the others.
    let mut traces = Background::start(Command::new(folder.join("bench-traces")).arg(&amparo))?;
    let mut counts = Counts::default();
    let mut failed = Vec::new();
    let mut note = |name: &str, outcome: Result<String, String>| match outcome {
        Ok(said) => {
            print!("{said}");
            counts.passed += 1;
        }
        Err(sentence) => {
            println!("{sentence}");
            counts.failed += 1;
            failed.push(name.to_owned());
        }
    };
    note("outages", outages(&folder, &amparo, "25"));
    note("attack", attack(&folder, &amparo, "6"));
    note("traces", traces.finish());
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
