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
    first.talk().says("three").await;
    assert!(world.relay.start_again().await < START_WITHIN, "the relay serves within {START_WITHIN:?}");
    first.talk().says("four").await;
    ana.talk().sees_exactly(&said, AFTER_START).await;
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

async fn power_cut(world: &mut World) {
    world.relay.loses_power();
    let took = world.relay.start_again().await;
    assert!(took < START_WITHIN, "the relay serves again within {START_WITHIN:?}, it took {took:?}");
}
