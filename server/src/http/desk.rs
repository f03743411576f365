//! What helps at the desk: phrases, referrals, the rest between conversations; and the count of what was ended for abuse.

use amparo_protocol::api::roles;
use amparo_protocol::desk::{AbuseReport, BlockRequest, DeskRow, DeskSettings, TrailEvent};
use amparo_protocol::error::ErrorCode;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::body::Body;
use super::guard::{Approved, Supervisor};
use super::{check, trail};
use crate::app::App;
use crate::error::ApiError;
use crate::store::setting::Versioned;

/// `GET /api/desk`
pub async fn show(State(app): State<App>, _: Approved) -> Result<Json<DeskRow>, ApiError> {
    let Versioned { version, value } = app.store.setting::<DeskSettings>().await?;
    Ok(Json(DeskRow { version, settings: value }))
}

/// `POST /api/desk`
pub async fn change(
    State(app): State<App>,
    Supervisor(supervisor): Supervisor,
    Body(row): Body<DeskRow>,
) -> Result<Json<DeskRow>, ApiError> {
    check::desk::settings(&row.settings)?;
    let seen = Versioned { version: row.version, value: row.settings };
    if !app.store.set_setting(&seen).await? {
        return Err(ErrorCode::Conflict.into());
    }
    app.relay.settings_changed();
    trail::record(&app, supervisor.id, TrailEvent::DeskChanged).await?;
    Ok(Json(DeskRow { version: seen.version + 1, settings: seen.value }))
}

/// `POST /api/abuse`: counts the reason of the day, and keeps nothing about whom it was said of or by.
pub async fn ended_for_abuse(
    State(app): State<App>,
    _: Approved,
    Body(report): Body<AbuseReport>,
) -> Result<StatusCode, ApiError> {
    count(&app, report).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/block`: ends the conversation that the supervisor is in, counts the reason, and puts whoever is on its other
/// side behind others for a day. The trail says that it happened; nobody learns or keeps of whom.
pub async fn block(
    State(app): State<App>,
    Supervisor(supervisor): Supervisor,
    Body(request): Body<BlockRequest>,
) -> Result<StatusCode, ApiError> {
    // Who only administers is in no conversation.
    if supervisor.roles & roles::SUPERVISOR == 0 {
        return Err(ErrorCode::NotFound.into());
    }
    app.relay.block(request.conversation, supervisor.id).await;
    count(&app, request.report).await?;
    trail::record(&app, supervisor.id, TrailEvent::Blocked).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn count(app: &App, AbuseReport { language, reason }: AbuseReport) -> Result<(), ApiError> {
    let what = format!("abuse-{}", reason.word());
    Ok(app.store.count(app.clock.now().unix_days(), language.tag(), "web", &what, 1).await?)
}
