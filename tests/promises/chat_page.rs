//! `/chat`, the chat as a page of its own: it goes on after the relay was away, with a new pass.

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
