//! Any two of password, authenticator and recovery code replace the third; one alone opens nothing and tells nothing.

use amparo_protocol::api::{
    LostFinish, LostStart, LostStarted, RecoveryFinish, RecoveryStart, RecoveryStarted, SignInFinish,
};
use amparo_protocol::desk::{TrailEvent, TrailRow};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::Hash;
use amparo_protocol::sealed::Sealed;
use amparo_server::password::Passwords;
use amparo_server::random::Random;
use amparo_server::store::login::Login;
use ed25519_dalek::{Signer, SigningKey};
use rstest::rstest;

use crate::support::app::{Db, Postgres, Sqlite, TestApp, secs};
use crate::support::authenticator::Authenticator;
use crate::support::passwords;
use crate::support::person::{Person, six_digits};
use crate::support::request::Answer;

const NEW_PASSWORD: &str = "river lamp seven coats";

/// What the browser signs once the code has opened the account (docs/protocol.md, Recovery).
fn signed_by(key: &SigningKey, attempt: Hash) -> Sealed {
    Sealed(key.sign(&[b"\x0dhlc1 recovery".as_slice(), &attempt.0].concat()).to_bytes().to_vec())
}

fn stranger() -> SigningKey {
    SigningKey::from_bytes(&Random::Machine.bytes())
}

impl Person {
    async fn asks_to_recover(&self, app: &TestApp, lost: LostStart) -> Answer {
        let start = RecoveryStart { sign_in_name: self.name.clone(), lost };
        self.post(app, "/api/recovery/start", &start).await
    }

    /// Everything right: the code, the digits of now, and a new password.
    async fn forgot_password(&self, app: &TestApp) -> Result<RecoveryFinish, Answer> {
        let (registering, registration_request) = passwords::start_registration(NEW_PASSWORD);
        let answer = self.asks_to_recover(app, LostStart::Password { registration_request }).await;
        if !answer.status.is_success() {
            return Err(answer);
        }
        let RecoveryStarted { attempt, lost, .. } = answer.read();
        let LostStarted::Password { registration_response } = lost else { panic!("not what was asked: {lost:?}") };
        Ok(RecoveryFinish {
            attempt,
            signature: signed_by(&self.account, attempt),
            totp_code: self.code(app).unwrap_or_else(|| "000000".to_owned()),
            lost: LostFinish::Password {
                registration_upload: registering.finish(NEW_PASSWORD, &registration_response),
                wrapped_by_password: Sealed(vec![6; 70]),
            },
        })
    }

    /// Everything right, if the password is: the code, and the first digits of the new authenticator, whose secret is
    /// the second answer.
    async fn lost_phone(&self, app: &TestApp, password: &str) -> Result<(RecoveryFinish, String), Answer> {
        let (signing_in, credential_request) = passwords::start_sign_in(password);
        let answer = self.asks_to_recover(app, LostStart::Phone { credential_request }).await;
        if !answer.status.is_success() {
            return Err(answer);
        }
        let RecoveryStarted { attempt, lost, .. } = answer.read();
        let LostStarted::Phone { credential_response, totp_secret } = lost else { panic!("not asked: {lost:?}") };
        // She sets her new phone up; no wait is longer.
        app.advance(secs(300));
        let finalization = signing_in.finish(password, &credential_response);
        let finish = RecoveryFinish {
            attempt,
            signature: signed_by(&self.account, attempt),
            totp_code: six_digits(&totp_secret, app),
            lost: LostFinish::Phone { credential_finalization: finalization.unwrap_or_else(|| Sealed(vec![9; 64])) },
        };
        Ok((finish, totp_secret))
    }

    async fn recovers(&self, app: &TestApp, finish: &RecoveryFinish) -> Answer {
        self.post(app, "/api/recovery/finish", finish).await
    }

    /// How often this stands in the trail.
    async fn counts_in_trail(&self, app: &TestApp, event: TrailEvent) -> usize {
        let trail: Vec<TrailRow> = self.get(app, "/api/trail").await.read();
        trail.iter().filter(|row| row.what == event).count()
    }
}

