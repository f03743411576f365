//! A passkey in place of the six digits: added, signed in with, removed; afterwards it opens nothing.

use amparo_tests::deadline::PATIENCE;
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_member_signs_in_with_a_passkey_until_it_is_removed() {
    let (_world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    ana.browser.has_a_passkey_device().await;
    ana.adds_passkey("my laptop").await;
    assert!(ana.desk().text("passkey").await.contains("my laptop"));
    let findings = ana.desk().axe_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");

    ana.desk().press("sign-out").await;
    ana.signs_in_with_passkey().await;
    ana.desk().press("passkeys").await;
    ana.desk().press("remove-passkey").await;
    ana.desk().press("remove-passkey").await;
    ana.desk().find("no-passkeys").await;

    ana.desk().press("sign-out").await;
    ana.asks_for_passkey().await;
    assert!(ana.desk().text("problem").await.contains("no passkey yet"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_that_a_member_has_passkeys_and_removes_them() {
    let settings = Settings { width: 390, height: 844, ..Settings::of(Engine::Chromium) };
    let (_world, ana) = World::with_ana(settings).await;
    ana.browser.has_a_passkey_device().await;
    ana.adds_passkey("my laptop").await;
    ana.opens_page("members").await;
    let shown = ana.desk().text("member-passkeys").await;
    assert!(shown.contains('1') && !shown.contains("laptop"), "how many, not what they are called: {shown}");
    ana.browser.keeps_screen("console-member-passkeys-en-390").await;
    let findings = ana.desk().axe_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    ana.desk().press("remove-passkeys").await;
    ana.desk().press("remove-passkeys").await;
    ana.desk().sees_no("member-passkeys").await;
    ana.returns_to_the_desk().await;
    ana.desk().press("passkeys").await;
    ana.desk().find_within("no-passkeys", PATIENCE).await;
}
