//! A second counselor comes by a link, and is nobody until an administrator has signed them in.

use amparo_protocol::api::{InvitationOpen, InvitationOpened, roles};
use amparo_protocol::error::ErrorCode;
use rstest::rstest;

use crate::support::app::{Db, Postgres, Sqlite, TestApp, hours};
use crate::support::person::{Invitation, Person};

#[rstest]
#[tokio::test]
async fn an_invited_counselor_makes_an_account_and_is_approved(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let invitation = ana.invites(&app, roles::COUNSELOR).await;
    let open = InvitationOpen { token: invitation.token.clone() };
    let opened: InvitationOpened = ana.post(&app, "/api/invitation/open", &open).await.read();
    assert_eq!(
        opened,
        InvitationOpened { organisation: "Amparo".to_owned(), roles: roles::COUNSELOR, demo: false, resets: None }
    );

    let mut omar = Person::new("omar");
    omar.accepts(&app, &invitation).await.expect_done();
    assert!(!omar.me(&app).await.approved);
    let row = ana.members(&app).await.into_iter().find(|row| row.sign_in_name == "omar").unwrap();
    let approval = row.approval.unwrap();
    assert_eq!((approval.invitation, approval.invited_by), (invitation.name(), ana.member.unwrap()));

    ana.approves_everybody(&app, &mut organisation).await;
    assert!(omar.me(&app).await.approved);
    assert_eq!(omar.roster(&app).await.own.unwrap().roles, roles::COUNSELOR);
    assert!(ana.members(&app).await.iter().all(|row| row.approval.is_none()));
}

#[rstest]
#[tokio::test]
async fn an_invitation_works_once(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, ana) = TestApp::set_up(db).await;
    let invitation = ana.invites(&app, roles::COUNSELOR).await;
    Person::new("omar").accepts(&app, &invitation).await.expect_done();
    assert_eq!(Person::new("eve").accepts(&app, &invitation).await.refusal(), ErrorCode::Invitation);
    assert_eq!(Person::new("eve").accepts(&app, &Invitation::new()).await.refusal(), ErrorCode::Invitation);
}

#[rstest]
#[tokio::test]
async fn an_invitation_works_for_three_days(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, ana) = TestApp::set_up(db).await;
    let invitation = ana.invites(&app, roles::COUNSELOR).await;
    app.advance(hours(72));
    assert_eq!(Person::new("omar").accepts(&app, &invitation).await.refusal(), ErrorCode::Invitation);
    amparo_server::sweeper::sweep(&app.app).await.unwrap();
    let again = app.app.store.open_invitation(invitation.name(), amparo_server::clock::Time(0)).await.unwrap();
    assert_eq!(again, None);
}

#[rstest]
#[tokio::test]
async fn a_taken_sign_in_name_leaves_the_invitation_usable(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, ana) = TestApp::set_up(db).await;
    let invitation = ana.invites(&app, roles::COUNSELOR).await;
    assert_eq!(Person::new("Ana").accepts(&app, &invitation).await.refusal(), ErrorCode::Conflict);
    Person::new("omar").accepts(&app, &invitation).await.expect_done();
}

#[rstest]
#[tokio::test]
async fn whoever_is_no_administrator_finds_nothing(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let mut omar = Person::new("omar");
    omar.accepts(&app, &ana.invites(&app, roles::ALL).await).await.expect_done();
    assert_eq!(omar.get(&app, "/api/members").await.refusal(), ErrorCode::NotFound, "not approved yet");

    let lina = ana.brings_in(&app, &mut organisation, "lina", roles::COUNSELOR | roles::SUPERVISOR).await;
    for path in ["/api/members", "/api/sites"] {
        assert_eq!(lina.get(&app, path).await.refusal(), ErrorCode::NotFound, "{path}");
        assert_eq!(app.get(path).send().await.refusal(), ErrorCode::SignIn, "{path}");
    }
    assert_eq!(lina.creates(&app, &Invitation::new(), roles::COUNSELOR).await.refusal(), ErrorCode::NotFound);
    let path = format!("/api/members/{}/remove", ana.member.unwrap().to_text());
    assert_eq!(lina.post(&app, &path, &()).await.refusal(), ErrorCode::NotFound);
    assert_eq!(omar.members(&app).await.len(), 3, "approved now");
}

#[rstest]
#[tokio::test]
async fn a_removed_member_is_signed_out_everywhere_at_once(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let omar = ana.brings_in(&app, &mut organisation, "omar", roles::COUNSELOR).await;
    let path = format!("/api/members/{}/remove", omar.member.unwrap().to_text());
    ana.post(&app, &path, &()).await.expect_done();
    assert_eq!(omar.get(&app, "/api/me").await.refusal(), ErrorCode::SignIn);
    assert_eq!(ana.post(&app, &path, &()).await.refusal(), ErrorCode::NotFound);
    let own = format!("/api/members/{}/remove", ana.member.unwrap().to_text());
    assert_eq!(ana.post(&app, &own, &()).await.refusal(), ErrorCode::Invalid);
}

#[tokio::test]
async fn an_invitation_gives_roles_that_exist() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    for bits in [0, 8, 255] {
        assert_eq!(ana.creates(&app, &Invitation::new(), bits).await.refusal(), ErrorCode::Invalid);
    }
}

/// Only the inviter's browser can prove the keys. With her account that is gone, and administrators read it.
#[rstest]
#[tokio::test]
async fn whoever_was_invited_by_somebody_who_left_is_not_called_approved(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let eva = ana.brings_in(&app, &mut organisation, "eva", roles::ALL).await;
    let mut omar = Person::new("omar");
    omar.accepts(&app, &eva.invites(&app, roles::COUNSELOR).await).await.expect_done();
    let state = async || {
        let members = ana.members(&app).await;
        let row = members.into_iter().find(|row| Some(row.member) == omar.member).unwrap();
        (row.approved, row.approval.is_some())
    };
    assert_eq!(state().await, (false, true));
    let path = format!("/api/members/{}/remove", eva.member.unwrap().to_text());
    ana.post(&app, &path, &()).await.expect_done();
    assert_eq!(state().await, (false, false));
}
