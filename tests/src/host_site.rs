//! The NGO's own website, on another origin than the relay: a few pages with the tag, and whatever a test puts there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::task::JoinHandle;

/// The pages that link to each other.
pub const PAGES: [&str; 3] = ["/", "/advice-on-housing", "/opening-times"];

/// For a page's head: WebKit's driver cannot look behind a closed shadow root, so there the tag's stays open. Nothing else changes.
pub const OPEN_SHADOW_ROOTS: &str = "<script>const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (how) { return attach.call(this, { ...how, mode: 'open' }); };</script>";

type Files = Arc<Mutex<HashMap<String, (String, Vec<u8>)>>>;

pub struct HostSite {
    pub port: u16,
    files: Files,
    server: JoinHandle<()>,
}

impl HostSite {
    pub async fn start() -> Self {
        let files = Files::default();
        let listener =
            tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("the loopback interface has a free port");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        let router = Router::new().fallback(serve).with_state(files.clone());
        let server =
            tokio::spawn(async move { axum::serve(listener, router).await.expect("the loopback interface stays") });
        Self { port, files, server }
    }

    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn put(&self, path: &str, content_type: &str, body: impl Into<Vec<u8>>) {
        let mut files = self.files.lock().expect("no holder panics");
        files.insert(path.to_owned(), (content_type.to_owned(), body.into()));
    }

    /// This address answers without a page: whoever goes there stays where they are.
    pub fn leads_nowhere(&self, path: &str) {
        self.put(path, "", []);
    }

    /// All pages carry this tag from now on, with `head` in each page's head.
    pub fn carries(&self, tag: &str, head: &str) {
        self.carries_in("en", tag, head);
    }

    /// As `carries`, on pages in this language; the chat follows the page.
    pub fn carries_in(&self, language: &str, tag: &str, head: &str) {
        for path in PAGES {
            self.put(path, "text/html; charset=utf-8", page(path, language, tag, head));
        }
    }
}

impl Drop for HostSite {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Everything may be read across origins, as files of a content network are.
async fn serve(State(files): State<Files>, uri: Uri) -> Response {
    let found = files.lock().expect("no holder panics").get(uri.path()).cloned();
    let Some((content_type, body)) = found else { return StatusCode::NOT_FOUND.into_response() };
    if content_type.is_empty() {
        return StatusCode::NO_CONTENT.into_response();
    }
    (
        [
            ("content-type", content_type),
            ("access-control-allow-origin", "*".to_owned()),
            ("cache-control", "no-store".to_owned()),
        ],
        body,
    )
        .into_response()
}

fn page(path: &str, language: &str, tag: &str, head: &str) -> String {
    let direction = if language == "ar" { "rtl" } else { "ltr" };
    let links: String =
        PAGES.iter().map(|path| format!("<li><a href=\"{path}\" data-test=\"to-{path}\">{path}</a></li>")).collect();
    format!(
        "<!doctype html>
<html lang=\"{language}\" dir=\"{direction}\">
<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Advice</title>{head}</head>
<body data-test=\"at-{path}\">
<main><h1>Advice</h1><p>Opening hours, addresses and what we do.</p><ul>{links}</ul></main>
<aside data-amparo-static data-test=\"static\"><p>You can call <a href=\"tel:016\">016</a> at any hour.</p></aside>
{tag}
</body></html>"
    )
}
