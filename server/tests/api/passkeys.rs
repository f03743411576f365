//! Passkeys beside the six digits: added, used, listed, removed; and every answer that must not count.

use amparo_protocol::api::{
    PasskeyAsked, PasskeyCount, PasskeyFinish, PasskeyStart, Passkeys, SignInPasskey, SignInPasskeyFinish, roles,
};
use amparo_protocol::desk::{TrailEvent, TrailRow};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::Hash;
use rstest::rstest;

use crate::support::app::{Db, Postgres, Sqlite, TestApp, secs};
use crate::support::authenticator::Authenticator;
use crate::support::person::Person;
use crate::support::request::Answer;

impl Person {
    async fn starts_passkey(&self, app: &TestApp) -> Answer {
        app.advance(secs(60));
        self.post(app, "/api/passkeys/start", &PasskeyStart { totp_code: self.code(app) }).await
    }

    pub async fn adds(&self, app: &TestApp, passkey: &Authenticator) -> Answer {
        let asked: PasskeyAsked = self.starts_passkey(app).await.read();
        self.finishes_adding(app, asked.attempt, passkey.creates(&asked.options)).await
    }

    async fn finishes_adding(&self, app: &TestApp, attempt: Hash, credential: String) -> Answer {
        let finish = PasskeyFinish { attempt, name: " my phone ".to_owned(), credential };
        self.post(app, "/api/passkeys/finish", &finish).await
    }

    pub async fn passkeys(&self, app: &TestApp) -> Passkeys {
        self.get(app, "/api/passkeys").await.read()
    }

    async fn asks_for_passkey(&self, app: &TestApp, password: &str) -> Answer {
        // No delay after failures is longer.
        app.advance(secs(300));
        let started = self.starts_sign_in(app, password).await.expect("nothing was tried lately");
        let ask = SignInPasskey { attempt: started.attempt, credential_finalization: started.credential_finalization };
        self.post(app, "/api/sign-in/passkey", &ask).await
    }

    /// The question that follows the right password.
    async fn is_asked(&self, app: &TestApp) -> PasskeyAsked {
        self.asks_for_passkey(app, &self.password).await.read()
    }

    async fn gives(&self, app: &TestApp, attempt: Hash, credential: String) -> Answer {
        self.post(app, "/api/sign-in/passkey/finish", &SignInPasskeyFinish { attempt, credential }).await
    }
}

