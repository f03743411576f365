//! The counselor's desk without a mouse: every step from the password to the rest by Tab, Enter, Space, arrows and Escape.

use amparo_tests::counselor::{Counselor, PASSWORD};
use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::world::World;
use fantoccini::key::Key;

async fn presses(ana: &Counselor, name: &str, key: Key) {
    ana.desk().tabs_to(name).await;
    ana.browser.press_key(key).await;
}

async fn fills(ana: &Counselor, name: &str, text: &str) {
    ana.desk().tabs_to(name).await;
    ana.browser.types(text).await;
}

async fn draft_is(ana: &Counselor, wanted: &str) {
    let read = "return document.querySelector('[data-test=composer-text]').value";
    until(&format!("the draft is {wanted:?}"), PATIENCE, async || {
        let draft = ana.desk().script(read, vec![]).await?;
        if draft == wanted { Ok(()) } else { Err(draft.to_string()) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_shift_by_keyboard_alone() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::before_ana_signs_in(settings).await;
    ana.desk().sees_screen(&["sign-in"]).await;
    fills(&ana, "sign-in-name", "Ana").await;
    fills(&ana, "sign-in-password", PASSWORD).await;
    fills(&ana, "sign-in-code", &ana.code()).await;
    ana.browser.press_key(Key::Enter).await;
    ana.desk().find("presence").await;
    ana.owns_the_site(&world).await;
    ana.changes_desk("desk.phrases = [{ code: 'time', language: 'en', text: 'Take your time.' }];").await;

    // The break is chosen; the arrow before it is "available".
    ana.desk().tabs_to("presence-break").await;
    ana.browser.press_key(Key::Left).await;
    ana.desk().sees_attribute("presence", "data-state", &["available"], PATIENCE).await;

    let visitor = world.visitor_in_the_queue(settings).await;
    ana.desk().find("offer").await;
    until("the offer has the focus", PATIENCE, async || match ana.desk().focused().await.as_str() {
        "accept" => Ok(()),
        other => Err(format!("it is at {other}")),
    })
    .await;
    ana.browser.press_key(Key::Enter).await;
    ana.is_talking().await;
    visitor.is_talking().await;
    let phrase = ana.desk();
    until("the organisation's phrases are there", PATIENCE, async || {
        let words = phrase.text("phrase").await;
        if words.contains("/time") { Ok(()) } else { Err(words) }
    })
    .await;

    // Taken back by Escape, changed, sent.
    fills(&ana, "composer-text", "Hello. /time ").await;
    draft_is(&ana, "Hello. Take your time. ").await;
    presses(&ana, "send", Key::Enter).await;
    ana.browser.press_key(Key::Escape).await;
    draft_is(&ana, "Hello. Take your time.").await;
    assert_eq!(ana.desk().focused().await, "composer-text", "where the next words are written");
    ana.browser.types(" I am here.").await;
    presses(&ana, "send", Key::Space).await;
    visitor.talk().sees("Hello. Take your time. I am here.").await;
    visitor.talk().says("Thank you.").await;
    ana.talk().sees("Thank you.").await;

    // The end, for a reason; then the rest, lengthened and ended.
    presses(&ana, "end", Key::Enter).await;
    presses(&ana, "end-abuse", Key::Enter).await;
    presses(&ana, "abuse-other", Key::Enter).await;
    visitor.frame().sees_screen(&["ended"]).await;
    ana.desk().sees_attribute("presence", "data-state", &["break"], PATIENCE).await;
    ana.desk().find("rest").await;
    presses(&ana, "rest-longer", Key::Space).await;
    until("the rest is ten minutes", PATIENCE, async || {
        let left = ana.desk().text("rest-left").await;
        if left.contains("9:") || left.contains("10:0") { Ok(()) } else { Err(left) }
    })
    .await;
    presses(&ana, "rest-over", Key::Enter).await;
    ana.desk().sees_attribute("presence", "data-state", &["available"], PATIENCE).await;
    presses(&ana, "clear", Key::Enter).await;
    ana.desk().sees_no("conversation").await;
}
