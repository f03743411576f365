//! The board: the line as it is now, for those who run it. Counselors do not see how many wait.

use amparo_protocol::api::roles;
use amparo_protocol::desk::{Board, OnDutyRow};
use amparo_protocol::rota::RotaNow;
use axum::Json;
use axum::extract::State;

use super::duty::turns;
use super::guard::Supervisor;
use crate::app::App;
use crate::error::ApiError;
use crate::store;
use crate::store::member::Member;

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
    let rota = rota(&app, &members).await?;
    Ok(Json(Board { members: rows.collect(), waiting: facts.waiting, rota }))
}

/// Who works now, who is next, and last those without a turn in sight.
async fn rota(app: &App, members: &[Member]) -> store::Result<Vec<RotaNow>> {
    let turns = turns(app).await?;
    if !turns.is_on() {
        return Ok(Vec::new());
    }
    let now_secs = app.clock.now().unix_secs();
    let takes = |member: &&Member| member.roles & (roles::COUNSELOR | roles::SUPERVISOR) != 0;
    let approved = members.iter().filter(|member| member.approved_at.is_some()).filter(takes);
    let mut rota: Vec<RotaNow> = approved
        .map(|member| RotaNow {
            member: member.id,
            pseudonym: member.pseudonym.clone(),
            now: turns.of(member.id, now_secs),
        })
        .collect();
    rota.sort_by_key(|row| row.now.order());
    Ok(rota)
}
