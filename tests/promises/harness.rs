//! The harness itself works in all engines: finds what lies behind a shadow root and in a sandboxed frame, runs axe.

use amparo_tests::browser::Browser;
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::host_site::{HostSite, OPEN_SHADOW_ROOTS};

const TAG: &str = r#"<div data-test="amparo" role="region" aria-label="Chat"></div><script>
const root = document.querySelector('[data-test=amparo]').attachShadow({ mode: 'closed' });
root.innerHTML = '<button data-test="launcher">Chat</button>';
root.querySelector('button').onclick = () => {
  const frame = document.createElement('iframe');
  frame.dataset.test = 'frame';
  frame.title = 'Chat';
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.srcdoc = '<!doctype html><html lang="en"><title>Chat</title><main><h1>Chat</h1><label>Text <textarea data-test="composer-text"></textarea></label><button data-test="send">Send</button></main><script>document.querySelector("button").onclick = () => { const p = document.createElement("p"); p.dataset.test = "message"; p.dataset.own = "true"; p.dataset.state = String(typeof WebAssembly); p.textContent = document.querySelector("textarea").value; document.querySelector("main").append(p); }<\/script>';
  root.append(frame);
};</script>"#;

async fn people_can_be_played_in(engine: Engine) {
    let host = HostSite::start().await;
    host.carries(TAG, if engine.is_webkit() { OPEN_SHADOW_ROOTS } else { "" });
    let browser = Browser::start("Lia", Settings::of(engine)).await;
    browser.goto(&host.origin()).await;
    browser.page().press("launcher").await;
    let talk = amparo_tests::talk::Talk(browser.frame());
    talk.says("hello").await;
    let shown = talk.messages().await.expect("the frame answers");
    let expected = if engine == Engine::ChromiumWithoutWebAssembly { "undefined" } else { "object" };
    assert_eq!(shown[0].state, expected);
    assert_eq!(browser.page().axe_findings().await, Vec::<serde_json::Value>::new());
    assert_eq!(browser.frame().axe_findings().await, Vec::<serde_json::Value>::new());
    browser.page().press("to-/opening-times").await;
    browser.page().find("launcher").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_can_be_played_in_chromium() {
    people_can_be_played_in(Engine::Chromium).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_can_be_played_in_chromium_without_webassembly() {
    people_can_be_played_in(Engine::ChromiumWithoutWebAssembly).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_can_be_played_in_firefox() {
    people_can_be_played_in(Engine::Firefox).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_can_be_played_in_webkit() {
    people_can_be_played_in(Engine::WebKit).await;
}