#[rstest]
#[tokio::test]
async fn a_passkey_takes_the_place_of_the_six_digits(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, mut ana) = TestApp::set_up(db).await;
    let mut phone = Authenticator::new();
    ana.adds(&app, &phone).await.expect_done();
    let listed = ana.passkeys(&app).await;
    assert!(listed.may_be_added);
    assert_eq!((listed.passkeys[0].name.as_str(), listed.passkeys[0].used_at_unix_secs), ("my phone", None));
    assert_eq!(ana.adds(&app, &phone).await.refusal(), ErrorCode::Invalid, "the same one is not added twice");

    ana.signs_out(&app).await.expect_done();
    ana.cookie = None;
    let asked = ana.is_asked(&app).await;
    let answer = ana.gives(&app, asked.attempt, phone.answers(&asked.options)).await.expect_done();
    ana.cookie = answer.cookie();
    assert!(ana.passkeys(&app).await.passkeys[0].used_at_unix_secs.is_some());
    // The digits go on working.
    app.advance(secs(60));
    let code = ana.code(&app);
    ana.signs_in(&app, code).await.expect_done();

    let id = ana.passkeys(&app).await.passkeys[0].id.clone();
    ana.post(&app, &format!("/api/passkeys/{id}/remove"), &()).await.expect_done();
    assert_eq!(ana.passkeys(&app).await.passkeys, []);
    let refused = ana.asks_for_passkey(&app, &ana.password).await;
    assert_eq!(refused.refusal(), ErrorCode::NotFound);
    let trail: Vec<TrailRow> = ana.get(&app, "/api/trail").await.read();
    for event in [TrailEvent::PasskeyAdded, TrailEvent::PasskeyRemoved] {
        assert_eq!(trail.iter().filter(|row| row.what == event).count(), 1, "{event:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_quite_right_is_refused() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    let mut phone = Authenticator::new();
    ana.adds(&app, &phone).await.expect_done();
    let earlier = ana.is_asked(&app).await;
    type Lie = fn(&mut Authenticator);
    let lies: [(&str, Lie); 4] = [
        ("another origin", |phone| phone.origin = "https://chat.example.org.evil.example".to_owned()),
        ("another host", |phone| phone.host = "evil.example".to_owned()),
        ("nobody verified", |phone| phone.verifies = false),
        ("another key", |phone| {
            let mut other = Authenticator::new();
            other.claims_to_be(phone);
            *phone = other;
        }),
    ];
    for (lie, change) in lies {
        let asked = ana.is_asked(&app).await;
        let mut lying = phone.clone();
        change(&mut lying);
        let refused = ana.gives(&app, asked.attempt, lying.answers(&asked.options)).await;
        assert_eq!(refused.refusal(), ErrorCode::WrongCredentials, "{lie}");
    }
    let asked = ana.is_asked(&app).await;
    let to_another_question = phone.answers(&earlier.options);
    assert_eq!(ana.gives(&app, asked.attempt, to_another_question).await.refusal(), ErrorCode::WrongCredentials);
    for nonsense in ["", "null", "{}", "[1]", "{\"id\":\"AAAA\",\"rawId\":\"AAAA\"}"] {
        let asked = ana.is_asked(&app).await;
        let refused = ana.gives(&app, asked.attempt, nonsense.to_owned()).await;
        assert_eq!(refused.refusal(), ErrorCode::WrongCredentials, "{nonsense}");
    }
    let asked = ana.is_asked(&app).await;
    let unknown = Authenticator::new().answers(&asked.options);
    assert_eq!(ana.gives(&app, asked.attempt, unknown).await.refusal(), ErrorCode::WrongCredentials);
}

#[tokio::test]
async fn a_question_is_answered_once_and_within_two_minutes() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    let mut phone = Authenticator::new();
    ana.adds(&app, &phone).await.expect_done();
    let asked = ana.is_asked(&app).await;
    let answer = phone.answers(&asked.options);
    ana.gives(&app, asked.attempt, answer.clone()).await.expect_done();
    assert_eq!(ana.gives(&app, asked.attempt, answer).await.refusal(), ErrorCode::WrongCredentials);
    let asked = ana.is_asked(&app).await;
    app.advance(secs(120));
    let late = phone.answers(&asked.options);
    assert_eq!(ana.gives(&app, asked.attempt, late).await.refusal(), ErrorCode::WrongCredentials);
}

#[tokio::test]
async fn a_passkey_that_was_removed_after_the_question_does_not_count() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    let mut phone = Authenticator::new();
    ana.adds(&app, &phone).await.expect_done();
    let asked = ana.is_asked(&app).await;
    let id = ana.passkeys(&app).await.passkeys[0].id.clone();
    ana.post(&app, &format!("/api/passkeys/{id}/remove"), &()).await.expect_done();
    let answer = phone.answers(&asked.options);
    assert_eq!(ana.gives(&app, asked.attempt, answer).await.refusal(), ErrorCode::WrongCredentials);
}

#[rstest]
#[tokio::test]
async fn a_counter_that_stands_still_is_refused_and_stands_in_the_trail(#[values(Sqlite, Postgres)] db: Db) {
    let (app, _, mut ana) = TestApp::set_up(db).await;
    let mut phone = Authenticator::new();
    ana.adds(&app, &phone).await.expect_done();
    let mut copy = phone.clone();
    let asked = ana.is_asked(&app).await;
    ana.cookie = ana.gives(&app, asked.attempt, phone.answers(&asked.options)).await.expect_done().cookie();
    let asked = ana.is_asked(&app).await;
    let refused = ana.gives(&app, asked.attempt, copy.answers(&asked.options)).await;
    assert_eq!(refused.refusal(), ErrorCode::WrongCredentials);
    let trail: Vec<TrailRow> = ana.get(&app, "/api/trail").await.read();
    assert_eq!(trail[0].what, TrailEvent::PasskeyDoubted);
}

