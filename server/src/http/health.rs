//! Whether the relay works, for whatever watches it.

use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;
use crate::log_safe::LogSafe;
use amparo_protocol::error::ErrorCode;

/// `GET /healthz`
pub async fn show(State(app): State<App>) -> (StatusCode, &'static str) {
    match app.store.ping().await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(cause) => {
            tracing::error!(code = %ErrorCode::Internal.log_safe(), %cause, "the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n")
        }
    }
}
