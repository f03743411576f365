//! A member's own passkeys: added with the six digits once more, named, listed, removed.

use amparo_protocol::api::{PasskeyAsked, PasskeyFinish, PasskeyRow, PasskeyStart, Passkeys};
use amparo_protocol::desk::TrailEvent;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{Hash, to_base64};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::attempts::{NewPasskey, delay_secs};
use super::body::Body;
use super::guard::SignedIn;
use super::{check, sign_in, trail};
use crate::app::App;
use crate::clock::Time;
use crate::error::ApiError;
use crate::store::member::Member;
use crate::store::passkey::KnownPasskey;

const PASSKEYS_MAX: usize = 10;

/// `GET /api/passkeys`
pub async fn list(State(app): State<App>, SignedIn { member, .. }: SignedIn) -> Result<Json<Passkeys>, ApiError> {
    let passkeys = app.store.passkeys(member.id).await?.into_iter().map(row).collect();
    Ok(Json(Passkeys { may_be_added: app.passkeys.are_possible(), passkeys }))
}

/// `POST /api/passkeys/start`
pub async fn start(
    State(app): State<App>,
    SignedIn { member, .. }: SignedIn,
    Body(body): Body<PasskeyStart>,
) -> Result<Json<PasskeyAsked>, ApiError> {
    use_code(&app, &member, body.totp_code.as_deref()).await?;
    let known: Vec<_> = app.store.passkeys(member.id).await?.into_iter().map(|passkey| passkey.credential).collect();
    if known.len() >= PASSKEYS_MAX {
        return Err(ErrorCode::Invalid.into());
    }
    let (options, state) = app.passkeys.start_adding(member.id, &member.sign_in_name, &known)?;
    let attempt = Hash(app.random.bytes());
    app.attempts.keep_new_passkey(attempt, NewPasskey { member: member.id, state }, app.clock.now());
    Ok(Json(PasskeyAsked { attempt, options }))
}

/// `POST /api/passkeys/finish`
pub async fn finish(
    State(app): State<App>,
    SignedIn { member, .. }: SignedIn,
    Body(body): Body<PasskeyFinish>,
) -> Result<StatusCode, ApiError> {
    check::passkey_name(&body.name)?;
    let now = app.clock.now();
    let new = app.attempts.take_new_passkey(body.attempt, now).ok_or(ErrorCode::Unexpected)?;
    if new.member != member.id {
        return Err(ErrorCode::Unexpected.into());
    }
    let passkey = KnownPasskey {
        id: to_base64(&app.random.bytes::<12>()),
        member: member.id,
        name: body.name.trim().to_owned(),
        credential: app.passkeys.finish_adding(&new.state, &body.credential)?,
        added_at: now,
        used_at: None,
    };
    if !app.store.add_passkey(&passkey).await? {
        return Err(ErrorCode::Conflict.into());
    }
    trail::record(&app, member.id, TrailEvent::PasskeyAdded).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/passkeys/{id}/remove`: afterwards the caller has none of this id, whether or not there was one.
pub async fn remove(
    State(app): State<App>,
    SignedIn { member, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    if app.store.erase_passkey(member.id, &id).await? {
        trail::record(&app, member.id, TrailEvent::PasskeyRemoved).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Guesses are slowed down as they are at sign-in.
async fn use_code(app: &App, member: &Member, code: Option<&str>) -> Result<(), ApiError> {
    if member.totp_secret.is_none() {
        return Ok(());
    }
    let now = app.clock.now();
    let next_at = now.plus_secs(delay_secs(member.failed_sign_ins.saturating_add(1)));
    if !app.store.begin_sign_in(member, now, next_at).await? {
        return Err(ErrorCode::TooManyAttempts.into());
    }
    sign_in::use_code(app, member, code.unwrap_or_default()).await?;
    Ok(app.store.forget_failed_sign_ins(member.id).await?)
}

fn row(passkey: KnownPasskey) -> PasskeyRow {
    PasskeyRow {
        id: passkey.id,
        name: passkey.name,
        added_at_unix_secs: passkey.added_at.unix_secs(),
        used_at_unix_secs: passkey.used_at.map(Time::unix_secs),
    }
}
