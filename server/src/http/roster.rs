//! The signed roster: members read it, administrators publish the next one.

use amparo_protocol::api::{Publication, PublicationEntry, RosterAnswer, roles};
use amparo_protocol::desk::TrailEvent;
use amparo_protocol::error::ErrorCode;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::body::Body;
use super::guard::{Administrator, SignedIn};
use super::trail;
use crate::app::App;
use crate::error::ApiError;
use crate::log_safe::LogSafe;
use crate::publication::{self, Standing};
use crate::store::roster::RosterEntry;

/// `GET /api/roster`
pub async fn show(State(app): State<App>, signed_in: SignedIn) -> Result<Json<RosterAnswer>, ApiError> {
    let newest = app.store.newest_roster().await?.ok_or(ErrorCode::NotFound)?;
    let own = app.store.roster_entry_of(newest.seq, signed_in.member.id).await?;
    // After a reset the former entry still stands in the list, and its account waits for approval.
    let is_administrator = signed_in.member.approved_at.is_some()
        && own.as_ref().is_some_and(|entry| entry.roles & roles::ADMINISTRATOR != 0);
    Ok(Json(RosterAnswer {
        seq: newest.seq,
        roster: newest.roster,
        register: is_administrator.then_some(newest.register),
        own: own.map(shown),
    }))
}

/// `POST /api/roster`
pub async fn publish(
    State(app): State<App>,
    Administrator(administrator): Administrator,
    Body(publication): Body<Publication>,
) -> Result<StatusCode, ApiError> {
    let organisation = app.store.organisation().await?.ok_or(ErrorCode::NotFound)?;
    let newest = app.store.newest_roster().await?;
    let members = app.store.members().await?;
    let standing =
        Standing { org_key: organisation.org_key, newest: newest.as_ref(), members: &members, now: app.clock.now() };
    let signing = publication::check(publication, &standing)?;
    if !app.store.publish(&signing).await? {
        return Err(ErrorCode::Conflict.into());
    }
    app.relay.roster_published(signing.roster.seq);
    trail::record(&app, administrator.id, TrailEvent::RosterPublished).await?;
    tracing::info!(seq = %signing.roster.seq.log_safe(), "a new roster was published");
    Ok(StatusCode::NO_CONTENT)
}

fn shown(entry: RosterEntry) -> PublicationEntry {
    PublicationEntry {
        member: entry.member,
        roster_member: entry.roster_member,
        key_index: entry.key_index,
        badge: entry.badge,
        roles: entry.roles,
    }
}
