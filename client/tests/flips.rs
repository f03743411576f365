//! Whatever is changed, moved or taken from somewhere else is refused.
#![cfg(not(target_arch = "wasm32"))]

#[path = "flips/bits.rs"]
mod bits;
#[path = "vectors/checks.rs"]
#[expect(dead_code, reason = "only its objects are used here; its checks run in the vector tests")]
mod checks;
#[path = "vectors/file.rs"]
mod file;
#[path = "vectors/given.rs"]
mod given;
#[path = "flips/house.rs"]
mod house;
#[path = "flips/places.rs"]
mod places;
#[path = "flips/strangers.rs"]
mod strangers;
#[path = "flips/stream.rs"]
mod stream;
