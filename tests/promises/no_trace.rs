//! After a conversation and after leaving, nothing of the chat is left in the browser (requirements 17, 18, 20, 23, 31, 33).

use std::time::Duration;

use amparo_tests::driver::{Engine, Settings};
use amparo_tests::host_site::OPEN_SHADOW_ROOTS;
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;
use serde_json::{Value, json};

const SECRET: &str = "zimtstern";
const GONE_WITHIN: Duration = Duration::from_secs(1);

/// Everything that a page can store or change in the browser. What an engine does not have counts as empty.
const TRACES: &str = "const count = async (list) => { try { return (await list()).length } catch (_) { return 0 } };
const all = async () => ({
  session: Object.keys(sessionStorage), local: Object.keys(localStorage), cookies: document.cookie,
  databases: await count(() => indexedDB.databases()), caches: await count(() => caches.keys()),
  workers: await count(() => navigator.serviceWorker.getRegistrations()),
  title: document.title, icons: document.querySelectorAll('link[rel~=icon]').length,
  notifications: typeof Notification === 'undefined' ? '' : Notification.permission,
  address: location.href, steps: history.length,
});
return all();";

async fn traces(visitor: &Visitor) -> Value {
    visitor.page().script(TRACES, vec![]).await.expect("the page answers")
}

async fn nothing_is_left_in(engine: Engine) {
    let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    world.host.carries(&ana.tag, if engine.is_webkit() { OPEN_SHADOW_ROOTS } else { "" });
    ana.is_available().await;
    let visitor = Visitor::arrives(&world, "visitor", Settings::of(engine)).await;
    visitor.page().find("launcher").await;
    let before = traces(&visitor).await;
    assert_eq!([&before["session"], &before["local"]], [&json!([]), &json!([])], "a fresh page is empty: {before}");

    visitor.opens_the_chat().await;
    visitor.enters().await;
    ana.accepts().await;
    visitor.is_talking().await;
    visitor.talk().says(SECRET).await;
    ana.talk().sees(SECRET).await;
    ana.talk().says("mondlicht").await;
    visitor.talk().sees("mondlicht").await;
    assert_eq!(traces(&visitor).await, before, "while they talk");

    // A page change leaves one random value for the way and takes it back.
    visitor.changes_page("/opening-times").await;
    visitor.continues().await;
    visitor.talk().sees(SECRET).await;
    let there = traces(&visitor).await;
    assert_eq!([&there["session"], &there["local"], &there["cookies"]], [&json!([]), &json!([]), &json!("")]);

    visitor.frame().press("end").await;
    visitor.talk().sees_nothing_said(GONE_WITHIN).await;
    visitor.frame().press("hide").await;
    visitor.page().sees_no("frame").await;
    let after = traces(&visitor).await;
    assert_eq!(after, there, "after the end");

    // The page without the tag is the page as it was.
    let written = "return document.documentElement.querySelectorAll('[data-test=amparo]').length + typeof Amparo";
    assert_eq!(visitor.page().read(written).await, "1object");
    world.host.carries("", "");
    visitor.browser.reload().await;
    assert_eq!(visitor.page().read(written).await, "0undefined");
    let removed = traces(&visitor).await;
    assert_eq!(removed, there, "after the tag was removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_in_chromium() {
    nothing_is_left_in(Engine::Chromium).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_in_firefox() {
    nothing_is_left_in(Engine::Firefox).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_in_webkit() {
    nothing_is_left_in(Engine::WebKit).await;
}
