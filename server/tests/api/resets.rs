//! Who lost password and authenticator makes both anew with an administrator's link, and stays the same member.

use amparo_protocol::api::{FormerAccount, InvitationOpen, InvitationOpened, roles};
use amparo_protocol::desk::{TrailEvent, TrailRow};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::language::Language;
use amparo_server::publication::{self, Standing};
use rstest::rstest;

use crate::support::app::{Db, Postgres, Sqlite, TestApp, hours};
use crate::support::organisation::{Organisation, Signed};
use crate::support::person::Person;

async fn with_omar(db: Db) -> (TestApp, Organisation, Person, Person) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let omar = ana.brings_in(&app, &mut organisation, "omar", roles::COUNSELOR).await;
    (app, organisation, ana, omar)
}

#[rstest]
#[tokio::test]
async fn the_account_stays_and_everything_that_opens_it_is_new(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana, omar) = with_omar(db).await;
    let member = omar.member.unwrap();
    let (link, made) = ana.resets(&app, member, roles::COUNSELOR).await;
    made.expect_done();
    let open = InvitationOpen { token: link.token.clone() };
    let opened: InvitationOpened = ana.post(&app, "/api/invitation/open", &open).await.read();
    let former = FormerAccount {
        sign_in_name: "omar".to_owned(),
        pseudonym: "omar the kind".to_owned(),
        avatar: 1,
        languages: vec![Language::En, Language::Ar],
    };
    assert_eq!(opened.resets, Some(former));
    assert!(omar.me(&app).await.approved, "until the link is used nothing changes");

    // Somebody else typed the name wrong: the account's own stays.
    let mut renewed = Person::new("another name");
    renewed.accepts(&app, &link).await.expect_done();
    assert_eq!(renewed.member, Some(member));
    let me = renewed.me(&app).await;
    assert_eq!((me.sign_in_name.as_str(), me.approved), ("omar", false));
    assert_eq!(omar.get(&app, "/api/me").await.refusal(), ErrorCode::SignIn, "the former login has ended");
    renewed.name = "omar".to_owned();
    assert_eq!(omar.tries(&app, &omar.password, omar.code(&app)).await.refusal(), ErrorCode::WrongCredentials);

    ana.approves_everybody(&app, &mut organisation).await;
    assert!(renewed.me(&app).await.approved);
    app.advance(hours(1));
    renewed.signs_in(&app, renewed.code(&app)).await.expect_done();
    let events: Vec<TrailRow> = ana.get(&app, "/api/trail").await.read();
    for event in [TrailEvent::ResetInvited, TrailEvent::AccountReset] {
        assert!(events.iter().any(|row| row.what == event), "{event:?}");
    }
}

#[rstest]
#[tokio::test]
async fn a_link_resets_once_and_within_three_days(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, ana, omar) = with_omar(db).await;
    let (lost, _) = ana.resets(&app, omar.member.unwrap(), roles::COUNSELOR).await;
    let (link, _) = ana.resets(&app, omar.member.unwrap(), roles::COUNSELOR).await;
    assert_eq!(Person::new("eve").accepts(&app, &lost).await.refusal(), ErrorCode::Invitation, "the newest counts");
    Person::new("omar").accepts(&app, &link).await.expect_done();
    assert_eq!(Person::new("eve").accepts(&app, &link).await.refusal(), ErrorCode::Invitation);
    let (late, _) = ana.resets(&app, omar.member.unwrap(), roles::COUNSELOR).await;
    app.advance(hours(72));
    assert_eq!(Person::new("omar").accepts(&app, &late).await.refusal(), ErrorCode::Invitation);
}

#[rstest]
#[tokio::test]
async fn links_of_whoever_is_no_administrator_any_more_end(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana, omar) = with_omar(db).await;
    let rosa = ana.brings_in(&app, &mut organisation, "rosa", roles::ADMINISTRATOR).await;
    let (of_rosa, _) = rosa.resets(&app, omar.member.unwrap(), roles::COUNSELOR).await;
    let invitation = rosa.invites(&app, roles::COUNSELOR).await;
    let mut members: Vec<Signed> = ana.members(&app).await.iter().map(Signed::from_row).collect();
    members
        .iter_mut()
        .filter(|signed| Some(signed.member) == rosa.member)
        .for_each(|signed| signed.roles = roles::COUNSELOR);
    let publication = organisation.sign(&members, &app);
    ana.publishes(&app, &publication).await.expect_done();
    for link in [of_rosa, invitation] {
        assert_eq!(Person::new("eve").accepts(&app, &link).await.refusal(), ErrorCode::Invitation);
    }
}

