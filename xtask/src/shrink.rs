//! Takes out of a compiled browser app what would only weigh: exports that no page calls, the words of a panic, and the
//! places in the source that it would name.
//!
//! A panic stops the program with `unreachable`, and no page reads what it would have said. The compiler does not know
//! that and keeps every message with all the code that writes it. Here those functions are emptied: they stop at once,
//! as they would have at their end. Nothing else of the program changes.
//!
//! Never: a function that a working program calls. The apps write numbers with `ui::texts::number`, never with `format!`.

use std::path::Path;

use walrus::ir::Value;
use walrus::{ConstExpr, DataKind, FunctionBuilder, FunctionId, FunctionKind, Module, ModuleConfig};

use crate::names;

/// Exported by crates that the apps link and do not use. Each would keep its code alive.
const UNUSED_EXPORTS: [&str; 2] = ["intounderlying", "__wbg_intounderlying"];

/// Parts of the names of functions that only a panic calls: those that raise it, and those that write what it says. At the
/// end those that nothing calls once the exports are gone.
const PANICS: [&str; 27] = [
    "::panicking::",
    "::panic_fmt",
    "::panic_display",
    "::panic_access_error",
    "::panic_already_borrowed",
    "::panic_already_mutably_borrowed",
    "::rust_begin_unwind",
    "::rust_panic",
    "::unwrap_failed",
    "::expect_failed",
    "::assert_failed",
    "::slice_error_fail",
    "::slice_index_fail",
    "::len_mismatch_fail",
    "::capacity_overflow",
    "::handle_alloc_error",
    "::raw_vec::handle_error",
    "::default_alloc_error_hook",
    "::fmt::Display>::fmt",
    "::fmt::Debug>::fmt",
    "::fmt::Write>::",
    "core::fmt::",
    "::flt2dec::",
    "<char>::escape_debug",
    // Streams between JavaScript and Rust: what would make one goes with the exports above, and their tables stay.
    "wasm_streams::",
    "futures_util::abortable::",
    "js_sys::futures::future_to_promise::",
];

/// `core::panic::Location`, and what no line or column reaches.
const PLACE_BYTES: usize = 16;
const LINES_MAX: u32 = 100_000;
const COLUMNS_MAX: u32 = 1_000;

/// Far fewer would mean that names are written in another way now, and that nothing is taken out.
const SILENCED_MIN: usize = 60;

/// With `glue`, the names between it and the module become short too.
pub fn shrink(from: &Path, to: &Path, glue: Option<&Path>) -> Result<(), String> {
    let mut module = ModuleConfig::new().parse_file(from).map_err(|error| format!("{}: {error}", from.display()))?;
    drop_exports(&mut module);
    let panics: Vec<FunctionId> = module
        .funcs
        .iter_local()
        .map(|(id, _)| id)
        .filter(|id| is_panic(module.funcs.get(*id).name.as_deref()))
        .collect();
    if panics.len() < SILENCED_MIN {
        return Err(format!("only {} functions of panics were found: see xtask/src/shrink.rs", panics.len()));
    }
    for function in panics {
        empty(&mut module, function);
    }
    walrus::passes::gc::run(&mut module);
    forget_places(&mut module);
    if let Some(glue) = glue {
        names::shorten(&mut module, glue)?;
    }
    module.emit_wasm_file(to).map_err(|error| format!("{}: {error}", to.display()))
}

/// Blanks what only a panic reads: the paths of source files and the places in them. Blank bytes weigh nothing once they are
/// compressed. (And where the program was built is nobody's business.)
fn forget_places(module: &mut Module) {
    let all: Vec<_> = module.data.iter().map(|data| data.id()).collect();
    for id in all {
        let data = module.data.get_mut(id);
        let DataKind::Active { offset: ConstExpr::Value(Value::I32(start)), .. } = data.kind else { continue };
        blank_places(&mut data.value, start as u32);
    }
}

