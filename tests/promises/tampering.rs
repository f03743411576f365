//! A program that is not the one whose hash the page knows does not run: the visitor sees phone numbers instead.

use std::time::Duration;

use amparo_tests::counselor::{EMERGENCY, PHONE};
use amparo_tests::deadline::PATIENCE;
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::host_site::HostSite;
use amparo_tests::http;
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;

const FILES: [&str; 7] =
    ["embed.js", "open.js", "widget.js", "widget.wasm", "widget-plain.js", "widget.css", "texts-en.txt"];
const REFUSED_WITHIN: Duration = Duration::from_secs(30);

/// Copies the program to the host's own files and changes one byte of one file.
async fn mirror(world: &World, pinned: &str, tampered: Option<&str>) {
    let version = attribute(pinned, "src").rsplit_once('/').expect("the loader lies in a folder").0.to_owned();
    for name in FILES {
        let answer = http::get(&format!("{version}/{name}")).await.expect("the relay serves its files");
        assert_eq!(answer.status, 200, "{version}/{name}");
        let mut body = answer.body;
        if tampered == Some(name) {
            change_one_byte(&mut body);
        }
        world.host.put(&format!("/mirror/{name}"), &answer.content_type, body);
    }
}

/// Inside a comment or string the change would be harmless to whoever does not check; refused all the same.
fn change_one_byte(body: &mut [u8]) {
    let last = body.len() - 2;
    body[last] ^= 1;
}

/// The tag as a webmaster writes it who hosts the files: not the relay's address, and the numbers in it.
fn mirrored_tag(host: &HostSite, relay: &str, plain: &str) -> String {
    let own = format!("{}/mirror/embed.js", host.origin());
    let tag = plain.replace(&attribute(plain, "src"), &own);
    tag.replacen(
        "<script ",
        &format!("<script data-relay=\"{relay}\" data-phone=\"{PHONE}\" data-emergency=\"{EMERGENCY}\" "),
        1,
    )
}

fn attribute(tag: &str, name: &str) -> String {
    let begin = format!("{name}=\"");
    let rest = tag.split_once(&begin).unwrap_or_else(|| panic!("no {name} in {tag}")).1;
    rest.split_once('"').expect("the value ends").0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_program_is_refused_and_the_phone_number_is_shown() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    let relay = world.relay.origin();
    mirror(&world, &ana.tag_pinned, None).await;
    world.host.carries(&mirrored_tag(&world.host, &relay, &ana.tag), "");
    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    visitor.opens_the_chat().await;
    for name in ["widget.wasm", "widget.js", "open.js", "texts-en.txt"] {
        mirror(&world, &ana.tag_pinned, Some(name)).await;
        visitor.browser.goto(&world.host.origin()).await;
        visitor.page().press("launcher").await;
        visitor.page().find_within("fallback-code", REFUSED_WITHIN).await;
        assert!(visitor.page().text("phone").await.contains(PHONE), "{name}: the phone number is shown");
        assert!(visitor.page().text("emergency").await.contains(EMERGENCY), "{name}: the emergency number is shown");
        assert!(!visitor.page().is_shown("frame").await, "{name}: nothing of it runs");
    }
    drop(visitor);

    let settings = Settings::of(Engine::ChromiumWithoutWebAssembly);
    mirror(&world, &ana.tag_pinned, Some("widget-plain.js")).await;
    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    visitor.page().press("launcher").await;
    visitor.page().find_within("fallback-code", REFUSED_WITHIN).await;
    assert!(!visitor.page().is_shown("frame").await, "widget-plain.js: nothing of it runs");
}

/// The list of counselors is not signed with the key that the page's tag names: whoever runs the relay has made it up.
#[tokio::test(flavor = "multi_thread")]
async fn counselors_whom_the_organisation_has_not_signed_are_not_talked_to() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    ana.is_available().await;
    let key = attribute(&ana.tag_pinned, "data-org-key");
    // Another Ed25519 key: the curve's base point in base64url, which is nobody's key here.
    let other = format!("WGZm{}ZmY", "ZmZm".repeat(9));
    world.host.carries(&ana.tag_pinned.replace(&key, &other), "");
    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    visitor.page().press("launcher").await;
    visitor.frame().sees_screen(&["distrusted"]).await;
    assert!(visitor.frame().text("emergency").await.contains(EMERGENCY));
    assert_eq!(visitor.frame().axe_findings().await, Vec::<serde_json::Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_loader_does_not_run_under_integrity_and_the_static_block_stays() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    let relay = world.relay.origin();
    mirror(&world, &ana.tag_pinned, None).await;
    world.host.carries(&mirrored_tag(&world.host, &relay, &ana.tag_pinned), "");
    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    visitor.page().find("launcher").await;
    mirror(&world, &ana.tag_pinned, Some("embed.js")).await;
    visitor.browser.goto(&world.host.origin()).await;
    visitor.page().find("static").await;
    visitor.page().sees_no("launcher").await;
    let refused =
        "return performance.getEntriesByType('resource').some((entry) => entry.name.endsWith('/mirror/embed.js'))";
    let asked = amparo_tests::deadline::until("the browser asks for the loader", PATIENCE, async || {
        visitor.page().script(refused, vec![]).await.and_then(|found| found.as_bool().ok_or("no answer".to_owned()))
    });
    assert!(asked.await, "the loader was fetched, and not run");
    assert!(!visitor.page().is_shown("launcher").await);
    assert!(visitor.page().text("static").await.contains(PHONE));
}
