//! What a visitor downloads, in brotli, against the ceilings of the design as decision 0043 has them now. 1 KB is 1,000
//! bytes.

use std::fs;
use std::path::Path;

use super::{Counts, Failed};
use crate::paths;

const LOADER_MOST: u64 = 5_000;
const WASM_MOST: u64 = 130_000;
const PLAIN_MOST: u64 = 182_000;

/// From the press on the launcher until she can type, beyond the loader; of the texts only one language is loaded.
const WASM_FILES: [&str; 5] = ["open.js", "widget.js", "widget.wasm", "widget.css", "texts-ar.txt"];
const PLAIN_FILES: [&str; 4] = ["open.js", "widget-plain.js", "widget.css", "texts-ar.txt"];

/// Bytes in brotli.
pub struct Weights {
    pub loader: u64,
    pub webassembly: u64,
    pub javascript: u64,
}

/// Of what was built last.
pub fn weights() -> Result<Weights, String> {
    let folder = paths::dist().join("public");
    let loader = brotli(&folder, "embed.js")?;
    let (webassembly, javascript) = (loader + sum(&folder, &WASM_FILES)?, loader + sum(&folder, &PLAIN_FILES)?);
    Ok(Weights { loader, webassembly, javascript })
}

pub fn check() -> Result<Counts, Failed> {
    let folder = paths::dist().join("public");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok()?.strip_suffix(".br").map(str::to_owned))
        .collect();
    names.sort();
    for name in &names {
        println!("{name:<24}{:>9} bytes{:>9} in brotli", size(&folder.join(name))?, brotli(&folder, name)?);
    }
    let mut counts = Counts::default();
    let Weights { loader, webassembly, javascript } = weights()?;
    let sums = [
        ("loader", loader, LOADER_MOST),
        ("open to typing, WebAssembly", webassembly, WASM_MOST),
        ("open to typing, JavaScript", javascript, PLAIN_MOST),
    ];
    for (what, bytes, most) in sums {
        println!("{what:<30}{bytes:>9} of {most}");
        if bytes <= most { counts.passed += 1 } else { counts.failed += 1 }
    }
    if counts.failed == 0 {
        Ok(counts)
    } else {
        Err(Failed { counts, sentence: "heavier than the design allows".to_owned() })
    }
}

fn sum(folder: &Path, names: &[&str]) -> Result<u64, String> {
    names.iter().map(|name| brotli(folder, name)).sum()
}

fn brotli(folder: &Path, name: &str) -> Result<u64, String> {
    size(&folder.join(format!("{name}.br")))
}

fn size(file: &Path) -> Result<u64, String> {
    fs::metadata(file).map(|file| file.len()).map_err(|error| format!("{}: {error}", file.display()))
}
