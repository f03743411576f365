//! `amparo doctor` beside a running relay, and in front of a website's page.

use std::path::Path;
use std::process::{Command, Output};

use amparo_protocol::error::ErrorCode;
use amparo_protocol::finding::{CheckRequest, Finding, PageCheck, Unreached};
use amparo_protocol::id::SiteKey;
use amparo_server::inspect::page::{self, Expected};
use amparo_server::inspect::reach::Reach;
use amparo_server::{accept, http};
use axum::Router;
use axum::response::{Html, Redirect};
use axum::routing::get;
use tokio::net::TcpListener;

use crate::support::app::{Sqlite, TestApp};
use crate::support::person::Person;

/// A relay that is served, its address, and its site.
struct Place {
    app: TestApp,
    ana: Person,
    relay: String,
}

impl Place {
    async fn new() -> Self {
        let (app, _, ana) = TestApp::set_up(Sqlite).await;
        let router = app.router.clone();
        let relay = serve(&app, router).await;
        Self { app, ana, relay }
    }

    /// What a page is held against that is never read.
    fn nothing(&self) -> Expected<'_> {
        Expected { relay: &self.relay, org_key: None, sites: &[], site: None, assets: &self.app.app.assets }
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
async fn a_proxy_whose_word_is_not_believed_is_told() {
    let place = Place::new().await;
    let behind = Place { relay: "https://127.0.0.1:1".to_owned(), ..place };
    let (told, _) = behind.asks(&[]).await;
    assert!(looks(&told).iter().any(|line| line.starts_with("proxies ")), "{told}");
    let (told, _) = behind.asks(&["--trusted-proxies", "127.0.0.1"]).await;
    assert!(!looks(&told).iter().any(|line| line.starts_with("proxies ")), "{told}");
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

/// What the command line says in English travels to the console in codes. This relay has a public address, so it looks at
/// no page of its own machine, whoever asks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_reads_findings_as_codes_and_none_of_a_private_network() {
    let place = Place::new().await;
    let website = place.website(&format!("<html><body>{}</body></html>", place.tag().await)).await;
    let site = place.app.site_key().await;
    let checks: Vec<PageCheck> = place.ana.post(&place.app, "/api/sites/check", &CheckRequest { site }).await.read();
    let not_public = Finding::Unreached { why: Unreached::NotPublic };
    assert_eq!(checks, [PageCheck { address: website.clone(), findings: vec![not_public] }]);
    let unknown = CheckRequest { site: SiteKey([9; 12]) };
    assert_eq!(place.ana.post(&place.app, "/api/sites/check", &unknown).await.refusal(), ErrorCode::NotFound);

    let sites = place.app.app.store.sites().await.unwrap();
    let org_key = place.app.app.store.organisation().await.unwrap().map(|organisation| organisation.org_key);
    let expected = Expected { sites: &sites, site: Some(site), org_key, ..place.nothing() };
    let findings = page::check(&website, Reach::SameHostOnly, &expected).await;
    let bad: Vec<&Finding> = findings.iter().filter(|finding| !finding.is_good()).collect();
    assert_eq!(bad, [&Finding::NotHttps], "{findings:?}");
    for good in [Finding::KnownSite, Finding::OriginAllowed, Finding::OwnOrgKey, Finding::NotPinned] {
        assert!(findings.contains(&good), "{good:?}");
    }
    let of_another = Expected { site: Some(SiteKey([9; 12])), ..expected };
    assert!(page::check(&website, Reach::SameHostOnly, &of_another).await.contains(&Finding::OtherSite));
}

/// Whatever a website answers, the relay goes nowhere else, and not on for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_relay_follows_no_page_elsewhere_and_reads_no_endless_one() {
    let place = Place::new().await;
    let elsewhere = Router::new().route("/", get(|| async { Redirect::to("http://localhost:1/") }));
    let endless = Router::new().route("/", get(|| async { "x".repeat(600 * 1024) }));
    let round = Router::new().route("/", get(|| async { Redirect::to("/") }));
    for (site, why) in
        [(elsewhere, Unreached::RedirectsElsewhere), (endless, Unreached::TooLarge), (round, Unreached::RedirectsAgain)]
    {
        let address = serve(&place.app, site).await;
        let found = page::check(&address, Reach::SameHostOnly, &place.nothing()).await;
        assert_eq!(found, [Finding::Unreached { why }]);
        let found = page::check(&address, Reach::PublicOnly, &place.nothing()).await;
        assert_eq!(found, [Finding::Unreached { why: Unreached::NotPublic }], "no page of this machine");
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
