//! A site looked at before it is saved.

use amparo_protocol::api::{PassAnswer, PassRequest, PreviewAnswer, SiteRow};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::SiteKey;
use amparo_protocol::settings::SiteSettings;

use crate::support::app::{Sqlite, TestApp, secs};
use crate::support::person::site_settings;
use crate::support::request::Request;

fn key_in(path: &str) -> SiteKey {
    SiteKey::from_text(path.trim_start_matches("/preview/")).expect("the path ends with a key")
}

#[tokio::test]
async fn the_page_carries_the_tag_of_what_is_not_saved() {
    let (app, organisation, ana) = TestApp::set_up(Sqlite).await;
    let settings = SiteSettings { emergency: "911".to_owned(), name: "<b>".to_owned(), ..site_settings() };
    let PreviewAnswer { path } = ana.post(&app, "/api/sites/preview", &settings).await.read();
    let page = Request::new(&app, "GET", &format!("{path}?lang=ar")).send().await.expect_done();
    let text = page.text();
    assert!(text.contains(r#"data-emergency="911""#) && text.contains(r#"<html lang="ar" dir="rtl""#), "{text}");
    assert!(text.contains(&organisation.org_key().to_text()) && !text.contains("<b>"), "{text}");
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("sandbox allow-scripts ") && !policy.contains("allow-same-origin"), "{policy}");
    assert!(policy.contains("frame-ancestors 'self'"), "only the console frames it: {policy}");
    let rows: Vec<SiteRow> = ana.get(&app, "/api/sites").await.read();
    assert!(rows.iter().all(|row| row.settings.emergency != "911"), "nothing was saved");
}

#[tokio::test]
async fn its_page_gets_a_pass_without_an_origin_and_no_other_does() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    let PreviewAnswer { path } = ana.post(&app, "/api/sites/preview", &site_settings()).await.read();
    let asks = async |site: SiteKey| {
        let body = serde_json::to_string(&PassRequest { site }).unwrap();
        app.post("/api/pass").header("origin", "null").header("content-type", "text/plain").text(&body).send().await
    };
    let PassAnswer { .. } = asks(key_in(&path)).await.read();
    assert_eq!(asks(app.site_key().await).await.refusal(), ErrorCode::OriginNotAllowed);
    app.advance(secs(10 * 60 + 1));
    assert_eq!(asks(key_in(&path)).await.refusal(), ErrorCode::UnknownSite, "it is gone after ten minutes");
    let page = Request::new(&app, "GET", &path).send().await;
    assert_eq!(page.refusal(), ErrorCode::NotFound);
}

#[tokio::test]
async fn what_could_not_be_saved_is_not_shown_either() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    let settings = SiteSettings { emergency: " ".to_owned(), ..site_settings() };
    assert_eq!(ana.post(&app, "/api/sites/preview", &settings).await.refusal(), ErrorCode::Invalid);
}
