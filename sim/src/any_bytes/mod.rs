//! Every parser of both sides as a function of any bytes, with what must hold whatever they are. `fuzz/` feeds them with
//! what a fuzzer thinks of; the tests here with the inputs in `fuzz/corpus`, on any compiler.

pub mod counselor;
mod known;
pub mod relay;
pub mod sealed;
pub mod settings;
pub mod signed;
pub mod typed;
pub mod visitor;
pub mod wire;

pub type Target = fn(&[u8]);

/// By name, as in `fuzz/targets`.
pub const ALL: [(&str, Target); 8] = [
    ("counselor", counselor::counselor),
    ("relay", relay::relay),
    ("sealed", sealed::sealed),
    ("settings", settings::settings),
    ("signed", signed::signed),
    ("typed", typed::typed),
    ("visitor", visitor::visitor),
    ("wire", wire::wire),
];

/// One input as several messages: each begins with its length in two bytes.
fn pieces(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = bytes.split_at_checked(2)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        let (piece, rest) = rest.split_at(length.min(rest.len()));
        bytes = rest;
        Some(piece)
    })
}
