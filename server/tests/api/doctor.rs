//! `amparo doctor` beside a running relay, and in front of a website's page.

use std::path::Path;
use std::process::{Command, Output};

use amparo_server::{accept, http};
use axum::Router;
use axum::response::Html;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::support::app::{Sqlite, TestApp};

/// A relay that is served, its address, and its site.
struct Place {
    app: TestApp,
    relay: String,
}

impl Place {
    async fn new() -> Self {
        let (app, _, _ana) = TestApp::set_up(Sqlite).await;
        let router = app.router.clone();
        let relay = serve(&app, router).await;
        Self { app, relay }
    }

    /// A website with this page, allowed to show the chat.
    async fn website(&self, page: &str) -> String {
        let page = page.to_owned();
        let website = serve(&self.app, Router::new().route("/", get(move || async move { Html(page) }))).await;
        let mut site = self.app.app.store.sites().await.unwrap().remove(0);
        site.settings.origins = vec![website.clone()];
        assert!(self.app.app.store.change_site(&site).await.unwrap());
        website
    }

    async fn asks(&self, arguments: &[&str]) -> (String, Option<i32>) {
        let (data, relay) = (self.app.data().to_owned(), self.relay.clone());
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let output = tokio::task::spawn_blocking(move || doctor(&data, &relay, &arguments)).await.unwrap();
        (String::from_utf8(output.stdout).unwrap(), output.status.code())
    }

    async fn tag(&self) -> String {
        let organisation = self.app.app.store.organisation().await.unwrap().unwrap();
        format!(
            r#"<script async src="{}/embed.js" data-site="{}" data-org-key="{}" referrerpolicy="no-referrer"></script>"#,
            self.relay,
            self.app.site_key().await.to_text(),
            organisation.org_key.to_text(),
        )
    }
}

fn doctor(data: &Path, relay: &str, arguments: &[String]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_amparo"));
    command.env_clear().args(["doctor", "--public-url", relay, "--data"]).arg(data).args(arguments);
    command.output().unwrap()
}

async fn serve(app: &TestApp, router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let tasks = app.app.tasks.clone();
    app.app.tasks.spawn(async move { accept::serve(listener, router, &tasks).await });
    format!("http://{address}")
}

/// The lines that want attention, without those that are this machine's.
fn looks(told: &str) -> Vec<&str> {
    let machine = ["swap", "disk", "clock"];
    let looks = told.lines().filter_map(|line| line.strip_prefix("LOOK  "));
    looks.filter(|line| !machine.iter().any(|name| line.starts_with(name))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_that_answers_is_well() {
    let place = Place::new().await;
    let (told, _) = place.asks(&[]).await;
    assert_eq!(looks(&told), [""; 0], "{told}");
    for sentence in ["leads to the relay", "WebSockets    get through", "core dumps    are off", "MB are free"] {
        assert!(told.contains(sentence), "{sentence}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_changes_headers_or_stops_websockets_is_found() {
    let place = Place::new().await;
    let half = Router::new().route("/healthz", get(|| async { ([("set-cookie", "a=b"), ("age", "3")], "ok\n") }));
    let proxy = serve(&place.app, half).await;
    let (told, code) = Place { relay: proxy, ..place }.asks(&[]).await;
    let found = looks(&told).join("\n");
    for name in ["page cache", "content-security-policy arrives 0 times", "cookies", "WebSockets"] {
        assert!(found.contains(name), "{name}: {told}");
    }
    assert_eq!(code, Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_that_is_not_reached_is_told() {
    let place = Place::new().await;
    let nobody = http::metrics::router(place.app.app.clone());
    let other = serve(&place.app, nobody).await;
    let (told, _) = Place { relay: other, ..place }.asks(&[]).await;
    assert!(told.contains("but not as the relay does"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_with_the_tag_as_it_was_printed_is_well() {
    let place = Place::new().await;
    let website = place.website(&format!("<html><body>{}</body></html>", place.tag().await)).await;
    let (told, _) = place.asks(&["--site", &website]).await;
    // The page under test is on plain http, as no real one may be.
    assert_eq!(looks(&told), ["page          is not on https: browsers refuse the chat there"], "{told}");
    for sentence in ["names a site of this relay", "is yours", "is allowed to show the chat", "not pinned"] {
        assert!(told.contains(sentence), "{sentence}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_tag_is_named() {
    let place = Place::new().await;
    let tag = place.tag().await;
    let key = place.app.site_key().await.to_text();
    let wrong = [
        (String::from("<p>nothing</p>"), "is not on this page"),
        (format!("{tag}{tag}"), "is on this page 2 times"),
        (tag.replace(&key, "AAAAAAAAAAAAAAAA"), "names no site of this relay"),
        (tag.replace("data-org-key", "data-org"), "the relay could invent a counselor"),
        (tag.replace(" referrerpolicy=\"no-referrer\"", ""), "has lost referrerpolicy"),
        (tag.replace("<script async", "<script"), "the page waits"),
        (tag.replace("<script", "<script type=\"text/rocketscript\""), "Rocket Loader"),
        (
            tag.replace("/embed.js", "/v/0.0.0-old/embed.js\" integrity=\"sha384-x\" crossorigin data-x=\""),
            "copy it again",
        ),
        (tag.replace(&place.relay, "https://elsewhere.example"), "which is not this relay"),
    ];
    for (page, sentence) in wrong {
        let website = place.website(&page).await;
        let (told, code) = place.asks(&["--site", &website]).await;
        assert!(looks(&told).iter().any(|line| line.contains(sentence)), "{sentence}: {told}");
        assert_eq!(code, Some(1));
    }
    let (told, _) = place.asks(&["--site", "http://127.0.0.1:1/"]).await;
    assert!(told.contains("cannot be reached"), "{told}");
}
