//! A program that fails on the way: nothing more is sent, and instead of a chat that stands still the visitor sees the
//! numbers and a code. Made to fail by a browser without randomness, with which nothing can be sealed.

use std::time::Duration;

use amparo_tests::counselor::{Counselor, PHONE};
use amparo_tests::deadline::PATIENCE;
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::view::View;
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;

const NO_RANDOMNESS: &str = "Crypto.prototype.getRandomValues = () => { throw Error('no randomness') };";
/// As long as a message needs that arrives, and more.
const ARRIVES_WITHIN: Duration = Duration::from_secs(3);

/// Of `console/start.js`.
const LOADED_ANEW_AFTER: Duration = Duration::from_secs(10);

/// Writes what can never be sealed, and does not wait to see it.
async fn tries_to_say(frame: View<'_>, text: &str) {
    frame.script(NO_RANDOMNESS, vec![]).await.expect("the document takes it");
    frame.write("composer-text", text).await;
    frame.press("send").await;
}

async fn has_not_read(ana: &Counselor, text: &str) {
    tokio::time::sleep(ARRIVES_WITHIN).await;
    let read = ana.talk().messages().await.expect("the desk answers");
    assert!(read.iter().all(|message| message.text != text), "{read:?}");
}

enum ComesBackBy {
    NextPage,
    ClosingAndOpening,
}

async fn without_randomness(engine: Engine, comes_back_by: ComesBackBy) {
    let settings = Settings::of(engine);
    let (_world, ana, visitor) = World::talking(settings, Settings::of(Engine::Chromium)).await;
    visitor.talk().says("before").await;
    ana.talk().sees("before").await;
    tries_to_say(visitor.frame(), "after").await;
    assert_eq!(visitor.page().text("fallback-code").await, "E-START");
    assert!(visitor.page().text("phone").await.contains(PHONE));
    assert!(!visitor.page().is_shown("frame").await, "what stands still is gone");
    visitor.browser.keeps_screen("widget-failed-1280").await;
    has_not_read(&ana, "after").await;

    // What works again takes the conversation up where it was.
    match comes_back_by {
        ComesBackBy::NextPage => visitor.changes_page("/opening-times").await,
        ComesBackBy::ClosingAndOpening => {
            visitor.page().press("close").await;
            visitor.page().press("launcher").await;
        }
    }
    visitor.continues().await;
    visitor.talk().sees("before").await;
    visitor.talk().says("here again").await;
    ana.talk().sees("here again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_randomness_nothing_is_sent_and_the_numbers_are_shown() {
    without_randomness(Engine::Chromium, ComesBackBy::NextPage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_randomness_nothing_is_sent_where_webassembly_is_missing() {
    without_randomness(Engine::ChromiumWithoutWebAssembly, ComesBackBy::ClosingAndOpening).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_page_whose_program_fails_shows_the_numbers() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    ana.is_available().await;
    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    visitor.browser.goto(&format!("{}/chat", world.relay.origin())).await;
    let page = visitor.browser.page();
    for step in ["enter", "safe"] {
        page.press(step).await;
    }
    ana.accepts().await;
    page.sees_screen(&["talking"]).await;
    tries_to_say(visitor.browser.page(), "after").await;
    assert_eq!(visitor.browser.page().text("fallback-code").await, "E-START");
    assert!(!visitor.browser.page().is_shown("screen").await, "what stands still is gone");
    ana.desk().sees_attribute("conversation", "data-state", &["ended"], PATIENCE).await;
    has_not_read(&ana, "after").await;
}

/// Her desk comes back locked, takes the conversation up, and what she could not send was not sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_desk_whose_program_fails_is_loaded_anew_and_goes_on() {
    let settings = Settings::of(Engine::Chromium);
    let (_world, ana, visitor) = World::talking(settings, settings).await;
    visitor.talk().says("before").await;
    ana.talk().sees("before").await;
    tokio::time::sleep(LOADED_ANEW_AFTER).await;
    tries_to_say(ana.desk(), "after").await;
    ana.desk().sees_screen(&["unlock"]).await;
    ana.gives_password().await;
    ana.is_talking().await;
    ana.talk().says("here again").await;
    visitor.talk().sees_exactly(&["before", "here again"].map(str::to_owned), PATIENCE).await;
}