#[rstest]
#[tokio::test]
async fn recovery_code_and_authenticator_replace_the_password(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, mut ana) = TestApp::set_up(db).await;
    app.keeps_secret(NEW_PASSWORD);
    ana.adds(&app, &Authenticator::new()).await.expect_done();
    let elsewhere = ana.cookie.take();
    let before = app.app.store.member(ana.member.unwrap()).await.unwrap().unwrap();
    app.advance(secs(60));

    let finish = ana.forgot_password(&app).await.unwrap();
    ana.cookie = ana.recovers(&app, &finish).await.expect_done().cookie();
    assert_eq!(ana.me(&app).await.wrapped_by_password, Sealed(vec![6; 70]));
    let former = app.get("/api/me").cookie(elsewhere.as_deref()).send().await;
    assert_eq!(former.refusal(), ErrorCode::SignIn, "every other login has ended");
    assert_eq!(ana.passkeys(&app).await.passkeys.len(), 1);
    assert_eq!(ana.counts_in_trail(&app, TrailEvent::PasswordReplaced).await, 1);
    let after = app.app.store.member(before.id).await.unwrap().unwrap();
    assert_eq!((after.wrapped_by_recovery, after.totp_secret), (before.wrapped_by_recovery, before.totp_secret));

    app.advance(secs(60));
    let code = ana.code(&app);
    assert_eq!(ana.signs_in(&app, code).await.refusal(), ErrorCode::WrongCredentials, "with the former password");
    ana.password = NEW_PASSWORD.to_owned();
    app.advance(secs(60));
    let code = ana.code(&app);
    ana.signs_in(&app, code).await.expect_done();
}

#[rstest]
#[tokio::test]
async fn recovery_code_and_password_replace_the_authenticator(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, mut ana) = TestApp::set_up(db).await;
    ana.adds(&app, &Authenticator::new()).await.expect_done();
    let elsewhere = ana.cookie.take();
    app.advance(secs(60));

    let (finish, totp_secret) = ana.lost_phone(&app, &ana.password).await.unwrap();
    ana.cookie = ana.recovers(&app, &finish).await.expect_done().cookie();
    let former = app.get("/api/me").cookie(elsewhere.as_deref()).send().await;
    assert_eq!(former.refusal(), ErrorCode::SignIn, "every other login has ended");
    assert_eq!(ana.passkeys(&app).await.passkeys, [], "one may have been on the phone");
    assert_eq!(ana.counts_in_trail(&app, TrailEvent::AuthenticatorReplaced).await, 1);

    ana.cookie = None;
    app.advance(secs(60));
    let code = ana.code(&app);
    assert_eq!(ana.signs_in(&app, code).await.refusal(), ErrorCode::WrongCredentials, "the lost phone's digits");
    ana.totp_secret = Some(totp_secret);
    app.advance(secs(60));
    let code = ana.code(&app);
    ana.signs_in(&app, code).await.expect_done();
}

#[tokio::test]
async fn the_digits_that_confirmed_an_authenticator_are_used_up() {
    let (app, _, mut ana) = TestApp::set_up(Sqlite).await;
    app.advance(secs(60));
    let (finish, _) = ana.lost_phone(&app, &ana.password).await.unwrap();
    ana.recovers(&app, &finish).await.expect_done();
    ana.cookie = None;
    let again = ana.signs_in(&app, Some(finish.totp_code)).await;
    assert_eq!(again.refusal(), ErrorCode::WrongCredentials);
}

/// One of the three in hand, or two that are one.
#[rstest]
#[tokio::test]
async fn one_of_the_three_is_not_enough(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, ana) = TestApp::set_up(db).await;
    type Lie = fn(&mut RecoveryFinish);
    let without_code: Lie = |finish| finish.signature = signed_by(&stranger(), finish.attempt);
    let made_up: Lie = |finish| finish.signature = Sealed(vec![1; 64]);
    let longer: Lie = |finish| finish.signature.0.push(0);
    let none: Lie = |finish| finish.signature.0.clear();
    let without_authenticator: Lie = |finish| finish.totp_code = "123456".to_owned();
    let no_digits: Lie = |finish| finish.totp_code.clear();
    let lies = [without_code, made_up, longer, none, without_authenticator, no_digits];
    for (at, lie) in lies.into_iter().enumerate() {
        // No wait is longer.
        app.advance(secs(300));
        let mut finish = ana.forgot_password(&app).await.unwrap();
        lie(&mut finish);
        let refused = ana.recovers(&app, &finish).await;
        assert_eq!(refused.refusal(), ErrorCode::WrongCredentials, "a forgotten password, lie {at}");
        app.advance(secs(300));
        let (mut finish, _) = ana.lost_phone(&app, &ana.password).await.unwrap();
        lie(&mut finish);
        let refused = ana.recovers(&app, &finish).await;
        assert_eq!(refused.refusal(), ErrorCode::WrongCredentials, "a lost phone, lie {at}");
    }
    app.advance(secs(300));
    let (without_password, _) = ana.lost_phone(&app, "a guess").await.unwrap();
    assert_eq!(ana.recovers(&app, &without_password).await.refusal(), ErrorCode::WrongCredentials);
    assert!(ana.me(&app).await.approved, "and her login goes on");
}

