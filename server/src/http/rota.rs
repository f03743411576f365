//! The rota: who works when, as those who run the line set it.

use amparo_protocol::desk::TrailEvent;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::MemberId;
use amparo_protocol::rota::{Rota, RotaRow};
use axum::Json;
use axum::extract::State;

use super::body::Body;
use super::guard::Supervisor;
use super::{check, trail};
use crate::app::App;
use crate::error::ApiError;
use crate::store::setting::Versioned;

/// `GET /api/rota`
pub async fn show(State(app): State<App>, _: Supervisor) -> Result<Json<RotaRow>, ApiError> {
    let Versioned { version, value } = app.store.setting::<Rota>().await?;
    Ok(Json(RotaRow { version, rota: value }))
}

/// `POST /api/rota`: counts at once. Whoever is off by it gets no new offers; conversations go on.
pub async fn change(
    State(app): State<App>,
    Supervisor(supervisor): Supervisor,
    Body(row): Body<RotaRow>,
) -> Result<Json<RotaRow>, ApiError> {
    let members: Vec<MemberId> = app.store.members().await?.iter().map(|member| member.id).collect();
    check::rota::rota(&row.rota, &members)?;
    let seen = Versioned { version: row.version, value: row.rota };
    if !app.store.set_setting(&seen).await? {
        return Err(ErrorCode::Conflict.into());
    }
    app.relay.settings_changed();
    trail::record(&app, supervisor.id, TrailEvent::RotaChanged).await?;
    Ok(Json(RotaRow { version: seen.version + 1, rota: seen.value }))
}

/// Their turns go with a member. Whoever changes the rota at the same moment is refused the removed member anyway.
pub async fn forget(app: &App, member: MemberId) -> Result<(), ApiError> {
    let mut seen = app.store.setting::<Rota>().await?;
    let before = seen.value.turns.len();
    seen.value.turns.retain(|turn| turn.member != member);
    if seen.value.turns.len() != before {
        app.store.set_setting(&seen).await?;
    }
    Ok(())
}
