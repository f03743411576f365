//! Whoever waits can read the organisation's pages and keeps her place (requirement 62), and goes to the front when she
//! says that she is in danger (requirement 65).

use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::world::World;

/// Nobody answers there; a tab of its own is what matters.
const PAGE: &str = "https://127.0.0.1:9/housing";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_read_while_waiting_costs_no_place() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    ana.changes_site(&format!("site.links = [{{ title: 'Housing', address: '{PAGE}' }}];")).await;
    ana.is_available().await;
    let visitor = world.visitor_in_the_queue(settings).await;
    visitor.waits_at(1).await;
    let chat = visitor.browser.client.window().await.expect("the chat's tab");
    visitor.frame().press_link("links").await;
    let article = until("the page opens beside the chat", PATIENCE, async || {
        let tabs = visitor.browser.client.windows().await.map_err(|error| error.to_string())?;
        tabs.into_iter().find(|tab| *tab != chat).ok_or_else(|| "one tab".to_owned())
    })
    .await;
    visitor.browser.client.switch_to_window(article).await.expect("the tab is there");
    until("the tab goes to the page", PATIENCE, async || {
        let url = visitor.browser.client.current_url().await.map_err(|error| error.to_string())?;
        if url.as_str() == PAGE { Ok(()) } else { Err(format!("it is at {url}")) }
    })
    .await;
    // While the other tab is in front, she is offered, accepted and talked to.
    ana.accepts().await;
    ana.talk().says("Hello, I am here.").await;
    visitor.browser.client.switch_to_window(chat).await.expect("the chat's tab is still there");
    visitor.is_talking().await;
    visitor.talk().sees("Hello, I am here.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_in_danger_goes_to_the_front_also_when_the_line_was_down() {
    let settings = Settings::of(Engine::Chromium);
    let (mut world, ana) = World::with_ana(settings).await;
    ana.is_available().await;
    let first = world.visitor_in_the_queue(settings).await;
    let second = world.visitor_in_the_queue(settings).await;
    second.waits_at(2).await;
    world.relay.loses_power();
    second.frame().find("lost").await;
    second.frame().press("in-danger").await;
    second.frame().find("in-danger-untold").await;
    second.browser.keeps_screen("widget-in-danger-while-lost-en").await;
    world.relay.start_again().await;
    second.waits_at(1).await;
    second.frame().find("in-danger-marked").await;
    first.waits_at(2).await;
}
