//! The first administrator's set-up, and `amparo setup --again`: the printed address lets one person in, once.

use amparo_protocol::api::{
    RegistrationStarted, SetupFinish, SetupOpen, SetupOpened, SetupStart, SetupState, StandingOrganisation, roles,
};
use amparo_protocol::desk::TrailEvent;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{Hash, MemberId, SiteKey};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::body::Body;
use super::guard::{self, OwnPage};
use super::{account, check, members, sign_in, trail};
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

/// `POST /api/setup/open`: whoever has the printed address and the organisation's words is its administrator, so both
/// halves of the list are shown.
pub async fn open(
    State(app): State<App>,
    _: OwnPage,
    Body(body): Body<SetupOpen>,
) -> Result<Json<SetupOpened>, ApiError> {
    valid_token(&app, &body.token).await?;
    let (organisation, newest) = (app.store.organisation().await?, app.store.newest_roster().await?);
    let Some((organisation, newest)) = organisation.zip(newest) else {
        return Ok(Json(SetupOpened { standing: None }));
    };
    let everybody = app.store.members().await?.into_iter();
    let approved = everybody.filter(|member| member.approved_at.is_some());
    Ok(Json(SetupOpened {
        standing: Some(StandingOrganisation {
            name: organisation.name,
            org_key: organisation.org_key,
            roster: newest.roster,
            register: newest.register,
            members: approved.map(|member| members::row(member, &[])).collect(),
        }),
    }))
}

/// `POST /api/setup/start`
pub async fn start(
    State(app): State<App>,
    _: OwnPage,
    Body(body): Body<SetupStart>,
) -> Result<Json<RegistrationStarted>, ApiError> {
    let token = valid_token(&app, &body.token).await?;
    let member = MemberId(app.random.bytes());
    Ok(Json(account::start(&app, token, member, &body.registration_request)?))
}

/// `POST /api/setup/finish`
pub async fn finish(
    State(app): State<App>,
    _: OwnPage,
    headers: HeaderMap,
    Body(body): Body<SetupFinish>,
) -> Result<Response, ApiError> {
    let token = valid_token(&app, &body.token).await?;
    check::organisation_name(&body.organisation)?;
    let site = body.site.map(|site| check::site::site(site, app.new_site_key())).transpose()?;
    if site.is_none() && app.store.organisation().await?.is_none() {
        return Err(ErrorCode::Invalid.into());
    }
    let administrator = account::finish(&app, token, body.member, roles::ALL)?;
    let organisation = Organisation { name: body.organisation.trim().to_owned(), org_key: body.org_key };
    let signing = {
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
        signing: &signing,
        site: site.as_ref(),
    };
    match app.store.set_up(first, app.clock.now()).await? {
        SetUp::Done => {}
        SetUp::NoToken => return Err(ErrorCode::Setup.into()),
        SetUp::NameTaken | SetUp::Conflict => return Err(ErrorCode::Conflict.into()),
    }
    app.attempts.forget_registration(token);
    app.relay.settings_changed();
    app.relay.roster_published(signing.roster.seq);
    trail::record(&app, administrator.id, TrailEvent::RosterPublished).await?;
    tracing::info!("an administrator came by the set-up address");
    sign_in::end_login(&app, guard::login_of(&headers, &app).await?).await?;
    account::signed_in(&app, &administrator).await
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