#[tokio::test]
async fn a_signature_counts_for_its_attempt_alone() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    app.advance(secs(60));
    let earlier = ana.forgot_password(&app).await.unwrap();
    let mut finish = ana.forgot_password(&app).await.unwrap();
    finish.signature = earlier.signature;
    assert_eq!(ana.recovers(&app, &finish).await.refusal(), ErrorCode::WrongCredentials);
}

#[rstest]
#[tokio::test]
async fn digits_count_once(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, mut ana) = TestApp::set_up(db).await;
    let used_at_set_up = ana.forgot_password(&app).await.unwrap();
    assert_eq!(ana.recovers(&app, &used_at_set_up).await.refusal(), ErrorCode::WrongCredentials);
    app.advance(secs(60));
    let finish = ana.forgot_password(&app).await.unwrap();
    ana.recovers(&app, &finish).await.expect_done();
    ana.cookie = None;
    ana.password = NEW_PASSWORD.to_owned();
    assert_eq!(ana.signs_in(&app, Some(finish.totp_code)).await.refusal(), ErrorCode::WrongCredentials);
}

/// Whoever asks for somebody learns nothing, whether there is such a member or not.
#[rstest]
#[tokio::test]
async fn a_name_that_nobody_has_gets_the_same_answers(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, ana) = TestApp::set_up(db).await;
    let nobody = Person::new("nobody");
    app.advance(secs(60));
    for _ in 0..2 {
        let known = ana.forgot_password(&app).await.unwrap();
        let unknown = nobody.forgot_password(&app).await.unwrap();
        let known = RecoveryFinish { signature: signed_by(&stranger(), known.attempt), ..known };
        let known = ana.recovers(&app, &known).await;
        let unknown = nobody.recovers(&app, &unknown).await;
        assert_eq!(known.refusal(), ErrorCode::WrongCredentials);
        assert_eq!((known.status, known.body), (unknown.status, unknown.body));

        let known = ana.forgot_password(&app).await.unwrap_err();
        let unknown = nobody.forgot_password(&app).await.unwrap_err();
        assert_eq!(known.refusal(), ErrorCode::TooManyAttempts);
        assert_eq!((known.status, known.body), (unknown.status, unknown.body));
        app.advance(secs(2));
    }
    app.advance(secs(60));
    let (known, _) = ana.lost_phone(&app, "a guess").await.unwrap();
    let (unknown, _) = nobody.lost_phone(&app, "a guess").await.unwrap();
    let (known, unknown) = (ana.recovers(&app, &known).await, nobody.recovers(&app, &unknown).await);
    assert_eq!(known.refusal(), ErrorCode::WrongCredentials);
    assert_eq!((known.status, known.body), (unknown.status, unknown.body));
}

#[tokio::test]
async fn the_first_answer_tells_nothing_by_its_length_or_by_asking_twice() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    let [nobody, nemo] = ["nobody", "nemo"].map(Person::new);
    let requests = [
        LostStart::Password { registration_request: passwords::start_registration("x").1 },
        LostStart::Phone { credential_request: passwords::start_sign_in("x").1 },
    ];
    for lost in requests {
        app.advance(secs(300));
        let known = ana.asks_to_recover(&app, lost.clone()).await.expect_done();
        let unknown = nobody.asks_to_recover(&app, lost.clone()).await.expect_done();
        app.advance(secs(300));
        assert_eq!(known.body.len(), unknown.body.len());
        let [known, first]: [RecoveryStarted; 2] = [known.read(), unknown.read()];
        let again: RecoveryStarted = nobody.asks_to_recover(&app, lost.clone()).await.read();
        let other: RecoveryStarted = nemo.asks_to_recover(&app, lost.clone()).await.read();
        assert_eq!(first.wrapped_by_recovery, again.wrapped_by_recovery);
        assert_ne!(first.wrapped_by_recovery, other.wrapped_by_recovery);
        assert_ne!(first.attempt, again.attempt);
        assert_eq!(first.wrapped_by_recovery.as_bytes()[..10], known.wrapped_by_recovery.as_bytes()[..10]);
        if matches!(lost, LostStart::Password { .. }) {
            assert_eq!(first.lost, again.lost, "the same request has the same answer, as for a member");
        }
        // A relay that was started again makes the same up.
        let loaded = Passwords::load(&app.app.store, &app.app.random, app.app.clock.now()).await.unwrap();
        assert_eq!(loaded.wrapped_for_nobody("nobody"), first.wrapped_by_recovery);
    }
}

