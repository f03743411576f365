//! Any bytes for `amparo_sim::any_bytes::visitor`. Never: a check of its own.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| amparo_sim::any_bytes::visitor::visitor(input));
