//! The embed pass: a page of an allowed origin fetches one, and a visitor's new connection shows it.

use amparo_protocol::api::{PassAnswer, PassRequest};
use amparo_protocol::error::ErrorCode;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use super::whence::From;
use super::{body, cors, guard};
use crate::app::App;
use crate::buckets::Doing;
use crate::error::ApiError;

/// `POST /api/pass`. Takes any content type: as plain text the browser asks for nothing first.
pub async fn issue(State(app): State<App>, from: From, headers: HeaderMap, request: Request) -> Response {
    let answer = match body::read(request, &app).await {
        Ok(bytes) => issue_for(&app, from, &headers, &bytes).await,
        Err(error) => Err(error),
    };
    // A pass is only ever in an answer to an allowed origin.
    cors::readable_by_asker(&headers, answer.map(Json).into_response())
}

async fn issue_for(app: &App, from: From, headers: &HeaderMap, bytes: &[u8]) -> Result<PassAnswer, ApiError> {
    from.may(app, Doing::Pass)?;
    let PassRequest { site } = body::parse(bytes)?;
    // Its page is sandboxed and has no origin; only the administrator who made it knows the key.
    if let Some(preview) = app.previews.site(site, app.clock.now()) {
        return Ok(PassAnswer { pass: app.relay.issue_preview_pass(site, preview.settings).await });
    }
    let site = app.store.site(site).await?.ok_or(ErrorCode::UnknownSite)?;
    let origin = guard::origin_of(headers).ok_or(ErrorCode::OriginNotAllowed)?;
    if !site.settings.origins.contains(&origin) {
        return Err(ErrorCode::OriginNotAllowed.into());
    }
    Ok(PassAnswer { pass: app.relay.issue_pass(site.key).await })
}
