//! `cargo xtask reproducible`: two clean clones in different folders, everything built in both, and the same bytes: the
//! relay, the WebAssembly, the JavaScript. Takes as long as two builds from nothing, so no test step calls it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::command::{quiet, run, step};
use crate::{paths, stamp};

const RELAY: &str = "target/release/amparo";
const SERVED: &str = "target/dist";

/// SHA-256 by path below the clone.
type Built = BTreeMap<PathBuf, String>;

pub fn run_reproducible(_arguments: &[String]) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    // Names of different lengths: a path that is built in then shifts everything behind it.
    let first = built_in(&folder.path().join("a"))?;
    let second = built_in(&folder.path().join("another-place/with a longer name"))?;
    let all = first.keys().chain(second.keys()).collect::<std::collections::BTreeSet<_>>();
    let different: Vec<String> = all
        .into_iter()
        .filter(|path| first.get(*path) != second.get(*path))
        .map(|path| path.display().to_string())
        .collect();
    if !different.is_empty() {
        let kept = folder.keep();
        return Err(format!("not the same bytes, to be compared in {}: {}", kept.display(), different.join(", ")));
    }
    step(&format!("{} files are the same in both; {RELAY} is {}", first.len(), first[Path::new(RELAY)]));
    Ok(())
}

fn built_in(clone: &Path) -> Result<Built, String> {
    step(&format!("building in {}", clone.display()));
    quiet(Command::new("git").args(["clone", "--quiet", "--no-hardlinks"]).arg(paths::root()).arg(clone))?;
    // The tools are the same programs in both; building them is not what is asked.
    let named = std::env::var_os("AMPARO_TOOLS").unwrap_or_default();
    let mut tools: Vec<PathBuf> = std::env::split_paths(&named).collect();
    tools.push(paths::target().join("tools/bin"));
    let tools = std::env::join_paths(tools).map_err(|error| error.to_string())?;
    let mut build = Command::new("cargo");
    build.current_dir(clone).args(["xtask", "build"]).env("AMPARO_TOOLS", tools);
    for variable in ["CARGO_TARGET_DIR", "CARGO_MANIFEST_DIR", "RUSTFLAGS"] {
        build.env_remove(variable);
    }
    run(&mut build)?;
    let files = stamp::files(&[clone.join(RELAY), clone.join(SERVED)])?;
    let hashed = files.into_iter().map(|file| {
        let hash = Sha256::digest(stamp::read(&file)?).iter().map(|byte| format!("{byte:02x}")).collect();
        let path = file.strip_prefix(clone).expect("the file lies in the clone").to_owned();
        Ok((path, hash))
    });
    hashed.collect()
}
