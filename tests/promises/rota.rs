//! The rota, set in the console, decides who can be available; the desk says until when, or when next.

use amparo_tests::counselor::Counselor;
use amparo_tests::deadline::PATIENCE;
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::view::View;
use amparo_tests::world::World;

/// As a person types them: every day from midnight to midnight.
const WHOLE_WEEK: &str = "
for (const day of document.querySelectorAll('[data-test=span-day]')) if (!day.checked) day.click();
for (const name of ['span-from', 'span-to']) {
  const field = document.querySelector(`[data-test=${name}]`);
  field.value = '00:00';
  field.dispatchEvent(new Event('input', { bubbles: true }));
}
return '';";

async fn is_clean(document: View<'_>, screen: &str) {
    document.browser.keeps_screen(&format!("console-{screen}-en-{}", document.browser.settings.width)).await;
    let findings = document.axe_findings().await;
    assert!(findings.is_empty(), "{screen}: {findings:#?}");
}

async fn opens_the_rota(ana: &Counselor) {
    ana.opens_page("line").await;
    ana.desk().press("line-rota").await;
    ana.desk().find("rota-is-on").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_off_by_the_rota_cannot_be_available_and_reads_why() {
    let settings = Settings { width: 390, height: 844, ..Settings::of(Engine::Chromium) };
    let (world, ana) = World::with_ana(settings).await;
    opens_the_rota(&ana).await;
    ana.desk().press("rota-is-on").await;
    ana.saves().await;
    ana.returns_to_the_desk().await;
    ana.desk().press("presence-available").await;
    ana.desk().sees_attribute("own-rota", "data-state", &["off"], PATIENCE).await;
    ana.desk().sees_attribute("presence", "data-state", &["break"], PATIENCE).await;
    is_clean(ana.desk(), "off-rota").await;

    opens_the_rota(&ana).await;
    ana.desk().unfold("rota-member").await;
    ana.desk().press("add-turn").await;
    ana.desk().find("row").await;
    ana.desk().read(WHOLE_WEEK).await;
    is_clean(ana.desk(), "rota").await;
    ana.saves().await;
    ana.returns_to_the_desk().await;
    ana.desk().press("presence-available").await;
    ana.desk().sees_attribute("own-rota", "data-state", &["on"], PATIENCE).await;
    ana.is_available().await;
    ana.desk().unfold("own-turns").await;
    is_clean(ana.desk(), "on-rota").await;
    let visitor = world.visitor_in_the_queue(Settings::of(Engine::Chromium)).await;
    ana.accepts().await;
    visitor.is_talking().await;
    ana.opens_page("board").await;
    ana.desk().sees_attribute("rota-row", "data-state", &["on"], PATIENCE).await;
    is_clean(ana.desk(), "board-rota").await;
}
