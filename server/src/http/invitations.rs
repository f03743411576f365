//! Invitations: an administrator makes one, the invited person opens it and makes an account with it, once.

use amparo_protocol::api::{
    InvitationAccept, InvitationCreate, InvitationOpen, InvitationOpened, InvitationStart, RegistrationStarted,
};
use amparo_protocol::desk::TrailEvent;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::limits::INVITATION_SECS;
use amparo_protocol::sealed::Sealed;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::body::Body;
use super::guard::{self, Administrator, OwnPage};
use super::{account, check, trail};
use crate::app::App;
use crate::error::ApiError;
use crate::store::invitation::Invitation;
use crate::store::member::Accepted;

/// `POST /api/invitations`
pub async fn create(
    State(app): State<App>,
    Administrator(administrator): Administrator,
    Body(body): Body<InvitationCreate>,
) -> Result<StatusCode, ApiError> {
    check::role_bits(body.roles)?;
    check::wrapped(&body.wrapped_secret)?;
    let now = app.clock.now();
    let invitation = Invitation {
        id: body.invitation,
        invited_by: administrator.id,
        roles: body.roles,
        wrapped_secret: body.wrapped_secret,
        created_at: now,
        expires_at: now.plus_secs(INVITATION_SECS),
    };
    if !app.store.add_invitation(&invitation).await? {
        return Err(ErrorCode::Conflict.into());
    }
    trail::record(&app, administrator.id, TrailEvent::Invited).await?;
    Ok(StatusCode::CREATED)
}

/// `POST /api/invitation/open`
pub async fn open(
    State(app): State<App>,
    _: OwnPage,
    Body(body): Body<InvitationOpen>,
) -> Result<Json<InvitationOpened>, ApiError> {
    let invitation = valid(&app, &body.token).await?;
    let organisation = app.store.organisation().await?.ok_or(ErrorCode::Invitation)?;
    Ok(Json(InvitationOpened { organisation: organisation.name, roles: invitation.roles, demo: app.config.is_demo }))
}

/// `POST /api/invitation/start`
pub async fn start(
    State(app): State<App>,
    _: OwnPage,
    Body(body): Body<InvitationStart>,
) -> Result<Json<RegistrationStarted>, ApiError> {
    let invitation = valid(&app, &body.token).await?;
    Ok(Json(account::start(&app, invitation.id, &body.registration_request)?))
}

/// `POST /api/invitation/accept`
pub async fn accept(
    State(app): State<App>,
    _: OwnPage,
    Body(body): Body<InvitationAccept>,
) -> Result<Response, ApiError> {
    let invitation = valid(&app, &body.token).await?;
    let member = account::finish(&app, invitation.id, body.member, invitation.roles)?;
    match app.store.accept_invitation(invitation.id, body.binding, &member, app.clock.now()).await? {
        Accepted::Yes => {}
        Accepted::NameTaken => return Err(ErrorCode::Conflict.into()),
        Accepted::NoInvitation => return Err(ErrorCode::Invitation.into()),
    }
    app.attempts.forget_registration(invitation.id);
    account::signed_in(&app, member.id).await
}

async fn valid(app: &App, token: &Sealed) -> Result<Invitation, ApiError> {
    let id = guard::hash(token.as_bytes());
    Ok(app.store.open_invitation(id, app.clock.now()).await?.ok_or(ErrorCode::Invitation)?)
}
