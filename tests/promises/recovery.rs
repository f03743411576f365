//! A forgotten password and a lost phone: the code on paper and the other of the two get a member back in.

use amparo_tests::counselor::{Counselor, PASSWORD};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::world::World;

const ANOTHER: &str = "nine slow boats at anchor";

fn phone() -> Settings {
    Settings { width: 390, height: 844, ..Settings::of(Engine::Chromium) }
}

async fn signs_out(ana: &Counselor) {
    ana.reloads().await;
    ana.desk().press("sign-out").await;
}

/// Nothing for axe to object to, and a picture.
async fn is_accessible(ana: &Counselor, screen: &str) {
    ana.browser.keeps_screen(&format!("console-{screen}-en-390")).await;
    let findings = ana.desk().axe_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_with_the_code_on_paper_and_the_six_digits() {
    let (_world, mut ana) = World::with_ana(phone()).await;
    signs_out(&ana).await;
    ana.begins_to_recover("lost-password").await;
    is_accessible(&ana, "recovery-password").await;
    ana.chooses_another_password(ANOTHER).await;

    ana.reloads().await;
    ana.desk().write("sign-in-password", PASSWORD).await;
    ana.desk().press("sign-in").await;
    assert!(ana.desk().text("problem").await.contains("not right"), "the former password opens nothing");
    ana.takes_a_breath().await;
    ana.gives_password().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_authenticator_is_replaced_with_the_code_on_paper_and_the_password() {
    let (_world, mut ana) = World::with_ana(phone()).await;
    signs_out(&ana).await;
    ana.begins_to_recover("lost-phone").await;
    is_accessible(&ana, "recovery-phone").await;
    ana.asks_for_another_authenticator().await;
    ana.desk().sees_screen(&["recovery-authenticator"]).await;
    let focus = ana.desk().read("return document.activeElement.tagName").await;
    assert_eq!(focus, "H1", "the new screen is read from its heading");
    is_accessible(&ana, "recovery-authenticator").await;

    ana.takes_a_breath().await;
    ana.desk().write("recovery-digits", &ana.code()).await;
    ana.desk().press("recovery-next").await;
    ana.desk().find("presence").await;

    signs_out(&ana).await;
    ana.waits_for_the_next_digits().await;
    ana.signs_in().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_copied_wrongly_is_told_before_anything_is_sent() {
    let (_world, ana) = World::with_ana(phone()).await;
    signs_out(&ana).await;
    ana.begins_to_recover("lost-phone").await;
    let wrong: String = ana.recovery_code().chars().rev().collect();
    ana.desk().write("recovery-code", &wrong).await;
    ana.desk().write("recovery-password", PASSWORD).await;
    ana.desk().press("recovery-next").await;
    assert!(ana.desk().text("problem").await.contains("not a recovery code"));
    ana.desk().press("back").await;
    ana.desk().sees_screen(&["sign-in"]).await;
}
