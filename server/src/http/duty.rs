//! What a member reads at their own desk: when they are on, and whether their checks are valid.
//!
//! Never: anything about a colleague.

use amparo_protocol::api::roles;
use amparo_protocol::rota::{OwnDuty, Rota};
use amparo_protocol::settings::LineSettings;
use amparo_protocol::teams::Team;
use axum::Json;
use axum::extract::State;

use super::guard::Approved;
use crate::app::App;
use crate::error::ApiError;
use crate::relay::rota::Turns;
use crate::relay::wall::Wall;
use crate::store;
use crate::store::member::Member;
use crate::store::site::Site;

/// `GET /api/duty`
pub async fn show(State(app): State<App>, Approved(member): Approved) -> Result<Json<OwnDuty>, ApiError> {
    let turns = turns(&app).await?;
    let time_zone = app.store.setting::<LineSettings>().await?.value.time_zone;
    let now_secs = app.clock.now().unix_secs();
    let valid_until = app.store.care().await?.get(&member.id).and_then(|care| care.valid_until);
    let today = Wall::in_zone(&time_zone).today(now_secs);
    let sites = app.store.sites().await?;
    let teams = app.store.setting::<Vec<Team>>().await?.value;
    Ok(Json(OwnDuty {
        now: turns.of(member.id, now_secs),
        turns: turns.own(member.id).collect(),
        valid_until,
        may_attend_minors: valid_until.zip(today).is_some_and(|(until, today)| today <= until),
        has_minors: sites.iter().any(|site| site.settings.is_for_minors),
        is_left_out: is_left_out(&teams, &sites, &member),
        teams: teams.into_iter().filter(|team| team.members.contains(&member.id)).map(|team| team.name).collect(),
        time_zone,
    }))
}

fn is_left_out(teams: &[Team], sites: &[Site], member: &Member) -> bool {
    let takes_visitors = member.roles & (roles::COUNSELOR | roles::SUPERVISOR) != 0;
    let is_anothers = |site: &Site| {
        let mut serving = teams.iter().filter(|team| team.sites.contains(&site.key)).peekable();
        serving.peek().is_some() && !serving.any(|team| team.members.contains(&member.id))
    };
    takes_visitors && !sites.is_empty() && sites.iter().all(is_anothers)
}

/// The rota on the line's wall clock.
pub async fn turns(app: &App) -> store::Result<Turns> {
    let rota = app.store.setting::<Rota>().await?.value;
    let line = app.store.setting::<LineSettings>().await?.value;
    Ok(Turns::new(rota, &line.time_zone))
}