#[tokio::test]
async fn an_open_desk_is_not_enough_to_leave_a_passkey_behind() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    app.advance(secs(60));
    let start = |totp_code: Option<&str>| PasskeyStart { totp_code: totp_code.map(str::to_owned) };
    assert_eq!(ana.post(&app, "/api/passkeys/start", &start(None)).await.refusal(), ErrorCode::WrongCredentials);
    let guess = ana.post(&app, "/api/passkeys/start", &start(Some("123456"))).await;
    assert_eq!(guess.refusal(), ErrorCode::TooManyAttempts, "guesses are slowed down");
    app.advance(secs(60));
    let code = ana.code(&app);
    let asked: PasskeyAsked = ana.post(&app, "/api/passkeys/start", &start(code.as_deref())).await.read();
    app.advance(secs(60));
    let again = ana.post(&app, "/api/passkeys/start", &start(code.as_deref())).await;
    assert_eq!(again.refusal(), ErrorCode::WrongCredentials, "a code counts once");
    let mut elsewhere = Authenticator::new();
    elsewhere.origin = "https://evil.example".to_owned();
    let refused = ana.finishes_adding(&app, asked.attempt, elsewhere.creates(&asked.options)).await;
    assert_eq!(refused.refusal(), ErrorCode::Invalid);
    let refused = ana.finishes_adding(&app, asked.attempt, Authenticator::new().creates(&asked.options)).await;
    assert_eq!(refused.refusal(), ErrorCode::Unexpected, "each question is answered once");
}

#[tokio::test]
async fn nobody_adds_uses_or_removes_the_passkey_of_another() {
    let (app, mut organisation, ana) = TestApp::set_up(Sqlite).await;
    let invitation = ana.invites(&app, roles::COUNSELOR).await;
    let mut omar = Person::new("omar");
    omar.accepts(&app, &invitation).await.expect_done();
    ana.approves_everybody(&app, &mut organisation).await;
    let (phone, mut key) = (Authenticator::new(), Authenticator::new());
    ana.adds(&app, &phone).await.expect_done();
    omar.adds(&app, &key).await.expect_done();
    assert_eq!(omar.adds(&app, &phone).await.refusal(), ErrorCode::Conflict, "a passkey has one member");

    let asked = ana.is_asked(&app).await;
    let answer = key.answers(&asked.options);
    assert_eq!(omar.gives(&app, asked.attempt, answer).await.refusal(), ErrorCode::WrongCredentials);
    let asked: PasskeyAsked = ana.starts_passkey(&app).await.read();
    let taken_over = omar.finishes_adding(&app, asked.attempt, Authenticator::new().creates(&asked.options)).await;
    assert_eq!(taken_over.refusal(), ErrorCode::Unexpected);
    let id = ana.passkeys(&app).await.passkeys[0].id.clone();
    omar.post(&app, &format!("/api/passkeys/{id}/remove"), &()).await.expect_done();
    assert_eq!(ana.passkeys(&app).await.passkeys.len(), 1);
}

/// An administrator sees that there are passkeys, never what they are called, and takes them away without any loss.
#[rstest]
#[tokio::test]
async fn an_administrator_removes_the_passkeys_of_a_member_who_lost_a_device(#[values(Sqlite, Postgres)] db: Db) {
    let (app, mut organisation, ana) = TestApp::set_up(db).await;
    let invitation = ana.invites(&app, roles::COUNSELOR).await;
    let mut lia = Person::new("lia");
    lia.accepts(&app, &invitation).await.expect_done();
    ana.approves_everybody(&app, &mut organisation).await;
    assert_eq!(ana.get(&app, "/api/members/passkeys").await.read::<Vec<PasskeyCount>>(), []);
    lia.adds(&app, &Authenticator::new()).await.expect_done();
    lia.adds(&app, &Authenticator::new()).await.expect_done();
    let member = lia.member.unwrap();
    let counts: Vec<PasskeyCount> = ana.get(&app, "/api/members/passkeys").await.read();
    assert_eq!(counts, [PasskeyCount { member, passkeys: 2 }]);
    let path = format!("/api/members/{}/remove-passkeys", member.to_text());
    assert_eq!(lia.post(&app, &path, &serde_json::json!({})).await.refusal(), ErrorCode::NotFound);
    ana.post(&app, &path, &serde_json::json!({})).await.expect_done();
    assert_eq!(lia.passkeys(&app).await.passkeys, []);
    assert!(ana.get(&app, "/api/members/passkeys").await.read::<Vec<PasskeyCount>>().is_empty());
    let trail: Vec<TrailRow> = ana.get(&app, "/api/trail").await.read();
    assert!(trail.iter().any(|row| row.what == TrailEvent::PasskeysReset));
}

#[tokio::test]
async fn without_the_password_nobody_learns_who_has_a_passkey() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    ana.adds(&app, &Authenticator::new()).await.expect_done();
    let known = ana.asks_for_passkey(&app, "wrong").await;
    let unknown = Person::new("nobody").asks_for_passkey(&app, "wrong").await;
    assert_eq!(known.refusal(), ErrorCode::WrongCredentials);
    assert_eq!((known.status, known.body), (unknown.status, unknown.body));
}
