//! The bill of materials of the relay, as CycloneDX: every crate that ends up in the program, with version, licence and
//! the checksum that `Cargo.lock` holds it to. `target/amparo.cdx.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::command::{quiet, step};
use crate::{paths, stamp};

const REGISTRY: &str = "registry+";

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
}

pub fn run_sbom(_arguments: &[String]) -> Result<(), String> {
    write()
}

/// Fails where a crate from a registry has no checksum or no licence.
pub fn write() -> Result<(), String> {
    let licences = licences()?;
    let lock: Lock = toml::from_str(&String::from_utf8_lossy(&stamp::read(&paths::root().join("Cargo.lock"))?))
        .map_err(|error| format!("Cargo.lock: {error}"))?;
    let mut components = Vec::new();
    for (name, version) in linked()? {
        let locked = lock.package.iter().find(|locked| locked.name == name && locked.version == version);
        let locked = locked.ok_or_else(|| format!("{name} {version} is not in Cargo.lock"))?;
        let licence = licences.get(&(name.clone(), version.clone()));
        components.push(component(locked, licence.map(String::as_str))?);
    }
    let count = components.len();
    let bill = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": { "type": "application", "name": "amparo", "version": env!("CARGO_PKG_VERSION") } },
        "components": components,
    });
    let file = paths::target().join("amparo.cdx.json");
    stamp::write(&file, format!("{bill:#}\n").as_bytes())?;
    step(&format!("{}: {count} crates", file.display()));
    Ok(())
}

fn component(locked: &Locked, licence: Option<&str>) -> Result<Value, String> {
    let Locked { name, version, source, checksum } = locked;
    let licence = licence.ok_or_else(|| format!("{name} {version} names no licence"))?;
    let mut component = json!({
        "type": "library",
        "name": name,
        "version": version,
        "purl": format!("pkg:cargo/{name}@{version}"),
        "licenses": [{ "expression": licence.replace('/', " OR ") }],
    });
    if source.as_deref().is_some_and(|source| source.starts_with(REGISTRY)) {
        let checksum = checksum.as_deref().ok_or_else(|| format!("{name} {version} has no checksum"))?;
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    Ok(component)
}

/// Name and version of every crate that is compiled into the relay.
fn linked() -> Result<BTreeSet<(String, String)>, String> {
    let mut cargo = Command::new(env!("CARGO"));
    // Macros run while it is compiled and stay behind.
    let edges = "normal,no-proc-macro";
    cargo.current_dir(paths::root()).args(["tree", "--locked", "--package", "amparo-server", "--edges", edges]);
    let listed = quiet(cargo.args(["--prefix", "none", "--format", "{p}", "--no-dedupe"]))?;
    let crates = listed.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        Some((words.next()?.to_owned(), words.next()?.trim_start_matches('v').to_owned()))
    });
    Ok(crates.collect())
}

fn licences() -> Result<BTreeMap<(String, String), String>, String> {
    let mut cargo = Command::new(env!("CARGO"));
    let listed = quiet(cargo.current_dir(paths::root()).args(["metadata", "--locked", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&listed).map_err(|error| format!("cargo metadata: {error}"))?;
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    let named = packages.iter().filter_map(|package| {
        let text = |name: &str| package[name].as_str().map(str::to_owned);
        Some(((text("name")?, text("version")?), text("license")?))
    });
    Ok(named.collect())
}
