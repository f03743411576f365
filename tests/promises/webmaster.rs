//! The lines in `docs/webmaster.md` work as they stand there: the tag with its static block, and each content policy.

use amparo_tests::counselor::{Counselor, EMERGENCY};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::http;
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;
use serde_json::json;

const GUIDE: &str = include_str!("../../docs/webmaster.md");
const NONCE: &str = "bm9ib2R5";

/// The lines of all fenced blocks, in order, one string for each block.
fn blocks() -> Vec<String> {
    let parts = GUIDE.split("```").skip(1).step_by(2);
    parts.map(|block| block.split_once('\n').expect("a fence ends its line").1.trim().to_owned()).collect()
}

/// With this test's relay in the place of RELAY, which has no TLS on this machine.
fn filled(text: &str, world: &World, ana: &Counselor) -> String {
    let relay = world.relay.origin();
    let key =
        ana.tag.split_once("data-site=\"").and_then(|(_, after)| after.split_once('"')).expect("the tag has a key");
    let text = text.replace("https://RELAY", &relay).replace("wss://RELAY", &relay.replacen("http", "ws", 1));
    text.replace("KEY", key.0).replace("NONCE", NONCE)
}

async fn opens(visitor: &Visitor, world: &World) {
    visitor.browser.goto(&world.host.origin()).await;
    visitor.page().press("launcher").await;
    visitor.frame().sees_screen(&["before", "closed"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tag_with_its_static_block_works_as_it_stands() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    let all = blocks();
    let page = all.iter().find(|block| block.contains("<script")).expect("the guide has the tag");
    let button = all.iter().find(|block| block.contains("data-amparo-open")).expect("the guide has a button");
    world.host.carries(&filled(&format!("{button}{page}"), &world, &ana), "");
    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    opens(&visitor, &world).await;
    visitor.browser.goto(&world.host.origin()).await;
    visitor.page().find("launcher").await;
    let shown = "return document.querySelector('[data-amparo-static] [data-amparo-exit]').getClientRects().length";
    assert_eq!(visitor.page().script(shown, vec![]).await, Ok(json!(0)), "the loader hides the block");
    visitor.page().script("document.querySelector('[data-amparo-open]').click()", vec![]).await.expect("it is there");
    visitor.frame().sees_screen(&["before", "closed"]).await;
    let link = all.iter().find(|block| block.starts_with("https://RELAY/chat")).expect("the guide has the link");
    let chat = http::get(&filled(link, &world, &ana)).await.expect("the relay answers");
    assert_eq!(chat.status, 200);
}

async fn every_policy_works_in(engine: Engine) {
    let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    let header = "Content-Security-Policy: ";
    let all = blocks();
    let policies: Vec<&str> = all.iter().filter_map(|block| block.strip_prefix(header)).collect();
    assert_eq!(policies.len(), 4, "the guide has four policies");
    let visitor = Visitor::arrives(&world, "visitor", Settings::of(engine)).await;
    for policy in policies {
        // The fourth is for files on the website itself.
        let is_own = !policy.contains("script-src 'self' https://RELAY") && !policy.contains("nonce");
        let tag = if is_own { hosted_here(&world, &ana).await } else { ana.tag.clone() };
        let tag = tag.replacen("<script ", &format!("<script nonce=\"{NONCE}\" "), 1);
        let policy = filled(policy, &world, &ana);
        world.host.carries(&tag, &format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">"));
        opens(&visitor, &world).await;
    }
}

/// The program among the website's own files.
async fn hosted_here(world: &World, ana: &Counselor) -> String {
    let source =
        ana.tag_pinned.split_once("src=\"").and_then(|(_, after)| after.split_once('"')).expect("it has one").0;
    let folder = source.trim_end_matches("embed.js");
    let files = [
        "embed.js",
        "open.js",
        "widget.js",
        "widget.wasm",
        "widget-plain.js",
        "widget.css",
        "texts-en.txt",
        "texts-ar.txt",
    ];
    for name in files {
        let answer = http::get(&format!("{folder}{name}")).await.expect("the relay serves its files");
        world.host.put(&format!("/chat-files/{name}"), &answer.content_type, answer.body);
    }
    let relay = world.relay.origin();
    let own = format!("<script data-relay=\"{relay}\" ");
    ana.tag
        .replace(&format!("{relay}/embed.js"), &format!("{}/chat-files/embed.js", world.host.origin()))
        .replacen("<script ", &own, 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_content_policy_of_the_guide_works_in_chromium() {
    every_policy_works_in(Engine::Chromium).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_content_policy_of_the_guide_works_in_firefox() {
    every_policy_works_in(Engine::Firefox).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_block_that_the_console_prints_holds_every_way_and_is_hidden_where_the_chat_runs() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    ana.opens_page("sites").await;
    let block = ana.desk().read("return document.querySelector('[data-test=tag-static]').value").await;
    world.host.carries(&block, "");
    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    visitor.page().find("launcher").await;
    let shown = "return document.querySelector('[data-amparo-static]').getClientRects().length";
    assert_eq!(visitor.page().script(shown, vec![]).await, Ok(json!(0)), "the loader hides it");
    let links = "return [...document.querySelectorAll('[data-amparo-static] a')].map(link => link.getAttribute('href')).join(' ')";
    let links = visitor.page().read(links).await;
    let relay = world.relay.origin();
    for way in ["https://www.wikipedia.org/ ".to_owned(), format!("tel:{EMERGENCY} "), format!("{relay}/chat?site=")] {
        assert!(links.contains(&way), "{way} in {links}");
    }
    opens(&visitor, &world).await;
}
