//! A tab that is closed and opened again, as somebody else who takes the device would, shows nothing of the chat (design
//! section 4). Firefox only: no other engine lets a driver press "reopen closed tab".

use std::time::Duration;

use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;

const SECRET: &str = "zimtstern";
const STAYS_CLOSED: Duration = Duration::from_secs(3);

/// What the page keeps for itself, to know that the browser brought it back; and what it must not have.
const KEPT_BY_PAGE: &str = "sessionStorage.setItem('basket', 'three')";
const STORED: &str = "return Object.keys(sessionStorage).join()";

/// How the tab is left.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    WhileTalking,
    AfterItsEnd,
}

async fn a_reopened_tab_shows_nothing(left: Left) {
    let settings = Settings::of(Engine::Firefox);
    let (world, ana, visitor) = World::talking(settings, Settings::of(Engine::Chromium)).await;
    // After a step within the site: the page that is brought back has a referrer of its own origin.
    visitor.changes_page("/opening-times").await;
    visitor.continues().await;
    visitor.talk().says(SECRET).await;
    ana.talk().sees(SECRET).await;
    visitor.page().script(KEPT_BY_PAGE, vec![]).await.expect("the page answers");
    if left == Left::AfterItsEnd {
        ana.ends().await;
        visitor.frame().sees_screen(&["ended"]).await;
    }

    visitor.browser.closes_its_tab_and_opens_it_again().await;
    visitor.page().find("at-/opening-times").await;
    visitor.page().find("launcher").await;
    until("the browser brings back what the page stored", PATIENCE, async || {
        match visitor.page().read(STORED).await.as_str() {
            "basket" => Ok(()),
            other => Err(other.to_owned()),
        }
    })
    .await;
    tokio::time::sleep(STAYS_CLOSED).await;
    assert!(!visitor.page().is_shown("frame").await, "the chat opens by itself");
    opens_a_fresh_chat(&visitor).await;
    drop(world);
}

async fn opens_a_fresh_chat(visitor: &Visitor) {
    visitor.opens_the_chat().await;
    let words = visitor.frame().text("screen").await;
    assert!(!words.contains(SECRET), "{words}");
    assert_eq!(visitor.page().read(STORED).await, "basket", "nothing is stored while the page is in front");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_closed_while_they_talk_opens_again_without_the_chat() {
    a_reopened_tab_shows_nothing(Left::WhileTalking).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_closed_after_the_end_opens_again_without_the_chat() {
    a_reopened_tab_shows_nothing(Left::AfterItsEnd).await;
}
