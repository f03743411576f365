//! Somebody invited by a link becomes a counselor when an administrator's browser has approved them, and not before.

use amparo_tests::counselor::Counselor;
use amparo_tests::deadline::PATIENCE;
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn an_invited_and_approved_counselor_talks_with_visitors() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    let link = ana.invites().await;
    let omar = Counselor::accepts_invitation(&link, "Omar", Settings::of(Engine::Firefox)).await;
    omar.desk().sees_screen(&["approval"]).await;
    ana.approves().await;
    omar.desk().find_within("presence", 2 * PATIENCE).await;
    omar.is_available().await;

    let visitor = world.visitor_in_the_queue(settings).await;
    omar.accepts().await;
    visitor.is_talking().await;
    omar.talk().says("I am Omar").await;
    visitor.talk().sees("I am Omar").await;
    visitor.talk().says("hello, Omar").await;
    omar.talk().sees("hello, Omar").await;

    // The link was for one person: whoever finds it later gets nowhere.
    let late = amparo_tests::browser::Browser::start("late", settings).await;
    late.goto(&link).await;
    late.page().sees_screen(&["stopped"]).await;
}
