//! The program `amparo`.

use std::process::ExitCode;

use amparo_server::{cli, config};

fn main() -> ExitCode {
    cli::run(config::arguments())
}
