//! One press on the exit: the page is gone at once, the conversation has ended, and Back shows nothing of it.

use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::world::World;
use serde_json::json;

const WEATHER: &str = "<!doctype html><html lang=\"en\"><title>Weather</title><body data-test=\"at-weather\"><p>Mild.";
const SECRET: &str = "zimtstern";

/// What is left in a page: its storage, its cookies, where it came from.
const LEFT: &str = "return [sessionStorage.length, localStorage.length, document.cookie, document.referrer]";

async fn leaves_by_the_exit(is_relay_there: bool) {
    let settings = Settings::of(Engine::Chromium);
    let (mut world, ana) = World::with_ana(settings).await;
    world.host.put("/weather", "text/html; charset=utf-8", WEATHER);
    let exit = format!("<script data-exit-url=\"{}/weather\" ", world.host.origin());
    world.host.carries(&ana.tag.replacen("<script ", &exit, 1), "");
    ana.is_available().await;
    let visitor = world.visitor_in_the_queue(settings).await;
    ana.accepts().await;
    visitor.is_talking().await;
    visitor.talk().says(SECRET).await;
    ana.talk().sees(SECRET).await;
    // So that the tab has a page of this site to go back to.
    visitor.changes_page("/opening-times").await;
    visitor.continues().await;
    visitor.talk().sees(SECRET).await;
    if !is_relay_there {
        world.relay.loses_power();
    }

    visitor.page().press("exit").await;
    visitor.page().find("at-weather").await;
    let left = visitor.page().script(LEFT, vec![]).await;
    assert_eq!(left, Ok(json!([0, 0, "", ""])), "nothing is left, and the next page is not told where she came from");
    if is_relay_there {
        until("Ana reads that it has ended", PATIENCE, async || {
            match ana.desk().attribute("conversation", "data-state").await?.as_str() {
                "ended" => Ok(()),
                state => Err(format!("it is {state}")),
            }
        })
        .await;
    }

    visitor.browser.client.back().await.expect("there is a page before");
    visitor.page().find("at-/").await;
    let words = visitor.page().script("return document.documentElement.outerHTML", vec![]).await;
    assert!(!words.expect("the page answers").to_string().contains(SECRET));
    visitor.page().find("launcher").await;
    assert!(!visitor.page().is_shown("frame").await, "no chat comes back");
    let left = visitor.page().script("return [sessionStorage.length, document.cookie]", vec![]).await;
    assert_eq!(left, Ok(json!([0, ""])));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_leaves_ends_and_shows_nothing_on_the_way_back() {
    leaves_by_the_exit(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_works_while_the_relay_is_down() {
    leaves_by_the_exit(false).await;
}
