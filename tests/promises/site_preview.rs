//! A site is looked at in a real frame before it is saved.

use amparo_tests::driver::{Engine, Settings};
use amparo_tests::view::{Scope, View};
use amparo_tests::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_the_chat_as_it_would_be_before_it_is_saved() {
    for engine in [Engine::Chromium, Engine::Firefox] {
        let settings = Settings { width: 1100, height: 1000, ..Settings::of(engine) };
        let (_world, ana) = World::with_ana(settings).await;
        ana.opens_site_page("site-look").await;
        ana.desk().write("look-title", "Weather").await;
        ana.desk().write("look-accent", "#8a1c5f").await;
        ana.desk().press("show-preview").await;
        let page = View { browser: &ana.browser, scope: Scope::Preview };
        let chat = View { browser: &ana.browser, scope: Scope::PreviewFrame };
        assert!(page.text("launcher").await.contains("Weather"), "what is not saved yet");
        page.press("launcher").await;
        chat.sees_screen(&["before", "closed"]).await;
        assert!(chat.text("demo").await.contains("Nobody answers here"));
        ana.browser.keeps_screen("console-site-preview-en-1100").await;
        let findings = ana.desk().axe_findings().await;
        assert!(findings.is_empty(), "{findings:#?}");

        // The console's own page stays out of its reach.
        let reach = page.read("try { return String(parent.document.title) } catch (error) { return error.name }").await;
        assert_eq!(reach, "SecurityError");
        assert_eq!(page.read("return String(origin)").await, "null");

        ana.desk()
            .script(
                "const choice = document.querySelector('[data-test=preview-language]');
             choice.value = '5'; choice.dispatchEvent(new Event('change', { bubbles: true }));",
                vec![],
            )
            .await
            .expect("the console answers");
        page.find("launcher").await;
        let direction = page.read("return document.documentElement.dir").await;
        assert_eq!(direction, "rtl", "in the language of a visitor");
    }
}
