//! The rota, as it is set; what it says at a member's own desk and on the board; and whose checks are valid.

use amparo_protocol::api::{SiteRow, roles};
use amparo_protocol::desk::{Board, MemberCare, TrailEvent, TrailRow};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::MemberId;
use amparo_protocol::rota::{OnRota, OwnDuty, Rota, RotaRow, Turn};
use amparo_protocol::settings::{Date, SiteSettings, Weekday};
use rstest::rstest;

use crate::support::app::{Db, Postgres, Sqlite, TestApp};

/// On every day from the first minute to the last, so that no clock matters.
fn always(member: MemberId) -> Vec<Turn> {
    Weekday::ALL.map(|day| Turn { member, day, from_minute: 0, to_minute: 1440 }).into()
}

#[rstest]
#[tokio::test]
async fn a_rota_is_set_by_a_supervisor_and_read_by_each_member_for_themselves(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let eva = ana.brings_in(&app, &mut organisation, "eva", roles::SUPERVISOR).await;
    let lia = ana.brings_in(&app, &mut organisation, "lia", roles::COUNSELOR).await;
    assert_eq!(lia.get(&app, "/api/duty").await.read::<OwnDuty>().now, OnRota::Unused);
    let first: RotaRow = eva.get(&app, "/api/rota").await.read();
    assert_eq!(first, RotaRow { version: 0, rota: Rota::default() });
    let turns = always(lia.member.unwrap());
    let row = RotaRow { version: 0, rota: Rota { is_on: true, turns: turns.clone() } };
    assert_eq!(lia.post(&app, "/api/rota", &row).await.refusal(), ErrorCode::NotFound);
    eva.post(&app, "/api/rota", &row).await.expect_done();
    assert_eq!(eva.post(&app, "/api/rota", &row).await.refusal(), ErrorCode::Conflict);

    let own: OwnDuty = lia.get(&app, "/api/duty").await.read();
    assert!(matches!(own.now, OnRota::On { .. }), "{own:?}");
    assert_eq!(own.turns, turns);
    let own: OwnDuty = eva.get(&app, "/api/duty").await.read();
    assert_eq!((own.now, own.turns.len()), (OnRota::Off { next_unix_secs: None }, 0), "nobody reads another's times");
    let board: Board = eva.get(&app, "/api/board").await.read();
    let shown: Vec<&str> = board.rota.iter().map(|row| row.pseudonym.as_str()).collect();
    assert_eq!((shown[0], shown.len()), ("lia the kind", 3), "who is on comes first");
    let trail: Vec<TrailRow> = ana.get(&app, "/api/trail").await.read();
    assert!(trail.iter().any(|row| row.what == TrailEvent::RotaChanged));
}

#[tokio::test]
async fn times_that_make_no_sense_and_people_who_are_not_there_are_refused() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    let own = ana.member.unwrap();
    let turn = Turn { member: own, day: Weekday::Monday, from_minute: 540, to_minute: 600 };
    for wrong in [
        Turn { member: MemberId([9; 16]), ..turn },
        Turn { to_minute: 540, ..turn },
        Turn { from_minute: 1440, ..turn },
        Turn { to_minute: 1441, ..turn },
    ] {
        let row = RotaRow { version: 0, rota: Rota { is_on: true, turns: vec![wrong] } };
        assert_eq!(ana.post(&app, "/api/rota", &row).await.refusal(), ErrorCode::Invalid, "{wrong:?}");
    }
    let night = RotaRow { version: 0, rota: Rota { is_on: false, turns: vec![Turn { to_minute: 60, ..turn }] } };
    ana.post(&app, "/api/rota", &night).await.expect_done();
}

#[rstest]
#[tokio::test]
async fn the_times_of_a_member_go_with_them(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let lia = ana.brings_in(&app, &mut organisation, "lia", roles::COUNSELOR).await;
    let (lia, ana_id) = (lia.member.unwrap(), ana.member.unwrap());
    let turns = [always(lia), always(ana_id)].concat();
    ana.post(&app, "/api/rota", &RotaRow { version: 0, rota: Rota { is_on: true, turns } }).await.expect_done();
    let path = format!("/api/members/{}/remove", lia.to_text());
    ana.post(&app, &path, &serde_json::json!({})).await.expect_done();
    assert_eq!(ana.get(&app, "/api/rota").await.read::<RotaRow>().rota.turns, always(ana_id));
}

/// Requirement 99.
#[rstest]
#[tokio::test]
async fn a_member_reads_whether_their_checks_let_them_attend_minors(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, ana) = TestApp::set_up(db).await;
    let own: OwnDuty = ana.get(&app, "/api/duty").await.read();
    assert_eq!((own.valid_until, own.may_attend_minors, own.has_minors), (None, false, false));
    let sites: Vec<SiteRow> = ana.get(&app, "/api/sites").await.read();
    let site = SiteSettings { is_for_minors: true, ..sites[0].settings.clone() };
    ana.post(&app, "/api/sites", &site).await.expect_done();
    for (year, may) in [(2020, false), (2100, true)] {
        let until = Date { year, month: 6, day: 30 };
        let care = MemberCare { valid_until: Some(until), ..MemberCare::default() };
        let path = format!("/api/members/{}/care", ana.member.unwrap().to_text());
        ana.post(&app, &path, &care).await.expect_done();
        let own: OwnDuty = ana.get(&app, "/api/duty").await.read();
        assert_eq!((own.valid_until, own.may_attend_minors, own.has_minors), (Some(until), may, true));
    }
}
