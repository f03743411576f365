//! The console can be installed as an app on a phone; the widget's pages cannot, so that nothing of them stays.

use amparo_tests::driver::{Engine, Settings};
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;
use serde_json::{Value, json};

/// What Chromium finds wrong with the page as an app; nothing: it offers to install it.
async fn errors(browser: &amparo_tests::browser::Browser) -> Vec<String> {
    let answer = browser.devtools("Page.getInstallabilityErrors", json!({})).await;
    let errors = answer["installabilityErrors"].as_array().cloned().unwrap_or_default();
    errors.iter().filter_map(|error| error["errorId"].as_str()).map(str::to_owned).collect()
}

/// It needs no service worker for that: a desk without its relay is of no use, and one would keep pages on the disk.
#[tokio::test(flavor = "multi_thread")]
async fn chromium_offers_to_install_the_console_and_no_page_of_a_visitor() {
    let settings = Settings { width: 390, height: 844, ..Settings::of(Engine::Chromium) };
    let (world, ana) = World::with_ana(settings).await;
    assert_eq!(errors(&ana.browser).await, [""; 0]);
    let manifest = ana.browser.devtools("Page.getAppManifest", json!({})).await;
    assert_eq!(manifest["errors"], json!([]), "{manifest}");
    let words: Value = serde_json::from_str(manifest["data"].as_str().unwrap_or_default()).expect("it is JSON");
    assert_eq!((&words["display"], &words["scope"]), (&json!("standalone"), &json!("/console/")));
    let workers = "return navigator.serviceWorker.getRegistrations().then(all => String(all.length));";
    assert_eq!(ana.desk().read(workers).await, "0");

    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    visitor.opens_the_chat_or_closed().await;
    assert!(errors(&visitor.browser).await.contains(&"no-manifest".to_owned()));
    visitor.browser.goto(&format!("{}/chat", world.relay.origin())).await;
    assert_ne!(errors(&visitor.browser).await, [""; 0], "a page that shares nothing with its address is no app");
}
