//! The way to the relay's core: `/ws`, with the login that the request carries, if any.

use axum::extract::{State, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;

use super::guard;
use super::whence::From;
use crate::app::App;
use crate::buckets::Doing;
use crate::error::ApiError;
use crate::relay::transport::socket;

/// `GET /ws`
pub async fn open(
    State(app): State<App>,
    from: From,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, ApiError> {
    from.may(&app, Doing::Connect)?;
    let login = guard::login_of_page(&headers, &app).await?;
    Ok(socket::upgrade(app, login, from.0, upgrade))
}
