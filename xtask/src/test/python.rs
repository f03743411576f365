//! The byte formats against an implementation that shares no line with ours: Python and its `cryptography` package.

use std::path::PathBuf;
use std::process::Command;

use super::{Counts, Failed};
use crate::command::{quiet, run, step};
use crate::paths;

const CRYPTOGRAPHY: &str = "cryptography==46.0.3";

/// It makes the recorded vectors again, and it opens what the client has just sealed with fresh randomness.
pub fn cross_check() -> Result<Counts, Failed> {
    let python = virtual_environment()?;
    for arguments in [&["check", "client/tests/vectors.json"][..], &["interop"]] {
        let mut command = Command::new(&python);
        run(command.current_dir(paths::root()).arg("tests/python/hlc1.py").args(arguments))?;
    }
    Ok(Counts { passed: 2, failed: 0 })
}

/// Python with the one package it needs, below target/.
fn virtual_environment() -> Result<PathBuf, String> {
    let folder = paths::target().join("venv");
    let python = folder.join("bin/python");
    let marker = folder.join(CRYPTOGRAPHY);
    if marker.is_file() {
        return Ok(python);
    }
    step(&format!("installing {CRYPTOGRAPHY} for Python (once)"));
    quiet(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    quiet(Command::new(&python).args(["-m", "pip", "install", "--quiet", CRYPTOGRAPHY]))?;
    std::fs::write(&marker, "").map_err(|error| error.to_string())?;
    Ok(python)
}
