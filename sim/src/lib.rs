//! A whole world from one seed: visitors' and counselors' real programs, the relay's real core, and lines between them
//! that break, stall and deliver late; the relay is killed and started again. What people saw is checked at every step.
//!
//! The same seed gives the same story: `cargo xtask soak seeds SEED 1` tells it again.
//!
//! Never: a clock, a thread, a socket.

pub mod any_bytes;
mod crossed;
mod history;
// The story tests of the client use the same two.
#[path = "../../client/tests/story/house.rs"]
mod house;
mod people;
#[path = "../../client/tests/story/seeded.rs"]
mod seeded;
mod story;
#[cfg(test)]
mod together;
mod world;

pub use story::{Told, tell, tell_crowded, tell_for_minors, tell_together, tell_with};
pub use world::Fault;
