//! The relay's routes and store, told as stories, on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod availability;
mod backup;
mod backup_program;
mod desk;
mod doctor;
mod files;
mod hardening;
mod invitations;
mod keys;
mod line;
mod pass;
mod passkeys;
mod preview;
mod privacy;
mod program;
mod recovery;
mod resets;
mod roles;
mod roster;
mod rota;
mod running;
mod setup;
mod sign_in;
mod sites;
mod store;
mod support;
mod teams;
mod trail;
