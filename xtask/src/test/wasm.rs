//! The client's cryptography where it will run: as WebAssembly, and as the JavaScript that wasm2js makes of it.

use std::path::Path;
use std::process::Command;

use super::{Counts, Failed, runner};
use crate::command::{quiet, run};
use crate::{apps, paths, setup, stamp};

const TARGET: &str = "wasm32-unknown-unknown";
const EXAMPLE: &str = "vectors_js";

/// A failed check throws, and Node then ends with an error.
const CALL: &str = "import { __wbg_set_wasm, run_vectors } from './vectors_js_bg.js';
import * as wasm from './vectors_js_bg.wasm.js';
__wbg_set_wasm(wasm);
console.log(run_vectors());
";

pub fn vectors() -> Result<Counts, Failed> {
    setup::wasm_target()?;
    let webassembly = as_webassembly()?;
    let script = as_javascript()?;
    Ok(Counts { passed: webassembly.passed + script.passed, failed: 0 })
}

fn as_webassembly() -> Result<Counts, Failed> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(paths::root()).args(["test", "--target", TARGET, "-p", "amparo-client"]);
    command.args(["--test", "vectors", "--test", "wycheproof"]);
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", setup::tool("wasm-bindgen-test-runner")?);
    let (counts, is_success) = runner::counted(&mut command)?;
    match is_success && counts.failed == 0 && counts.passed > 0 {
        true => Ok(counts),
        false => Err(Failed { counts, sentence: "the vectors do not hold as WebAssembly".to_owned() }),
    }
}

/// Built and translated as the widget is, and run without a just-in-time compiler and without `WebAssembly`.
fn as_javascript() -> Result<Counts, Failed> {
    let folder = paths::work().join("vectors-plain");
    run(Command::new(env!("CARGO"))
        .current_dir(paths::root())
        .env("CARGO_ENCODED_RUSTFLAGS", apps::flags(&["-Ctarget-cpu=mvp", "-Ctarget-feature=+mutable-globals"]))
        .args(["build", "--quiet", "--profile", "wasm-release", "--target", TARGET, "-p", "amparo-client"])
        .args(["--example", EXAMPLE]))?;
    let compiled = paths::target().join(TARGET).join("wasm-release/examples").join(format!("{EXAMPLE}.wasm"));
    apps::to_javascript(EXAMPLE, &compiled, &folder)?;
    let said = in_node(&folder)?;
    println!("{} vector checks hold as JavaScript, with --jitless --noexpose-wasm", said.trim());
    let passed = said.trim().parse().map_err(|_| format!("the checks answer {said:?}"))?;
    Ok(Counts { passed, failed: 0 })
}

fn in_node(folder: &Path) -> Result<String, String> {
    stamp::write(&folder.join("package.json"), b"{ \"type\": \"module\" }")?;
    stamp::write(&folder.join("check.js"), CALL.as_bytes())?;
    quiet(Command::new("node").args(["--jitless", "--noexpose-wasm"]).arg(folder.join("check.js")))
}
