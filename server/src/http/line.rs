//! The line's settings: hours, limits, surge notice and own words.

use amparo_protocol::api::LineRow;
use amparo_protocol::desk::TrailEvent;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::settings::LineSettings;
use axum::Json;
use axum::extract::State;

use super::body::Body;
use super::check;
use super::guard::Supervisor;
use super::trail;
use crate::app::App;
use crate::error::ApiError;
use crate::log_safe::LogSafe;
use crate::store::setting::Versioned;

/// `GET /api/line`
pub async fn show(State(app): State<App>, _: Supervisor) -> Result<Json<LineRow>, ApiError> {
    let Versioned { version, value } = app.store.setting::<LineSettings>().await?;
    Ok(Json(LineRow { version, settings: value }))
}

/// `POST /api/line`: every open chat hears of it at once.
pub async fn change(
    State(app): State<App>,
    Supervisor(supervisor): Supervisor,
    Body(row): Body<LineRow>,
) -> Result<Json<LineRow>, ApiError> {
    check::line::settings(&row.settings)?;
    let seen = Versioned { version: row.version, value: row.settings };
    if !app.store.set_setting(&seen).await? {
        return Err(ErrorCode::Conflict.into());
    }
    app.relay.settings_changed();
    trail::record(&app, supervisor.id, TrailEvent::LineChanged).await?;
    let version = seen.version + 1;
    tracing::info!(version = %version.log_safe(), "the line's settings were changed");
    Ok(Json(LineRow { version, settings: seen.value }))
}
