//! Sites and the tag that webmasters copy.

use amparo_protocol::api::SiteRow;
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::SiteKey;
use amparo_protocol::settings::{Handoff, HandoffWhen, SiteSettings, WhatsAppNumber};
use rstest::rstest;

use crate::support::app::{Db, Postgres, Sqlite, TestApp};
use crate::support::person::site_settings;

#[rstest]
#[tokio::test]
async fn an_administrator_makes_and_changes_a_site(#[values(Sqlite, Postgres)] db: Db) {
    let (app, organisation, ana) = TestApp::set_up(db).await;
    let settings = SiteSettings {
        name: "Second".to_owned(),
        origins: vec!["https://Two.example:443/".to_owned()],
        ..site_settings()
    };
    let row: SiteRow = ana.post(&app, "/api/sites", &settings).await.read();
    assert_eq!(row.settings.origins, ["https://two.example"]);
    assert!(row.tag.starts_with(r#"<script async src="https://chat.example.org/embed.js" data-site=""#), "{}", row.tag);
    assert!(row.tag.contains(&organisation.org_key().to_text()), "{}", row.tag);
    assert!(row.tag_pinned.contains(r#" integrity="sha384-"#), "{}", row.tag_pinned);

    let number = WhatsAppNumber { digits: "34900123456".to_owned(), text: "Hola".to_owned(), languages: Vec::new() };
    let whatsapp = Handoff { when: HandoffWhen::Always, numbers: vec![number] };
    let changed = SiteSettings { key: Some(row.key), phones: Vec::new(), whatsapp, ..settings };
    ana.post(&app, "/api/sites", &changed).await.expect_done();
    let rows: Vec<SiteRow> = ana.get(&app, "/api/sites").await.read();
    assert_eq!(rows.len(), 2);
    let row = rows.into_iter().find(|row| row.settings.name == "Second").unwrap();
    assert_eq!((row.settings.phones, row.settings.whatsapp), (Vec::new(), changed.whatsapp));
}

#[tokio::test]
async fn a_site_that_is_not_there_cannot_be_changed() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    let settings = SiteSettings { key: Some(SiteKey([9; 12])), ..site_settings() };
    assert_eq!(ana.post(&app, "/api/sites", &settings).await.refusal(), ErrorCode::NotFound);
}

#[tokio::test]
async fn a_site_needs_an_emergency_number() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    let settings = SiteSettings { emergency: " ".to_owned(), ..site_settings() };
    assert_eq!(ana.post(&app, "/api/sites", &settings).await.refusal(), ErrorCode::Invalid);
}
