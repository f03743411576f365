//! The way to the relay's core: `/ws`, with the login that the request carries, if any.

use axum::extract::{State, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;

use super::guard;
use crate::app::App;
use crate::error::ApiError;
use crate::relay::transport::socket;

/// `GET /ws`. A login counts only on a socket that our own page opened; a visitor's frame has none, and `Origin: null`.
pub async fn open(State(app): State<App>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Result<Response, ApiError> {
    let login = if guard::is_own_page(&headers, &app) { guard::login_of_socket(&headers, &app).await? } else { None };
    Ok(socket::upgrade(app, login, upgrade))
}