/// A place is a `core::panic::Location`: address and length of the path, line, column, each four bytes.
fn blank_places(data: &mut [u8], start: u32) {
    let words = |data: &[u8], at: usize| -> [u32; 4] {
        std::array::from_fn(|index| {
            let word = &data[at + 4 * index..][..4];
            u32::from_le_bytes(word.try_into().expect("four bytes"))
        })
    };
    let mut blank = Vec::new();
    for at in (0..data.len().saturating_sub(PLACE_BYTES - 1)).step_by(4) {
        let [address, length, line, column] = words(data, at);
        let from = address.wrapping_sub(start) as usize;
        let path = data.get(from..from.saturating_add(length as usize));
        if (1..=LINES_MAX).contains(&line) && (1..=COLUMNS_MAX).contains(&column) && path.is_some_and(is_source_path) {
            blank.extend([at..at + PLACE_BYTES, from..from + length as usize]);
        }
    }
    blank.into_iter().for_each(|range| data[range].fill(0));
}

fn is_source_path(path: &[u8]) -> bool {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    path.ends_with(b".rs") && path.contains(&b'/') && path.iter().all(fits)
}

fn drop_exports(module: &mut Module) {
    let is_unused = |name: &str| UNUSED_EXPORTS.iter().any(|unused| name.starts_with(unused));
    let unused: Vec<_> =
        module.exports.iter().filter(|export| is_unused(&export.name)).map(|export| export.id()).collect();
    unused.into_iter().for_each(|export| module.exports.delete(export));
}

fn is_panic(name: Option<&str>) -> bool {
    let Some(name) = name.map(without_hashes) else { return false };
    PANICS.iter().any(|part| name.contains(part))
}

/// `core[c5930c85a12de822]::fmt` names the crate's version too.
fn without_hashes(name: &str) -> String {
    let mut plain = String::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        match after.split_once(']') {
            Some((hash, after)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                rest = after
            }
            _ => {
                plain.push('[');
                rest = after;
            }
        }
    }
    plain + rest
}

/// Stops at once.
fn empty(module: &mut Module, function: FunctionId) {
    let (parameters, results) = module.types.params_results(module.funcs.get(function).ty());
    let (parameters, results) = (parameters.to_vec(), results.to_vec());
    let mut stopping = FunctionBuilder::new(&mut module.types, &parameters, &results);
    stopping.func_body().unreachable();
    let arguments = parameters.iter().map(|kind| module.locals.add(*kind)).collect();
    module.funcs.get_mut(function).kind = FunctionKind::Local(stopping.local_func(arguments));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_goes_with_its_path_and_nothing_else() {
        let place = |address: u32, length: u32| [address, length, 12, 5].map(u32::to_le_bytes).concat();
        let mut data = [b"src/chat.rs, texts-en.txt".to_vec(), vec![7; 3], place(1024, 11), place(1037, 12)].concat();
        blank_places(&mut data, 1024);
        assert_eq!(data[..11], [0; 11]);
        assert_eq!(data[11..28], *b", texts-en.txt\x07\x07\x07");
        assert_eq!(data[28..44], [0; 16]);
        assert_eq!(data[44..], place(1037, 12));
    }

    #[test]
    fn what_raises_and_words_a_panic_is_known_by_its_name() {
        for name in [
            "core[c5930c85a12de822]::panicking::panic_fmt",
            "<f64 as core[c5930c85a12de822]::fmt::Display>::fmt",
            "core::panicking::panic_display::h6bfb714fb8d3beb1",
            "<core[c5930c85a12de822]::fmt::Formatter>::pad",
        ] {
            assert!(is_panic(Some(name)), "{name}");
        }
        for name in ["amparo_client::visitor::Visitor::on_msg::h088423b3053bc69f", "<[T] as core[c593]::clone::Clone>"]
        {
            assert!(!is_panic(Some(name)), "{name}");
        }
        assert!(!is_panic(None));
    }
}
