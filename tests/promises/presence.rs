//! When the last counselor is gone, an open chat stops saying "available" within 25 seconds, however she went. A closed
//! launcher says it only where the site asks (requirement 31).

use std::time::Duration;

use amparo_tests::counselor::Counselor;
use amparo_tests::deadline::{PATIENCE, until};
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

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_launcher_says_that_somebody_is_free_where_the_site_asks_and_it_is_so() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    world.host.carries(&ana.tag.replacen("<script ", "<script data-availability=\"on\" ", 1), "");
    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    visitor.page().find("launcher").await;
    assert!(!visitor.page().text("launcher").await.contains(FREE));
    ana.is_available().await;
    says_free(&visitor, true).await;
    let asked =
        "return String(performance.getEntriesByType('resource').some(entry => entry.name.includes('/api/pass')))";
    assert_eq!(visitor.page().read(asked).await, "false", "nothing that stands for her was asked for");
    ana.takes_a_break().await;
    says_free(&visitor, false).await;
}

const FREE: &str = "Somebody is free";

async fn says_free(visitor: &Visitor, is_free: bool) {
    until("the launcher says how it is", Duration::from_secs(40), async || {
        let said = visitor.page().text("launcher").await;
        if said.contains(FREE) == is_free { Ok(()) } else { Err(said) }
    })
    .await;
}
