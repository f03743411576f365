//! What the dependencies are: licences, sources and bans by cargo-deny; known flaws where there is a copy of the advisory
//! database; a bill of materials that names every crate in the relay.

use std::path::Path;
use std::process::Command;

use super::{Counts, Failed};
use crate::command::{quiet, run, step};
use crate::{paths, sbom, setup, stamp};

/// Names a folder with a git copy of https://github.com/rustsec/advisory-db.
const ADVISORIES: &str = "AMPARO_ADVISORIES";

pub fn check() -> Result<Counts, Failed> {
    let mut counts = Counts::default();
    deny(&["licenses", "bans", "sources"], None)?;
    counts.passed += 3;
    match std::env::var_os(ADVISORIES) {
        Some(copy) => {
            deny(&["advisories"], Some(Path::new(&copy)))?;
            counts.passed += 1;
        }
        None => step(&format!("advisories: skipped, {ADVISORIES} names no copy of the database")),
    }
    sbom::write()?;
    counts.passed += 1;
    Ok(counts)
}

fn deny(checks: &[&str], advisories: Option<&Path>) -> Result<(), String> {
    let config = match advisories {
        Some(copy) => with_advisories(copy)?,
        None => paths::root().join("deny.toml"),
    };
    let mut command = Command::new(setup::tool("cargo-deny")?);
    command.current_dir(paths::root()).args(["--log-level", "error", "--all-features", "--locked"]);
    if advisories.is_none() {
        command.arg("--offline");
    }
    run(command.args(["check", "--hide-inclusion-graph", "--config"]).arg(config).args(checks))
}

/// cargo-deny clones what it is told to; a local copy is as good as the one on the net.
fn with_advisories(copy: &Path) -> Result<std::path::PathBuf, String> {
    let copy = copy.canonicalize().map_err(|error| format!("{}: {error}", copy.display()))?;
    quiet(Command::new("git").arg("-C").arg(&copy).args(["rev-parse", "--git-dir"]))?;
    let source = String::from_utf8_lossy(&stamp::read(&paths::root().join("deny.toml"))?).into_owned();
    let urls =
        format!("[advisories]\ndb-urls = [\"file://{}\"]\ndb-path = \"{}\"", copy.display(), database().display());
    let config = paths::work().join("deny-advisories.toml");
    stamp::write(&config, source.replacen("[advisories]", &urls, 1).as_bytes())?;
    Ok(config)
}

fn database() -> std::path::PathBuf {
    paths::work().join("advisories")
}
