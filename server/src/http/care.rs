//! What the house records about members: how many conversations at a time, and until when their checks are valid.

use amparo_protocol::desk::{CareRow, MemberCare, TrailEvent};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::MemberId;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::body::Body;
use super::guard::Supervisor;
use super::{check, trail};
use crate::app::App;
use crate::error::ApiError;

/// `GET /api/care`: every approved member.
pub async fn list(State(app): State<App>, _: Supervisor) -> Result<Json<Vec<CareRow>>, ApiError> {
    let care = app.store.care().await?;
    let members = app.store.members().await?.into_iter().filter(|member| member.approved_at.is_some());
    let rows = members.map(|member| CareRow {
        member: member.id,
        care: care.get(&member.id).copied().unwrap_or_default(),
        pseudonym: member.pseudonym,
    });
    Ok(Json(rows.collect()))
}

/// `POST /api/members/{id}/care`: counts from the next offer on.
pub async fn change(
    State(app): State<App>,
    Supervisor(supervisor): Supervisor,
    Path(id): Path<String>,
    Body(care): Body<MemberCare>,
) -> Result<StatusCode, ApiError> {
    check::desk::care(&care)?;
    let member = MemberId::from_text(&id).ok_or(ErrorCode::NotFound)?;
    app.store.member(member).await?.ok_or(ErrorCode::NotFound)?;
    app.store.set_care(member, care).await?;
    app.relay.settings_changed();
    trail::record(&app, supervisor.id, TrailEvent::CareChanged).await?;
    Ok(StatusCode::NO_CONTENT)
}
