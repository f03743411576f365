//! The headers that every answer carries unless its handler has set them.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;

pub static CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
pub static CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
pub static CROSS_ORIGIN_EMBEDDER_POLICY: HeaderName = HeaderName::from_static("cross-origin-embedder-policy");
pub static PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

pub const NO_PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), display-capture=(), clipboard-read=(), \
     usb=(), serial=(), payment=()";
const TWO_YEARS: &str = "max-age=63072000; includeSubDomains; preload";

/// Strict where nothing was said: not kept, not framed, not read by other origins, no referrer.
pub async fn complete(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    add(headers, header::CACHE_CONTROL, "no-store");
    add(headers, header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
    add(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(headers, header::REFERRER_POLICY, "no-referrer");
    add(headers, CROSS_ORIGIN_RESOURCE_POLICY.clone(), "same-origin");
    if wants_strict_transport(&app.config.public_url) {
        add(headers, header::STRICT_TRANSPORT_SECURITY, TWO_YEARS);
    }
    response
}

/// Never for an onion service: it has its own encryption and often no certificate.
fn wants_strict_transport(public_url: &str) -> bool {
    public_url.starts_with("https://") && !public_url.ends_with(".onion")
}

fn add(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
