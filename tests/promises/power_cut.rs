//! The relay loses its power while somebody waits, is offered and talks: the same browsers go on by themselves.

use std::time::Duration;

use amparo_tests::deadline::PATIENCE;
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;

/// Spread reconnects (8 s), the quiet time after a start (10 s), and a loaded machine.
const AFTER_START: Duration = Duration::from_secs(45);
const START_WITHIN: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_or_talks_goes_on_when_the_relay_was_killed() {
    let settings = Settings::of(Engine::Chromium);
    let (mut world, ana) = World::with_ana(settings).await;
    ana.is_available().await;
    let first = Visitor::arrives(&world, "first", settings).await;
    first.opens_the_chat().await;
    first.enters().await;
    ana.desk().find("offer").await;

    // Offered: the offer goes with the relay, and comes again.
    power_cut(&mut world).await;
    ana.desk().sees_no("offer").await;
    ana.desk().find_within("offer", AFTER_START).await;
    ana.accepts().await;
    first.is_talking().await;

    ana.desk().sees_attribute("connection", "data-state", &["open"], PATIENCE).await;

    // Waiting behind a conversation, with messages in flight in it.
    let second = Visitor::arrives(&world, "second", settings).await;
    second.opens_the_chat().await;
    second.enters().await;
    second.waits_at(1).await;
    let said: Vec<String> = ["one", "two", "three", "four"].map(str::to_owned).to_vec();
    first.talk().says("one").await;
    ana.talk().sees("one").await;
    first.talk().says("two").await;
    world.relay.loses_power();
    ana.desk().sees_attribute("connection", "data-state", &["lost"], PATIENCE).await;
    first.talk().says("three").await;
    assert!(world.relay.start_again().await < START_WITHIN, "the relay serves within {START_WITHIN:?}");
    first.talk().says("four").await;
    ana.talk().sees_exactly(&said, AFTER_START).await;
    ana.desk().sees_attribute("connection", "data-state", &["open"], PATIENCE).await;
    first.talk().sees_all_delivered().await;
    first.talk().sees_exactly(&said, PATIENCE).await;
    second.waits_at(1).await;

    // And both go on as if nothing had been.
    ana.ends().await;
    ana.is_ready_again().await;
    first.frame().sees_screen(&["ended"]).await;
    ana.accepts().await;
    second.is_talking().await;
    second.talk().says("my turn").await;
    ana.talk().sees("my turn").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_sent_says_so_and_is_sent_again_by_a_press() {
    let settings = Settings::of(Engine::Chromium);
    let (mut world, ana, visitor) = World::talking(settings, settings).await;
    visitor.talk().says("before").await;
    ana.talk().sees("before").await;
    world.relay.loses_power();
    visitor.talk().says("into the void").await;
    visitor.frame().find_within("send-again", AFTER_START).await;
    assert!(world.relay.start_again().await < START_WITHIN, "the relay serves within {START_WITHIN:?}");
    visitor.frame().press("send-again").await;
    ana.talk().sees_exactly(&["before", "into the void"].map(str::to_owned), AFTER_START).await;
    visitor.talk().sees_all_delivered().await;

    // The counselor's page is loaded anew while the relay comes back: the visitor's browser lets the new device in.
    power_cut(&mut world).await;
    ana.reloads().await;
    ana.gives_password().await;
    ana.talk().sees_within("into the void", AFTER_START).await;
    ana.talk().says("I am back").await;
    visitor.talk().sees_within("I am back", AFTER_START).await;

    // One press of hers ends it, and the counselor's screen keeps nothing.
    visitor.frame().press("end").await;
    visitor.frame().sees_screen(&["ended"]).await;
    visitor.talk().sees_nothing_said(Duration::from_secs(1)).await;
    ana.talk().sees_nothing_said(PATIENCE).await;
}

async fn power_cut(world: &mut World) {
    world.relay.loses_power();
    let took = world.relay.start_again().await;
    assert!(took < START_WITHIN, "the relay serves again within {START_WITHIN:?}, it took {took:?}");
}