#[rstest]
#[tokio::test]
async fn a_link_from_before_a_change_of_roles_resets_nothing(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana, omar) = with_omar(db).await;
    let (link, _) = ana.resets(&app, omar.member.unwrap(), roles::COUNSELOR).await;
    let mut members: Vec<Signed> = ana.members(&app).await.iter().map(Signed::from_row).collect();
    members
        .iter_mut()
        .filter(|signed| Some(signed.member) == omar.member)
        .for_each(|signed| signed.roles = roles::SUPERVISOR);
    let publication = organisation.sign(&members, &app);
    ana.publishes(&app, &publication).await.expect_done();
    organisation.published(&publication);
    assert_eq!(Person::new("omar").accepts(&app, &link).await.refusal(), ErrorCode::Invitation);
    assert!(omar.me(&app).await.approved);
}

/// The list was checked with Omar's former keys, and the link was used before it was written.
#[rstest]
#[tokio::test]
async fn a_list_that_was_checked_before_a_reset_does_not_approve_the_new_keys(#[values(Sqlite, Postgres)] db: Db) {
    let (app, organisation, ana, omar) = with_omar(db).await;
    let members: Vec<Signed> = ana.members(&app).await.iter().map(Signed::from_row).collect();
    let standing_members = app.app.store.members().await.unwrap();
    let newest = app.app.store.newest_roster().await.unwrap();
    let standing = Standing {
        org_key: organisation.org_key(),
        newest: newest.as_ref(),
        members: &standing_members,
        now: app.app.clock.now(),
    };
    let checked = publication::check(organisation.sign(&members, &app), &standing).unwrap();
    let (link, _) = ana.resets(&app, omar.member.unwrap(), roles::COUNSELOR).await;
    let mut renewed = Person::new("omar");
    renewed.accepts(&app, &link).await.expect_done();
    assert!(!app.app.store.publish(&checked).await.unwrap());
    assert!(!renewed.me(&app).await.approved);
}

#[tokio::test]
async fn whoever_waits_after_a_reset_is_shown_no_list_of_administrators() {
    let (app, mut organisation, ana, _omar) = with_omar(Sqlite).await;
    let rosa = ana.brings_in(&app, &mut organisation, "rosa", roles::ADMINISTRATOR).await;
    assert!(rosa.roster(&app).await.register.is_some());
    let (link, _) = ana.resets(&app, rosa.member.unwrap(), roles::ADMINISTRATOR).await;
    let mut finder = Person::new("rosa");
    finder.accepts(&app, &link).await.expect_done();
    assert!(finder.roster(&app).await.register.is_none());
}

#[tokio::test]
async fn a_reset_gives_no_role_and_is_for_others() {
    let (app, _, ana, omar) = with_omar(Sqlite).await;
    let (_, more) = ana.resets(&app, omar.member.unwrap(), roles::ALL).await;
    assert_eq!(more.refusal(), ErrorCode::Invalid);
    let (_, own) = ana.resets(&app, ana.member.unwrap(), roles::ALL).await;
    assert_eq!(own.refusal(), ErrorCode::Invalid);
    let (_, by_omar) = omar.resets(&app, ana.member.unwrap(), roles::ALL).await;
    assert_eq!(by_omar.refusal(), ErrorCode::NotFound);
}

#[rstest]
#[tokio::test]
async fn the_organisations_key_goes_to_administrators_and_to_nobody_else(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana, omar) = with_omar(db).await;
    assert!(ana.me(&app).await.wrapped_org_key.is_some());
    assert!(omar.me(&app).await.wrapped_org_key.is_none());

    let mut rosa = Person::new("rosa");
    rosa.accepts(&app, &ana.invites(&app, roles::ADMINISTRATOR).await).await.expect_done();
    assert!(rosa.me(&app).await.wrapped_org_key.is_none(), "not before she is approved");
    ana.approves_everybody(&app, &mut organisation).await;
    assert!(rosa.me(&app).await.wrapped_org_key.is_some());

    let members = ana.members(&app).await;
    let everybody: Vec<_> = members.iter().map(Signed::from_row).collect();
    let publication = organisation.sign(&everybody, &app);
    let mut without = publication.clone();
    without.org_keys.pop();
    assert_eq!(ana.publishes(&app, &without).await.refusal(), ErrorCode::Invalid);
    let mut for_omar = publication.clone();
    for_omar.org_keys[0].member = omar.member.unwrap();
    assert_eq!(ana.publishes(&app, &for_omar).await.refusal(), ErrorCode::Invalid);
    ana.publishes(&app, &publication).await.expect_done();
}

#[rstest]
#[tokio::test]
async fn an_administrator_changes_the_languages_of_a_member(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, ana, omar) = with_omar(db).await;
    let path = format!("/api/members/{}/languages", omar.member.unwrap().to_text());
    ana.post(&app, &path, &[Language::It]).await.expect_done();
    assert_eq!(omar.me(&app).await.languages, [Language::It]);
    for wrong in [vec![], vec![Language::It, Language::It]] {
        assert_eq!(ana.post(&app, &path, &wrong).await.refusal(), ErrorCode::Invalid);
    }
    assert_eq!(omar.post(&app, &path, &[Language::Es]).await.refusal(), ErrorCode::NotFound);
}
