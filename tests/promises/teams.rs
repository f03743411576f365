//! Teams, set in the console: visitors of a site are offered to its team and to nobody else.

use amparo_tests::counselor::Counselor;
use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::view::View;
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;

/// Ticks the member whose pseudonym is Omar, as a person finds it: by the name beside the box.
const TICK_OMAR: &str = "
const boxes = [...document.querySelectorAll('[data-test=team-member]')];
const omar = boxes.find(box => box.closest('label').textContent.includes('Omar'));
omar.click();
return String(omar.checked);";

async fn is_clean(document: View<'_>, screen: &str) {
    document.browser.keeps_screen(&format!("console-{screen}-en-{}", document.browser.settings.width)).await;
    let findings = document.axe_findings().await;
    assert!(findings.is_empty(), "{screen}: {findings:#?}");
}

async fn makes_omars_team(ana: &Counselor) {
    ana.opens_page("line").await;
    ana.desk().press("line-teams").await;
    ana.desk().press("add-team").await;
    ana.desk().write("team-name", "Legal").await;
    ana.desk().press("save").await;
    until("a team without people is not saved", PATIENCE, async || {
        let said = ana.desk().text("problem").await;
        if said.is_empty() { Err("it says nothing".to_owned()) } else { Ok(()) }
    })
    .await;
    assert_eq!(ana.desk().read(TICK_OMAR).await, "true");
    ana.desk().press("team-site").await;
    ana.saves().await;
    is_clean(ana.desk(), "teams").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_of_a_teams_site_is_offered_to_the_team_and_to_nobody_else() {
    let settings = Settings { width: 390, height: 844, ..Settings::of(Engine::Chromium) };
    let (world, ana) = World::with_ana(settings).await;
    let link = ana.invites().await;
    let omar = Counselor::accepts_invitation(&link, "Omar", Settings::of(Engine::Firefox)).await;
    omar.desk().sees_screen(&["approval"]).await;
    ana.approves().await;
    omar.desk().find_within("presence", 2 * PATIENCE).await;
    makes_omars_team(&ana).await;
    // What the desk says of its member is read anew every minute, and at the beginning.
    ana.reloads().await;
    ana.gives_password().await;
    ana.is_available().await;
    ana.desk().find("own-teams").await;
    is_clean(ana.desk(), "left-out").await;

    let visitor = Visitor::arrives(&world, "visitor", Settings::of(Engine::Chromium)).await;
    // Omar is on a break, so she may wait; that Ana is available is nothing to her.
    visitor.page().press("launcher").await;
    visitor.frame().sees_screen(&["before"]).await;
    visitor.enters().await;
    visitor.waits_at(1).await;
    omar.is_available().await;
    omar.desk().find("offer").await;
    assert!(omar.desk().text("of-team").await.contains("Legal"));
    is_clean(omar.desk(), "offer-team").await;
    ana.desk().sees_no("offer").await;
    omar.accepts().await;
    visitor.is_talking().await;
}
