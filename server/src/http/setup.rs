//! The first administrator's set-up, and `amparo setup --again`: the printed address lets one person in, once.

use amparo_protocol::api::{RegistrationStarted, SetupFinish, SetupStart, SetupState, roles};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{Hash, SiteKey};
use axum::Json;
use axum::extract::State;
use axum::response::Response;

use super::body::Body;
use super::guard::{self, OwnPage};
use super::{account, check};
use crate::app::App;
use crate::error::ApiError;
use crate::publication::{self, Standing};
use crate::store::member::Member;
use crate::store::organisation::Organisation;
use crate::store::roster::{FirstSetup, SetUp};

/// `GET /api/setup`
pub async fn state(State(app): State<App>) -> Result<Json<SetupState>, ApiError> {
    let needed = app.store.organisation().await?.is_none() || app.store.has_setup_token(app.clock.now()).await?;
    Ok(Json(SetupState { needed, demo: app.config.is_demo }))
}

/// `POST /api/setup/start`
pub async fn start(
    State(app): State<App>,
    _: OwnPage,
    Body(body): Body<SetupStart>,
) -> Result<Json<RegistrationStarted>, ApiError> {
    let token = valid_token(&app, &body.token).await?;
    Ok(Json(account::start(&app, token, &body.registration_request)?))
}

/// `POST /api/setup/finish`
pub async fn finish(State(app): State<App>, _: OwnPage, Body(body): Body<SetupFinish>) -> Result<Response, ApiError> {
    let token = valid_token(&app, &body.token).await?;
    check::organisation_name(&body.organisation)?;
    check::wrapped(&body.wrapped_org_key)?;
    let site = check::site::site(body.site, app.new_site_key())?;
    let mut administrator = account::finish(&app, token, body.member, roles::ALL)?;
    administrator.wrapped_org_key = Some(body.wrapped_org_key);
    let organisation = Organisation { name: body.organisation.trim().to_owned(), org_key: body.org_key };
    let (roster, entries) = {
        let newest = app.store.newest_roster().await?;
        let members = members_with(&app, &administrator).await?;
        let standing = Standing {
            org_key: organisation.org_key,
            newest: newest.as_ref(),
            members: &members,
            now: app.clock.now(),
        };
        publication::check(body.publication, &standing)?
    };
    let first = FirstSetup {
        token,
        organisation: &organisation,
        administrator: &administrator,
        roster: &roster,
        entries: &entries,
        site: &site,
    };
    match app.store.set_up(first, app.clock.now()).await? {
        SetUp::Done => {}
        SetUp::NoToken => return Err(ErrorCode::Setup.into()),
        SetUp::NameTaken | SetUp::Conflict => return Err(ErrorCode::Conflict.into()),
    }
    app.attempts.forget_registration(token);
    app.relay.settings_changed();
    app.relay.roster_published(roster.seq);
    tracing::info!("the organisation was set up");
    account::signed_in(&app, administrator.id).await
}

impl App {
    /// The demonstration's page knows its site's key before anybody has set the relay up.
    fn new_site_key(&self) -> SiteKey {
        self.demo.as_ref().map_or_else(|| SiteKey(self.random.bytes()), |demo| demo.site)
    }
}

async fn valid_token(app: &App, token: &str) -> Result<Hash, ApiError> {
    let token = guard::hash(token.as_bytes());
    if app.store.is_setup_token(token, app.clock.now()).await? { Ok(token) } else { Err(ErrorCode::Setup.into()) }
}

/// The member that is being made counts as one.
async fn members_with(app: &App, newcomer: &Member) -> Result<Vec<Member>, ApiError> {
    let mut members = app.store.members().await?;
    members.push(newcomer.clone());
    Ok(members)
}
