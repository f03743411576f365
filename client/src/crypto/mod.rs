//! HLC/1, the objects and sealing of docs/protocol.md section 3: one module per object.
//!
//! Never: state of a conversation, a clock, randomness of its own, a fallback to anything weaker.

pub mod ack;
pub mod admit;
pub mod badge;
pub mod bytes;
pub mod deposit;
pub mod epoch;
pub mod grant;
pub mod header;
pub mod hpke;
pub mod padding;
pub mod primitives;
pub mod roster;
pub mod seal;
pub mod shift;
pub mod text;
