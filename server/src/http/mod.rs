//! The REST routes, by actor, and the files.
//!
//! Never: SQL, or a rule about who waits and who talks.

use amparo_protocol::limits::POLL_BATCH_BYTES;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};

use crate::app::App;

mod account;
pub mod attempts;
mod availability;
mod board;
mod body;
mod care;
mod chat;
mod check;
mod cors;
mod counts;
mod demo;
mod desk;
mod duty;
mod end;
mod files;
mod guard;
mod headers;
mod health;
mod invitations;
mod line;
mod members;
pub mod metrics;
mod pass;
mod passkeys;
mod poll;
pub mod preview;
mod recovery;
mod roster;
mod rota;
mod setup;
mod sign_in;
mod sign_in_passkey;
mod sites;
mod socket;
mod teams;
mod trail;
pub mod whence;

/// What visitors' browsers send.
const SMALL_BODY_BYTES: usize = 4 * 1024;
/// A roster of a thousand members, or a batch of keys.
const LARGE_BODY_BYTES: usize = 1024 * 1024;
/// A full batch, and the numbers before it.
const POLL_BODY_BYTES: usize = POLL_BATCH_BYTES + 64;

pub fn router(app: App) -> Router {
    visitors()
        .merge(console())
        .merge(everybody())
        .route("/healthz", get(health::show))
        .layer(middleware::from_fn_with_state(app.clone(), headers::complete))
        .with_state(app)
}

fn visitors() -> Router<App> {
    Router::new()
        .route("/embed.js", get(files::loader))
        .route("/v/{version}/{name}", get(files::versioned))
        .route("/chat", get(chat::show))
        .route("/api/pass", post(pass::issue).options(cors::preflight))
        .route("/api/availability", get(availability::show))
        .route("/api/end", post(end::end))
        .layer(DefaultBodyLimit::max(SMALL_BODY_BYTES))
}

/// The messages themselves.
fn everybody() -> Router<App> {
    Router::new()
        .route("/ws", get(socket::open))
        .route("/api/poll", post(poll::poll).options(cors::preflight))
        .layer(DefaultBodyLimit::max(POLL_BODY_BYTES))
}

fn console() -> Router<App> {
    Router::new()
        .route("/", get(files::to_console))
        .route("/console", get(files::to_console))
        .route("/console/", get(files::console))
        .route("/console/{name}", get(files::console_file))
        .route("/api/setup", get(setup::state))
        .route("/api/setup/open", post(setup::open))
        .route("/api/setup/start", post(setup::start))
        .route("/api/setup/finish", post(setup::finish))
        .route("/api/sign-in/start", post(sign_in::start))
        .route("/api/sign-in/finish", post(sign_in::finish))
        .route("/api/sign-in/passkey", post(sign_in_passkey::ask))
        .route("/api/sign-in/passkey/finish", post(sign_in_passkey::finish))
        .route("/api/recovery/start", post(recovery::start))
        .route("/api/recovery/finish", post(recovery::finish))
        .route("/api/passkeys", get(passkeys::list))
        .route("/api/passkeys/start", post(passkeys::start))
        .route("/api/passkeys/finish", post(passkeys::finish))
        .route("/api/passkeys/{id}/remove", post(passkeys::remove))
        .route("/api/sign-out", post(sign_in::sign_out))
        .route("/api/me", get(sign_in::me))
        .route("/api/keys", post(account::renew_keys))
        .route("/api/roster", get(roster::show).post(roster::publish))
        .route("/api/members", get(members::list))
        .route("/api/members/passkeys", get(members::passkeys))
        .route("/api/members/{id}/remove", post(members::remove))
        .route("/api/invitations", post(invitations::create))
        .route("/api/invitation/open", post(invitations::open))
        .route("/api/invitation/start", post(invitations::start))
        .route("/api/invitation/accept", post(invitations::accept))
        .route("/api/sites", get(sites::list).post(sites::save))
        .route("/api/sites/check", post(sites::check_pages))
        .route("/api/sites/preview", post(preview::keep))
        .route("/preview/{key}", get(preview::show))
        .route("/api/line", get(line::show).post(line::change))
        .route("/api/desk", get(desk::show).post(desk::change))
        .route("/api/rota", get(rota::show).post(rota::change))
        .route("/api/teams", get(teams::show).post(teams::change))
        .route("/api/duty", get(duty::show))
        .route("/api/abuse", post(desk::ended_for_abuse))
        .route("/api/block", post(desk::block))
        .route("/api/board", get(board::show))
        .route("/api/care", get(care::list))
        .route("/api/members/{id}/care", post(care::change))
        .route("/api/members/{id}/languages", post(members::change_languages))
        .route("/api/members/{id}/end-logins", post(members::end_logins))
        .route("/api/members/{id}/remove-passkeys", post(members::remove_passkeys))
        .route("/api/counts", get(counts::show))
        .route("/api/counts.csv", get(counts::table))
        .route("/api/trail", get(trail::show))
        .route("/api/demo", post(demo::open))
        .layer(DefaultBodyLimit::max(LARGE_BODY_BYTES))
}
