//! `cargo xtask bench [relay | visitor]`: measures the relay beside a bare one and the widget on bad lines, and writes the
//! figures into docs/benchmarks/figures.json and, between its two marks, into docs/benchmarks.md. The words around them are
//! written by hand. One half may be
//! measured alone: no figure of one is compared with one of the other.

mod document;
mod plot;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::command::{answered, step};
use crate::{build, paths, setup, stamp};

/// Called with the release binary; answers the figures of its half.
type Half = fn(&Path) -> Result<Value, String>;

const HALVES: [(&str, Half); 2] = [("relay", relay), ("visitor", visitor)];

pub fn run_bench(arguments: &[String]) -> Result<(), String> {
    let chosen: Vec<&(&str, Half)> = match arguments {
        [] => HALVES.iter().collect(),
        [name] => HALVES.iter().filter(|(half, _)| half == name).collect(),
        _ => Vec::new(),
    };
    if chosen.is_empty() {
        return Err("cargo xtask bench [relay | visitor]".to_owned());
    }
    let amparo = build::release()?;
    let mut measured = if chosen.len() == HALVES.len() { json!({}) } else { last_run()? };
    for (name, half) in chosen {
        measured[*name] = half(&amparo)?;
    }
    let text = serde_json::to_string_pretty(&measured).map_err(|error| error.to_string())?;
    stamp::write(&last_run_file(), (text + "\n").as_bytes())?;
    write(&measured)
}

fn relay(amparo: &Path) -> Result<Value, String> {
    let (bench, reference) = build::bench()?;
    step("the relay, beside a bare one (about ten minutes)");
    last_json(Command::new(bench).arg("full").arg(amparo).arg(reference))
}

fn visitor(amparo: &Path) -> Result<Value, String> {
    step("what a visitor waits for, in Chromium (about twenty minutes)");
    waits(amparo, "full")
}

/// What visitors wait for, as `tests/src/bin/waits.rs` measures it.
pub fn waits(amparo: &Path, mode: &str) -> Result<Value, String> {
    let geckodriver = setup::tool("geckodriver")?;
    let mut waits = Command::new("cargo");
    waits.current_dir(paths::root()).args(["run", "--quiet", "--package", "amparo-tests", "--bin", "waits", mode]);
    last_json(waits.env("TEST_BINARY", amparo).env("TEST_GECKODRIVER", geckodriver))
}

/// `cargo xtask bench-document`: the document once more from the figures of the last run.
pub fn run_document(_arguments: &[String]) -> Result<(), String> {
    write(&last_run()?)
}

fn last_run() -> Result<Value, String> {
    let text = stamp::read(&last_run_file())?;
    serde_json::from_slice(&text).map_err(|error| format!("docs/benchmarks/figures.json: {error}"))
}

fn last_run_file() -> PathBuf {
    paths::root().join("docs/benchmarks/figures.json")
}

fn write(measured: &Value) -> Result<(), String> {
    let docs = paths::root().join("docs");
    for (name, picture) in plot::all(measured) {
        stamp::write(&docs.join("benchmarks").join(name), picture.as_bytes())?;
    }
    document::put_figures(&docs.join("benchmarks.md"), measured)?;
    step("docs/benchmarks.md has the figures of this run");
    Ok(())
}

fn last_json(command: &mut Command) -> Result<Value, String> {
    let said = answered(command)?;
    let last = said.lines().last().unwrap_or_default();
    serde_json::from_str(last).map_err(|error| format!("{command:?} ends with {last:?}: {error}"))
}
