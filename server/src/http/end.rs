//! The end token, sent by the loader's beacon when the visitor leaves in a hurry.

use amparo_protocol::id::EndToken;
use axum::extract::{Request, State};
use axum::http::StatusCode;

use super::body;
use crate::app::App;

/// `POST /api/end`. The answer is always the same: nobody learns whether a conversation was there.
pub async fn end(State(app): State<App>, request: Request) -> StatusCode {
    let token = body::read(request, &app).await.ok();
    let token = token.and_then(|bytes| EndToken::from_text(std::str::from_utf8(&bytes).ok()?.trim()));
    if let Some(token) = token {
        app.relay.end(token).await;
    }
    StatusCode::NO_CONTENT
}
