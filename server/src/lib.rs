//! The relay: moves sealed bytes between visitors and counselors, decides who waits and who is offered, and keeps
//! accounts, sites and the signed roster.
//!
//! Never: a word of a conversation on disk or in a log, or anything that would open one.

pub mod accept;
pub mod app;
pub mod assets;
pub mod backup;
pub mod buckets;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod error;
pub mod http;
pub mod inspect;
pub mod log_safe;
pub mod passkey;
pub mod password;
pub mod publication;
pub mod random;
pub mod relay;
pub mod stack;
pub mod store;
pub mod sweeper;
pub mod tag;
pub mod totp;

/// Serves until the app's tasks are asked to stop.
pub async fn serve(app: &app::App, listener: tokio::net::TcpListener, router: axum::Router) {
    accept::serve(listener, router, &app.tasks).await;
}
