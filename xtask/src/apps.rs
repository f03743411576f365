//! Compiles a browser app: to WebAssembly with Trunk, and once more to plain JavaScript for browsers without it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{quiet, run, step};
use crate::setup::tool;
use crate::{paths, plain_data, shrink, stamp};

/// What the compiler and its precompiled standard library use beyond the first WebAssembly; every browser of the last
/// years knows these. Named one by one, because "all" would let the optimiser write what no browser reads yet.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// As small as it gets once it is compressed: what is written out once more repeats itself, and brotli sees that. Measured
/// on the widget against plain `-Oz`: 5 % less.
const SMALL: [&str; 6] = [
    "-Oz",
    "--one-caller-inline-max-function-size=0",
    "--skip-pass=local-cse",
    "--skip-pass=merge-locals",
    "--skip-pass=simplify-locals",
    // Zeros weigh nothing once they are compressed; cutting the data in pieces around them does.
    "--skip-pass=memory-packing",
];

/// Takes the module back to the first WebAssembly, which is what wasm2js reads. Without the `target_features` section
/// wasm-bindgen uses no reference types, which JavaScript arrays could not stand in for.
const LOWERING: [&str; 4] = [
    "--llvm-memory-copy-fill-lowering",
    "--llvm-nontrapping-fptoint-lowering",
    "--signext-lowering",
    "--strip-target-features",
];

/// An app as WebAssembly and its glue, an ES module.
pub struct Wasm {
    pub glue: PathBuf,
    pub wasm: PathBuf,
    /// What Trunk made of the app's index.html.
    pub page: PathBuf,
}

/// An app as JavaScript: the glue and the program that it drives.
pub struct Plain {
    pub glue: PathBuf,
    pub program: PathBuf,
}

pub fn wasm(app: &str) -> Result<Wasm, String> {
    let folder = paths::work().join(format!("{app}-wasm"));
    let built = Wasm {
        glue: folder.join(format!("amparo-{app}.js")),
        wasm: folder.join(format!("amparo-{app}.wasm")),
        page: folder.join("index.html"),
    };
    let outputs = [built.glue.clone(), built.wasm.clone(), built.page.clone()];
    stamp::unless_done(&format!("{app}-wasm"), &inputs(app), &outputs, || {
        step(&format!("{app}: WebAssembly"));
        trunk(app, &folder)?;
        let from_bindgen = folder.join(format!("amparo-{app}_bg.wasm"));
        let shrunk = shrunk(app, from_bindgen, &folder, Some(&built.glue))?;
        quiet(Command::new(tool("wasm-opt")?).args(FEATURES).args(SMALL).arg(&shrunk).arg("-o").arg(&built.wasm))
            .map(|_| ())
    })?;
    Ok(built)
}

fn trunk(app: &str, dist: &Path) -> Result<(), String> {
    // Trunk looks for wasm-bindgen on PATH and would otherwise download its own.
    let bindgen = tool("wasm-bindgen")?;
    let own = bindgen.parent().map(Path::to_owned);
    let path = env::join_paths(own.into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap_or_default())));
    run(Command::new(tool("trunk")?)
        .current_dir(paths::root())
        .env("PATH", path.map_err(|error| error.to_string())?)
        .env("CARGO_ENCODED_RUSTFLAGS", flags(&[]))
        .env("RUST_BACKTRACE", "0")
        .args(["build", "--config", "Trunk.toml", "--quiet", "--dist"])
        .arg(dist)
        .arg(format!("{app}/index.html")))
}

pub fn plain(app: &str) -> Result<Plain, String> {
    let folder = paths::work().join(format!("{app}-plain"));
    let built = Plain { glue: folder.join(format!("{app}_bg.js")), program: folder.join(format!("{app}_bg.wasm.js")) };
    let outputs = [built.glue.clone(), built.program.clone()];
    stamp::unless_done(&format!("{app}-plain"), &inputs(app), &outputs, || {
        step(&format!("{app}: JavaScript"));
        run(Command::new("cargo")
            .current_dir(paths::root())
            .env("CARGO_ENCODED_RUSTFLAGS", flags(&["-Ctarget-cpu=mvp", "-Ctarget-feature=+mutable-globals"]))
            .args(["build", "--quiet", "--profile", "wasm-release", "--target", "wasm32-unknown-unknown", "--lib"])
            .args(["--package", &format!("amparo-{app}")]))?;
        let compiled = paths::target().join(format!("wasm32-unknown-unknown/wasm-release/amparo_{app}.wasm"));
        to_javascript(app, &compiled, &folder)
    })?;
    Ok(built)
}

