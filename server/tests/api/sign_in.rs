//! Sign-in, its delays, codes that count once, and logins that end.

use amparo_protocol::api::SignInFinish;
use amparo_protocol::error::ErrorCode;
use rstest::rstest;

use crate::support::app::{Db, Postgres, Sqlite, TestApp, hours, secs};
use crate::support::person::Person;

#[rstest]
#[tokio::test]
async fn a_member_signs_in_with_name_password_and_code(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, mut ana) = TestApp::set_up(db).await;
    ana.signs_out(&app).await.expect_done();
    app.advance(secs(30));
    let code = ana.code(&app);
    ana.name = " ANA ".to_owned();
    ana.signs_in(&app, code).await.expect_done();
    assert_eq!(ana.me(&app).await.sign_in_name, "ana");
}

#[rstest]
#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answers(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, mut ana) = TestApp::set_up(db).await;
    ana.cookie = None;
    let nobody = Person::new("nobody");
    for _ in 0..2 {
        let known = ana.starts_sign_in(&app, "wrong").await.unwrap();
        let unknown = nobody.starts_sign_in(&app, "wrong").await.unwrap();
        let known = ana.post(&app, "/api/sign-in/finish", &known).await;
        let unknown = nobody.post(&app, "/api/sign-in/finish", &unknown).await;
        assert_eq!(known.refusal(), ErrorCode::WrongCredentials);
        assert_eq!((known.status, known.body), (unknown.status, unknown.body));

        let known = ana.starts_sign_in(&app, "wrong").await.unwrap_err();
        let unknown = nobody.starts_sign_in(&app, "wrong").await.unwrap_err();
        assert_eq!(known.refusal(), ErrorCode::TooManyAttempts);
        assert_eq!((known.status, known.body), (unknown.status, unknown.body));
        app.advance(secs(2));
    }
}

#[tokio::test]
async fn the_first_answer_has_the_same_length_for_an_unknown_name() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    let request = crate::support::passwords::start_sign_in("x").1;
    let mut lengths = Vec::new();
    for name in [&ana.name, "nobody"] {
        let start =
            amparo_protocol::api::SignInStart { sign_in_name: name.to_owned(), credential_request: request.clone() };
        lengths.push(ana.post(&app, "/api/sign-in/start", &start).await.expect_done().body.len());
    }
    assert_eq!(lengths[0], lengths[1]);
}

/// Until these seconds are over, with everything right.
async fn is_refused_for(app: &TestApp, person: &mut Person, wait: u64) {
    app.advance(secs(wait - 1));
    let code = person.code(app);
    assert_eq!(person.signs_in(app, code).await.refusal(), ErrorCode::TooManyAttempts);
    app.advance(secs(1));
}

#[rstest]
#[tokio::test]
async fn the_wait_doubles_with_each_failure_and_ends_with_a_success(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, mut ana) = TestApp::set_up(db).await;
    ana.cookie = None;
    app.advance(secs(60));
    for wait in [1, 2, 4] {
        assert_eq!(ana.tries(&app, "wrong", None).await.refusal(), ErrorCode::WrongCredentials);
        is_refused_for(&app, &mut ana, wait).await;
    }
    let code = ana.code(&app);
    ana.signs_in(&app, code).await.expect_done();
    assert_eq!(ana.tries(&app, "wrong", None).await.refusal(), ErrorCode::WrongCredentials);
    app.advance(secs(1));
    assert_eq!(ana.tries(&app, "wrong", None).await.refusal(), ErrorCode::WrongCredentials);
}

#[rstest]
#[tokio::test]
async fn many_guesses_at_once_count_as_one(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, mut ana) = TestApp::set_up(db).await;
    ana.cookie = None;
    let guesses = (0..10).map(|_| ana.starts_sign_in(&app, "guess"));
    let halves = futures_util::future::join_all(guesses).await;
    assert_eq!(halves.iter().filter(|half| half.is_ok()).count(), 1);
    let refusals = halves.into_iter().filter_map(Result::err).map(|answer| answer.refusal());
    assert!(refusals.into_iter().all(|refusal| refusal == ErrorCode::TooManyAttempts));
}

/// The first answer is all that it takes to find out in the browser that a password is wrong.
#[rstest]
#[tokio::test]
async fn a_guess_that_nobody_finishes_counts(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, mut ana) = TestApp::set_up(db).await;
    ana.cookie = None;
    app.advance(secs(60));
    for wait in [1, 2, 4] {
        assert!(ana.starts_sign_in(&app, "a guess").await.is_ok());
        is_refused_for(&app, &mut ana, wait).await;
    }
    let code = ana.code(&app);
    ana.signs_in(&app, code).await.expect_done();
}

#[rstest]
#[tokio::test]
async fn a_code_counts_once_and_for_one_step_beside(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, mut ana) = TestApp::set_up(db).await;
    ana.cookie = None;
    let used_at_set_up = ana.code(&app);
    assert_eq!(ana.signs_in(&app, used_at_set_up).await.refusal(), ErrorCode::WrongCredentials);
    assert_eq!(ana.signs_in(&app, None).await.refusal(), ErrorCode::TooManyAttempts);

    app.advance(secs(60));
    let code = ana.code(&app);
    app.advance(secs(30));
    ana.signs_in(&app, code.clone()).await.expect_done();
    ana.cookie = None;
    assert_eq!(ana.signs_in(&app, code).await.refusal(), ErrorCode::WrongCredentials);
    app.advance(secs(60));
    let code = ana.code(&app);
    app.advance(secs(60));
    assert_eq!(ana.signs_in(&app, code).await.refusal(), ErrorCode::WrongCredentials);
}

