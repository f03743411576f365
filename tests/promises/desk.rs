//! The counselor's desk in a real browser: being heard, the lock, taking back, phrases, rest, an end for abuse; and the
//! settings that a supervisor makes for it.

use std::collections::BTreeSet;
use std::time::Duration;

use amparo_tests::counselor::Counselor;
use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::world::World;
use fantoccini::key::Key;

const SETTINGS: Settings = Settings { engine: Engine::Chromium, language: "en", width: 1280, height: 900, dark: false };

/// Requirement 78, and 91: a locked screen holds no word, and what was written is there when it is opened.
#[tokio::test(flavor = "multi_thread")]
async fn a_locked_desk_holds_no_word_and_the_conversation_goes_on_behind_it() {
    let (_world, ana, visitor) = World::talking(SETTINGS, SETTINGS).await;
    visitor.talk().says("zimtstern").await;
    ana.talk().sees("zimtstern").await;
    ana.desk().write("composer-text", "half a sentence").await;
    ana.desk().press("lock-now").await;
    ana.desk().find("lock").await;
    let page = ana.desk().script("return document.documentElement.outerHTML", vec![]).await.expect("a page");
    let page = page.as_str().expect("text");
    assert!(!page.contains("zimtstern") && !page.contains("half a sentence"), "the locked page holds words");
    visitor.talk().says("mondlicht").await;
    visitor.talk().sees_delivered("mondlicht").await;
    ana.desk().write("lock-password", "not the password at all").await;
    ana.desk().press("open-lock").await;
    ana.desk().find("problem").await;
    ana.takes_a_breath().await;
    ana.opens_the_lock().await;
    ana.talk().sees("mondlicht").await;
    assert_eq!(ana.desk().text("composer-text").await, "half a sentence");
    ana.desk().press("presence-away").await;
    assert!(ana.desk().text("left-alone").await.contains("still talks with you"));
    ana.desk().press("presence-break").await;
    ana.desk().sees_no("left-alone").await;
}

/// Requirement 91: what is behind other windows is not drawn, and nothing else about it changes.
#[tokio::test(flavor = "multi_thread")]
async fn a_desk_behind_other_windows_draws_nothing() {
    let (_world, ana) = World::with_ana(SETTINGS).await;
    let put = "Object.defineProperty(document, 'hidden', { configurable: true, get: () => arguments[0] });
        document.dispatchEvent(new Event('visibilitychange'));
        return getComputedStyle(document.querySelector('[data-test=presence]')).visibility";
    let behind = put.replace("arguments[0]", "true");
    let front = put.replace("arguments[0]", "false");
    for (script, drawn) in [(behind, "hidden"), (front, "visible")] {
        ana.desk().script(&script, vec![]).await.expect("a document");
        let look = "return getComputedStyle(document.querySelector('[data-test=presence]')).visibility";
        amparo_tests::deadline::until("the desk is covered and uncovered", PATIENCE, async || {
            match ana.desk().script(look, vec![]).await {
                Ok(now) if now == drawn => Ok(()),
                now => Err(format!("{now:?}")),
            }
        })
        .await;
    }
}

/// Requirement 88.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_taken_back_never_leaves() {
    let (_world, ana, visitor) = World::talking(SETTINGS, SETTINGS).await;
    ana.desk().write("composer-text", "for somebody else").await;
    ana.desk().press("send").await;
    ana.desk().press("take-back").await;
    assert_eq!(ana.desk().text("composer-text").await, "for somebody else");
    ana.desk().write("composer-text", "for you").await;
    ana.desk().press("send").await;
    visitor.talk().sees("for you").await;
    visitor.talk().sees_exactly(&["for you".to_owned()], Duration::from_secs(4)).await;
}

/// Requirements 83 and 93.
#[tokio::test(flavor = "multi_thread")]
async fn an_end_for_abuse_needs_a_reason_reads_neutral_and_is_followed_by_a_rest() {
    let (_world, ana, visitor) = World::talking(SETTINGS, SETTINGS).await;
    ana.desk().press("end").await;
    ana.desk().press("end-abuse").await;
    ana.desk().press("abuse-threats").await;
    visitor.frame().sees_screen(&["ended"]).await;
    let words = visitor.frame().text("screen").await.to_lowercase();
    assert!(!words.contains("abuse") && !words.contains("threat"), "{words}");
    ana.desk().sees_attribute("presence", "data-state", &["break"], PATIENCE).await;
    ana.desk().press("rest-longer").await;
    let left = ana.desk().text("rest-left").await;
    assert!(left.contains("9:5") || left.contains("10:0"), "{left}");
    ana.is_ready_again().await;
}

