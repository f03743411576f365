//! The first administrator's set-up.

use amparo_protocol::api::{DemoLink, SetupFinish, SetupOpen, SetupOpened, SetupState, SiteRow};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::settings::SiteSettings;
use rstest::rstest;

use crate::support::app::{Db, Postgres, Sqlite, TestApp, hours};
use crate::support::organisation::Organisation;
use crate::support::person::{Invitation, Person};

#[rstest]
#[tokio::test]
async fn the_first_administrator_sets_the_relay_up_and_is_signed_in(#[values(Sqlite, Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let state: SetupState = app.get("/api/setup").send().await.read();
    assert_eq!(state, SetupState { needed: true, demo: false });

    let token = app.setup_token().await;
    let mut organisation = Organisation::new("Amparo");
    let mut ana = Person::new("ana");
    let answer = ana.sets_up(&app, &token, &mut organisation).await.expect_done();

    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-amparo="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Max-Age=50400; Secure; HttpOnly; SameSite=Strict"), "{cookie}");
    let me = ana.me(&app).await;
    assert!(me.approved);
    assert_eq!((me.organisation.as_str(), me.org_key), ("Amparo", organisation.org_key()));
    assert!(me.wrapped_org_key.is_some());
    let state: SetupState = app.get("/api/setup").send().await.read();
    assert!(!state.needed);
}

#[rstest]
#[tokio::test]
async fn the_printed_address_works_once_and_for_a_day(#[values(Sqlite, Postgres)] db: Db) {
    let app = TestApp::start(db).await;
    let token = app.setup_token().await;
    let mut organisation = Organisation::new("Amparo");
    let finish = Person::new("ana").fills_set_up_in(&app, &token, &organisation).await;
    app.advance(hours(25));
    let late = Person::new("ana").post(&app, "/api/setup/finish", &finish).await;
    assert_eq!(late.refusal(), ErrorCode::Setup);

    let token = app.setup_token().await;
    Person::new("ana").sets_up(&app, &token, &mut organisation).await.expect_done();
    let used = Person::new("eve").post(&app, "/api/setup/finish", &SetupFinish { token, ..finish }).await;
    assert_eq!(used.refusal(), ErrorCode::Setup);
}

#[rstest]
#[tokio::test]
async fn with_the_paper_words_a_second_set_up_makes_another_administrator(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let token = app.setup_token().await;
    let opened: SetupOpened = Person::new("rosa").post(&app, "/api/setup/open", &opening(&token)).await.read();
    let standing = opened.standing.expect("the organisation stands");
    assert_eq!((standing.name.as_str(), standing.org_key), ("Amparo", organisation.org_key()));
    assert_eq!(standing.members.iter().map(|row| row.member).collect::<Vec<_>>(), [ana.member.unwrap()]);
    assert_eq!(standing.roster, ana.roster(&app).await.roster);

    let mut rosa = Person::new("rosa");
    let mut finish = rosa.fills_set_up_in(&app, &token, &organisation).await;
    finish.site = None;
    rosa.finishes_set_up(&app, &finish, &mut organisation).await.expect_done();
    assert_eq!(rosa.members(&app).await.len(), 2);
    let sites: Vec<SiteRow> = rosa.get(&app, "/api/sites").await.read();
    assert_eq!(sites.len(), 1, "no second site was made");
    assert_eq!(rosa.roster(&app).await.seq, 2);
}

#[rstest]
#[tokio::test]
async fn without_the_paper_words_a_second_set_up_is_refused(#[values(Sqlite, Postgres)] db: Db) {
    let (app, organisation, ana) = TestApp::set_up(db).await;
    let token = app.setup_token().await;
    let mut other = Organisation { seq: organisation.seq, newest: organisation.newest, ..Organisation::new("Other") };
    let refused = Person::new("eve").sets_up(&app, &token, &mut other).await;
    assert_eq!(refused.refusal(), ErrorCode::Conflict);
    assert_eq!(ana.members(&app).await.len(), 1);
}

#[tokio::test]
async fn before_the_first_set_up_the_address_shows_nothing_to_go_on_with() {
    let app = TestApp::start(Sqlite).await;
    let token = app.setup_token().await;
    let opened: SetupOpened = Person::new("ana").post(&app, "/api/setup/open", &opening(&token)).await.read();
    assert_eq!(opened, SetupOpened { standing: None });
}

fn opening(token: &str) -> SetupOpen {
    SetupOpen { token: token.to_owned() }
}

#[tokio::test]
async fn a_wrong_code_can_be_corrected() {
    let app = TestApp::start(Sqlite).await;
    let token = app.setup_token().await;
    let mut ana = Person::new("ana");
    let mut finish = ana.fills_set_up_in(&app, &token, &Organisation::new("Amparo")).await;
    finish.member.totp_code = Some("000000".to_owned());
    assert_eq!(ana.post(&app, "/api/setup/finish", &finish).await.refusal(), ErrorCode::WrongCredentials);
    finish.member.totp_code = ana.code(&app);
    ana.post(&app, "/api/setup/finish", &finish).await.expect_done();
}

#[tokio::test]
async fn a_set_up_without_a_site_or_with_one_without_an_emergency_number_is_refused() {
    let app = TestApp::start(Sqlite).await;
    let token = app.setup_token().await;
    let mut ana = Person::new("ana");
    let mut finish = ana.fills_set_up_in(&app, &token, &Organisation::new("Amparo")).await;
    for site in [None, finish.site.take().map(|site| SiteSettings { emergency: String::new(), ..site })] {
        let finish = SetupFinish { site, ..finish.clone() };
        assert_eq!(ana.post(&app, "/api/setup/finish", &finish).await.refusal(), ErrorCode::Invalid);
    }
    assert!(app.app.store.organisation().await.unwrap().is_none());
}

#[tokio::test]
async fn a_made_up_token_is_refused() {
    let app = TestApp::start(Sqlite).await;
    app.setup_token().await;
    let opened = Person::new("eve").post(&app, "/api/setup/open", &opening("made up")).await;
    assert_eq!(opened.refusal(), ErrorCode::Setup);
    let body = serde_json::json!({"token": "made up", "registration_request": "AAAA"});
    assert_eq!(Person::new("eve").post(&app, "/api/setup/start", &body).await.refusal(), ErrorCode::Setup);
}

#[tokio::test]
async fn the_demonstrations_links_set_up_and_invite_without_codes() {
    let app = TestApp::start_demo().await;
    let demo = app.app.demo.as_ref().unwrap();
    let [(_, first), (_, second)] = demo.links().map(|(name, token)| (name, token.to_owned()));
    let open = |token: &str| app.post("/api/demo").by_console().json(&serde_json::json!({"token": token})).send();
    assert_eq!(open(&second).await.refusal(), ErrorCode::Unexpected);
    assert_eq!(open("made up").await.refusal(), ErrorCode::NotFound);

    let link: DemoLink = open(&first).await.read();
    let mut ana = Person::new("ana");
    ana.sets_up(&app, &link.setup_token.unwrap(), &mut Organisation::new("Demo")).await.expect_done();
    assert_eq!(app.site_key().await, demo.site);

    let link: DemoLink = open(&second).await.read();
    let secret = link.invitation_secret.unwrap();
    let mut omar = Person::new("omar");
    omar.accepts(&app, &Invitation::from_secret(&secret)).await.expect_done();
    assert!(ana.members(&app).await.iter().any(|row| row.approval.is_some()));
}
