//! The board: the line as it is now, for those who run it. Counselors do not see how many wait.

use amparo_protocol::desk::{Board, OnDutyRow};
use axum::Json;
use axum::extract::State;

use super::guard::Supervisor;
use crate::app::App;
use crate::error::ApiError;

/// `GET /api/board`
pub async fn show(State(app): State<App>, _: Supervisor) -> Result<Json<Board>, ApiError> {
    let members = app.store.members().await?;
    let care = app.store.care().await?;
    let facts = app.relay.board();
    let rows = facts.seats.into_iter().filter_map(|seat| {
        let member = members.iter().find(|member| member.id == seat.member)?;
        Some(OnDutyRow {
            member: seat.member,
            pseudonym: member.pseudonym.clone(),
            languages: seat.languages,
            presence: seat.presence,
            conversations: seat.conversations,
            conversations_max: care.get(&seat.member).map_or(1, |care| u32::from(care.conversations_max)),
        })
    });
    Ok(Json(Board { members: rows.collect(), waiting: facts.waiting }))
}
