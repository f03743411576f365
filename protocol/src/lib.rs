//! What travels between the browsers and the relay: messages, bodies of the REST routes, ids, error codes and limits.
//!
//! Never: async, a clock, randomness, cryptography or a browser API. It compiles for every target.

pub mod api;
pub mod codec;
pub mod colleague;
pub mod desk;
pub mod error;
pub mod finding;
pub mod id;
pub mod language;
pub mod limits;
pub mod poll;
pub mod rota;
pub mod sealed;
pub mod settings;
pub mod teams;
pub mod wire;
