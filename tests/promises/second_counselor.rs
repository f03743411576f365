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

#[tokio::test(flavor = "multi_thread")]
async fn a_member_who_is_removed_is_signed_out_and_no_list_names_them() {
    let settings = Settings::of(Engine::Chromium);
    let (_world, ana) = World::with_ana(settings).await;
    let link = ana.invites().await;
    let omar = Counselor::accepts_invitation(&link, "Omar", settings).await;
    ana.approves().await;
    omar.desk().find_within("presence", 2 * PATIENCE).await;
    let before = signed_list(&ana).await;
    // The first press only asks.
    ana.desk().press("remove-member").await;
    assert!(ana.desk().text("remove-member").await.contains("Press once more"));
    let findings = ana.desk().axe_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    ana.browser.keeps_screen("console-remove-member-en-1280").await;
    ana.desk().press("remove-member").await;
    ana.desk().sees_no("remove-member").await;
    omar.desk().sees_screen(&["sign-in"]).await;
    assert_ne!(signed_list(&ana).await, before, "the list was signed without Omar");
    ana.desk().sees_no("sign-again").await;
    assert_eq!(ana.desk().read(MEMBERS).await, "1");
}

const MEMBERS: &str = "return String(document.querySelectorAll('[data-test=member]').length)";

/// The signed list, as the relay serves it to Ana.
async fn signed_list(ana: &Counselor) -> String {
    let ask = "return (async () => (await (await fetch('/api/roster')).json()).roster)()";
    let roster = ana.desk().script(ask, vec![]).await.expect("the relay answers");
    roster.as_str().expect("a roster is text").to_owned()
}
