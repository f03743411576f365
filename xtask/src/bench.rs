//! `cargo xtask bench`: measures the relay beside a bare one and the widget on bad lines, and writes the figures into
//! docs/benchmarks.md, between its two marks. The words around them are written by hand.

mod document;
mod plot;

use std::process::Command;

use serde_json::{Value, json};

use crate::command::{answered, step};
use crate::{build, paths, setup, stamp};

pub fn run_bench(_arguments: &[String]) -> Result<(), String> {
    let amparo = build::release()?;
    let (bench, reference) = build::bench()?;
    step("the relay, beside a bare one (about five minutes)");
    let relay = last_json(Command::new(bench).arg("full").arg(&amparo).arg(reference))?;
    step("what a visitor waits for, in Chromium (about ten minutes)");
    let geckodriver = setup::tool("geckodriver")?;
    let mut waits = Command::new("cargo");
    waits.current_dir(paths::root()).args(["run", "--quiet", "--package", "amparo-tests", "--bin", "waits"]);
    waits.env("TEST_BINARY", &amparo).env("TEST_GECKODRIVER", geckodriver);
    let visitor = last_json(&mut waits)?;
    let measured = json!({ "relay": relay, "visitor": visitor });
    stamp::write(&paths::target().join("bench.json"), measured.to_string().as_bytes())?;
    write(&measured)
}

/// `cargo xtask bench-document`: the document once more from the figures of the last run.
pub fn run_document(_arguments: &[String]) -> Result<(), String> {
    let text = stamp::read(&paths::target().join("bench.json"))?;
    let measured = serde_json::from_slice(&text).map_err(|error| format!("target/bench.json: {error}"))?;
    write(&measured)
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
