//! One press on the exit: the page is gone at once, the conversation has ended, and Back shows nothing of it
//! (requirements 1–5, 8, 18). In every engine, and by every way out.

use amparo_tests::browser::Browser;
use amparo_tests::counselor::Counselor;
use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::host_site::OPEN_SHADOW_ROOTS;
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;
use fantoccini::key::Key;
use serde_json::json;

const WEATHER: &str = "<!doctype html><html lang=\"en\"><title>Weather</title><body data-test=\"at-weather\"><p>Mild.";
const SECRET: &str = "zimtstern";

/// What is left in a page: its storage, its cookies, where it came from.
const LEFT: &str = "return [sessionStorage.length, localStorage.length, document.cookie, document.referrer]";
const STEPS_BACK: &str = "return history.length";

/// The pages carry this tag, with these attributes and an exit that leads to the weather.
fn carries(world: &World, tag: &str, attributes: &str, engine: Engine) {
    world.host.put("/weather", "text/html; charset=utf-8", WEATHER);
    let exit = format!("<script data-exit-url=\"{}/weather\" {attributes} ", world.host.origin());
    let head = if engine.is_webkit() { OPEN_SHADOW_ROOTS } else { "" };
    world.host.carries(&tag.replacen("<script ", &exit, 1), head);
}

async fn reads_that_it_has_ended(ana: &Counselor) {
    until("Ana reads that it has ended", PATIENCE, async || {
        match ana.desk().attribute("conversation", "data-state").await?.as_str() {
            "ended" => Ok(()),
            state => Err(format!("it is {state}")),
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_the_chat_page_has_left_at_once() {
    let settings = Settings::of(Engine::Chromium);
    for leaves_by_exit in [true, false] {
        let (world, ana) = World::with_ana(settings).await;
        ana.is_available().await;
        let browser = Browser::start("visitor", settings).await;
        browser.goto(&format!("{}/chat", world.relay.origin())).await;
        for step in ["enter", "safe"] {
            browser.page().press(step).await;
        }
        ana.accepts().await;
        browser.page().sees_screen(&["talking"]).await;
        if leaves_by_exit {
            browser.page().press_to_leave("exit").await;
        } else {
            browser.goto(&world.host.origin()).await;
        }
        reads_that_it_has_ended(&ana).await;
    }
}

async fn leaves_by_the_exit(engine: Engine, is_relay_there: bool) {
    let (mut world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    carries(&world, &ana.tag, "", engine);
    ana.is_available().await;
    let visitor = world.visitor_in_the_queue(Settings::of(engine)).await;
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

    visitor.page().press_to_leave("exit").await;
    visitor.page().find("at-weather").await;
    let left = visitor.page().script(LEFT, vec![]).await;
    assert_eq!(left, Ok(json!([0, 0, "", ""])), "nothing is left, and the next page is not told where she came from");
    if is_relay_there {
        reads_that_it_has_ended(&ana).await;
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
    leaves_by_the_exit(Engine::Chromium, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_leaves_in_firefox() {
    leaves_by_the_exit(Engine::Firefox, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_leaves_in_webkit() {
    leaves_by_the_exit(Engine::WebKit, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_works_while_the_relay_is_down() {
    leaves_by_the_exit(Engine::Chromium, false).await;
}

/// She is at the weather, and her steps back are as many as before she opened the chat.
async fn has_left(visitor: &Visitor, steps: &serde_json::Value, way: &str) {
    visitor.page().find("at-weather").await;
    let now = visitor.page().script(&format!("{STEPS_BACK} + '|' + document.referrer"), vec![]).await;
    assert_eq!(now, Ok(json!(format!("{steps}|"))), "{way}");
}

async fn every_way_out_leaves_in(engine: Engine) {
    let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    carries(&world, &ana.tag, "data-exit=\"page\"", engine);
    drop(ana);
    let visitor = Visitor::arrives(&world, "visitor", Settings::of(engine)).await;
    let arrives = async || {
        visitor.browser.goto(&world.host.origin()).await;
        visitor.page().find("page-exit").await;
        visitor.page().script(STEPS_BACK, vec![]).await.expect("the page answers")
    };

    let steps = arrives().await;
    visitor.page().press_to_leave("page-exit").await;
    has_left(&visitor, &steps, "the button of the page").await;

    // The first stop of the Tab key.
    let steps = arrives().await;
    visitor.browser.press_key(Key::Tab).await;
    visitor.browser.press_key_to_leave(Key::Enter).await;
    has_left(&visitor, &steps, "the first link of the page").await;

    let steps = arrives().await;
    visitor.browser.press_key(Key::Shift).await;
    visitor.browser.press_key(Key::Shift).await;
    visitor.browser.press_key_to_leave(Key::Shift).await;
    has_left(&visitor, &steps, "Shift in the page").await;

    let steps = arrives().await;
    visitor.opens_the_chat_or_closed().await;
    visitor.browser.press_key(Key::Shift).await;
    visitor.browser.press_key(Key::Shift).await;
    visitor.browser.press_key_to_leave(Key::Shift).await;
    has_left(&visitor, &steps, "Shift in the frame").await;

    let steps = arrives().await;
    // The tag is `async`: the page may be there before it.
    visitor.page().find("launcher").await;
    visitor.page().script("Amparo.exit()", vec![]).await.expect("the page has it");
    has_left(&visitor, &steps, "the page's own button").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_out_leaves_in_chromium() {
    every_way_out_leaves_in(Engine::Chromium).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_out_leaves_in_firefox() {
    every_way_out_leaves_in(Engine::Firefox).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_out_leaves_in_webkit() {
    every_way_out_leaves_in(Engine::WebKit).await;
}
