//! The vector checks as a library for browsers' engines: xtask translates it with wasm2js, as it does the widget, and
//! calls `run_vectors` where there is no WebAssembly. A failed check throws.

#[macro_use]
#[path = "../tests/vectors/list.rs"]
mod list;

#[path = "../tests/vectors/checks.rs"]
mod checks;
#[path = "../tests/vectors/file.rs"]
mod file;
#[path = "../tests/vectors/given.rs"]
mod given;

use wasm_bindgen::prelude::wasm_bindgen;

macro_rules! run {
    ($($name:ident),* $(,)?) => {
        [$(checks::$name as fn()),*]
    };
}

/// The number of checks, all passed.
#[wasm_bindgen]
pub fn run_vectors() -> usize {
    let checks = for_each_check!(run);
    for check in checks {
        check();
    }
    checks.len()
}
