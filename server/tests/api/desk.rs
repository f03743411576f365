//! What helps at the desk and what runs the house: phrases, referrals, the board, care, counts, the trail.

use amparo_protocol::api::roles;
use amparo_protocol::desk::{
    AbuseReason, AbuseReport, Board, CareRow, CountRow, DeskRow, DeskSettings, MemberCare, Phrase, Referral,
    TrailEvent, TrailRow,
};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::language::Language;
use amparo_protocol::settings::Date;
use amparo_server::sweeper::sweep;
use rstest::rstest;

use crate::support::app::{Db, Postgres, Sqlite, TestApp, hours};
use crate::support::person::Person;

const DAY: Date = Date { year: 2026, month: 5, day: 4 };

fn phrase(code: &str, language: Language) -> Phrase {
    Phrase { code: code.to_owned(), language, text: "Take your time.".to_owned() }
}

fn settings() -> DeskSettings {
    let referral = Referral {
        name: "Legal advice".to_owned(),
        number: "+34 900 000 000".to_owned(),
        area: "Madrid".to_owned(),
        languages: vec![Language::Es],
        checked: DAY,
    };
    DeskSettings {
        phrases: vec![phrase("time", Language::En), phrase("time", Language::Ar)],
        referrals: vec![referral],
        cool_down_mins: 10,
    }
}

/// Requirements 89 and 90.
#[rstest]
#[tokio::test]
async fn phrases_and_referrals_are_set_by_a_supervisor_and_read_by_every_counselor(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let eva = ana.brings_in(&app, &mut organisation, "eva", roles::SUPERVISOR).await;
    let lia = ana.brings_in(&app, &mut organisation, "lia", roles::COUNSELOR).await;
    let first: DeskRow = lia.get(&app, "/api/desk").await.read();
    assert_eq!(first, DeskRow { version: 0, settings: DeskSettings::default() });
    let row = DeskRow { version: 0, settings: settings() };
    assert_eq!(lia.post(&app, "/api/desk", &row).await.refusal(), ErrorCode::NotFound);
    eva.post(&app, "/api/desk", &row).await.expect_done();
    assert_eq!(lia.get(&app, "/api/desk").await.read::<DeskRow>(), DeskRow { version: 1, settings: settings() });
    assert_eq!(eva.post(&app, "/api/desk", &row).await.refusal(), ErrorCode::Conflict);
}

#[tokio::test]
async fn phrases_and_referrals_that_make_no_sense_are_refused() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    let changes: [fn(&mut DeskSettings); 6] = [
        |desk| desk.phrases = vec![phrase("Time out", Language::En)],
        |desk| desk.phrases = vec![phrase("time", Language::En), phrase("time", Language::En)],
        |desk| desk.phrases = vec![Phrase { text: " ".to_owned(), ..phrase("time", Language::En) }],
        |desk| desk.referrals[0].number = "call".to_owned(),
        |desk| desk.referrals[0].checked = Date { day: 31, month: 2, ..DAY },
        |desk| desk.cool_down_mins = 61,
    ];
    for change in changes {
        let mut settings = settings();
        change(&mut settings);
        let row = DeskRow { version: 0, settings };
        assert_eq!(ana.post(&app, "/api/desk", &row).await.refusal(), ErrorCode::Invalid);
    }
}

/// Requirements 81 and 99.
#[rstest]
#[tokio::test]
async fn a_supervisor_raises_the_limit_of_one_member_and_notes_until_when_checks_are_valid(
    #[values(Sqlite, Postgres)] db: Db,
) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let eva = ana.brings_in(&app, &mut organisation, "eva", roles::SUPERVISOR).await;
    let lia = ana.brings_in(&app, &mut organisation, "lia", roles::COUNSELOR).await;
    let path = format!("/api/members/{}/care", lia.member.unwrap().to_text());
    let care = MemberCare { conversations_max: 2, valid_until: Some(DAY) };
    assert_eq!(lia.post(&app, &path, &care).await.refusal(), ErrorCode::NotFound);
    let too_many = MemberCare { conversations_max: 6, ..care };
    assert_eq!(eva.post(&app, &path, &too_many).await.refusal(), ErrorCode::Invalid);
    eva.post(&app, &path, &care).await.expect_done();
    let rows: Vec<CareRow> = eva.get(&app, "/api/care").await.read();
    let of = |person: &Person| rows.iter().find(|row| Some(row.member) == person.member).unwrap().care;
    assert_eq!((of(&lia), of(&eva)), (care, MemberCare::default()));
}

