//! What the dependencies are: licences, sources and bans by cargo-deny; known flaws where there is a copy of the advisory
//! database; a bill of materials that names every crate in the relay.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Counts, Failed};
use crate::command::{quiet, run, step};
use crate::{paths, sbom, setup, stamp};

/// Names a folder with a git copy of the database, on its branch `main`.
const ADVISORIES: &str = "AMPARO_ADVISORIES";
/// As cargo-deny spells it.
const DATABASE: &str = "https://github.com/RustSec/advisory-db";

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
    let mut command = Command::new(setup::tool("cargo-deny")?);
    let config = match advisories {
        Some(copy) => {
            command.envs(instead_of_the_net(copy)?);
            with_own_folder()?
        }
        None => paths::root().join("deny.toml"),
    };
    command.current_dir(paths::root()).arg("--config").arg(config);
    command.args(["--log-level", "error", "--all-features", "--locked"]);
    if advisories.is_none() {
        command.arg("--offline");
    }
    run(command.args(["check", "--hide-inclusion-graph"]).args(checks))
}

/// Settings for git: cargo-deny clones with it, takes no address of a folder, and git knows where the copy is.
fn instead_of_the_net(copy: &Path) -> Result<[(&'static str, String); 3], String> {
    let copy = copy.canonicalize().map_err(|error| format!("{}: {error}", copy.display()))?;
    quiet(Command::new("git").arg("-C").arg(&copy).args(["rev-parse", "--git-dir"]))?;
    Ok([
        ("GIT_CONFIG_COUNT", "1".to_owned()),
        ("GIT_CONFIG_KEY_0", format!("url.file://{}.insteadOf", copy.display())),
        ("GIT_CONFIG_VALUE_0", DATABASE.to_owned()),
    ])
}

/// `deny.toml`, and the clone lies below `target`.
fn with_own_folder() -> Result<PathBuf, String> {
    let source = String::from_utf8_lossy(&stamp::read(&paths::root().join("deny.toml"))?).into_owned();
    let folder = format!("[advisories]\ndb-path = \"{}\"", paths::work().join("advisories").display());
    let config = paths::work().join("deny-advisories.toml");
    stamp::write(&config, source.replacen("[advisories]", &folder, 1).as_bytes())?;
    Ok(config)
}