#[rstest]
#[tokio::test]
async fn after_a_reload_the_password_is_enough_and_the_login_is_not_prolonged(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, mut ana) = TestApp::set_up(db).await;
    app.advance(hours(11));
    let answer = ana.signs_in(&app, None).await.expect_done();
    assert_eq!(answer.cookie(), None);
    app.advance(hours(1));
    assert_eq!(ana.get(&app, "/api/me").await.refusal(), ErrorCode::SignIn);
    // A desk that was locked meanwhile: it is told what is missing, and nobody else is.
    assert_eq!(ana.signs_in(&app, None).await.refusal(), ErrorCode::SignIn);
    app.advance(secs(2));
    ana.cookie = None;
    assert_eq!(ana.signs_in(&app, None).await.refusal(), ErrorCode::WrongCredentials);
}

#[rstest]
#[tokio::test]
async fn another_members_login_does_not_replace_the_code(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, ana) = TestApp::set_up(db).await;
    let invitation = ana.invites(&app, 1).await;
    let mut omar = Person::new("omar");
    omar.accepts(&app, &invitation).await.expect_done();
    omar.cookie = ana.cookie.clone();
    assert_eq!(omar.signs_in(&app, None).await.refusal(), ErrorCode::WrongCredentials);
}

#[rstest]
#[tokio::test]
async fn a_sign_out_ends_the_login_at_once(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, ana) = TestApp::set_up(db).await;
    let answer = ana.signs_out(&app).await.expect_done();
    assert!(answer.header("set-cookie").starts_with("__Host-amparo=; Path=/; Max-Age=0"));
    assert_eq!(ana.get(&app, "/api/me").await.refusal(), ErrorCode::SignIn);
}

#[tokio::test]
async fn an_attempt_can_be_finished_once_and_within_two_minutes() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    app.advance(secs(60));
    let late = ana.starts_sign_in(&app, &ana.password).await.unwrap();
    app.advance(secs(120));
    let late = ana.post(&app, "/api/sign-in/finish", &late).await;
    assert_eq!(late.refusal(), ErrorCode::WrongCredentials);

    let finish = ana.starts_sign_in(&app, &ana.password).await.unwrap();
    let finish = SignInFinish { totp_code: ana.code(&app), ..finish };
    ana.post(&app, "/api/sign-in/finish", &finish).await.expect_done();
    assert_eq!(ana.post(&app, "/api/sign-in/finish", &finish).await.refusal(), ErrorCode::WrongCredentials);
}

#[tokio::test]
async fn a_sign_in_from_another_website_is_refused() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    let body = serde_json::json!({"sign_in_name": "ana", "credential_request": "AAAA"});
    let from = |origin: &str, site: &str| {
        app.post("/api/sign-in/start").header("origin", origin).header("sec-fetch-site", site).json(&body).send()
    };
    assert_eq!(from("https://evil.example", "cross-site").await.refusal(), ErrorCode::OriginNotAllowed);
    assert_eq!(from("null", "cross-site").await.refusal(), ErrorCode::OriginNotAllowed);
    assert_eq!(from("https://chat.example.org", "same-site").await.refusal(), ErrorCode::OriginNotAllowed);
    let without = app.post("/api/sign-out").cookie(ana.cookie.as_deref()).send().await;
    assert_eq!(without.refusal(), ErrorCode::OriginNotAllowed);
    assert!(ana.me(&app).await.approved);
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused_without_quoting_it() {
    let app = TestApp::start(Sqlite).await;
    let kinds = [("text/plain", "{}"), ("application/json", "{\"secret word"), ("application/json", "{\"x\":1}")];
    for (kind, body) in kinds {
        let sent = app.post("/api/sign-in/start").by_console().header("content-type", kind).text(body);
        let answer = sent.send().await;
        assert_eq!(answer.refusal(), ErrorCode::Malformed);
        assert!(!answer.text().contains("secret word"));
    }
    let huge = "x".repeat(1024 * 1024 + 1);
    let sent = app.post("/api/sign-in/start").by_console().header("content-type", "application/json").text(&huge);
    assert_eq!(sent.send().await.refusal(), ErrorCode::TooLarge);
}

/// Somebody who knows her name guesses without end while she talks with a visitor: her own desk opens all the same, and who
/// sits at it without the password waits like anybody.
#[rstest]
#[tokio::test]
async fn a_stranger_does_not_lock_a_member_out_of_her_own_desk(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, mut ana) = TestApp::set_up(db).await;
    let stranger = Person::new("ana");
    for _ in 0..2 {
        assert!(stranger.starts_sign_in(&app, "a guess").await.is_ok());
        assert_eq!(stranger.tries(&app, "a guess", None).await.refusal(), ErrorCode::TooManyAttempts);
        ana.signs_in(&app, None).await.expect_done();
        app.advance(secs(1));
    }
    for wait in [1, 2, 4] {
        assert_eq!(ana.tries(&app, "a guess", None).await.refusal(), ErrorCode::WrongCredentials);
        app.advance(secs(wait - 1));
        assert_eq!(ana.signs_in(&app, None).await.refusal(), ErrorCode::TooManyAttempts);
        app.advance(secs(1));
    }
    ana.signs_in(&app, None).await.expect_done();
    assert_eq!(ana.tries(&app, "a guess", None).await.refusal(), ErrorCode::WrongCredentials, "forgotten");
}
