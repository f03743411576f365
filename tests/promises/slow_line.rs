//! On a bad line the chat shows text within five seconds (requirement 41).

use std::time::{Duration, Instant};

use amparo_tests::driver::{Engine, Settings};
use amparo_tests::slow_line::{EDGE, SlowLine};
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;

const TEXT_WITHIN: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn on_a_bad_line_there_is_text_within_five_seconds() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    ana.is_available().await;
    let line = SlowLine::before(&world.relay.origin(), EDGE).await;
    world.host.carries(&ana.tag.replace(&world.relay.origin(), &line.origin()), "");
    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    visitor.page().find("launcher").await;
    let pressed = Instant::now();
    visitor.page().press("launcher").await;
    visitor.frame().sees_screen(&["before"]).await;
    let took = pressed.elapsed();
    assert!(took < TEXT_WITHIN, "text after {took:?}");
    visitor.reads_available(TEXT_WITHIN).await;
}
