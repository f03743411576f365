//! Hours, limits and words of the line, as a supervisor sets them.

use amparo_protocol::api::{LineRow, roles};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::language::Language;
use amparo_protocol::settings::{
    Channel, Handoff, HandoffWhen, HelpLink, Hours, LineSettings, SiteSettings, Surge, Weekday, WhatsAppNumber,
};
use rstest::rstest;

use crate::support::app::{Db, Postgres, Sqlite, TestApp};
use crate::support::person::{Invitation, Person, site_settings};

fn settings() -> LineSettings {
    let hours = |channel, language, day| Hours { channel, language, day, from_minute: 9 * 60, to_minute: 17 * 60 + 30 };
    LineSettings {
        time_zone: "Europe/Madrid".to_owned(),
        hours: vec![
            hours(Channel::Web, None, Weekday::Monday),
            hours(Channel::Phone, Some(Language::Es), Weekday::Friday),
        ],
        surge: Surge { is_on: true, texts: Vec::new() },
        ..LineSettings::default()
    }
}

#[rstest]
#[tokio::test]
async fn what_was_set_is_there_again_and_counts_up(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, ana) = TestApp::set_up(db).await;
    let first: LineRow = ana.get(&app, "/api/line").await.read();
    assert_eq!(first, LineRow { version: 0, settings: LineSettings::default() });
    let set: LineRow = ana.post(&app, "/api/line", &LineRow { version: 0, settings: settings() }).await.read();
    assert_eq!(set, LineRow { version: 1, settings: settings() });
    assert_eq!(ana.get(&app, "/api/line").await.read::<LineRow>(), set);
    let again: LineRow = ana.post(&app, "/api/line", &LineRow { version: 1, settings: settings() }).await.read();
    assert_eq!(again.version, 2);
}

#[rstest]
#[tokio::test]
async fn nobody_overwrites_what_somebody_else_has_just_set(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, ana) = TestApp::set_up(db).await;
    let row = LineRow { version: 0, settings: settings() };
    ana.post(&app, "/api/line", &row).await.expect_done();
    assert_eq!(ana.post(&app, "/api/line", &row).await.refusal(), ErrorCode::Conflict);
    assert_eq!(ana.get(&app, "/api/line").await.read::<LineRow>().version, 1);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    let row = LineRow { version: 0, settings: LineSettings { time_zone: "Atlantis".to_owned(), ..settings() } };
    assert_eq!(ana.post(&app, "/api/line", &row).await.refusal(), ErrorCode::Invalid);
    assert_eq!(ana.get(&app, "/api/line").await.read::<LineRow>().version, 0);
}

#[tokio::test]
async fn supervisors_set_the_line_and_counselors_do_not() {
    let (app, mut organisation, ana) = TestApp::set_up(Sqlite).await;
    for (name, role, may) in [("omar", roles::SUPERVISOR, true), ("eva", roles::COUNSELOR, false)] {
        let invitation: Invitation = ana.invites(&app, role).await;
        let mut person = Person::new(name);
        person.accepts(&app, &invitation).await.expect_done();
        ana.approves_everybody(&app, &mut organisation).await;
        let answer = person.get(&app, "/api/line").await;
        if may {
            answer.expect_done();
        } else {
            assert_eq!(answer.refusal(), ErrorCode::NotFound);
        }
    }
    assert_eq!(app.get("/api/line").send().await.refusal(), ErrorCode::SignIn);
}

/// Requirement 36: everything a visitor needs stands on the page without a script.
#[tokio::test]
async fn r036_the_chat_page_says_hours_numbers_links_and_the_way_to_whatsapp() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    ana.post(&app, "/api/line", &LineRow { version: 0, settings: settings() }).await.expect_done();
    let number = WhatsAppNumber { digits: "34600111222".to_owned(), text: "Hola".to_owned(), languages: Vec::new() };
    let link = HelpLink {
        title: "A <plan>".to_owned(),
        address: "https://help.example/plan".to_owned(),
        languages: Vec::new(),
    };
    let site = SiteSettings {
        key: Some(app.site_key().await),
        whatsapp: Handoff { when: HandoffWhen::WhenClosed, numbers: vec![number] },
        links: vec![link],
        ..site_settings()
    };
    ana.post(&app, "/api/sites", &site).await.expect_done();

    let page = app.get("/chat?lang=es").send().await.text();
    for part in [
        r#"<html lang="es" dir="ltr">"#,
        r#"href="tel:112""#,
        r#"href="tel:+34900123456""#,
        "day &amp; night",
        r#"Lunes <bdi dir="ltr">09:00–17:30</bdi>"#,
        r#"Viernes <bdi dir="ltr">09:00–17:30</bdi>"#,
        "Hora de Europe/Madrid",
        r#"href="https://wa.me/34600111222?text=Hola""#,
        r#"<span dir="ltr">+34600111222</span>"#,
        "A &lt;plan&gt;",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let warning = page.find("verá tu número").expect("the warning");
    assert!(warning < page.find("https://wa.me/").expect("the link"), "read before the link");
    let english = app.get("/chat?lang=en").send().await.text();
    assert!(english.contains("Monday") && !english.contains("Friday"), "hours of another language are not ours");
}
