//! The roster is published as a chain that only the organisation's key can continue.

use amparo_protocol::api::{Publication, roles};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::RosterMemberId;
use rstest::rstest;

use crate::support::app::{Db, Postgres, Sqlite, TestApp, hours};
use crate::support::organisation::{Organisation, Signed, signed};
use crate::support::person::Person;

async fn everybody(app: &TestApp, ana: &Person) -> Vec<Signed> {
    ana.members(app).await.iter().map(Signed::from_row).collect()
}

#[rstest]
#[tokio::test]
async fn of_two_administrators_who_publish_at_once_one_is_told(#[values(Sqlite, Postgres)] db: Db) {
    let (app, organisation, ana) = TestApp::set_up(db).await;
    let first = organisation.sign(&everybody(&app, &ana).await, &app);
    let second = organisation.sign(&everybody(&app, &ana).await, &app);
    ana.publishes(&app, &first).await.expect_done();
    assert_eq!(ana.publishes(&app, &second).await.refusal(), ErrorCode::Conflict);
    assert_eq!(ana.roster(&app).await.roster, first.roster);
}

#[rstest]
#[tokio::test]
async fn everybody_sees_the_roster_and_only_administrators_the_register(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let mut omar = Person::new("omar");
    omar.accepts(&app, &ana.invites(&app, roles::COUNSELOR).await).await.expect_done();
    let before = omar.roster(&app).await;
    assert_eq!((before.own, before.register), (None, None));
    ana.approves_everybody(&app, &mut organisation).await;
    let (of_ana, of_omar) = (ana.roster(&app).await, omar.roster(&app).await);
    assert_eq!((of_ana.seq, of_omar.seq), (2, 2));
    assert!(of_ana.register.is_some() && of_omar.register.is_none());
    assert_eq!(of_omar.own.unwrap().member, omar.member.unwrap());
}

#[rstest]
#[tokio::test]
async fn whoever_is_left_out_of_the_roster_is_not_approved_any_more(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let omar = ana.brings_in(&app, &mut organisation, "omar", roles::COUNSELOR).await;
    let without: Vec<Signed> =
        everybody(&app, &ana).await.into_iter().filter(|signed| Some(signed.member) == ana.member).collect();
    ana.publishes(&app, &organisation.sign(&without, &app)).await.expect_done();
    assert!(!omar.me(&app).await.approved);
    assert_eq!(omar.roster(&app).await.own, None);
}

#[tokio::test]
async fn a_roster_that_visitors_would_refuse_is_not_published() {
    let (app, organisation, ana) = TestApp::set_up(Sqlite).await;
    let members = everybody(&app, &ana).await;
    let right = || organisation.sign(&members, &app);
    let mut wrong: Vec<(&str, Publication)> = Vec::new();
    let with = |change: &dyn Fn(&mut Publication)| {
        let mut publication = right();
        change(&mut publication);
        publication
    };
    wrong.push(("a flipped bit", with(&|publication| publication.roster.0[60] ^= 1)));
    wrong.push(("trailing bytes", with(&|publication| publication.roster.0.push(0))));
    wrong.push(("another register", with(&|publication| publication.register = signed(vec![1], &organisation.key))));
    wrong.push(("no entries", with(&|publication| publication.entries.clear())));
    wrong.push(("another badge", with(&|publication| publication.entries[0].badge.0[0] ^= 1)));
    wrong.push(("other roles", with(&|publication| publication.entries[0].roles = roles::COUNSELOR)));
    wrong.push(("another id", with(&|publication| publication.entries[0].roster_member = RosterMemberId([0; 16]))));
    wrong.push(("another key", with(&|publication| publication.entries[0].key_index += 1)));
    let used = Signed { key_index: 0, ..members[0].clone() };
    wrong.push(("a used key", organisation.sign(&[used], &app)));
    let demoted = Signed { roles: roles::COUNSELOR, ..members[0].clone() };
    wrong.push(("no administrator", organisation.sign(&[demoted], &app)));
    let twice = Signed { key_index: 2, ..members[0].clone() };
    wrong.push(("a member twice", organisation.sign(&[members[0].clone(), twice], &app)));
    let stranger = Organisation { seq: 1, newest: organisation.newest.clone(), ..Organisation::new("Other") };
    wrong.push(("another organisation's key", stranger.sign(&members, &app)));
    for (what, publication) in wrong {
        assert_eq!(ana.publishes(&app, &publication).await.refusal(), ErrorCode::Invalid, "{what}");
    }
    let forked = Organisation { newest: vec![1], ..organisation.clone() };
    assert_eq!(ana.publishes(&app, &forked.sign(&members, &app)).await.refusal(), ErrorCode::Conflict);
    ana.publishes(&app, &right()).await.expect_done();
}

#[rstest]
#[tokio::test]
async fn former_rosters_stay_as_long_as_a_shift_may_name_them(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, mut ana) = TestApp::set_up(db).await;
    for _ in 0..3 {
        app.advance(hours(30));
        let code = ana.code(&app);
        ana.signs_in(&app, code).await.expect_done();
        ana.approves_everybody(&app, &mut organisation).await;
    }
    assert_eq!(ana.roster(&app).await.seq, 4);
    assert!(app.app.store.roster(1).await.unwrap().is_none());
    assert!(app.app.store.roster(3).await.unwrap().is_some());
}
