//! Skips work whose inputs did not change, so that a second call takes seconds.
//!
//! Inputs are compared by content, never by time: a fresh clone and a switched branch behave alike.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::paths;

/// Runs `work` unless it was done before for the same inputs and its outputs are still there.
pub fn unless_done(
    name: &str,
    inputs: &[PathBuf],
    outputs: &[PathBuf],
    work: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    let digest = digest(inputs)?;
    let stamp = paths::work().join(format!("{name}.stamp"));
    let done = fs::read_to_string(&stamp).is_ok_and(|former| former == digest);
    if done && outputs.iter().all(|output| output.exists()) {
        return Ok(());
    }
    work()?;
    write(&stamp, digest.as_bytes())
}

/// All files below the given files and folders, sorted.
pub fn files(inputs: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut all = Vec::new();
    for input in inputs {
        if input.is_dir() {
            let entries = fs::read_dir(input).map_err(|error| format!("{}: {error}", input.display()))?;
            let below: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
            all.extend(files(&below)?);
        } else {
            all.push(input.clone());
        }
    }
    all.sort();
    Ok(all)
}

/// Writes a file only where its content changes, so that nobody downstream rebuilds for nothing.
pub fn write(path: &Path, content: &[u8]) -> Result<(), String> {
    if fs::read(path).is_ok_and(|former| former == content) {
        return Ok(());
    }
    let folder = path.parent().expect("every output lies in a folder");
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, content))
        .map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

fn digest(inputs: &[PathBuf]) -> Result<String, String> {
    let mut hash = Sha256::new();
    for file in files(inputs)? {
        hash.update(file.to_string_lossy().as_bytes());
        hash.update([0]);
        hash.update(Sha256::digest(read(&file)?));
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
