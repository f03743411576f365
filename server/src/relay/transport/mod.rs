//! How messages reach the sessions. Sessions see messages in and out, and nothing of what carries them.

pub mod connection;
pub mod mailbox;
pub mod poll;
pub mod socket;