#[rstest]
#[tokio::test]
async fn failures_are_counted_with_those_of_signing_in(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, mut ana) = TestApp::set_up(db).await;
    ana.cookie = None;
    app.advance(secs(60));
    for wait in [1, 2, 4] {
        let mut finish = ana.forgot_password(&app).await.unwrap();
        finish.signature = signed_by(&stranger(), finish.attempt);
        assert_eq!(ana.recovers(&app, &finish).await.refusal(), ErrorCode::WrongCredentials);
        app.advance(secs(wait - 1));
        let code = ana.code(&app);
        assert_eq!(ana.signs_in(&app, code).await.refusal(), ErrorCode::TooManyAttempts);
        assert_eq!(ana.forgot_password(&app).await.unwrap_err().refusal(), ErrorCode::TooManyAttempts);
        app.advance(secs(1));
    }
    assert_eq!(ana.tries(&app, "wrong", None).await.refusal(), ErrorCode::WrongCredentials);
    app.advance(secs(7));
    assert_eq!(ana.forgot_password(&app).await.unwrap_err().refusal(), ErrorCode::TooManyAttempts);
    app.advance(secs(1));
    let finish = ana.forgot_password(&app).await.unwrap();
    ana.recovers(&app, &finish).await.expect_done();
    // The wait is forgotten.
    assert!(ana.forgot_password(&app).await.is_ok());
}

#[rstest]
#[tokio::test]
async fn many_guesses_at_once_count_as_one(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, ana) = TestApp::set_up(db).await;
    app.advance(secs(60));
    let mut guesses = Vec::new();
    for _ in 0..5 {
        let guess = ana.forgot_password(&app).await.unwrap();
        guesses.push(RecoveryFinish { totp_code: "000001".to_owned(), ..guess });
    }
    let mut refusals = Vec::new();
    for guess in guesses {
        refusals.push(ana.recovers(&app, &guess).await.refusal());
    }
    assert_eq!(refusals[0], ErrorCode::WrongCredentials);
    assert!(refusals[1..].iter().all(|refusal| *refusal == ErrorCode::TooManyAttempts), "{refusals:?}");
}

#[tokio::test]
async fn a_mistyped_code_of_the_new_authenticator_may_be_corrected() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    app.advance(secs(60));
    let (finish, _) = ana.lost_phone(&app, &ana.password).await.unwrap();
    let mistyped = RecoveryFinish { totp_code: "123456".to_owned(), ..finish.clone() };
    assert_eq!(ana.recovers(&app, &mistyped).await.refusal(), ErrorCode::WrongCredentials);
    // The second failure, with the first request.
    app.advance(secs(2));
    ana.recovers(&app, &finish).await.expect_done();
}

#[rstest]
#[tokio::test]
async fn an_attempt_is_finished_once_and_within_a_quarter_of_an_hour(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, ana) = TestApp::set_up(db).await;
    app.advance(secs(60));
    let late = ana.forgot_password(&app).await.unwrap();
    app.advance(secs(15 * 60));
    let late = RecoveryFinish { totp_code: ana.code(&app).unwrap(), ..late };
    assert_eq!(ana.recovers(&app, &late).await.refusal(), ErrorCode::Unexpected);

    let finish = ana.forgot_password(&app).await.unwrap();
    ana.recovers(&app, &finish).await.expect_done();
    assert_eq!(ana.recovers(&app, &finish).await.refusal(), ErrorCode::Unexpected);
    let made_up = RecoveryFinish { attempt: Hash([1; 32]), ..finish };
    assert_eq!(ana.recovers(&app, &made_up).await.refusal(), ErrorCode::Unexpected);
}

/// Somebody else has begun with what is lost, and goes on after it was replaced.
#[tokio::test]
async fn what_was_begun_before_is_not_finished_after() {
    let (app, _, mut ana) = TestApp::set_up(Sqlite).await;
    app.advance(secs(60));
    let (other, _) = ana.lost_phone(&app, &ana.password).await.unwrap();
    let sign_in = ana.starts_sign_in(&app, &ana.password).await.unwrap();
    app.advance(secs(2));
    let finish = ana.forgot_password(&app).await.unwrap();
    ana.recovers(&app, &finish).await.expect_done();
    ana.cookie = None;
    app.advance(secs(30));
    let sign_in = SignInFinish { totp_code: ana.code(&app), ..sign_in };
    let refused = ana.post(&app, "/api/sign-in/finish", &sign_in).await;
    assert_eq!(refused.refusal(), ErrorCode::WrongCredentials, "with the former password");
    assert_eq!(ana.recovers(&app, &other).await.refusal(), ErrorCode::Unexpected);
}

