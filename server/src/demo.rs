//! What only `amparo demo` has: one-time links that set the relay up and invite a second counselor, and a website of
//! another origin that carries the tag.
//!
//! Never: a way around the encryption. The first link's browser makes the organisation's key like any other.

use amparo_protocol::api::{DemoLink, roles};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{Hash, SiteKey, to_base64};
use amparo_protocol::language::Language;
use amparo_protocol::limits::INVITATION_SECS;
use amparo_protocol::sealed::Sealed;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hkdf::Hkdf;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::error::ApiError;
use crate::random::Random;
use crate::store::invitation::Invitation;

#[derive(RustEmbed)]
#[folder = "../assets/demo/"]
struct Pages;

/// The demonstration's secrets, in memory.
pub struct Demo {
    pub site: SiteKey,
    pub site_origin: String,
    pub setup_token: String,
    first_link: String,
    second_link: String,
    invitation_secret: [u8; 16],
}

/// The people of the demonstration.
const FIRST: &str = "Ana";
const SECOND: &str = "Omar";
const LANGUAGES: [Language; Language::COUNT] = Language::ALL;

impl Demo {
    pub fn new(random: &Random, site_origin: String) -> Self {
        let secret = || to_base64(&random.bytes::<16>());
        Self {
            site: SiteKey(random.bytes()),
            site_origin,
            setup_token: secret(),
            first_link: secret(),
            second_link: secret(),
            invitation_secret: random.bytes(),
        }
    }

    /// Name and token of each link.
    pub fn links(&self) -> [(&'static str, &str); 2] {
        [(FIRST, &self.first_link), (SECOND, &self.second_link)]
    }

    /// What the browser behind a link needs. The second one is told to ask again until the first has set up.
    pub async fn open(&self, app: &App, token: &str) -> Result<DemoLink, ApiError> {
        if token == self.first_link {
            return Ok(self.link(FIRST, Some(self.setup_token.clone()), None));
        }
        if token != self.second_link {
            return Err(ErrorCode::NotFound.into());
        }
        self.invite_second(app).await?;
        Ok(self.link(SECOND, None, Some(Sealed(self.invitation_secret.to_vec()))))
    }

    fn link(&self, name: &str, setup_token: Option<String>, invitation_secret: Option<Sealed>) -> DemoLink {
        DemoLink {
            setup_token,
            invitation_secret,
            pseudonym: name.to_owned(),
            languages: LANGUAGES.to_vec(),
            site_origin: self.site_origin.clone(),
        }
    }

    /// Puts the second counselor's invitation into the store, in the first one's name.
    async fn invite_second(&self, app: &App) -> Result<(), ApiError> {
        let members = app.store.members().await?;
        let first = members.first().ok_or(ErrorCode::Unexpected)?;
        let now = app.clock.now();
        let invitation = Invitation {
            resets: None,
            id: invitation_id(&self.invitation_secret),
            invited_by: first.id,
            roles: roles::COUNSELOR,
            // In the clear: there is nobody yet to wrap it for, and the demonstration guards nothing.
            wrapped_secret: Sealed(self.invitation_secret.to_vec()),
            created_at: now,
            expires_at: now.plus_secs(INVITATION_SECS),
        };
        app.store.add_invitation(&invitation).await?;
        Ok(())
    }
}

/// The hash of the token that an invitation's secret derives (docs/protocol.md, Binding).
fn invitation_id(secret: &[u8; 16]) -> Hash {
    let mut token = [0; 32];
    Hkdf::<Sha256>::new(Some(b"hlc1 invitation"), secret)
        .expand(b"\x05token", &mut token)
        .expect("32 bytes are not too many to derive");
    Hash(Sha256::digest(token).into())
}

/// The demonstration's website: static pages with the tag's values filled in.
pub fn site_router(app: App) -> Router {
    Router::new().route("/", get(front_page)).route("/{page}", get(page)).with_state(app)
}

async fn front_page(State(app): State<App>) -> Result<Response, ApiError> {
    filled(&app, "index.html").await
}

async fn page(State(app): State<App>, Path(page): Path<String>) -> Result<Response, ApiError> {
    filled(&app, &page).await
}

async fn filled(app: &App, name: &str) -> Result<Response, ApiError> {
    let Some(file) = Pages::get(name) else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let content_type = match name.rsplit_once('.') {
        Some((_, "html")) => "text/html; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let headers = [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-store")];
    if !content_type.starts_with("text/html") {
        return Ok((headers, file.data).into_response());
    }
    let organisation = app.store.organisation().await?;
    let org_key = organisation.map(|organisation| organisation.org_key.to_text()).unwrap_or_default();
    let site = app.demo.as_ref().map(|demo| demo.site.to_text()).unwrap_or_default();
    let page = String::from_utf8_lossy(&file.data)
        .replace("{relay}", &app.config.public_url)
        .replace("{site}", &site)
        .replace("{org-key}", &org_key);
    Ok((headers, page).into_response())
}
