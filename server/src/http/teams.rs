//! The teams, as those who run the line set them.

use amparo_protocol::desk::TrailEvent;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{MemberId, SiteKey};
use amparo_protocol::teams::{SiteName, Team, TeamsPage, TeamsRow};
use axum::Json;
use axum::extract::State;

use super::body::Body;
use super::guard::Supervisor;
use super::{check, trail};
use crate::app::App;
use crate::error::ApiError;
use crate::store::setting::Versioned;

/// `GET /api/teams`
pub async fn show(State(app): State<App>, _: Supervisor) -> Result<Json<TeamsPage>, ApiError> {
    let Versioned { version, value: teams } = app.store.setting::<Vec<Team>>().await?;
    let sites = app.store.sites().await?.into_iter();
    let sites = sites.map(|site| SiteName { key: site.key, name: site.settings.name }).collect();
    Ok(Json(TeamsPage { row: TeamsRow { version, teams }, sites }))
}

/// `POST /api/teams`: counts at once. Offers to those whose they are not any more are taken back; conversations go on.
pub async fn change(
    State(app): State<App>,
    Supervisor(supervisor): Supervisor,
    Body(row): Body<TeamsRow>,
) -> Result<Json<TeamsRow>, ApiError> {
    let members: Vec<MemberId> = app.store.members().await?.iter().map(|member| member.id).collect();
    let sites: Vec<SiteKey> = app.store.sites().await?.iter().map(|site| site.key).collect();
    check::teams::teams(&row.teams, &members, &sites)?;
    let seen = Versioned { version: row.version, value: row.teams };
    if !app.store.set_setting(&seen).await? {
        return Err(ErrorCode::Conflict.into());
    }
    app.relay.settings_changed();
    trail::record(&app, supervisor.id, TrailEvent::TeamsChanged).await?;
    Ok(Json(TeamsRow { version: seen.version + 1, teams: seen.value }))
}

/// A member who is removed leaves their teams. A team that nobody is left in goes too: its sites are everybody's, as they
/// are for the line from the moment the roster does not list anybody of it.
pub async fn forget(app: &App, member: MemberId) -> Result<(), ApiError> {
    let mut seen = app.store.setting::<Vec<Team>>().await?;
    if !seen.value.iter().any(|team| team.members.contains(&member)) {
        return Ok(());
    }
    for team in &mut seen.value {
        team.members.retain(|other| *other != member);
    }
    seen.value.retain(|team| !team.members.is_empty());
    app.store.set_setting(&seen).await?;
    Ok(())
}
