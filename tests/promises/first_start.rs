//! From nothing to a conversation with oneself: how many screens and fields a new administrator meets.

use std::cell::RefCell;

use amparo_tests::browser::Browser;
use amparo_tests::counselor::Counselor;
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::talk::Talk;
use amparo_tests::world::World;

/// The four steps of the set-up, and the page with the tag.
const SCREENS_MAX: usize = 5;
const FIELDS_MAX: u64 = 12;

/// Fields to type into; the choice of the page's language is none.
const FIELDS: &str =
    "return document.querySelectorAll('input:not([type=checkbox], [type=radio]), textarea:not([readonly])').length";

/// How far the screen has been scrolled already.
const FROM_THE_TOP: &str = "return String(document.querySelector('.am-app').scrollTop)";

#[tokio::test(flavor = "multi_thread")]
async fn a_new_administrator_comes_over_five_screens_to_a_conversation_with_herself() {
    // No screen fits as a whole.
    let settings = Settings { height: 500, ..Settings::of(Engine::Chromium) };
    let world = World::start().await;
    let met = RefCell::new(Vec::new());
    let ana = Counselor::sets_up_looking(&world, "Ana", settings, async |browser, page| {
        let fields = browser.page().script(FIELDS, vec![]).await.expect("the page answers");
        let top = browser.page().read(FROM_THE_TOP).await;
        assert_eq!(top, "0", "{page} begins at its top");
        let to_chat = browser.page().is_shown("try-chat").await;
        met.borrow_mut().push((page.to_owned(), fields.as_u64().unwrap_or(u64::MAX), to_chat));
    })
    .await;
    let met = met.into_inner();
    assert!(met.len() <= SCREENS_MAX, "{met:?}");
    assert!(met.iter().map(|(_, fields, _)| fields).sum::<u64>() <= FIELDS_MAX, "{met:?}");
    assert!(met.last().is_some_and(|(_, _, to_chat)| *to_chat), "the last page leads to the chat: {met:?}");

    ana.is_available().await;
    let herself = Browser::start("herself", settings).await;
    herself.goto(&format!("{}/chat", world.relay.origin())).await;
    for hook in ["enter", "safe"] {
        herself.page().press(hook).await;
    }
    ana.accepts().await;
    herself.page().sees_screen(&["talking"]).await;
    Talk(herself.page()).says("Is this me?").await;
    ana.talk().sees("Is this me?").await;
}