/// As at sign-in: the browser's cookie is replaced, and what it opened ends.
#[tokio::test]
async fn whoever_was_signed_in_in_this_browser_is_signed_out() {
    let (app, _, mut ana) = TestApp::set_up(Sqlite).await;
    let invitation = ana.invites(&app, 1).await;
    let mut omar = Person::new("omar");
    omar.accepts(&app, &invitation).await.expect_done();
    app.advance(secs(60));
    let finish = ana.forgot_password(&app).await.unwrap();
    ana.cookie = omar.cookie.clone();
    ana.recovers(&app, &finish).await.expect_done();
    assert_eq!(omar.get(&app, "/api/me").await.refusal(), ErrorCode::SignIn);
}

#[tokio::test]
async fn what_is_replaced_is_what_was_said_to_be_lost() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    app.advance(secs(60));
    let (phone, _) = ana.lost_phone(&app, &ana.password).await.unwrap();
    let password = ana.forgot_password(&app).await.unwrap();
    let crossed = RecoveryFinish { lost: phone.lost.clone(), ..password.clone() };
    assert_eq!(ana.recovers(&app, &crossed).await.refusal(), ErrorCode::Invalid);
    app.advance(secs(2));
    let crossed = RecoveryFinish { lost: password.lost, ..phone };
    assert_eq!(ana.recovers(&app, &crossed).await.refusal(), ErrorCode::Invalid);
}

/// A name that is longer than any lies in no memory.
#[tokio::test]
async fn a_name_that_nobody_could_have_is_refused() {
    let (app, _, mut ana) = TestApp::set_up(Sqlite).await;
    ana.name = "a".repeat(65);
    assert_eq!(ana.forgot_password(&app).await.unwrap_err().refusal(), ErrorCode::Invalid);
    assert_eq!(ana.tries(&app, "a guess", None).await.refusal(), ErrorCode::Invalid);
}

#[tokio::test]
async fn the_demonstration_has_nothing_to_recover() {
    let app = TestApp::start_demo().await;
    let refused = Person::new("ana").forgot_password(&app).await.unwrap_err();
    assert_eq!(refused.refusal(), ErrorCode::NotFound);
}

#[tokio::test]
async fn a_recovery_from_another_website_is_refused() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    app.advance(secs(60));
    let finish = ana.forgot_password(&app).await.unwrap();
    let elsewhere = |path: &'static str| {
        app.post(path).header("origin", "https://evil.example").header("sec-fetch-site", "cross-site")
    };
    let start = serde_json::json!({"sign_in_name": "ana", "lost": {"password": {"registration_request": "AAAA"}}});
    let refused = elsewhere("/api/recovery/start").json(&start).send().await;
    assert_eq!(refused.refusal(), ErrorCode::OriginNotAllowed);
    let refused = elsewhere("/api/recovery/finish").json(&finish).send().await;
    assert_eq!(refused.refusal(), ErrorCode::OriginNotAllowed);
    ana.recovers(&app, &finish).await.expect_done();
}

/// A password that was right a moment ago opens nothing once it was replaced, in whichever order the database sees the two.
#[rstest]
#[tokio::test]
async fn who_was_checked_before_a_replacement_is_not_signed_in(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, mut ana) = TestApp::set_up(db).await;
    let store = &app.app.store;
    let checked = store.member(ana.member.unwrap()).await.unwrap().unwrap();
    app.advance(secs(60));
    let finish = ana.forgot_password(&app).await.unwrap();
    ana.cookie = ana.recovers(&app, &finish).await.expect_done().cookie();
    let now = app.app.clock.now();
    let login = Login { id: Hash([7; 32]), member: checked.id, created_at: now, expires_at: now.plus_secs(60) };
    assert!(!store.add_login(&login, &checked).await.unwrap());
    assert_eq!(store.login(login.id, now).await.unwrap(), None);
    assert!(!store.replace_credentials(&checked, &checked).await.unwrap(), "nor does it replace anything");
    assert!(ana.me(&app).await.approved);

    let checked = store.member(checked.id).await.unwrap().unwrap();
    app.advance(secs(60));
    let (finish, _) = ana.lost_phone(&app, NEW_PASSWORD).await.unwrap();
    ana.recovers(&app, &finish).await.expect_done();
    assert!(!store.add_login(&login, &checked).await.unwrap(), "nor with the lost phone");
    let checked = store.member(checked.id).await.unwrap().unwrap();
    assert!(store.add_login(&login, &checked).await.unwrap());
}
