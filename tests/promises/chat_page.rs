//! `/chat`, the chat as a page of its own: it fits the window, and goes on after the relay was away, with a new pass.

use amparo_tests::browser::Browser;
use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn the_chat_page_gets_a_new_pass_when_the_relay_forgot_the_first() {
    let settings = Settings::of(Engine::Chromium);
    let (mut world, _ana) = World::with_ana(settings).await;
    let visitor = Browser::start("visitor", settings).await;
    visitor.goto(&format!("{}/chat", world.relay.origin())).await;
    visitor.page().sees_screen(&["before", "closed"]).await;
    visitor.page().script("window.isFirst = true", vec![]).await.expect("the page answers");
    world.relay.loses_power();
    world.relay.start_again().await;
    until("the page is loaded anew", 3 * PATIENCE, async || {
        let is_first = visitor.page().read("return String(window.isFirst)").await;
        if is_first == "undefined" { Ok(()) } else { Err("it is the first still".to_owned()) }
    })
    .await;
    visitor.page().sees_screen(&["before", "closed"]).await;
}

/// One thing scrolls, and the way out stays above it.
#[tokio::test(flavor = "multi_thread")]
async fn the_chat_page_fits_the_window_and_the_way_out_stays_on_it() {
    let settings = Settings { width: 390, height: 600, ..Settings::of(Engine::Chromium) };
    let (world, _ana) = World::with_ana(settings).await;
    let visitor = Browser::start("visitor", settings).await;
    visitor.goto(&format!("{}/chat", world.relay.origin())).await;
    let scrolls = "const page = document.scrollingElement; return String(page.scrollHeight > page.clientHeight)";
    // First the plain page, then the chat in its place.
    assert_eq!(visitor.page().read(scrolls).await, "false");
    visitor.page().sees_screen(&["before", "closed"]).await;
    assert_eq!(visitor.page().read(scrolls).await, "false");
    let (_, top, width, height) = visitor.page().place("exit").await.expect("the way out is shown");
    assert!(top < 20.0 && width >= 44.0 && height >= 44.0, "{top} {width} {height}");
    visitor.keeps_screen("chat-page-en-390").await;
    assert_eq!(visitor.page().beyond_the_edge().await, "");
}
