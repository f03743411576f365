//! What both browser programs can do and the relay must not: keys, sealing, checking, and the two state machines.
//!
//! Never: Leptos, a browser API, a clock or a source of randomness of its own; time and randomness are parameters.

pub mod conversation;
pub mod counselor;
pub mod crypto;
pub mod house;
pub mod table;
pub mod view;
pub mod visitor;

/// Randomness as a parameter: the browser's in the apps, a seeded generator in tests.
pub type Random = Box<dyn rand_core::CryptoRng>;
