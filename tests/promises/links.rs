//! A phone link and an outgoing link inside the frame work in every engine, and tell nobody where they were pressed.

use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::host_site::OPEN_SHADOW_ROOTS;
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;

const WHATSAPP: &str = "34600111222";

async fn links_work_in(engine: Engine) {
    let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    // Requirement 101: typed as people write it, shown as it will be.
    assert_eq!(ana.adds_whatsapp("+34 600 111 222").await, format!("https://wa.me/{WHATSAPP}"));
    let tag = ana.tag.clone();
    // Nobody is on duty any more: the chat shows the other doors.
    drop(ana);
    world.host.carries(&tag, if engine.is_webkit() { OPEN_SHADOW_ROOTS } else { "" });
    let visitor = Visitor::arrives(&world, "visitor", Settings::of(engine)).await;
    visitor.page().press("launcher").await;
    visitor.frame().sees_screen(&["closed"]).await;

    let before = visitor.browser.client.windows().await.expect("the browser has windows");
    visitor.frame().unfold("whatsapp-card").await;
    visitor.frame().press("whatsapp").await;
    let opened = until("the link opens a tab of its own", PATIENCE, async || {
        let now = visitor.browser.client.windows().await.map_err(|error| error.to_string())?;
        now.into_iter().find(|window| !before.contains(window)).ok_or("no new tab".to_owned())
    })
    .await;
    visitor.browser.client.switch_to_window(opened).await.expect("the tab is there");
    until("the tab goes to WhatsApp", PATIENCE, async || {
        let url = visitor.browser.client.current_url().await.map_err(|error| error.to_string())?;
        if url.as_str().contains(WHATSAPP) { Ok(()) } else { Err(format!("it is at {url}")) }
    })
    .await;
    let ties = visitor.page().script("return [window.opener === null, document.referrer]", vec![]).await;
    assert_eq!(ties, Ok(serde_json::json!([true, ""])), "the tab knows nothing of where it came from");

    // Last, because browsers then ask which program may dial. Without one nothing happens, and above all nothing breaks.
    visitor.browser.client.switch_to_window(before[0].clone()).await.expect("the first tab is still there");
    visitor.frame().press_link("phone").await;
    visitor.frame().sees_screen(&["closed"]).await;
    let blocked = visitor.browser.console_lines().await.into_iter().find(|line| line.contains("sandbox"));
    assert_eq!(blocked, None, "the sandbox lets a call through");
}

#[tokio::test(flavor = "multi_thread")]
async fn links_work_in_chromium() {
    links_work_in(Engine::Chromium).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_work_in_firefox() {
    links_work_in(Engine::Firefox).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_work_in_webkit() {
    links_work_in(Engine::WebKit).await;
}
