//! The relay's routes and store, told as stories, on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod availability;
mod desk;
mod files;
mod invitations;
mod line;
mod pass;
mod program;
mod roles;
mod roster;
mod setup;
mod sign_in;
mod sites;
mod store;
mod support;
