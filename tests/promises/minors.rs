//! A site for minors: its visitors are offered to members whose checks are valid, and to nobody else (requirement 99).

use amparo_tests::counselor::Counselor;
use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;
use serde_json::Value;

const RECORDED: &str = "const ask = async () => {
  const [row] = await (await fetch('/api/care')).json();
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ conversations_max: 1, valid_until: { year: YEAR, month: 6, day: 30 } });
  return (await fetch(`/api/members/${row.member}/care`, { method: 'POST', headers, body })).status;
};
return ask();";

async fn records(ana: &Counselor, year: u16) {
    let done = ana.desk().script(&RECORDED.replace("YEAR", &year.to_string()), vec![]).await;
    assert_eq!(done, Ok(Value::from(204)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_is_offered_to_whoever_may_attend_her_and_never_to_others() {
    let settings = Settings { width: 390, height: 844, ..Settings::of(Engine::Chromium) };
    let (world, ana) = World::with_ana(settings).await;
    ana.opens_site_page("site-basics").await;
    ana.desk().press("site-for-minors").await;
    ana.saves().await;
    records(&ana, 2020).await;
    ana.returns_to_the_desk().await;
    ana.is_available().await;
    until("the desk says that the date has passed", PATIENCE, async || {
        if ana.desk().is_shown("own-checks").await { Ok(()) } else { Err("it says nothing".to_owned()) }
    })
    .await;
    ana.browser.keeps_screen("console-checks-over-en-390").await;
    let visitor = Visitor::arrives(&world, "visitor", Settings::of(Engine::Chromium)).await;
    visitor.page().press("launcher").await;
    visitor.frame().sees_screen(&["closed"]).await;

    records(&ana, 2100).await;
    visitor.frame().sees_screen(&["before"]).await;
    visitor.enters().await;
    ana.desk().find("offer").await;
    ana.desk().find("for-minors").await;
    ana.browser.keeps_screen("console-offer-minors-en-390").await;
    let findings = ana.desk().axe_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");
    ana.accepts().await;
    visitor.is_talking().await;
}
