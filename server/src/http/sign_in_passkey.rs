//! A passkey in place of the six digits: asked for when the password was right, and not before.

use amparo_protocol::api::{PasskeyAsked, SignInPasskey, SignInPasskeyFinish};
use amparo_protocol::desk::TrailEvent;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::Hash;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::attempts::AskedPasskey;
use super::body::Body;
use super::guard::{self, OwnPage};
use super::{account, sign_in, trail};
use crate::app::App;
use crate::error::ApiError;
use crate::passkey::Doubt;

/// `POST /api/sign-in/passkey`: "not there" when the member has none. Whoever reads it knows the password.
pub async fn ask(
    State(app): State<App>,
    _: OwnPage,
    Body(body): Body<SignInPasskey>,
) -> Result<Json<PasskeyAsked>, ApiError> {
    let member = sign_in::with_right_password(&app, body.attempt, &body.credential_finalization)?;
    let known: Vec<_> = app.store.passkeys(member.id).await?.into_iter().map(|passkey| passkey.credential).collect();
    if known.is_empty() {
        return Err(ErrorCode::NotFound.into());
    }
    let (options, state) = app.passkeys.start_asking(&known)?;
    let attempt = Hash(app.random.bytes());
    app.attempts.keep_asked_passkey(attempt, AskedPasskey { member, state }, app.clock.now());
    Ok(Json(PasskeyAsked { attempt, options }))
}

/// `POST /api/sign-in/passkey/finish`
pub async fn finish(
    State(app): State<App>,
    _: OwnPage,
    headers: HeaderMap,
    Body(body): Body<SignInPasskeyFinish>,
) -> Result<Response, ApiError> {
    let asked = app.attempts.take_asked_passkey(body.attempt, app.clock.now()).ok_or(ErrorCode::WrongCredentials)?;
    use_passkey(&app, &asked, &body.credential).await?;
    sign_in::end_login(&app, guard::login_of(&headers, &app).await?).await?;
    account::signed_in(&app, &asked.member).await
}

/// What was removed since the question counts no more; a counter that stands still is written into the trail.
async fn use_passkey(app: &App, asked: &AskedPasskey, answer: &str) -> Result<(), ApiError> {
    let member = asked.member.id;
    let answered = match app.passkeys.finish_asking(&asked.state, answer) {
        Ok(answered) => answered,
        Err(doubt) => {
            if doubt == Doubt::MaybeCopied {
                trail::record(app, member, TrailEvent::PasskeyDoubted).await?;
            }
            return Err(ErrorCode::WrongCredentials.into());
        }
    };
    let known = app.store.passkeys(member).await?;
    let former = known.iter().find(|passkey| passkey.credential.cred_id() == answered.cred_id());
    let former = former.ok_or(ErrorCode::WrongCredentials)?;
    let mut now = former.credential.clone();
    now.update_credential(&answered);
    if app.store.use_passkey(former, &now, app.clock.now()).await? {
        Ok(())
    } else {
        Err(ErrorCode::WrongCredentials.into())
    }
}
