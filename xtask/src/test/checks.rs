//! The steps that hold or do not.

use std::process::Command;

use super::{Counts, Failed, runner};
use crate::command::run;
use crate::{build, paths, tidy};

pub fn format() -> Result<Counts, Failed> {
    cargo(&["fmt", "--all", "--check"])
}

pub fn tidy() -> Result<Counts, Failed> {
    tidy::run(&[])?;
    Ok(Counts::ONE)
}

pub fn web() -> Result<Counts, Failed> {
    build::web()?;
    Ok(Counts::ONE)
}

/// Once as this machine sees the crates, once as browsers do.
pub fn clippy() -> Result<Counts, Failed> {
    cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    let browser = [
        "clippy",
        "--quiet",
        "--target",
        "wasm32-unknown-unknown",
        "-p",
        "amparo-ui",
        "-p",
        "amparo-widget",
        "-p",
        "amparo-console",
    ];
    cargo(&[&browser[..], &["--", "-D", "warnings"]].concat())?;
    Ok(Counts { passed: 2, failed: 0 })
}

/// The loader's own tests, in Node without packages.
pub fn loader() -> Result<Counts, Failed> {
    let mut node = Command::new("node");
    let (counts, is_success) =
        runner::counted(node.current_dir(paths::root()).args(["--test", "widget/loader/test/"]))?;
    match is_success && counts.passed > 0 {
        true => Ok(counts),
        false => Err(Failed { counts, sentence: "the loader's tests failed".to_owned() }),
    }
}

fn cargo(arguments: &[&str]) -> Result<Counts, Failed> {
    run(Command::new(env!("CARGO")).current_dir(paths::root()).args(arguments))?;
    Ok(Counts::ONE)
}
