#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| amparo_sim::any_bytes::signed::signed(input));
