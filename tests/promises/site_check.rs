//! "Check this site": an administrator reads, in sentences, what the relay finds on the site's own pages.

use amparo_tests::driver::{Engine, Settings};
use amparo_tests::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_reads_what_is_wrong_with_the_tag_on_their_site() {
    let settings = Settings { width: 390, height: 844, ..Settings::of(Engine::Chromium) };
    let (world, ana) = World::with_ana(settings).await;
    world.host.carries(&ana.tag.replace(" data-org-key=", " data-org="), "");
    ana.opens_page("sites").await;
    ana.desk().press("check-site").await;
    ana.desk().find("finding").await;
    let found = ana.desk().text("site-check").await;
    // The page under test is on plain http, as no real one may be.
    for sentence in ["not on https", "the server could invent a counselor", "is allowed to show the chat"] {
        assert!(found.contains(sentence), "{sentence}: {found}");
    }
    ana.browser.keeps_screen("console-site-check-en-390").await;
    let findings = ana.desk().axe_findings().await;
    assert!(findings.is_empty(), "{findings:#?}");

    world.host.carries(&ana.tag, "");
    ana.desk().press("check-site").await;
    amparo_tests::deadline::until("the new tag is seen", amparo_tests::deadline::PATIENCE, async || {
        let found = ana.desk().text("site-check").await;
        if found.contains("invent") { Err(found) } else { Ok(()) }
    })
    .await;
}
