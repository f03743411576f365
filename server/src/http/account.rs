//! How an account is made, by set-up or invitation: the two halves, the login that follows, and its keys later on.

use amparo_protocol::api::{KeysRenewed, Me, NewMember, RegistrationStarted, roles};
use amparo_protocol::desk::TrailEvent;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{Hash, MemberId, to_base64};
use amparo_protocol::limits::LOGIN_MAX_SECS;
use amparo_protocol::sealed::Sealed;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::attempts::Registration;
use super::body::Body;
use super::guard::{self, SignedIn};
use super::{check, trail};
use crate::app::App;
use crate::clock::Time;
use crate::error::ApiError;
use crate::password::Passwords;
use crate::publication;
use crate::store::login::Login;
use crate::store::member::Member;
use crate::totp;

/// Answers the first half; `token` is the hash of what lets this person in.
pub fn start(app: &App, token: Hash, member: MemberId, request: &Sealed) -> Result<RegistrationStarted, ApiError> {
    let registration_response = app.passwords.start_registration(member, request)?;
    let totp_secret = (!app.config.is_demo).then(|| totp::new_secret(&app.random));
    let shown = totp_secret.as_ref().map(|secret| totp::to_base32(secret));
    app.attempts.keep_registration(token, Registration { member, totp_secret }, app.clock.now());
    Ok(RegistrationStarted { member, registration_response, totp_secret: shown })
}

/// Checks what the browser uploaded; the account is not written yet.
pub fn finish(app: &App, token: Hash, new: NewMember, roles: u8) -> Result<Member, ApiError> {
    let now = app.clock.now();
    let registration = app.attempts.registration(token, now).ok_or(ErrorCode::Unexpected)?;
    check::new_member(&new)?;
    if !publication::is_key_batch(new.keys.as_bytes()) {
        return Err(ErrorCode::Invalid.into());
    }
    let totp_used_step = match &registration.totp_secret {
        Some(secret) => totp::step_of(secret, new.totp_code.as_deref().unwrap_or_default(), now)
            .ok_or(ErrorCode::WrongCredentials)?,
        None => 0,
    };
    Ok(Member {
        id: registration.member,
        sign_in_name: new.sign_in_name.trim().to_owned(),
        pseudonym: new.pseudonym.trim().to_owned(),
        avatar: new.avatar,
        roles,
        languages: new.languages,
        password_record: Passwords::finish_registration(&new.registration_upload)?,
        wrapped_by_password: new.wrapped_by_password,
        wrapped_by_recovery: new.wrapped_by_recovery,
        wrapped_org_key: None,
        keys: new.keys,
        next_key_index: 0,
        totp_secret: registration.totp_secret,
        totp_used_step,
        failed_sign_ins: 0,
        next_sign_in_at: Time(0),
        approved_at: None,
        created_at: now,
    })
}

/// `POST /api/keys`: the next keys of the caller's own account, so that signings never run out of them.
pub async fn renew_keys(
    State(app): State<App>,
    SignedIn { member, .. }: SignedIn,
    Body(body): Body<KeysRenewed>,
) -> Result<StatusCode, ApiError> {
    if !publication::continues(&member, body.keys.as_bytes()) {
        return Err(ErrorCode::Invalid.into());
    }
    if app.store.renew_keys(&member, &body.keys).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ErrorCode::Conflict.into())
    }
}

/// Signs the member in who was checked: a new login, its cookie, and who they are. Refused when password or authenticator
/// were replaced meanwhile.
pub async fn signed_in(app: &App, checked: &Member) -> Result<Response, ApiError> {
    let member = checked.id;
    let secret = to_base64(&app.random.bytes::<32>());
    let now = app.clock.now();
    let id = guard::hash(secret.as_bytes());
    let login = Login { id, member, created_at: now, expires_at: now.plus_secs(LOGIN_MAX_SECS) };
    if !app.store.add_login(&login, checked).await? {
        return Err(ErrorCode::WrongCredentials.into());
    }
    trail::record(app, member, TrailEvent::SignedIn).await?;
    let me = me(app, member).await?;
    Ok(([(header::SET_COOKIE, guard::new_cookie(&secret))], Json(me)).into_response())
}

pub async fn me(app: &App, member: MemberId) -> Result<Me, ApiError> {
    let member = app.store.member(member).await?.ok_or(ErrorCode::SignIn)?;
    let organisation = app.store.organisation().await?.ok_or(ErrorCode::SignIn)?;
    let is_administrator = member.approved_at.is_some() && member.roles & roles::ADMINISTRATOR != 0;
    let keys_wanted_from = publication::keys_wanted_from(&member);
    Ok(Me {
        member: member.id,
        sign_in_name: member.sign_in_name,
        pseudonym: member.pseudonym,
        roles: member.roles,
        languages: member.languages,
        organisation: organisation.name,
        org_key: organisation.org_key,
        wrapped_by_password: member.wrapped_by_password,
        wrapped_org_key: member.wrapped_org_key.filter(|_| is_administrator),
        approved: member.approved_at.is_some(),
        keys_wanted_from,
        demo: app.config.is_demo,
    })
}
