//! `cargo xtask soak [FROM] [COUNT]`: ten thousand stories of bad luck, with the relay's real core and the browsers' real
//! programs in one process. A seed that goes wrong is printed; `cargo xtask soak SEED 1` tells it again.

use std::process::Command;
use std::time::Instant;

use crate::command::{run, step};
use crate::paths;

const SEEDS: &str = "10000";

pub fn run_soak(arguments: &[String]) -> Result<(), String> {
    run(Command::new("cargo").current_dir(paths::root()).args(["build", "--release", "--quiet", "-p", "amparo-sim"]))?;
    let from = arguments.first().map_or("0", String::as_str);
    let count = arguments.get(1).map_or(SEEDS, String::as_str);
    let started = Instant::now();
    let told = run(Command::new(paths::target().join("release/amparo-sim")).args([from, count]));
    step(&format!("{} s", started.elapsed().as_secs()));
    told.map_err(|_| "a story went wrong: tell it again with cargo xtask soak SEED 1".to_owned())
}
