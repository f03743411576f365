//! The tools that the build and the tests use, in the versions of `tools.toml`: found, or installed to `target/tools`.
//!
//! Never touches the system. What only the system can give is named in one line.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::command::{quiet, run, step};
use crate::paths;

const WASM_TARGET: &str = "wasm32-unknown-unknown";
const NODE_MAJOR: u32 = 20;

#[derive(Deserialize)]
struct Tools {
    cargo: BTreeMap<String, String>,
    npm: BTreeMap<String, String>,
}

/// `cargo xtask setup`: everything at once, so that later commands need no network for tools.
pub fn run_all(_arguments: &[String]) -> Result<(), String> {
    wasm_target()?;
    for name in ["trunk", "wasm-bindgen", "wasm-bindgen-test-runner", "geckodriver", "esbuild", "wasm-opt", "wasm2js"] {
        tool(name)?;
    }
    npm_package("axe-core").map(|_| ())
}

/// The program of this name in the right version, installed first where it is missing.
pub fn tool(name: &str) -> Result<PathBuf, String> {
    let package = match name {
        "esbuild" => return Ok(npm_package("esbuild")?.join("bin/esbuild")),
        "wasm-opt" | "wasm2js" => return Ok(npm_package("binaryen")?.join("bin").join(name)),
        "wasm-bindgen" | "wasm-bindgen-test-runner" => "wasm-bindgen-cli",
        other => other,
    };
    let version = tools().cargo.get(package).ok_or_else(|| format!("{name} is not in xtask/tools.toml"))?;
    if let Some(found) = folders().iter().map(|folder| folder.join(name)).find(|path| has_version(path, version)) {
        return Ok(found);
    }
    step(&format!("installing {package} {version} (once)"));
    let root = paths::target().join("tools");
    // An unoptimised build is minutes quicker, and none of these programs works hard. What several of them are made of is
    // compiled once.
    let mut install = Command::new("cargo");
    install.envs([("CARGO_PROFILE_DEV_DEBUG", "0"), ("CARGO_INCREMENTAL", "0")]);
    install.args(["install", "--debug", "--version", version, "--root"]).arg(&root).arg(package);
    install.arg("--target-dir").arg(root.join("build"));
    // The lock file that wasm-bindgen-cli was published with does not build.
    if package != "wasm-bindgen-cli" {
        install.arg("--locked");
    }
    run(&mut install)?;
    Ok(root.join("bin").join(name))
}

/// The folder of an npm package in the right version, installed first where it is missing.
pub fn npm_package(name: &str) -> Result<PathBuf, String> {
    let version = tools().npm.get(name).ok_or_else(|| format!("{name} is not in xtask/tools.toml"))?;
    let prefix = paths::target().join("tools/npm");
    let folder = prefix.join("node_modules").join(name);
    if installed_version(&folder).as_ref() == Some(version) {
        return Ok(folder);
    }
    node()?;
    let all: Vec<String> = tools().npm.iter().map(|(name, version)| format!("{name}@{version}")).collect();
    step(&format!("installing {} (once)", all.join(", ")));
    // None of them needs an install script: esbuild's program is a package of its own, the others are JavaScript.
    let options = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", "--prefix"];
    quiet(Command::new("npm").args(options).arg(&prefix).args(all))?;
    Ok(folder)
}

/// Rust's standard library for WebAssembly.
pub fn wasm_target() -> Result<(), String> {
    let libraries = quiet(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM_TARGET]))?;
    if Path::new(libraries.trim()).is_dir() {
        return Ok(());
    }
    step("adding Rust's WebAssembly target (once)");
    quiet(Command::new("rustup").args(["target", "add", WASM_TARGET]))
        .map(|_| ())
        .map_err(|_| format!("Rust's {WASM_TARGET} target is missing: run `rustup target add {WASM_TARGET}`"))
}

/// Node.js runs some of the tools.
pub fn node() -> Result<(), String> {
    let missing =
        || format!("Node.js {NODE_MAJOR} or newer with npm is missing: see https://nodejs.org or your distribution");
    let version = quiet(Command::new("node").arg("--version")).map_err(|_| missing())?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < NODE_MAJOR) {
        return Err(format!("Node.js {NODE_MAJOR} or newer is needed; this is {}", version.trim()));
    }
    quiet(Command::new("npm").arg("--version")).map(|_| ()).map_err(|_| missing())
}

/// SQLite comes as C source.
pub fn c_compiler() -> Result<(), String> {
    let compiler = env::var_os("CC").unwrap_or_else(|| "cc".into());
    quiet(Command::new(&compiler).arg("--version")).map(|_| ()).map_err(|_| {
        format!("A C compiler is missing ({}): on Debian `apt install build-essential`", compiler.to_string_lossy())
    })
}

fn tools() -> &'static Tools {
    static TOOLS: OnceLock<Tools> = OnceLock::new();
    TOOLS.get_or_init(|| toml::from_str(include_str!("../tools.toml")).expect("xtask/tools.toml is checked in"))
}

/// Where a tool may lie already: folders named in `AMPARO_TOOLS`, PATH, cargo's own, ours.
fn folders() -> Vec<PathBuf> {
    let listed = ["AMPARO_TOOLS", "PATH"].into_iter().filter_map(env::var_os);
    let mut folders: Vec<PathBuf> = listed.flat_map(|list| env::split_paths(&list).collect::<Vec<_>>()).collect();
    folders.extend(env::home_dir().map(|home| home.join(".cargo/bin")));
    folders.push(paths::target().join("tools/bin"));
    folders
}

fn has_version(program: &Path, version: &str) -> bool {
    // It answers only by the name that cargo would call it by.
    let by_name = program.ends_with("cargo-mutants").then_some("mutants");
    let ask = || quiet(Command::new(program).args(by_name).arg("--version")).ok();
    let said = program.is_file().then(ask).flatten();
    said.is_some_and(|said| said.lines().next().is_some_and(|line| line.split_whitespace().any(|word| word == version)))
}

fn installed_version(folder: &Path) -> Option<String> {
    let text = std::fs::read_to_string(folder.join("package.json")).ok()?;
    let package: serde_json::Value = serde_json::from_str(&text).ok()?;
    package.get("version")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_is_exact() {
        for (name, version) in tools().cargo.iter().chain(&tools().npm) {
            let exact = version.split('.').count() == 3 && version.chars().all(|c| c.is_ascii_digit() || c == '.');
            assert!(exact, "{name} {version}");
        }
    }
}
