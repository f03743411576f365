//! The files of the loader, the widget and the console.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::headers::{
    CROSS_ORIGIN_EMBEDDER_POLICY, CROSS_ORIGIN_OPENER_POLICY, CROSS_ORIGIN_RESOURCE_POLICY, NO_PERMISSIONS,
    PERMISSIONS_POLICY,
};
use crate::app::App;
use crate::assets::File;

/// A year, and never asked for again: the address names the content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// The unpinned loader follows an upgrade within ten minutes.
const TEN_MINUTES: &str = "public, max-age=600";

/// Of our own pages only `/preview/…` may be framed.
const CONSOLE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self'; font-src 'self'; media-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src 'self'; object-src 'none'";

/// `GET /embed.js`
pub async fn loader(State(app): State<App>, headers: HeaderMap) -> Response {
    let file = app.assets.public(app.assets.version(), "embed.js", takes_brotli(&headers));
    for_every_website(file, TEN_MINUTES)
}

/// `GET /v/{version}/{name}`
pub async fn versioned(
    State(app): State<App>,
    Path((version, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    for_every_website(app.assets.public(&version, &name, takes_brotli(&headers)), FOR_EVER)
}

/// `GET /` and `GET /console`
pub async fn to_console() -> Redirect {
    Redirect::permanent("/console/")
}

/// `GET /console/`
pub async fn console(State(app): State<App>, headers: HeaderMap) -> Response {
    let Some(file) = app.assets.console("index.html", takes_brotli(&headers)) else { return missing() };
    let policies = [
        (header::CONTENT_SECURITY_POLICY, CONSOLE_POLICY),
        (CROSS_ORIGIN_OPENER_POLICY.clone(), "same-origin"),
        (CROSS_ORIGIN_EMBEDDER_POLICY.clone(), "require-corp"),
        (PERMISSIONS_POLICY.clone(), NO_PERMISSIONS),
    ];
    (policies, body(file)).into_response()
}

/// `GET /console/{name}`. Checked with the relay at each load, so that an upgrade never mixes two versions.
pub async fn console_file(State(app): State<App>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(file) = app.assets.console(&name, takes_brotli(&headers)) else { return missing() };
    let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == file.tag.as_str());
    let kept = [(header::ETAG, file.tag.clone()), (header::CACHE_CONTROL, "no-cache".to_owned())];
    // A worker's own policy is the one of its script.
    let policies =
        [(header::CONTENT_SECURITY_POLICY, CONSOLE_POLICY), (CROSS_ORIGIN_EMBEDDER_POLICY.clone(), "require-corp")];
    match is_known {
        // A browser takes the policies of a 304 over into what it has kept.
        true => (StatusCode::NOT_MODIFIED, kept, policies).into_response(),
        false => (kept, policies, body(file)).into_response(),
    }
}

fn for_every_website(file: Option<File>, cache: &'static str) -> Response {
    let Some(file) = file else { return missing() };
    let headers = [
        (header::CACHE_CONTROL, cache),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (CROSS_ORIGIN_RESOURCE_POLICY.clone(), "cross-origin"),
    ];
    (headers, body(file)).into_response()
}

fn body(file: File) -> Response {
    let mut response = file.bytes.into_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if file.is_brotli {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "This file is not part of this version.\n").into_response()
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT_ENCODING).and_then(|accepted| accepted.to_str().ok()).is_some_and(|accepted| {
        accepted.split(',').any(|coding| coding.trim().split(';').next().is_some_and(|name| name == "br"))
    })
}
