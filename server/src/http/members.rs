//! The administrators' view of the members.

use amparo_protocol::api::{Approval, MemberRow, PasskeyCount};
use amparo_protocol::desk::TrailEvent;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::MemberId;
use amparo_protocol::language::Language;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::body::Body;
use super::guard::Administrator;
use super::{check, rota, teams, trail};
use crate::app::App;
use crate::error::ApiError;
use crate::log_safe::LogSafe;
use crate::store::member::{Member, WaitingForApproval};

/// `GET /api/members`
pub async fn list(State(app): State<App>, _: Administrator) -> Result<Json<Vec<MemberRow>>, ApiError> {
    let waiting = app.store.waiting_for_approval().await?;
    let members = app.store.members().await?;
    Ok(Json(members.into_iter().map(|member| row(member, &waiting)).collect()))
}

/// `POST /api/members/{id}/remove`: the account and its logins end at once. The roster is signed anew after that, by
/// the administrator's browser.
pub async fn remove(
    State(app): State<App>,
    Administrator(administrator): Administrator,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let member = MemberId::from_text(&id).ok_or(ErrorCode::NotFound)?;
    if member == administrator.id {
        return Err(ErrorCode::Invalid.into());
    }
    if !app.store.erase_member(member).await? {
        return Err(ErrorCode::NotFound.into());
    }
    rota::forget(&app, member).await?;
    teams::forget(&app, member).await?;
    app.relay.member_removed(member).await;
    trail::record(&app, administrator.id, TrailEvent::MemberRemoved).await?;
    tracing::info!(member = %member.log_safe(), "a member was removed");
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/members/{id}/end-logins`: wherever this member is signed in, it ends within a second. Whoever lost a
/// computer signs in anew on another.
pub async fn end_logins(
    State(app): State<App>,
    Administrator(administrator): Administrator,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let member = MemberId::from_text(&id).ok_or(ErrorCode::NotFound)?;
    app.store.member(member).await?.ok_or(ErrorCode::NotFound)?;
    app.store.erase_logins_of(member).await?;
    app.relay.logins_ended(member).await;
    trail::record(&app, administrator.id, TrailEvent::LoginsEnded).await?;
    tracing::info!(member = %member.log_safe(), "a member's logins were ended");
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/members/{id}/languages`: counts from the next offer on. Roles are signed with the roster; languages are not.
pub async fn change_languages(
    State(app): State<App>,
    Administrator(administrator): Administrator,
    Path(id): Path<String>,
    Body(languages): Body<Vec<Language>>,
) -> Result<StatusCode, ApiError> {
    check::languages(&languages)?;
    let member = MemberId::from_text(&id).ok_or(ErrorCode::NotFound)?;
    if !app.store.set_languages(member, &languages).await? {
        return Err(ErrorCode::NotFound.into());
    }
    app.relay.settings_changed();
    trail::record(&app, administrator.id, TrailEvent::LanguagesChanged).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /api/members/passkeys`: whom a lost device would lock out, and whose passkeys can be removed.
pub async fn passkeys(State(app): State<App>, _: Administrator) -> Result<Json<Vec<PasskeyCount>>, ApiError> {
    let counts = app.store.passkey_counts().await?.into_iter();
    Ok(Json(counts.map(|(member, passkeys)| PasskeyCount { member, passkeys }).collect()))
}

/// `POST /api/members/{id}/remove-passkeys`: the six digits sign this member in, as before. Nothing else changes.
pub async fn remove_passkeys(
    State(app): State<App>,
    Administrator(administrator): Administrator,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let member = MemberId::from_text(&id).ok_or(ErrorCode::NotFound)?;
    app.store.member(member).await?.ok_or(ErrorCode::NotFound)?;
    if app.store.erase_passkeys_of(member).await? > 0 {
        trail::record(&app, administrator.id, TrailEvent::PasskeysReset).await?;
        tracing::info!(member = %member.log_safe(), "a member's passkeys were removed");
    }
    Ok(StatusCode::NO_CONTENT)
}

/// As administrators' browsers need it to sign.
pub fn row(member: Member, waiting: &[WaitingForApproval]) -> MemberRow {
    let approval = waiting.iter().find(|waiting| waiting.member == member.id).map(|waiting| Approval {
        invitation: waiting.invitation,
        binding: waiting.binding,
        wrapped_secret: waiting.wrapped_secret.clone(),
        invited_by: waiting.invited_by,
    });
    MemberRow {
        member: member.id,
        sign_in_name: member.sign_in_name,
        pseudonym: member.pseudonym,
        avatar: member.avatar,
        roles: member.roles,
        languages: member.languages,
        keys: member.keys,
        next_key_index: member.next_key_index,
        approved: member.approved_at.is_some(),
        approval,
    }
}
