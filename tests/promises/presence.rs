//! When the last counselor is gone, an open chat stops saying "available" within 25 seconds, however she went.

use std::time::Duration;

use amparo_tests::counselor::Counselor;
use amparo_tests::deadline::PATIENCE;
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;

const PROMISED: Duration = Duration::from_secs(25);

async fn the_word_goes(how: impl Fn(&Counselor)) {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    ana.is_available().await;
    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    visitor.opens_the_chat().await;
    visitor.reads_available(PATIENCE).await;
    how(&ana);
    visitor.reads_available_no_more(PROMISED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_available_after_the_last_counselors_browser_was_killed() {
    the_word_goes(|ana| ana.browser.driver.kill_browser()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_available_after_the_last_counselors_browser_froze() {
    the_word_goes(|ana| ana.browser.driver.freeze_browser()).await;
}
