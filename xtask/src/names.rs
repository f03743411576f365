//! Short names between a WebAssembly module and its glue. wasm-bindgen writes each import's Rust name and a hash, once in
//! the module and once in the glue; hashes do not compress, and a visitor waits for both.
//!
//! Never: another change; the glue keeps its functions, and the module its calls.

use std::collections::BTreeMap;
use std::path::Path;

use walrus::{ImportKind, Module};

use crate::stamp;

/// How wasm-bindgen writes a function of the import object.
const INDENT: &str = "        ";
const BEGINS: &str = ": function(";
/// `},`, or with what is behind a caught exception, `}, arguments); },`.
const ENDS: (&str, &str) = ("        }", "},");

/// Renames the imported functions of `module`, and the same names in the text of its glue. What the glue defines and the
/// module does not call (any more) goes.
pub fn shorten(module: &mut Module, glue: &Path) -> Result<(), String> {
    let text = String::from_utf8_lossy(&stamp::read(glue)?).into_owned();
    let mut short = BTreeMap::new();
    let functions = module.imports.iter_mut().filter(|import| matches!(import.kind, ImportKind::Function(_)));
    for (number, import) in functions.enumerate() {
        let name = format!("_{number}");
        short.insert(std::mem::replace(&mut import.name, name.clone()), name);
    }
    stamp::write(glue, renamed(&text, &short)?.as_bytes())
}

/// Line by line, as wasm-bindgen writes it: each function of the import object begins and ends on a line of its own.
fn renamed(glue: &str, short: &BTreeMap<String, String>) -> Result<String, String> {
    let mut text = String::new();
    let (mut found, mut is_cut) = (0, false);
    for line in glue.lines() {
        let name = line.strip_prefix(INDENT).and_then(|rest| Some(rest.split_once(BEGINS)?.0));
        match name.map(|name| (name, short.get(name))) {
            Some((name, Some(short))) => {
                found += 1;
                text.push_str(&line.replacen(name, short, 1));
                text.push('\n');
            }
            Some((_, None)) => is_cut = true,
            None if is_cut => is_cut = !(line.starts_with(ENDS.0) && line.ends_with(ENDS.1)),
            None => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    if found != short.len() {
        return Err(format!("wasm-bindgen's glue defines {found} of {} imports: see xtask/src/names.rs", short.len()));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_short_and_what_nobody_calls_goes() {
        let glue = "const import0 = {\n        __wbg_a_1f: function(x) {\n            return x;\n        },\n        \
                    __wbg_b_2e: function() { return handleError(function(y) {\n            if (y) {\n            }\n        \
                    }, arguments); },\n    };\n";
        let short = BTreeMap::from([("__wbg_a_1f".to_owned(), "_0".to_owned())]);
        let expected = "const import0 = {\n        _0: function(x) {\n            return x;\n        },\n    };\n";
        assert_eq!(renamed(glue, &short), Ok(expected.to_owned()));
        let unknown = BTreeMap::from([("__wbg_c_3d".to_owned(), "_0".to_owned())]);
        assert!(renamed(glue, &unknown).is_err());
    }
}
