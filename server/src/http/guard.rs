//! Who asks: the login cookie, the member behind it, and where the request comes from.
//!
//! "Not signed in" is told; "not allowed" and "not there" are the same answer.

use amparo_protocol::api::roles;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::Hash;
use amparo_protocol::limits::{AFTER_SHIFT_SECS, LOGIN_MAX_SECS};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::clock::Time;
use crate::config::normal_origin;
use crate::error::ApiError;
use crate::store::login::Login;
use crate::store::member::Member;

/// `__Host-`: only over TLS (or to this machine), only this host, only its root.
const COOKIE: &str = "__Host-amparo";
static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A member with a living login. On a request that changes something, also sent by our own page.
pub struct SignedIn {
    pub login: Login,
    pub member: Member,
}

/// A signed-in, approved administrator.
pub struct Administrator(pub Member);

/// A signed-in, approved supervisor or administrator: who runs the line.
pub struct Supervisor(pub Member);

/// A signed-in member with any role, once approved.
pub struct Approved(pub Member);

/// The request was sent by a page of this relay.
pub struct OwnPage;

impl FromRequestParts<App> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        if parts.method != Method::GET {
            OwnPage::from_request_parts(parts, app).await?;
        }
        let login = login_of(&parts.headers, app).await?.ok_or(ErrorCode::SignIn)?;
        let member = app.store.member(login.member).await?.ok_or(ErrorCode::SignIn)?;
        Ok(Self { login, member })
    }
}

impl FromRequestParts<App> for Administrator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Ok(Self(approved_as(roles::ADMINISTRATOR, parts, app).await?))
    }
}

impl FromRequestParts<App> for Supervisor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Ok(Self(approved_as(roles::SUPERVISOR | roles::ADMINISTRATOR, parts, app).await?))
    }
}

impl FromRequestParts<App> for Approved {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Ok(Self(approved_as(roles::ALL, parts, app).await?))
    }
}

/// The member who asks, if approved and with one of these roles.
async fn approved_as(role_bits: u8, parts: &mut Parts, app: &App) -> Result<Member, ApiError> {
    let SignedIn { member, .. } = SignedIn::from_request_parts(parts, app).await?;
    let is_allowed = member.approved_at.is_some() && member.roles & role_bits != 0;
    if is_allowed { Ok(member) } else { Err(ErrorCode::NotFound.into()) }
}

impl FromRequestParts<App> for OwnPage {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        if is_own_page(&parts.headers, app) { Ok(Self) } else { Err(ErrorCode::OriginNotAllowed.into()) }
    }
}

/// Whether the page that sent this request is ours: by `Origin`, and by `Sec-Fetch-Site` where the browser sends it.
pub fn is_own_page(headers: &HeaderMap, app: &App) -> bool {
    let is_cross_site = headers.get(&SEC_FETCH_SITE).is_some_and(|site| site != "same-origin");
    let Some(origin) = origin_of(headers) else { return false };
    !is_cross_site && (origin == app.config.public_url || is_this_machine(&origin, headers))
}

/// The `Origin` header in its normal form; `None` also for an opaque one.
pub fn origin_of(headers: &HeaderMap) -> Option<String> {
    normal_origin(headers.get(header::ORIGIN)?.to_str().ok()?)
}

/// The login whose cookie the request carries.
pub async fn login_of(headers: &HeaderMap, app: &App) -> Result<Option<Login>, ApiError> {
    login_at(headers, app, app.clock.now()).await
}

async fn login_at(headers: &HeaderMap, app: &App, at: Time) -> Result<Option<Login>, ApiError> {
    match cookie_of(headers) {
        Some(cookie) => Ok(app.store.login(hash(cookie.as_bytes()), at).await?),
        None => Ok(None),
    }
}

/// For a connection: a login counts only where our own page opens it. A visitor's frame has none, and `Origin: null`. One
/// that has ended lately still counts: the line goes on with a conversation that is open, and closes any other.
pub async fn login_of_page(headers: &HeaderMap, app: &App) -> Result<Option<Login>, ApiError> {
    if !is_own_page(headers, app) {
        return Ok(None);
    }
    login_at(headers, app, app.clock.now().minus_secs(AFTER_SHIFT_SECS)).await
}

pub fn hash(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

/// The `Set-Cookie` value for a new login.
pub fn new_cookie(secret: &str) -> HeaderValue {
    HeaderValue::try_from(format!(
        "{COOKIE}={secret}; Path=/; Max-Age={}; Secure; HttpOnly; SameSite=Strict",
        LOGIN_MAX_SECS + AFTER_SHIFT_SECS
    ))
    .expect("a cookie of base64url text is a header value")
}

/// The `Set-Cookie` value that takes the cookie away.
pub fn no_cookie() -> HeaderValue {
    HeaderValue::try_from(format!("{COOKIE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict"))
        .expect("a fixed text is a header value")
}

fn cookie_of(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// `localhost` and `127.0.0.1` are the same relay to the person in front of it, and nobody else can be there.
fn is_this_machine(origin: &str, headers: &HeaderMap) -> bool {
    let Some(authority) = origin.strip_prefix("http://") else { return false };
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    let is_loopback = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    is_loopback && headers.get(header::HOST).is_some_and(|host| host == authority)
}
