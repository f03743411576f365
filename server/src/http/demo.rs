//! The demonstration's one-time links. Any other relay answers as if the route did not exist.

use amparo_protocol::api::DemoLink;
use amparo_protocol::error::ErrorCode;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use super::body::Body;
use super::guard::OwnPage;
use crate::app::App;
use crate::error::ApiError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoToken {
    token: String,
}

/// `POST /api/demo`
pub async fn open(State(app): State<App>, _: OwnPage, Body(body): Body<DemoToken>) -> Result<Json<DemoLink>, ApiError> {
    let demo = app.demo.as_ref().ok_or(ErrorCode::NotFound)?;
    Ok(Json(demo.open(&app, &body.token).await?))
}
