//! `cargo xtask demo`: builds everything and opens the demonstration.

use std::process::Command;

use crate::build;
use crate::command::{run, step};

/// Arguments go on to `amparo demo`.
pub fn run_demo(arguments: &[String]) -> Result<(), String> {
    let amparo = build::release()?;
    step("starting the demonstration; end it with Ctrl-C");
    run(Command::new(amparo).arg("demo").args(arguments))
}
