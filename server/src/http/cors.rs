//! Answers that the asking page may read, wherever it comes from: a visitor's frame has the origin `null`.
//!
//! Never: with credentials. Who may do what is decided by what the request brings, not by who may read the answer.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// `OPTIONS` of such a route.
pub async fn preflight(headers: HeaderMap) -> Response {
    let allowed = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    readable_by_asker(&headers, (StatusCode::NO_CONTENT, allowed).into_response())
}

/// A refusal too: it says why in a code that the webmaster can read out.
pub fn readable_by_asker(headers: &HeaderMap, mut response: Response) -> Response {
    if let Some(origin) = headers.get(header::ORIGIN) {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("origin"));
    response
}
