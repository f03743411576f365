//! A tag that is wrong, or on a page where it may not be, shows phone numbers and a short code, and never a weaker chat.

use amparo_tests::counselor::PHONE;
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_tag_leads_to_phone_numbers_and_a_code() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    let with_phone = ana.tag.replacen("<script ", &format!("<script data-phone=\"{PHONE}\" "), 1);
    let key = ana.tag.split_once("data-site=\"").expect("the tag names a site").1.split_once('"').expect("it ends").0;
    let wrong = [
        ("E-SITE", with_phone.replace(key, "AAAAAAAAAAAAAAAA"), ""),
        ("E-CONF", with_phone.replace(key, "%%%"), ""),
        ("E-CONF", with_phone.replacen("<script ", "<script data-org-key=\"nonsense\" ", 1), ""),
        ("E-CSP", with_phone.clone(), "<meta http-equiv=\"Content-Security-Policy\" content=\"connect-src 'none'\">"),
    ];
    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    for (code, tag, head) in &wrong {
        world.host.carries(tag, head);
        visitor.browser.goto(&world.host.origin()).await;
        visitor.page().press("launcher").await;
        assert_shows_the_phone(&visitor, code).await;
    }

    // The same pages at an address that the administrator has not allowed.
    world.host.carries(&with_phone, "");
    visitor.browser.goto(&world.host.origin().replace("127.0.0.1", "localhost")).await;
    visitor.page().press("launcher").await;
    assert_shows_the_phone(&visitor, "E-ORIGIN").await;

    // Where the page is not on https a browser has no cryptography for it.
    let insecure = "<script>Object.defineProperty(window, 'isSecureContext', { value: false })</script>";
    world.host.carries(&with_phone, insecure);
    visitor.browser.goto(&world.host.origin()).await;
    visitor.page().press("launcher").await;
    assert_shows_the_phone(&visitor, "E-HTTP").await;

    // Two tags are one chat.
    world.host.carries(&format!("{with_phone}\n{with_phone}"), "");
    visitor.browser.goto(&world.host.origin()).await;
    visitor.opens_the_chat_or_closed().await;
    let tags = visitor.page().script("return document.querySelectorAll('[data-test=amparo]').length", vec![]).await;
    assert_eq!(tags, Ok(serde_json::json!(1)));
}

/// The number, and the one code that the webmaster can look up.
async fn assert_shows_the_phone(visitor: &Visitor, code: &str) {
    assert!(visitor.page().text("fallback-code").await.contains(code), "{code}");
    assert!(visitor.page().text("phone").await.contains(PHONE), "{code}: the phone number is shown");
}
