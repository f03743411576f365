//! How a site would be, before anything is saved: a stand-in page with the real tag, framed by the console.
//!
//! The page is sandboxed like any website's frame is from the relay, so it shares nothing with the console around it. Its
//! chat opens as a visitor's would; entering it calls nobody.

pub mod kept;

use amparo_protocol::api::PreviewAnswer;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{SiteKey, to_base64};
use amparo_protocol::language::Language;
use amparo_protocol::settings::SiteSettings;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::check;
use super::guard::Administrator;
use super::headers::{CROSS_ORIGIN_EMBEDDER_POLICY, CROSS_ORIGIN_RESOURCE_POLICY, NO_PERMISSIONS, PERMISSIONS_POLICY};
use crate::app::App;
use crate::error::ApiError;
use crate::http::body::Body;
use crate::tag::Tag;

/// Grey bars in place of a website's words.
const BARS: &str = "body{margin:24px;background:#fff}i{display:block;height:14px;margin:0 0 14px;background:#e4e2de;\
border-radius:7px}i:nth-child(3n+1){width:60%}i:nth-child(3n){width:85%}\
@media(prefers-color-scheme:dark){body{background:#14181a}i{background:#2a3236}}";

#[derive(Deserialize)]
pub struct Asked {
    /// The language's tag; English where it is left out.
    lang: Option<String>,
}

/// `POST /api/sites/preview`: the same settings, and the same refusals, as for saving them.
pub async fn keep(
    State(app): State<App>,
    _: Administrator,
    Body(settings): Body<SiteSettings>,
) -> Result<Json<PreviewAnswer>, ApiError> {
    let site = check::site::site(settings, SiteKey(app.random.bytes()))?;
    let path = format!("/preview/{}", site.key.to_text());
    app.previews.keep(site, app.clock.now());
    Ok(Json(PreviewAnswer { path }))
}

/// `GET /preview/{key}`. Whoever knows the key has it from [`keep`].
pub async fn show(
    State(app): State<App>,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    let site = SiteKey::from_text(&key).and_then(|key| app.previews.site(key, app.clock.now()));
    let (Some(site), Some(organisation)) = (site, app.store.organisation().await?) else {
        return Err(ErrorCode::NotFound.into());
    };
    let language = asked.lang.as_deref().and_then(Language::from_tag).unwrap_or(Language::En);
    let relay = &app.config.public_url;
    let tag = Tag { relay, org_key: organisation.org_key, site: &site, assets: &app.assets };
    let nonce = to_base64(&app.random.bytes::<16>());
    let policies = [
        (header::CONTENT_SECURITY_POLICY, policy(relay, &nonce)),
        (CROSS_ORIGIN_EMBEDDER_POLICY.clone(), "require-corp".to_owned()),
        // For Firefox a sandboxed frame is of another origin than the page around it.
        (CROSS_ORIGIN_RESOURCE_POLICY.clone(), "cross-origin".to_owned()),
        (PERMISSIONS_POLICY.clone(), NO_PERMISSIONS.to_owned()),
    ];
    Ok((policies, Html(html(&tag, language, &nonce))).into_response())
}

/// What the loader needs on a strict website, and to be framed by the console. The relay's address stands beside `'self'`,
/// which not every browser grants to a sandboxed page.
fn policy(relay: &str, nonce: &str) -> String {
    let socket = relay.replacen("http", "ws", 1);
    format!(
        "sandbox allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
         script-src 'self' {relay} 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' {relay} 'nonce-{nonce}'; \
         img-src 'self' data:; connect-src 'self' {relay} {socket}; frame-src 'self'; form-action 'none'; \
         base-uri 'none'; frame-ancestors 'self'; object-src 'none'"
    )
}

fn html(tag: &Tag<'_>, language: Language, nonce: &str) -> String {
    let direction = if language.is_right_to_left() { "rtl" } else { "ltr" };
    format!(
        r#"<!doctype html><html lang="{}" dir="{direction}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{}</title><style nonce="{nonce}">{BARS}</style><body>{}{}</body></html>"#,
        language.tag(),
        crate::tag::escaped(&tag.site.settings.name),
        "<i></i>".repeat(12),
        tag.with_nonce(nonce)
    )
}
