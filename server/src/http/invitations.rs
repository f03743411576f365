//! Invitations: an administrator makes one, the invited person opens it and makes an account with it, once.

use amparo_protocol::api::{
    FormerAccount, InvitationAccept, InvitationCreate, InvitationOpen, InvitationOpened, InvitationStart,
    RegistrationStarted,
};
use amparo_protocol::desk::TrailEvent;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::MemberId;
use amparo_protocol::limits::INVITATION_SECS;
use amparo_protocol::sealed::Sealed;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::body::Body;
use super::guard::{self, Administrator, OwnPage};
use super::{account, check, sign_in, trail};
use crate::app::App;
use crate::error::ApiError;
use crate::log_safe::LogSafe;
use crate::store::invitation::Invitation;
use crate::store::member::{Accepted, Answered, Member};

/// `POST /api/invitations`
pub async fn create(
    State(app): State<App>,
    Administrator(administrator): Administrator,
    Body(body): Body<InvitationCreate>,
) -> Result<StatusCode, ApiError> {
    check::role_bits(body.roles)?;
    check::wrapped(&body.wrapped_secret)?;
    if let Some(member) = body.resets {
        may_be_reset(&app, administrator.id, member, body.roles).await?;
    }
    let now = app.clock.now();
    let invitation = Invitation {
        id: body.invitation,
        invited_by: administrator.id,
        roles: body.roles,
        wrapped_secret: body.wrapped_secret,
        resets: body.resets,
        created_at: now,
        expires_at: now.plus_secs(INVITATION_SECS),
    };
    if !app.store.add_invitation(&invitation).await? {
        return Err(ErrorCode::Conflict.into());
    }
    let event = if body.resets.is_some() { TrailEvent::ResetInvited } else { TrailEvent::Invited };
    trail::record(&app, administrator.id, event).await?;
    Ok(StatusCode::CREATED)
}

/// Another member, with the roles they have: a reset gives none.
async fn may_be_reset(app: &App, administrator: MemberId, member: MemberId, roles: u8) -> Result<(), ApiError> {
    let former = app.store.member(member).await?.ok_or(ErrorCode::NotFound)?;
    if member == administrator || former.roles != roles {
        return Err(ErrorCode::Invalid.into());
    }
    Ok(())
}

/// `POST /api/invitation/open`
pub async fn open(
    State(app): State<App>,
    _: OwnPage,
    Body(body): Body<InvitationOpen>,
) -> Result<Json<InvitationOpened>, ApiError> {
    let invitation = valid(&app, &body.token).await?;
    let organisation = app.store.organisation().await?.ok_or(ErrorCode::Invitation)?;
    let resets = match invitation.resets {
        Some(member) => Some(former(&app, member).await?),
        None => None,
    };
    let (organisation, demo) = (organisation.name, app.config.is_demo);
    Ok(Json(InvitationOpened { organisation, roles: invitation.roles, demo, resets }))
}

/// `POST /api/invitation/start`
pub async fn start(
    State(app): State<App>,
    _: OwnPage,
    Body(body): Body<InvitationStart>,
) -> Result<Json<RegistrationStarted>, ApiError> {
    let invitation = valid(&app, &body.token).await?;
    let member = invitation.resets.unwrap_or_else(|| MemberId(app.random.bytes()));
    Ok(Json(account::start(&app, invitation.id, member, &body.registration_request)?))
}

/// `POST /api/invitation/accept`
pub async fn accept(
    State(app): State<App>,
    _: OwnPage,
    headers: HeaderMap,
    Body(body): Body<InvitationAccept>,
) -> Result<Response, ApiError> {
    let invitation = valid(&app, &body.token).await?;
    let member = account::finish(&app, invitation.id, body.member, invitation.roles)?;
    let answer = Answered { invitation: invitation.id, binding: body.binding, member: &member };
    let accepted = match invitation.resets {
        Some(_) => app.store.reset_account(answer, app.clock.now()).await?,
        None => app.store.accept_invitation(answer, app.clock.now()).await?,
    };
    match accepted {
        Accepted::Yes => {}
        Accepted::NameTaken => return Err(ErrorCode::Conflict.into()),
        Accepted::NoInvitation => return Err(ErrorCode::Invitation.into()),
    }
    app.attempts.forget_registration(invitation.id);
    if invitation.resets.is_some() {
        app.attempts.forget_all_of(member.id);
        app.relay.logins_ended(member.id).await;
        trail::record(&app, member.id, TrailEvent::AccountReset).await?;
        tracing::info!(member = %member.id.log_safe(), "an account was reset");
    }
    sign_in::end_login(&app, guard::login_of(&headers, &app).await?).await?;
    account::signed_in(&app, &member).await
}

async fn former(app: &App, member: MemberId) -> Result<FormerAccount, ApiError> {
    let member = app.store.member(member).await?.ok_or(ErrorCode::Invitation)?;
    let Member { sign_in_name, pseudonym, avatar, languages, .. } = member;
    Ok(FormerAccount { sign_in_name, pseudonym, avatar, languages })
}

async fn valid(app: &App, token: &Sealed) -> Result<Invitation, ApiError> {
    let id = guard::hash(token.as_bytes());
    Ok(app.store.open_invitation(id, app.clock.now()).await?.ok_or(ErrorCode::Invitation)?)
}
