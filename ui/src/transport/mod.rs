//! The only way from a browser to the relay.

pub mod socket;