/// Requirement 89: set on the settings page, typed by its code, changed before it is sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_phrase_is_put_in_by_its_code_and_changed_before_it_is_sent() {
    let (world, ana) = World::with_ana(SETTINGS).await;
    ana.opens_page("line").await;
    ana.desk().press("line-phrases").await;
    ana.desk().press("add-phrase").await;
    ana.desk().write("phrase-code", "Not a code").await;
    ana.desk().write("phrase-text", "Take your time.").await;
    ana.desk().press("save").await;
    ana.desk().find("field-problem").await;
    ana.desk().write("phrase-code", "/time").await;
    ana.saves().await;
    ana.returns_to_the_desk().await;
    ana.is_available().await;
    let visitor = world.visitor_in_the_queue(SETTINGS).await;
    ana.accepts().await;
    visitor.is_talking().await;
    ana.desk().write("composer-text", "Hello. /time I am here.").await;
    ana.desk().press("send").await;
    visitor.talk().sees("Hello. Take your time. I am here.").await;
}

/// Requirement 66, and "close now": one press each, and a chat that is open hears of it.
#[tokio::test(flavor = "multi_thread")]
async fn the_line_is_closed_and_opened_by_one_press() {
    let (world, ana) = World::with_ana(SETTINGS).await;
    ana.is_available().await;
    let visitor = amparo_tests::visitor::Visitor::arrives(&world, "visitor", SETTINGS).await;
    visitor.opens_the_chat().await;
    visitor.reads_available(Duration::from_secs(20)).await;
    ana.opens_page("line").await;
    ana.desk().press("close-now").await;
    visitor.frame().sees_screen(&["closed"]).await;
    ana.desk().press("close-now").await;
    visitor.frame().sees_screen(&["before"]).await;
    visitor.frame().sees_no("surge").await;
    ana.desk().press("surge").await;
    visitor.frame().find("surge").await;
}

/// Requirement 92, and the self-test: the tab's name and picture tell, and a press ends it.
#[tokio::test(flavor = "multi_thread")]
async fn the_trial_rings_in_the_tab_and_stops_by_a_press() {
    let (_world, ana) = World::with_ana(SETTINGS).await;
    let before = tab(&ana).await;
    ana.desk().press("being-heard").await;
    ana.desk().press("ring-me").await;
    ana.desk().find("trial").await;
    let ringing = tab(&ana).await;
    assert!(ringing.0 != before.0 && ringing.1.ends_with("icon-waiting.svg"), "{ringing:?}");
    ana.desk().press("stop-trial").await;
    ana.desk().sees_no("trial").await;
    assert_eq!(tab(&ana).await, before);
}

/// Requirement 92: so does a visitor who waits, and in the tab there is not a word of hers.
#[tokio::test(flavor = "multi_thread")]
async fn an_offer_rings_in_the_tab_until_it_is_answered() {
    let (world, ana) = World::with_ana(SETTINGS).await;
    ana.is_available().await;
    let before = tab(&ana).await;
    let visitor = amparo_tests::visitor::Visitor::arrives(&world, "visitor", SETTINGS).await;
    visitor.opens_the_chat().await;
    visitor.enters().await;
    visitor.frame().write("composer-text", "zimtstern").await;
    visitor.frame().press("send").await;
    ana.desk().find("offer").await;
    let ringing = tab(&ana).await;
    assert_eq!(ringing.0, "● Somebody is waiting");
    assert!(ringing.1.ends_with("icon-waiting.svg"), "{ringing:?}");
    ana.desk().press("not-now").await;
    ana.desk().sees_no("offer").await;
    assert_eq!(tab(&ana).await, before);
    ana.is_available().await;
    ana.accepts().await;
    ana.talk().sees("zimtstern").await;
    assert_eq!(tab(&ana).await, before);
}

/// The sign that somebody writes names her, and goes with what she has written.
#[tokio::test(flavor = "multi_thread")]
async fn the_visitor_reads_that_ana_is_writing_until_it_is_there() {
    let (_world, ana, visitor) = World::talking(SETTINGS, SETTINGS).await;
    assert!(!visitor.frame().is_shown("typing").await);
    ana.desk().write("composer-text", "I am here.").await;
    visitor.frame().find("typing").await;
    assert_eq!(visitor.frame().text("typing").await, "Ana is writing…");
    ana.desk().press("send").await;
    visitor.talk().sees("I am here.").await;
    assert!(!visitor.frame().is_shown("typing").await, "it goes with the message");
}

