//! What the relay's pages tell browsers to refuse, scored after MDN's HTTP Observatory; who may send what from where; and
//! that a sign-in's time says nothing.

use std::time::{Duration, Instant};

use amparo_protocol::api::{SignInFinish, SignInStart, SignInStarted};
use amparo_protocol::sealed::Sealed;

use crate::support::app::{RELAY, Sqlite, TestApp, secs};
use crate::support::passwords::start_sign_in;
use crate::support::person::Person;
use crate::support::request::Answer;

/// Of OPAQUE's third message (RFC 9807, `KE3`): a tag of HMAC-SHA-512.
const FINALIZATION_BYTES: usize = 64;

/// The Observatory's table (developer.mozilla.org/en-US/observatory/docs/tests_and_scoring), as far as it looks at what a
/// server sends. It starts at 100; good marks count only where what was lost leaves 90 at least.
fn score(answer: &Answer) -> i32 {
    let policy = answer.header("content-security-policy").to_owned();
    let directive = |name: &str| {
        let found = policy.split(';').map(str::trim).find_map(|part| part.strip_prefix(name)?.strip_prefix(' '));
        found.map(str::to_owned)
    };
    let scripts = directive("script-src").or_else(|| directive("default-src")).unwrap_or_default();
    let styles = directive("style-src").or_else(|| directive("default-src")).unwrap_or_default();
    let is_unsafe = |sources: &str| {
        sources
            .split(' ')
            .any(|source| ["'unsafe-inline'", "'unsafe-eval'", "https:", "http:", "data:", "*"].contains(&source))
    };
    let (mut lost, mut good) = (0, 0);
    let mut mark = |points: i32| if points < 0 { lost -= points } else { good += points };
    mark(match () {
        () if policy.is_empty() => -25,
        () if is_unsafe(&scripts) => -20,
        () if directive("default-src").as_deref() == Some("'none'") && !is_unsafe(&styles) => 10,
        () => 5,
    });
    let is_framed_by_nobody = directive("frame-ancestors").as_deref() == Some("'none'");
    mark(if is_framed_by_nobody { 5 } else { -20 });
    let is_one_of = |name: &str, good: &[&str]| good.contains(&answer.header(name));
    let transport = ["max-age=63072000; includeSubDomains; preload"];
    mark(if is_one_of("strict-transport-security", &transport) { 5 } else { -20 });
    mark(if is_one_of("x-content-type-options", &["nosniff"]) { 0 } else { -5 });
    mark(if is_one_of("referrer-policy", &["no-referrer", "same-origin", "strict-origin"]) { 5 } else { -5 });
    mark(if is_one_of("cross-origin-resource-policy", &["same-origin", "same-site"]) { 10 } else { 0 });
    mark(if is_one_of("cross-origin-opener-policy", &["same-origin"]) { 10 } else { 0 });
    mark(if is_one_of("cross-origin-embedder-policy", &["require-corp"]) { 10 } else { 0 });
    for cookie in answer.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        let is_strict = ["Secure", "HttpOnly", "SameSite=Strict"].iter().all(|mark| cookie.contains(mark));
        mark(if is_strict && cookie.starts_with("__Host-") { 5 } else { -40 });
    }
    // Scripts from elsewhere need a hash there; from the own origin they score nothing.
    100 - lost + if lost <= 10 { good } else { 0 }
}

/// None of them is made up for by the others.
#[tokio::test]
async fn a_page_without_one_of_its_headers_does_not_score_130() {
    let (app, _, _ana) = TestApp::set_up(Sqlite).await;
    let page = app.get("/chat").send().await.expect_done();
    for header in ["content-security-policy", "strict-transport-security", "referrer-policy"] {
        let mut without = page.clone();
        assert!(without.headers.remove(header).is_some(), "{header}");
        assert!(score(&without) < 130, "without {header}: {}", score(&without));
    }
}

#[tokio::test]
async fn console_and_chat_score_130_at_least() {
    let (app, _, _ana) = TestApp::set_up(Sqlite).await;
    for path in ["/console/", "/chat"] {
        let answer = app.get(path).send().await;
        if path == "/console/" && answer.status.as_u16() == 404 {
            eprintln!("skipped /console/: this build holds no console");
            continue;
        }
        let score = score(&answer.expect_done());
        assert!(score >= 130, "{path}: {score}");
    }
    let api = score(&app.get("/api/setup").send().await);
    assert!(api >= 100, "{api}");
}

