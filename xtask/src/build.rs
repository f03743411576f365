//! `cargo xtask build`: both browser apps, the loader, and the relay with all of it inside.
//!
//! The order: the apps as WebAssembly (Trunk), the widget once more as JavaScript, then the loader, which holds the
//! hashes of everything before it, then the relay.

use std::path::PathBuf;
use std::process::Command;

use crate::command::{run, step};
use crate::{apps, deliver, paths, setup};

pub fn run_build(_arguments: &[String]) -> Result<(), String> {
    release().map(|_| ())
}

/// Builds everything; answers where the relay's program lies.
pub fn release() -> Result<PathBuf, String> {
    setup::c_compiler()?;
    web()?;
    step("relay");
    run(&mut optimised(&["--package", "amparo-server", "--bin", "amparo"]))?;
    Ok(paths::target().join("release/amparo"))
}

/// The load generator and the bare relay beside it.
pub fn bench() -> Result<(PathBuf, PathBuf), String> {
    run(&mut optimised(&["--package", "amparo-bench"]))?;
    let folder = paths::target().join("release");
    Ok((folder.join("bench"), folder.join("bench-reference")))
}

/// A release build of what the arguments select, with no trace of this machine's folders.
pub fn optimised(selected: &[&str]) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(paths::root()).args(["build", "--release", "--quiet", "--locked"]).args(selected);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", paths::anonymous().join("\u{1f}")).envs(paths::anonymous_c());
    cargo
}

/// Everything that is served to browsers, below `target/dist`.
pub fn web() -> Result<(), String> {
    setup::wasm_target()?;
    setup::node()?;
    let widget = apps::wasm("widget")?;
    let plain = apps::plain("widget")?;
    deliver::public(&widget, &plain)?;
    let console = apps::wasm("console")?;
    deliver::console(&console)
}