const MINUTE_MS: u32 = 60_000;

/// Turns this page's clock on, as a computer does that has slept.
async fn time_passes(ana: &Counselor, by_ms: u32) {
    let turn = format!("const date = Date.now.bind(Date); Date.now = () => date() + {by_ms};");
    ana.desk().script(&turn, vec![]).await.expect("the page answers");
}

/// Requirement 78: the screen locks, a sound asks "still there?"; who says nothing is away, and no chat says otherwise.
#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_touch_the_desk_is_locked_out_asked_and_then_away() {
    let (world, ana) = World::with_ana(SETTINGS).await;
    ana.is_available().await;
    let visitor = amparo_tests::visitor::Visitor::arrives(&world, "visitor", SETTINGS).await;
    visitor.opens_the_chat().await;
    visitor.reads_available(PATIENCE).await;
    time_passes(&ana, 20 * MINUTE_MS).await;
    ana.desk().find("still-there").await;
    ana.desk().find("lock").await;
    let findings = ana.desk().axe_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    ana.browser.keeps_screen("console-still-there-en-1280").await;
    assert_eq!(ana.desk().focused().await, "i-am-here");
    ana.browser.press_key(Key::Enter).await;
    ana.desk().sees_no("still-there").await;
    ana.opens_the_lock().await;
    ana.desk().sees_attribute("presence", "data-state", &["available"], PATIENCE).await;
    time_passes(&ana, 20 * MINUTE_MS).await;
    ana.desk().find("still-there").await;
    time_passes(&ana, MINUTE_MS).await;
    visitor.reads_available_no_more(PATIENCE).await;
    ana.desk().sees_no("still-there").await;
    ana.opens_the_lock().await;
    ana.desk().sees_attribute("presence", "data-state", &["away"], PATIENCE).await;
}

/// The tab's name and the address of its picture.
async fn tab(counselor: &Counselor) -> (String, String) {
    let script = "return [document.title, document.querySelector('link[rel=icon]').href]";
    let tab = counselor.desk().script(script, vec![]).await.expect("a page has a title");
    let text = |at: usize| tab[at].as_str().unwrap_or_default().to_owned();
    (text(0), text(1))
}

/// Requirement 98: nobody is at the other end, in no language, and it goes on where no request gets through.
#[tokio::test(flavor = "multi_thread")]
async fn practice_answers_without_a_visitor_or_a_network_in_every_language() {
    let (_world, ana) = World::with_ana(SETTINGS).await;
    ana.desk().press("practice").await;
    let mut beginnings = BTreeSet::new();
    for tag in ["en", "es", "it", "pt-BR", "pt-PT", "ar"] {
        chooses_language(&ana, tag).await;
        ana.browser.is_offline(true).await;
        ana.desk().press("practice-again").await;
        let begun = ana.talk().messages().await.expect("the list is drawn");
        beginnings.insert(begun[0].text.clone());
        ana.talk().says("Hello, I am here.").await;
        until(&format!("an answer in {tag}"), PATIENCE, async || {
            let messages = ana.talk().messages().await?;
            let theirs = messages.iter().filter(|message| !message.own).count();
            if theirs == 2 { Ok(()) } else { Err(format!("{messages:?}")) }
        })
        .await;
        ana.browser.is_offline(false).await;
    }
    assert_eq!(beginnings.len(), 6, "each language has words of its own: {beginnings:?}");
}

async fn chooses_language(counselor: &Counselor, tag: &str) {
    let choose = "const select = document.querySelector('[data-test=language]');
        select.value = arguments[0];
        select.dispatchEvent(new Event('change', { bubbles: true }));";
    counselor.desk().script(choose, vec![tag.into()]).await.expect("the language can be chosen");
    until(&format!("the console speaks {tag}"), PATIENCE, async || {
        match counselor.desk().script("return document.documentElement.lang", vec![]).await? {
            lang if lang == tag => Ok(()),
            lang => Err(lang.to_string()),
        }
    })
    .await;
}

/// Requirement 94: nothing is stored, and the visitor reads what everybody reads at an end.
#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_lets_others_go_before_an_abuser() {
    let (_world, ana, visitor) = World::talking(SETTINGS, SETTINGS).await;
    ana.desk().press("end").await;
    ana.desk().press("end-abuse").await;
    ana.desk().press("abuse-block").await;
    ana.desk().press("abuse-prank").await;
    visitor.frame().sees_screen(&["ended"]).await;
    visitor.frame().find("emergency").await;
    ana.desk().sees_attribute("presence", "data-state", &["break"], PATIENCE).await;
}
