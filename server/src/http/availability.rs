//! Whether somebody is free, for a closed launcher whose site has switched that on. It identifies nobody, and a cache may
//! answer it.

use amparo_protocol::api::AvailabilityAnswer;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::SiteKey;
use amparo_protocol::language::Language;
use axum::Json;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::headers::CROSS_ORIGIN_RESOURCE_POLICY;
use crate::app::App;
use crate::error::ApiError;

/// With the loader's own interval an answer is never older than 25 s on the screen.
const FIFTEEN_SECONDS: &str = "public, max-age=15";

#[derive(Deserialize)]
pub struct Asked {
    site: String,
}

/// `GET /api/availability`
pub async fn show(State(app): State<App>, Query(asked): Query<Asked>) -> Response {
    let answer = free_languages(&app, &asked.site).await.map(|languages| {
        let kept = [(header::CACHE_CONTROL, FIFTEEN_SECONDS)];
        (kept, Json(AvailabilityAnswer { available: !languages.is_empty(), languages }))
    });
    let readable_by_all =
        [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (CROSS_ORIGIN_RESOURCE_POLICY.clone(), "cross-origin")];
    (readable_by_all, answer).into_response()
}

async fn free_languages(app: &App, site: &str) -> Result<Vec<Language>, ApiError> {
    let site = SiteKey::from_text(site).ok_or(ErrorCode::UnknownSite)?;
    let site = app.store.site(site).await?.ok_or(ErrorCode::UnknownSite)?;
    Ok(app.relay.free_languages(app.clock.now(), site.key))
}
