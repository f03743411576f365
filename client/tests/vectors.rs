//! HLC/1 against the vectors of an independent implementation, natively and as WebAssembly.

#[macro_use]
#[path = "vectors/list.rs"]
mod list;

#[path = "vectors/checks.rs"]
mod checks;
#[path = "vectors/file.rs"]
mod file;
#[path = "vectors/given.rs"]
mod given;

macro_rules! tests {
    ($($name:ident),* $(,)?) => {$(
        #[cfg_attr(not(target_arch = "wasm32"), test)]
        #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
        fn $name() {
            checks::$name();
        }
    )*};
}

for_each_check!(tests);
