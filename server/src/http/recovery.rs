//! Password, authenticator, recovery code: any two of them replace the third.
//!
//! Never: a word about which of them was wrong, or whether anybody has the name.

use amparo_protocol::api::{LostFinish, LostStart, LostStarted, RecoveryFinish, RecoveryStart, RecoveryStarted};
use amparo_protocol::desk::TrailEvent;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::Hash;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::attempts::{Lost, Recovery};
use super::body::Body;
use super::guard::{self, OwnPage};
use super::sign_in::{self, Named};
use super::whence::From;
use super::{account, check, trail};
use crate::app::App;
use crate::buckets::Doing;
use crate::error::ApiError;
use crate::log_safe::LogSafe;
use crate::password::Passwords;
use crate::publication;
use crate::store::member::Member;
use crate::totp;

/// `POST /api/recovery/start`: what the recovery code opens goes to whoever asks; without the code it is of no use.
pub async fn start(
    State(app): State<App>,
    from: From,
    _: OwnPage,
    Body(body): Body<RecoveryStart>,
) -> Result<Json<RecoveryStarted>, ApiError> {
    from.may(&app, Doing::SignIn)?;
    // Nobody has an authenticator in the demonstration.
    if app.config.is_demo {
        return Err(ErrorCode::NotFound.into());
    }
    let named = sign_in::named(&app, &body.sign_in_name, None).await?;
    if matches!(body.lost, LostStart::Phone { .. }) {
        // One password can be tried on the answer.
        sign_in::counted(&app, &named).await?;
    }
    let (lost, answer) = start_of(&app, &named, &body.lost)?;
    let Named { member, sign_in_key, .. } = named;
    let made_up = app.passwords.wrapped_for_nobody(&sign_in_key);
    let wrapped_by_recovery = member.as_ref().map_or(made_up, |member| member.wrapped_by_recovery.clone());
    let attempt = Hash(app.random.bytes());
    app.attempts.keep_recovery(attempt, Recovery { member, sign_in_key, lost }, app.clock.now());
    Ok(Json(RecoveryStarted { attempt, wrapped_by_recovery, lost: answer }))
}

/// `POST /api/recovery/finish`
pub async fn finish(
    State(app): State<App>,
    _: OwnPage,
    headers: HeaderMap,
    Body(body): Body<RecoveryFinish>,
) -> Result<Response, ApiError> {
    let Recovery { member, sign_in_key, lost } =
        app.attempts.recovery(body.attempt, app.clock.now()).ok_or(ErrorCode::Unexpected)?;
    let current = match &member {
        Some(member) => app.store.member(member.id).await?,
        None => None,
    };
    sign_in::counted(&app, &Named { member: current, sign_in_key, own_login: None }).await?;
    let member = member
        .filter(|member| publication::is_recovery(member.keys.as_bytes(), body.attempt, body.signature.as_bytes()));
    // Nobody signs for a name that is not known.
    let member = member.ok_or(ErrorCode::WrongCredentials)?;
    let renewed = renewed(&app, member.clone(), lost, body.lost, &body.totp_code).await?;
    if !app.attempts.end_recovery(body.attempt) {
        return Err(ErrorCode::Unexpected.into());
    }
    replace(&app, &member, &renewed).await?;
    // Somebody else was signed in in this browser.
    sign_in::end_login(&app, guard::login_of(&headers, &app).await?).await?;
    account::signed_in(&app, &renewed).await
}

/// What is kept until the second request, and what the first is answered.
fn start_of(app: &App, named: &Named, lost: &LostStart) -> Result<(Lost, LostStarted), ApiError> {
    Ok(match lost {
        LostStart::Password { registration_request } => {
            let registration_response = app.passwords.start_replacement(named.account(), registration_request)?;
            (Lost::Password, LostStarted::Password { registration_response })
        }
        LostStart::Phone { credential_request } => {
            let (credential_response, state) =
                app.passwords.start_sign_in(&app.random, named.account(), credential_request)?;
            let secret = totp::new_secret(&app.random);
            let totp_secret = totp::to_base32(&secret);
            (Lost::Phone { state, totp_secret: secret }, LostStarted::Phone { credential_response, totp_secret })
        }
    })
}

/// The recovery code was right; so must be the other one that is left. Answers the member with the lost one replaced. The
/// digits come last: they are used up by it.
async fn renewed(
    app: &App,
    member: Member,
    lost: Lost,
    given: LostFinish,
    totp_code: &str,
) -> Result<Member, ApiError> {
    match (lost, given) {
        (Lost::Password, LostFinish::Password { registration_upload, wrapped_by_password }) => {
            check::wrapped(&wrapped_by_password)?;
            let password_record = Passwords::finish_registration(&registration_upload)?;
            sign_in::use_code(app, &member, totp_code).await?;
            Ok(Member { password_record, wrapped_by_password, ..member })
        }
        (Lost::Phone { state, totp_secret }, LostFinish::Phone { credential_finalization }) => {
            if !state.is_right(&credential_finalization) {
                return Err(ErrorCode::WrongCredentials.into());
            }
            let used_step = totp::step_of(&totp_secret, totp_code, app.clock.now());
            let totp_used_step = used_step.ok_or(ErrorCode::WrongCredentials)?;
            Ok(Member { totp_secret: Some(totp_secret), totp_used_step, ..member })
        }
        _ => Err(ErrorCode::Invalid.into()),
    }
}

/// Whoever has the lost one in hand is out at once: no login goes on, and nothing that was begun is finished.
async fn replace(app: &App, former: &Member, renewed: &Member) -> Result<(), ApiError> {
    if !app.store.replace_credentials(former, renewed).await? {
        return Err(ErrorCode::Unexpected.into());
    }
    app.attempts.forget_all_of(former.id);
    app.relay.logins_ended(former.id).await;
    let has_new_password = renewed.password_record != former.password_record;
    let event = if has_new_password { TrailEvent::PasswordReplaced } else { TrailEvent::AuthenticatorReplaced };
    trail::record(app, former.id, event).await?;
    tracing::info!(member = %former.id.log_safe(), "a member replaced a password or an authenticator");
    Ok(())
}
