//! Sign-in by name, password (OPAQUE) and code, sign-out, and who is signed in.

use amparo_protocol::api::{Me, SignInFinish, SignInStart, SignInStarted};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::Hash;
use amparo_protocol::sealed::Sealed;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::attempts::{Failures, SignIn, delay_secs, of_login};
use super::body::Body;
use super::guard::{self, OwnPage, SignedIn};
use super::whence::From;
use super::{account, check};
use crate::app::App;
use crate::buckets::Doing;
use crate::error::ApiError;
use crate::password::Account;
use crate::store::login::{Login, LoginId};
use crate::store::member::{Member, sign_in_key};
use crate::totp;

/// `POST /api/sign-in/start`
pub async fn start(
    State(app): State<App>,
    from: From,
    _: OwnPage,
    headers: HeaderMap,
    Body(body): Body<SignInStart>,
) -> Result<Json<SignInStarted>, ApiError> {
    from.may(&app, Doing::SignIn)?;
    let named = named(&app, &body.sign_in_name, guard::login_of(&headers, &app).await?).await?;
    // One password can be tried on the answer, and nobody would hear of it.
    counted(&app, &named).await?;
    let (credential_response, state) =
        app.passwords.start_sign_in(&app.random, named.account(), &body.credential_request)?;
    let attempt = Hash(app.random.bytes());
    app.attempts.keep_sign_in(attempt, SignIn { state, member: named.member }, app.clock.now());
    Ok(Json(SignInStarted { attempt, credential_response }))
}

/// Whose name was typed, if anybody's.
pub struct Named {
    pub member: Option<Member>,
    pub sign_in_key: String,
    /// It was typed in a browser where this member is signed in: a locked desk, or one that was loaded anew. Its failures are
    /// counted by themselves, so that no stranger who knows the name locks its owner out of a conversation.
    pub own_login: Option<LoginId>,
}

impl Named {
    pub fn account(&self) -> Account<'_> {
        match &self.member {
            Some(member) => Account::Known { member: member.id, record: &member.password_record },
            None => Account::Unknown { sign_in_key: &self.sign_in_key },
        }
    }

    fn failures(&self, app: &App) -> Failures {
        match (self.own_login, &self.member) {
            (Some(login), _) => app.attempts.failures(&of_login(login)),
            (None, Some(member)) => Failures { count: member.failed_sign_ins, next_at: member.next_sign_in_at },
            (None, None) => app.attempts.failures(&self.sign_in_key),
        }
    }
}

/// Refused while the wait after failures is not over, whether or not anybody has the name.
pub async fn named(app: &App, sign_in_name: &str, login: Option<Login>) -> Result<Named, ApiError> {
    // A longer name is nobody's, and would lie in memory until the attempt is over.
    check::sign_in_name(sign_in_name)?;
    let member = app.store.member_by_sign_in_name(sign_in_name).await?;
    let own_login = login.filter(|login| member.as_ref().is_some_and(|member| member.id == login.member));
    let named = Named { member, sign_in_key: sign_in_key(sign_in_name), own_login: own_login.map(|login| login.id) };
    if named.failures(app).next_at > app.clock.now() {
        return Err(ErrorCode::TooManyAttempts.into());
    }
    Ok(named)
}

/// `POST /api/sign-in/finish`
pub async fn finish(
    State(app): State<App>,
    _: OwnPage,
    headers: HeaderMap,
    Body(body): Body<SignInFinish>,
) -> Result<Response, ApiError> {
    let member = with_right_password(&app, body.attempt, &body.credential_finalization)?;
    let former = guard::login_of(&headers, &app).await?;
    let own_former = former.filter(|login| login.member == member.id);
    let needs_code = member.totp_secret.is_some() && (own_former.is_none() || body.totp_code.is_some());
    if needs_code && body.totp_code.is_none() && was_signed_in(&app, &headers, &member).await? {
        return Err(ErrorCode::SignIn.into());
    }
    if needs_code {
        use_code(&app, &member, body.totp_code.as_deref().unwrap_or_default()).await?;
    }
    match own_former {
        // After a reload: the same login goes on, and ends when it would have ended.
        Some(login) if !needs_code => {
            app.attempts.forget_failures(&of_login(login.id));
            Ok(Json(account::me(&app, member.id).await?).into_response())
        }
        _ => {
            end_login(&app, former).await?;
            account::signed_in(&app, &member).await
        }
    }
}

/// A desk that was locked while its login ran out gives the password alone, and is told that this is no longer enough. To
/// whoever has no such login nothing is said of a right password.
async fn was_signed_in(app: &App, headers: &HeaderMap, member: &Member) -> Result<bool, ApiError> {
    Ok(guard::login_of_page(headers, app).await?.is_some_and(|login| login.member == member.id))
}

/// `POST /api/sign-out`
pub async fn sign_out(State(app): State<App>, signed_in: SignedIn) -> Result<Response, ApiError> {
    end_login(&app, Some(signed_in.login)).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, guard::no_cookie())]).into_response())
}

/// `GET /api/me`
pub async fn me(State(app): State<App>, signed_in: SignedIn) -> Result<Json<Me>, ApiError> {
    Ok(Json(account::me(&app, signed_in.member.id).await?))
}

/// Whose password it was, as they were when they began. The attempt goes on counting as failed until the second factor was
/// right, too.
pub fn with_right_password(app: &App, attempt: Hash, finalization: &Sealed) -> Result<Member, ApiError> {
    let attempt = app.attempts.take_sign_in(attempt, app.clock.now()).ok_or(ErrorCode::WrongCredentials)?;
    if !attempt.state.is_right(finalization) {
        return Err(ErrorCode::WrongCredentials.into());
    }
    // Nobody finishes a fake record; a name that is not known ends one line above.
    Ok(attempt.member.ok_or(ErrorCode::WrongCredentials)?)
}

/// Counts the attempt as failed before it is looked at, so that many at once gain nothing.
pub async fn counted(app: &App, named: &Named) -> Result<(), ApiError> {
    let now = app.clock.now();
    let is_counted = match (named.own_login, &named.member) {
        (Some(login), _) => app.attempts.fail(&of_login(login), now),
        (None, Some(member)) => {
            let next_at = now.plus_secs(delay_secs(member.failed_sign_ins.saturating_add(1)));
            app.store.begin_sign_in(member, now, next_at).await?
        }
        (None, None) => {
            app.store.begin_sign_in_of_nobody().await?;
            app.attempts.fail(&named.sign_in_key, now)
        }
    };
    if is_counted { Ok(()) } else { Err(ErrorCode::TooManyAttempts.into()) }
}

/// A right code counts once.
pub async fn use_code(app: &App, member: &Member, code: &str) -> Result<(), ApiError> {
    let secret = member.totp_secret.as_ref().ok_or(ErrorCode::WrongCredentials)?;
    let step = totp::step_of(secret, code, app.clock.now()).ok_or(ErrorCode::WrongCredentials)?;
    if app.store.use_totp_step(member.id, step).await? { Ok(()) } else { Err(ErrorCode::WrongCredentials.into()) }
}

pub async fn end_login(app: &App, login: Option<Login>) -> Result<(), ApiError> {
    if let Some(login) = login {
        app.store.erase_login(login.id).await?;
        app.relay.login_ended(login.id).await;
    }
    Ok(())
}