/// Requirements 73 and 93.
#[rstest]
#[tokio::test]
async fn counts_under_five_are_not_shown_in_the_list_or_the_table(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let lia = ana.brings_in(&app, &mut organisation, "lia", roles::COUNSELOR).await;
    let ended = |reason| AbuseReport { language: Language::Es, reason };
    for _ in 0..5 {
        lia.post(&app, "/api/abuse", &ended(AbuseReason::Prank)).await.expect_done();
    }
    for _ in 0..4 {
        lia.post(&app, "/api/abuse", &ended(AbuseReason::Threats)).await.expect_done();
    }
    let rows: Vec<CountRow> = ana.get(&app, "/api/counts").await.read();
    let shown: Vec<_> = rows.iter().map(|row| (row.language.as_str(), row.what.as_str(), row.total)).collect();
    assert_eq!(shown, [("es", "abuse-prank", 5)]);
    let table = ana.get(&app, "/api/counts.csv").await.expect_done();
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(table.text(), "day,language,channel,what,total\r\n2030-03-17,es,web,abuse-prank,5\r\n");
    assert_eq!(lia.get(&app, "/api/counts").await.refusal(), ErrorCode::NotFound);
}

#[tokio::test]
async fn the_board_is_for_those_who_run_the_line() {
    let (app, mut organisation, ana) = TestApp::set_up(Sqlite).await;
    let lia = ana.brings_in(&app, &mut organisation, "lia", roles::COUNSELOR).await;
    assert_eq!(ana.get(&app, "/api/board").await.read::<Board>(), Board::default());
    assert_eq!(lia.get(&app, "/api/board").await.refusal(), ErrorCode::NotFound);
}

#[rstest]
#[tokio::test]
async fn the_trail_says_who_changed_what_and_nothing_else(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let eva = ana.brings_in(&app, &mut organisation, "eva", roles::SUPERVISOR).await;
    app.advance(hours(1));
    eva.post(&app, "/api/desk", &DeskRow { version: 0, settings: settings() }).await.expect_done();
    let rows: Vec<TrailRow> = ana.get(&app, "/api/trail").await.read();
    let newest = TrailRow {
        at_unix_secs: app.app.clock.now().unix_secs(),
        by: "eva the kind".to_owned(),
        what: TrailEvent::DeskChanged,
    };
    assert_eq!(rows.first(), Some(&newest));
    let told: Vec<_> = rows.iter().map(|row| row.what).collect();
    for event in [TrailEvent::SignedIn, TrailEvent::Invited, TrailEvent::RosterPublished] {
        assert!(told.contains(&event), "{event:?}");
    }
    assert_eq!(eva.get(&app, "/api/trail").await.refusal(), ErrorCode::NotFound);
}

#[rstest]
#[tokio::test]
async fn old_counts_and_the_old_end_of_the_trail_are_erased(#[values(Sqlite, Postgres)] db: Db) {
    let (app, ..) = TestApp::set_up(db).await;
    let store = &app.app.store;
    let today = app.app.clock.now().unix_days();
    store.count(today, "es", "web", "answered", 1).await.unwrap();
    app.advance(hours(24 * 366));
    store.count(today + 366, "es", "web", "answered", 1).await.unwrap();
    sweep(&app.app).await.unwrap();
    assert!(store.trail(10).await.unwrap().is_empty(), "who set this up a year ago is told no more");
    assert_eq!(store.counters(0).await.unwrap().len(), 2);
    app.advance(hours(24 * 367));
    sweep(&app.app).await.unwrap();
    let days: Vec<i64> = store.counters(0).await.unwrap().iter().map(|counter| counter.day).collect();
    assert_eq!(days, [today + 366]);
}

/// Requirement 78: an administrator can end any login at once.
#[rstest]
#[tokio::test]
async fn an_administrator_ends_every_login_of_a_member(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let lia = ana.brings_in(&app, &mut organisation, "lia", roles::COUNSELOR).await;
    let path = format!("/api/members/{}/end-logins", lia.member.unwrap().to_text());
    assert_eq!(lia.post(&app, &path, &()).await.refusal(), ErrorCode::NotFound);
    ana.post(&app, &path, &()).await.expect_done();
    assert_eq!(lia.get(&app, "/api/me").await.refusal(), ErrorCode::SignIn);
}
