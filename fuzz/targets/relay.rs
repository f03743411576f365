//! Any bytes for `amparo_sim::any_bytes::relay`. Never: a check of its own.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| amparo_sim::any_bytes::relay::relay(input));
