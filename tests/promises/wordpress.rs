//! From the zip on the plugin screen to the first conversation, and back to a website that holds no trace of it. In real
//! WordPress, with nothing but its own screens. `cargo xtask test wordpress` runs these, not the step for browsers.

use std::time::{Duration, Instant};

use amparo_tests::browser::Browser;
use amparo_tests::counselor::{Counselor, EMERGENCY, PHONE};
use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::visitor::Visitor;
use amparo_tests::wordpress::{Webmaster, WordPress};
use amparo_tests::world::World;
use serde_json::{Value, json};

/// Of the ten minutes from the plugin screen to the first conversation the webmaster needs most, to read and to press.
const MACHINES_PART: Duration = Duration::from_secs(120);
const BLOCK_THEME: &str = "twentytwentythree";
const CLASSIC_THEME: &str = "twentytwentyone";

/// What the page has fetched from elsewhere than its own website, and how many of the plugin's own files.
const FETCHED: &str = "const all = performance.getEntriesByType('resource').map((entry) => entry.name);
return { elsewhere: all.filter((address) => !address.startsWith(location.origin)), plugin: all.filter((address) => address.includes('/plugins/amparo/')) };";

/// In the console: the relay also allows this website.
const ALLOW: &str = "const origin = arguments[0];
const ask = async () => {
  const [row] = await (await fetch('/api/sites')).json();
  const body = JSON.stringify({ ...row.settings, origins: [...row.settings.origins, origin] });
  return (await fetch('/api/sites', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).ok;
};
return ask();";

async fn allows(ana: &Counselor, origin: &str) {
    assert_eq!(ana.desk().script(ALLOW, vec![json!(origin)]).await, Ok(json!(true)), "the relay takes the address");
}

async fn looks_at(website: &str, path: &str) -> Visitor {
    let browser = Browser::start("visitor", Settings::of(Engine::Chromium)).await;
    browser.goto(&format!("{website}{path}")).await;
    Visitor { browser }
}

/// Before the click the page has the loader and nothing else of ours, and no trace is left in the browser.
async fn has_only_the_loader(visitor: &Visitor, loader: &str) {
    visitor.page().find("launcher").await;
    let fetched = visitor.page().script(FETCHED, vec![]).await.expect("the page answers");
    let ours: Vec<&Value> =
        ["elsewhere", "plugin"].iter().flat_map(|list| fetched[*list].as_array().expect("it is a list")).collect();
    assert_eq!(ours, [&json!(loader)], "{fetched}");
    // WordPress itself keeps what it found out about the browser's emoji.
    let left = "const kept = Object.keys(sessionStorage).filter((name) => name !== 'wpEmojiSettingsSupports');
return [kept.length, localStorage.length, document.cookie]";
    assert_eq!(visitor.page().script(left, vec![]).await, Ok(json!([0, 0, ""])));
}

/// Whether something on the page is to be seen.
async fn shows(visitor: &Visitor, selector: &str) -> bool {
    let shown = "return (document.querySelector(arguments[0])?.getClientRects().length ?? 0) > 0";
    visitor.page().script(shown, vec![json!(selector)]).await == Ok(json!(true))
}

async fn talk(ana: &Counselor, visitor: &Visitor, words: &str) {
    visitor.opens_the_chat().await;
    visitor.enters().await;
    ana.accepts().await;
    visitor.is_talking().await;
    visitor.talk().says(words).await;
    ana.talk().sees(words).await;
    ana.talk().says("I am here").await;
    visitor.talk().sees("I am here").await;
    visitor.talk().sees_all_delivered().await;
    ana.ends().await;
    visitor.frame().sees_screen(&["ended"]).await;
    ana.desk().press("clear").await;
    ana.returns_to_the_desk().await;
    ana.is_ready_again().await;
}

async fn the_whole_way(version: &str) {
    let settings = Settings::of(Engine::Chromium);
    let (wordpress, (mut world, ana)) = tokio::join!(WordPress::start(version), World::with_ana(settings));
    let origin = wordpress.origin();
    allows(&ana, &origin).await;
    ana.is_available().await;
    assert_eq!(wordpress.traces().await, Vec::<String>::new(), "nothing is there before");

    let started = Instant::now();
    let webmaster = Webmaster::signs_in(&wordpress).await;
    webmaster.installs_the_zip().await;
    assert!(!wordpress.source("/").await.contains("amparo"), "before it is set up a page has nothing of it");
    webmaster.page().press("to-settings").await;
    webmaster.page().find("save").await;
    webmaster.fills("tag", &ana.tag).await;
    let said = webmaster.saves().await;
    assert!(said.iter().all(|line| line.starts_with("good: ")) && said.len() == 2, "{said:?}");

    assert!(!wordpress.traces().await.is_empty(), "what is stored would be found");

    webmaster.chooses_theme(CLASSIC_THEME).await;
    let visitor = looks_at(&origin, "/").await;
    has_only_the_loader(&visitor, &format!("{}/embed.js", world.relay.origin())).await;
    assert!(!shows(&visitor, "[data-amparo-static]").await, "the loader takes the static block over");
    talk(&ana, &visitor, "first words").await;
    assert!(started.elapsed() < MACHINES_PART, "{:?} went by before the first conversation", started.elapsed());
    drop(visitor);

    the_website_serves_the_program(&webmaster, &wordpress, &world, &ana).await;
    buttons_and_numbers_in_a_page(&webmaster, &wordpress, &ana).await;
    site_health_says_all_is_well(&webmaster).await;
    without_the_relay(&mut world, &wordpress).await;
    languages(&webmaster, version).await;

    webmaster.deactivates().await;
    assert!(!wordpress.source("/").await.contains("amparo"), "a plugin that is off prints nothing");
    webmaster.deletes().await;
    // The list of plugins writes down what was deleted just now; the next look at it forgets that.
    webmaster.opens("/wp-admin/plugins.php").await;
    assert!(!wordpress.has_plugin_files());
    assert_eq!(wordpress.traces().await, Vec::<String>::new(), "nothing is left");
    assert_eq!(wordpress.complaints(), Vec::<String>::new());
}

async fn the_website_serves_the_program(webmaster: &Webmaster, wordpress: &WordPress, world: &World, ana: &Counselor) {
    webmaster.opens_settings().await;
    webmaster.chooses("source-site").await;
    let said = webmaster.saves().await;
    assert!(said.iter().all(|line| line.starts_with("good: ")) && said.len() == 3, "{said:?}");
    webmaster.chooses_theme(BLOCK_THEME).await;
    let visitor = looks_at(&wordpress.origin(), "/").await;
    let tag = visitor.page().script("return document.querySelector('script[data-relay]').src", vec![]).await;
    let loader = tag.expect("the tag is there");
    has_only_the_loader(&visitor, loader.as_str().expect("a script has an address")).await;
    assert!(loader.to_string().contains("/wp-content/plugins/amparo/widget/"), "{loader}");
    talk(ana, &visitor, "from the website's own files").await;
    let fetched = visitor.page().script(FETCHED, vec![]).await.expect("the page answers");
    let from_relay: Vec<&Value> = fetched["elsewhere"].as_array().expect("it is a list").iter().collect();
    let pass = json!(format!("{}/api/pass", world.relay.origin()));
    assert!(!from_relay.is_empty() && from_relay.iter().all(|address| **address == pass), "{from_relay:?}");
}

async fn buttons_and_numbers_in_a_page(webmaster: &Webmaster, wordpress: &WordPress, ana: &Counselor) {
    webmaster.opens_settings().await;
    webmaster.chooses("show-chosen").await;
    webmaster.chooses("exit-site").await;
    webmaster.saves().await;
    let (id, path) = webmaster.publishes_a_page_with_blocks("Write to us").await;
    let source = wordpress.source(&path).await;
    let chat = format!("/chat?site={}", site_key(&ana.tag));
    assert!(source.contains(&chat), "without scripts the button leads to the chat's own page: {source}");
    for number in [EMERGENCY, PHONE] {
        assert!(source.contains(&format!("href=\"tel:{number}\"")), "{number}");
    }

    // The front page is not chosen: it has the exit alone.
    let visitor = looks_at(&wordpress.origin(), "/").await;
    assert!(!visitor.page().is_shown("launcher").await);
    visitor.browser.goto(&format!("{}{path}", wordpress.origin())).await;
    visitor.page().find("launcher").await;
    let press = "document.querySelector('[data-amparo-open]').click(); return location.href";
    let stayed = visitor.page().script(press, vec![]).await;
    assert_eq!(stayed, Ok(json!(format!("{}{path}", wordpress.origin()))));
    visitor.frame().sees_screen(&["before"]).await;
    leaves_by_the_plain_exit(&visitor, wordpress).await;
    webmaster.deletes_page(id).await;
    webmaster.opens_settings().await;
    webmaster.chooses("show-everywhere").await;
    webmaster.chooses("exit-page").await;
    webmaster.saves().await;
}

/// On a page without the chat: away at once, and Back does not bring it back.
async fn leaves_by_the_plain_exit(visitor: &Visitor, wordpress: &WordPress) {
    let front = format!("{}/", wordpress.origin());
    visitor.browser.goto("about:blank").await;
    visitor.browser.goto(&front).await;
    until("the exit leaves", PATIENCE, async || {
        let now = visitor.browser.client.current_url().await.map_err(|error| error.to_string())?;
        // Nothing outside this machine is reached from here; the address is asked for all the same.
        if now.as_str().contains("wikipedia") || now.as_str().starts_with("chrome-error") {
            return Ok(());
        }
        let _ = visitor.page().script("document.querySelector('a[data-amparo-exit]')?.click()", vec![]).await;
        Err(format!("it is at {now}"))
    })
    .await;
    visitor.browser.client.back().await.expect("there is a page before");
    let now = visitor.browser.client.current_url().await.expect("the browser is somewhere");
    assert_eq!(now.as_str(), "about:blank", "the page has left the history");
}

async fn site_health_says_all_is_well(webmaster: &Webmaster) {
    webmaster.opens("/wp-admin/site-health.php").await;
    for test in ["relay", "page"] {
        let block = format!("[aria-controls=health-check-accordion-block-amparo_{test}]");
        webmaster.sees(&format!("#health-check-issues-good {block}")).await;
    }
}

/// The numbers stay, with the loader from the website and with none at all.
async fn without_the_relay(world: &mut World, wordpress: &WordPress) {
    world.relay.loses_power();
    let source = wordpress.source("/").await;
    assert!(source.contains("data-amparo-static") && source.contains(&format!("href=\"tel:{PHONE}\"")));
    let visitor = looks_at(&wordpress.origin(), "/").await;
    visitor.page().press("launcher").await;
    visitor.page().find("fallback-code").await;
    assert!(visitor.page().text("phone").await.contains(PHONE));
    assert!(shows(&visitor, "[data-amparo-static] [href='tel:112']").await);
}

async fn languages(webmaster: &Webmaster, version: &str) {
    for (locale, direction, save) in [("es_ES", "ltr", "Comprobar la conexión"), ("ar", "rtl", "فحص الاتصال")]
    {
        webmaster.chooses_language(locale).await;
        webmaster.opens_settings().await;
        let shown = webmaster
            .page()
            .script("return [getComputedStyle(document.body).direction, document.querySelector('[data-test=check]').textContent, document.querySelector('.amparo-form').scrollWidth <= innerWidth]", vec![])
            .await;
        assert_eq!(shown, Ok(json!([direction, save, true])));
        webmaster.browser.keeps_screen(&format!("wordpress-settings-{version}-{locale}")).await;
        assert_eq!(webmaster.axe_findings().await, json!([]), "{locale}");
    }
    webmaster.chooses_language("").await;
    webmaster.opens_settings().await;
    webmaster.browser.keeps_screen(&format!("wordpress-settings-{version}-en_US")).await;
    assert_eq!(webmaster.axe_findings().await, json!([]));
}

fn site_key(tag: &str) -> &str {
    tag.split_once("data-site=\"").and_then(|(_, after)| after.split_once('"')).expect("the tag names a site").0
}

/// What the settings page says of wrong addresses, in real WordPress with a real network; and that the preview is real.
#[tokio::test(flavor = "multi_thread")]
async fn relays_that_do_not_fit_are_told_in_a_sentence_each() {
    let settings = Settings::of(Engine::Chromium);
    let (wordpress, (mut world, ana)) = tokio::join!(WordPress::start("nightly"), World::with_ana(settings));
    let webmaster = Webmaster::signs_in(&wordpress).await;
    webmaster.installs_the_zip().await;
    webmaster.opens_settings().await;
    let nobody = format!("https://localhost:{}", amparo_tests::process::free_port());
    let wordpress_itself = wordpress.origin();
    for (address, sentence) in [
        ("http://www2.example.org", "bad: The relay’s address has to begin with https."),
        (&nobody, "bad: Nothing answers at"),
        (&wordpress_itself, "bad: Something answers at"),
    ] {
        webmaster.fills("relay", address).await;
        let said = webmaster.checks().await;
        assert!(said.len() == 1 && said[0].starts_with(sentence), "{address}: {said:?}");
    }
    webmaster.fills("relay", "").await;
    webmaster.fills("tag", &ana.tag).await;
    let said = webmaster.checks().await;
    assert!(said[1].starts_with(&format!("bad: The relay does not allow {} yet.", wordpress.origin())), "{said:?}");
    allows(&ana, &wordpress.origin()).await;
    let said = webmaster.checks().await;
    assert!(said.iter().all(|line| line.starts_with("good: ")) && said.len() == 2, "{said:?}");
    webmaster.fills("tag", &ana.tag.replacen(site_key(&ana.tag), "AAAAAAAAAAAAAAAA", 1)).await;
    let said = webmaster.checks().await;
    assert!(said[1].starts_with("bad: The relay does not know this site key."), "{said:?}");

    webmaster.fills("tag", &ana.tag).await;
    pins(&webmaster, &wordpress, &ana).await;
    previews(&webmaster).await;

    world.relay.loses_power();
    let said = webmaster.checks().await;
    assert!(said.len() == 1 && said[0].starts_with("bad: Nothing answers at"), "{said:?}");
    assert_eq!(wordpress.complaints(), Vec::<String>::new());
}

/// The pin that the button fetches is the one that the console prints, and a visitor's browser accepts it.
async fn pins(webmaster: &Webmaster, wordpress: &WordPress, ana: &Counselor) {
    webmaster.page().press("pin").await;
    let pinned = ana.tag_pinned.split_once("integrity=\"").and_then(|(_, after)| after.split_once('"'));
    let pinned = pinned.expect("the console prints a hash").0;
    until("the hash is filled in", PATIENCE, async || {
        let hash =
            webmaster.page().script("return document.querySelector('[data-test=integrity]').value", vec![]).await?;
        if hash == json!(pinned) { Ok(()) } else { Err(hash.to_string()) }
    })
    .await;
    let said = webmaster.saves().await;
    assert!(said.iter().any(|line| line.starts_with("good: The program is exactly")), "{said:?}");
    let source = wordpress.source("/").await;
    assert!(source.contains(&format!("integrity=\"{pinned}\"")), "{source}");
    let visitor = looks_at(&wordpress.origin(), "/").await;
    visitor.opens_the_chat_or_closed().await;
}

/// The real tag in a frame of the settings page, with a title that was not saved.
async fn previews(webmaster: &Webmaster) {
    webmaster.fills("title", "Not saved").await;
    webmaster.does("document.querySelector('[data-test=preview]').click()").await;
    until("the preview carries the tag", PATIENCE, async || {
        let title = "return document.querySelector('[data-test=preview-frame]').contentDocument?.querySelector('script[data-site]')?.dataset.title ?? 'none'";
        let title = webmaster.page().script(title, vec![]).await?;
        if title == json!("Not saved") { Ok(()) } else { Err(title.to_string()) }
    })
    .await;
    webmaster.browser.keeps_screen("wordpress-preview").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_on_debian() {
    the_whole_way("debian").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_on_6_2() {
    the_whole_way("6.2").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_on_6_3() {
    the_whole_way("6.3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_on_6_4() {
    the_whole_way("6.4").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_on_6_5() {
    the_whole_way("6.5").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_on_beta() {
    the_whole_way("beta").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_on_nightly() {
    the_whole_way("nightly").await;
}