#[tokio::test]
async fn the_chat_page_runs_no_script_that_stands_in_it_without_its_nonce() {
    let (app, _, _ana) = TestApp::set_up(Sqlite).await;
    let page = app.get("/chat").send().await.expect_done();
    let text = page.text();
    let policy = page.header("content-security-policy");
    let inline = text.match_indices("<script").map(|(at, _)| &text[at..at + text[at..].find('>').unwrap()]);
    for script in inline {
        assert!(script.contains(" src=") || script.contains(" nonce="), "{script}");
    }
    assert!(!text.contains(" onclick=") && !text.contains(" style=\"") && !text.contains("javascript:"));
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
}

/// A page of another website cannot make a member's browser do anything here.
#[tokio::test]
async fn requests_that_change_something_come_from_our_own_page_alone() {
    let (app, _, ana) = TestApp::set_up(Sqlite).await;
    let cookie = ana.cookie.as_deref();
    for path in ["/api/sign-out", "/api/roster", "/api/invitations", "/api/sites", "/api/line"] {
        for origin in
            ["https://evil.example", "null", "https://chat.example.org.evil.example", "http://chat.example.org"]
        {
            let answer = app.post(path).header("origin", origin).cookie(cookie).json(&()).send().await;
            assert_eq!(answer.status.as_u16(), 403, "{path} from {origin}");
        }
        let answer = app.post(path).cookie(cookie).json(&()).send().await;
        assert_eq!(answer.status.as_u16(), 403, "{path} from nowhere");
        let other = app.post(path).header("origin", RELAY).header("sec-fetch-site", "cross-site");
        let own = other.cookie(cookie).json(&()).send().await;
        assert_eq!(own.status.as_u16(), 403, "{path} from a page that says it is another");
    }
    assert_eq!(ana.me(&app).await.sign_in_name, "ana", "and she is signed in still");
}

/// Both halves of a sign-in do the same work for a name that nobody has, and write as much. The lower quartiles of many
/// attempts lie close together; a look-up that failed early would halve one of them. They are the quartiles, because a busy
/// machine only ever adds; and the two take turns as A B B A, because one that is busy in a rhythm would add to one of them.
#[tokio::test]
async fn the_time_of_an_answer_does_not_tell_who_has_an_account() {
    const ATTEMPTS: usize = 200;
    let (app, _, mut ana) = TestApp::set_up(Sqlite).await;
    ana.cookie = None;
    let nobody = Person::new("zoe");
    let mut times = [[Vec::new(), Vec::new()], [Vec::new(), Vec::new()]];
    for at in 0..2 * ATTEMPTS {
        let which = usize::from(matches!(at % 4, 1 | 2));
        // No wait is longer.
        app.advance(secs(300));
        for (half, took) in guess(&app, [&ana, &nobody][which]).await.into_iter().enumerate() {
            times[half][which].push(took);
        }
    }
    for (half, times) in ["first", "second"].into_iter().zip(times) {
        let [known, unknown] = times.map(|mut times| {
            times.sort();
            times[ATTEMPTS / 4].as_secs_f64()
        });
        let ratio = known / unknown;
        let (known, unknown) = (known * 1e6, unknown * 1e6);
        assert!((0.8..1.25).contains(&ratio), "{half} half: known {known:.0} µs, unknown {unknown:.0} µs");
    }
}

/// How long each half takes for a password that is guessed, by somebody whose browser does not stop where ours would.
async fn guess(app: &TestApp, who: &Person) -> [Duration; 2] {
    let sign_in_name = who.name.clone();
    let start = SignInStart { sign_in_name, credential_request: start_sign_in("guess").1 };
    let began = Instant::now();
    let answer = who.post(app, "/api/sign-in/start", &start).await;
    let first = began.elapsed();
    let SignInStarted { attempt, .. } = answer.expect_done().read();
    let credential_finalization = Sealed(vec![7; FINALIZATION_BYTES]);
    let finish = SignInFinish { attempt, credential_finalization, totp_code: Some("123456".to_owned()) };
    let began = Instant::now();
    let answer = who.post(app, "/api/sign-in/finish", &finish).await;
    let second = began.elapsed();
    assert_eq!(answer.status.as_u16(), 401, "a guess signs nobody in");
    [first, second]
}
