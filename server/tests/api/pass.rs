//! What a visitor's page may ask for.

use amparo_protocol::api::{PassAnswer, PassRequest};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::SiteKey;
use rstest::rstest;

use crate::support::app::{Db, Postgres, Sqlite, TestApp, WEBSITE};
use crate::support::request::Answer;

async fn asks(app: &TestApp, origin: &str, site: SiteKey) -> Answer {
    let body = serde_json::to_string(&PassRequest { site }).unwrap();
    app.post("/api/pass").header("origin", origin).header("content-type", "text/plain").text(&body).send().await
}

#[rstest]
#[tokio::test]
async fn a_page_of_an_allowed_origin_gets_a_fresh_pass(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, _ana) = TestApp::set_up(db).await;
    let site = app.site_key().await;
    let answer = asks(&app, WEBSITE, site).await;
    assert_eq!(answer.header("access-control-allow-origin"), WEBSITE);
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    assert_eq!(answer.header("cache-control"), "no-store");
    let (first, second): (PassAnswer, PassAnswer) = (answer.read(), asks(&app, WEBSITE, site).await.read());
    assert_ne!(first.pass, second.pass);
}

#[rstest]
#[tokio::test]
async fn any_other_origin_is_told_why_it_gets_none(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, _ana) = TestApp::set_up(db).await;
    let site = app.site_key().await;
    for origin in ["https://evil.example", "http://help.example.org", "https://help.example.org:8443", "null"] {
        let answer = asks(&app, origin, site).await;
        assert_eq!(answer.refusal(), ErrorCode::OriginNotAllowed, "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), origin);
    }
    assert_eq!(asks(&app, WEBSITE, SiteKey([9; 12])).await.refusal(), ErrorCode::UnknownSite);
}

#[tokio::test]
async fn nonsense_is_refused() {
    let (app, _, _ana) = TestApp::set_up(Sqlite).await;
    let nonsense = app.post("/api/pass").header("origin", WEBSITE).text("{").send().await;
    assert_eq!(nonsense.refusal(), ErrorCode::Malformed);
    let huge = app.post("/api/pass").header("origin", WEBSITE).text(&"x".repeat(5000)).send().await;
    assert_eq!(huge.refusal(), ErrorCode::TooLarge);
}

#[tokio::test]
async fn a_browser_that_asks_first_is_told_yes() {
    let app = TestApp::start(Sqlite).await;
    let answer = crate::support::request::Request::new(&app, "OPTIONS", "/api/pass").header("origin", WEBSITE).send();
    let answer = answer.await.expect_done();
    assert_eq!(answer.header("access-control-allow-methods"), "POST");
    assert_eq!(answer.header("access-control-allow-headers"), "content-type");
}

#[tokio::test]
async fn the_end_beacon_learns_nothing() {
    let app = TestApp::start(Sqlite).await;
    for token in ["", "nonsense", "AAAAAAAAAAAAAAAAAAAAAA"] {
        let answer = app.post("/api/end").header("origin", WEBSITE).text(token).send().await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
    }
}
