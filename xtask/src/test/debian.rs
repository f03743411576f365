//! Programs of Debian's packages that tests run but nobody should have to install: unpacked below `target/`, never set up.
//! Installing nginx or Caddy would start it.

use std::path::PathBuf;
use std::process::Command;

use crate::command::{quiet, step};
use crate::paths;

/// Where the program lies; where it cannot be had, a line says so and the tests that need it say that they were skipped.
pub fn program(package: &str, path: &str) -> Option<PathBuf> {
    let folder = paths::target().join("tools/debian").join(package);
    let program = folder.join(path);
    if program.is_file() {
        return Some(program);
    }
    step(&format!("fetching Debian's {package} (once)"));
    match unpack(package, &folder) {
        Ok(()) if program.is_file() => Some(program),
        Ok(()) => told(package, "it does not hold the program"),
        Err(why) => told(package, why.lines().next().unwrap_or_default()),
    }
}

fn told(package: &str, why: &str) -> Option<PathBuf> {
    step(&format!("without {package}: {why}"));
    None
}

fn unpack(package: &str, folder: &std::path::Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    quiet(Command::new("apt-get").args(["download", "-qq", package]).current_dir(folder))?;
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    let archive =
        entries.flatten().map(|entry| entry.path()).find(|path| path.extension().is_some_and(|end| end == "deb"));
    let archive = archive.ok_or_else(|| format!("apt-get fetched no {package}"))?;
    quiet(Command::new("dpkg-deb").arg("-x").arg(archive).arg(folder)).map(|_| ())
}
