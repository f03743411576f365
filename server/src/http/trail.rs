//! The trail: who changed what in the house. Administrators read it; nobody changes it.

use amparo_protocol::desk::{TrailEvent, TrailRow};
use amparo_protocol::id::{MemberId, to_base64};
use axum::Json;
use axum::extract::State;

use super::guard::Administrator;
use crate::app::App;
use crate::error::ApiError;
use crate::store::trail::TrailEntry;

const SHOWN_MAX: u32 = 500;

/// `GET /api/trail`: the newest first.
pub async fn show(State(app): State<App>, _: Administrator) -> Result<Json<Vec<TrailRow>>, ApiError> {
    let members = app.store.members().await?;
    let pseudonym = |by: MemberId| {
        let member = members.iter().find(|member| member.id == by);
        member.map(|member| member.pseudonym.clone()).unwrap_or_default()
    };
    let entries = app.store.trail(SHOWN_MAX).await?.into_iter();
    let rows =
        entries.map(|TrailEntry { at, by, what }| TrailRow { at_unix_secs: at.unix_secs(), by: pseudonym(by), what });
    Ok(Json(rows.collect()))
}

/// That it happened, never what it was changed to.
pub async fn record(app: &App, by: MemberId, what: TrailEvent) -> Result<(), ApiError> {
    let id = to_base64(&app.random.bytes::<12>());
    Ok(app.store.add_to_trail(&id, &TrailEntry { at: app.clock.now(), by, what }).await?)
}