pub fn to_javascript(app: &str, compiled: &Path, folder: &Path) -> Result<(), String> {
    let (lowered, small) = (folder.join("lowered.wasm"), folder.join("small.wasm"));
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let wasm_opt = tool("wasm-opt")?;
    quiet(
        Command::new(&wasm_opt).args(FEATURES).args(LOWERING).arg("--debuginfo").arg(compiled).arg("-o").arg(&lowered),
    )?;
    quiet(
        Command::new(tool("wasm-bindgen")?)
            .args(["--target", "bundler", "--no-typescript", "--keep-debug", "--remove-producers-section"])
            .args(["--out-name", app, "--out-dir"])
            .arg(folder)
            .arg(&lowered),
    )?;
    // Here the names end with esbuild, which sees both sides.
    let shrunk = shrunk(app, folder.join(format!("{app}_bg.wasm")), folder, None)?;
    let first = ["--mvp-features", "--enable-mutable-globals"];
    quiet(Command::new(&wasm_opt).args(first).args(SMALL).arg(shrunk).arg("-o").arg(&small))?;
    let program = folder.join(format!("{app}_bg.wasm.js"));
    quiet(Command::new(tool("wasm2js")?).arg("-O").arg(small).arg("-o").arg(&program))?;
    let written = String::from_utf8_lossy(&stamp::read(&program)?).into_owned();
    stamp::write(&program, plain_data::as_text(&written)?.as_bytes())?;
    follow_growing_memory(&folder.join(format!("{app}_bg.js")))
}

/// Only the widget is shrunk: a visitor waits for it. The console is loaded once a shift, and it writes with `format!`.
fn shrunk(app: &str, from: PathBuf, folder: &Path, glue: Option<&Path>) -> Result<PathBuf, String> {
    if app != "widget" {
        return Ok(from);
    }
    let to = folder.join("shrunk.wasm");
    shrink::shrink(&from, &to, glue)?;
    Ok(to)
}

/// The glue keeps views of the memory and takes a detached one as the sign that the memory has grown. WebAssembly
/// detaches the old memory; its stand-in in JavaScript makes a new one and leaves the old as it was. So compare instead.
fn follow_growing_memory(glue: &Path) -> Result<(), String> {
    let mut text = String::from_utf8_lossy(&stamp::read(glue)?).into_owned();
    let signs = [
        (
            "cachedUint8ArrayMemory0",
            "cachedUint8ArrayMemory0.byteLength === 0",
            "cachedUint8ArrayMemory0.buffer !== wasm.memory.buffer",
        ),
        ("cachedDataViewMemory0", "cachedDataViewMemory0.buffer.detached === undefined && ", ""),
    ];
    for (view, sign, instead) in signs {
        // A program that hands over numbers only has no views.
        if !text.contains(view) {
            continue;
        }
        if !text.contains(sign) {
            return Err(format!("wasm-bindgen's glue no longer says `{sign}`: see follow_growing_memory"));
        }
        text = text.replace(sign, instead);
    }
    stamp::write(glue, text.as_bytes())
}

/// Compiler flags; the folders of this machine must not end up in what visitors are sent.
pub fn flags(more: &[&str]) -> String {
    let mut flags = paths::anonymous();
    flags.extend([
        // Rolled up instead of written out: a visitor waits for the bytes, and a message is a few blocks.
        "--cfg=sha2_backend_soft=\"compact\"".to_owned(),
    ]);
    flags.extend(more.iter().map(|flag| (*flag).to_owned()));
    flags.join("\u{1f}")
}

/// Everything that can change what an app is compiled to.
fn inputs(app: &str) -> Vec<PathBuf> {
    let names = [
        "Cargo.toml",
        "Cargo.lock",
        "Trunk.toml",
        "rust-toolchain.toml",
        "xtask/tools.toml",
        "xtask/src/apps.rs",
        "xtask/src/plain_data.rs",
        "xtask/src/shrink.rs",
        "protocol/Cargo.toml",
        "protocol/src",
        "client/Cargo.toml",
        "client/src",
        "ui/Cargo.toml",
        "ui/src",
    ];
    let own = ["Cargo.toml", "index.html", "src"].map(|name| format!("{app}/{name}"));
    names.iter().map(|name| paths::root().join(name)).chain(own.iter().map(|name| paths::root().join(name))).collect()
}
