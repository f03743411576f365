//! What the other stories do not look for in the trail: each change stands there, under the name of who made it.

use amparo_protocol::api::{LineRow, roles};
use amparo_protocol::desk::{AbuseReason, AbuseReport, BlockRequest, MemberCare, TrailEvent, TrailRow};
use amparo_protocol::id::ConversationId;
use amparo_protocol::language::Language;
use amparo_protocol::settings::LineSettings;
use rstest::rstest;
use serde::Serialize;

use crate::support::app::{Db, Postgres, Sqlite, TestApp, hours};
use crate::support::person::{Person, site_settings};

async fn changes(app: &TestApp, ana: &Person, path: &str, body: &impl Serialize, event: TrailEvent) {
    app.advance(hours(1));
    ana.post(app, path, body).await.expect_done();
    let rows: Vec<TrailRow> = ana.get(app, "/api/trail").await.read();
    let newest = TrailRow { at_unix_secs: app.app.clock.now().unix_secs(), by: "ana the kind".to_owned(), what: event };
    assert_eq!(rows.first(), Some(&newest), "{path}");
    assert_eq!(rows.iter().filter(|row| row.at_unix_secs == newest.at_unix_secs).count(), 1, "{path}");
}

#[rstest]
#[tokio::test]
async fn each_change_of_the_house_stands_in_the_trail(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let omar = ana.brings_in(&app, &mut organisation, "omar", roles::COUNSELOR).await;
    let of_omar = |what: &str| format!("/api/members/{}/{what}", omar.member.unwrap().to_text());

    changes(&app, &ana, "/api/sites", &site_settings(), TrailEvent::SiteChanged).await;
    let line = LineRow { version: 0, settings: LineSettings::default() };
    changes(&app, &ana, "/api/line", &line, TrailEvent::LineChanged).await;
    changes(&app, &ana, &of_omar("care"), &MemberCare::default(), TrailEvent::CareChanged).await;
    changes(&app, &ana, &of_omar("languages"), &[Language::Es], TrailEvent::LanguagesChanged).await;
    changes(&app, &ana, &of_omar("end-logins"), &(), TrailEvent::LoginsEnded).await;
    let report = AbuseReport { language: Language::En, reason: AbuseReason::Prank };
    let block = BlockRequest { conversation: ConversationId([1; 16]), report };
    changes(&app, &ana, "/api/block", &block, TrailEvent::Blocked).await;
    changes(&app, &ana, &of_omar("remove"), &(), TrailEvent::MemberRemoved).await;
}
