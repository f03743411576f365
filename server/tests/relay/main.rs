//! What the relay promises to visitors and counselors, on the pure machinery and over real connections.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on fails")]

mod bad_input;
mod blocks;
mod chance;
mod claims;
mod connections;
mod counts;
mod desk;
mod endings;
mod messages;
mod minors;
mod missing;
mod places;
mod polls;
mod preview;
mod privacy;
mod proxies;
mod raw;
mod restarts;
mod rota;
mod support;
mod teams;
mod unheard;
