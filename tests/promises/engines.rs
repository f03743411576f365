//! The same chat in every engine, with and without WebAssembly; the console in Chromium and in Firefox.

use amparo_tests::deadline::PATIENCE;
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::world::World;

/// From pressing send to the wire.
const SENT_WITHIN_MS: f64 = 1500.0;

async fn two_people_talk(visitor: Engine, counselor: Engine) {
    let (_world, ana, visitor) = World::talking(Settings::of(visitor), Settings::of(counselor)).await;
    visitor.talk().says("can you hear me?").await;
    ana.talk().sees("can you hear me?").await;
    ana.talk().says("yes, I am here. نعم").await;
    visitor.talk().sees("yes, I am here. نعم").await;
    visitor.talk().sees_all_delivered().await;
    ana.talk().sees_all_delivered().await;
    let said = ["can you hear me?", "yes, I am here. نعم"].map(str::to_owned);
    visitor.changes_page("/opening-times").await;
    visitor.continues().await;
    visitor.talk().sees_exactly(&said, PATIENCE).await;
    visitor.browser.reload().await;
    visitor.continues().await;
    visitor.talk().sees_exactly(&said, PATIENCE).await;
    visitor.talk().says("after the reload").await;
    ana.talk().sees("after the reload").await;
    ana.ends().await;
    visitor.frame().sees_screen(&["ended"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_with_firefox_talks_with_a_counselor_with_firefox() {
    two_people_talk(Engine::Firefox, Engine::Firefox).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_with_webkit_talks() {
    two_people_talk(Engine::WebKit, Engine::Chromium).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_without_webassembly_talks() {
    two_people_talk(Engine::ChromiumWithoutWebAssembly, Engine::Chromium).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_with_webkit_without_its_compiler_talks_where_the_page_forbids_webassembly() {
    two_people_talk(Engine::WebKitWithoutWebAssembly, Engine::Chromium).await;
}

/// Notes in the frame when a whole message leaves it: heartbeats and acknowledgements are smaller.
const NOTE_SENDING: &str = "window.sentAt = [];
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) { if (data.byteLength > 1000) sentAt.push(performance.now()); return send.call(this, data); };";
const PRESS_SEND: &str =
    "sentAt.length = 0; window.pressedAt = performance.now(); document.querySelector('[data-test=send]').click();";

/// Without a just-in-time compiler sealing is slow; it must not feel so. What else the machine does can only add time, so
/// the quickest of a few messages counts.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_compiler_a_message_is_on_its_way_within_a_second_and_a_half() {
    let engine = Engine::ChromiumWithoutWebAssembly;
    let (_world, ana, visitor) = World::talking(Settings::of(engine), Settings::of(Engine::Chromium)).await;
    visitor.frame().script(NOTE_SENDING, vec![]).await.expect("the frame answers");
    let mut quickest_ms = f64::INFINITY;
    for message in ["is anybody there?", "I am at home", "he is out"] {
        visitor.frame().write("composer-text", message).await;
        visitor.frame().script(PRESS_SEND, vec![]).await.expect("the frame answers");
        ana.talk().sees(message).await;
        let took = visitor.frame().script("return sentAt[0] - pressedAt;", vec![]).await.expect("the frame answers");
        quickest_ms = quickest_ms.min(took.as_f64().expect("it was sent"));
    }
    assert!(quickest_ms < SENT_WITHIN_MS, "{quickest_ms} ms from the press to the wire");
}
