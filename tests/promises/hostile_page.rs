//! A hostile host page: the chat works there, or shows phone numbers and a short code within two seconds; never an empty
//! box. Either way its exit leaves.

use amparo_tests::counselor::{Counselor, PHONE};
use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;
use serde_json::json;

const NONCE: &str = "bm9ib2R5";
const SHOWN_WITHIN_MILLIS: f64 = 2000.0;
const TRIES: usize = 3;

/// Runs before everything else in the page: how long a code takes to appear after the press on the launcher.
const WATCH: &str = "<script nonce=\"bm9ib2R5\">
addEventListener('click', () => { window.pressed = performance.now() }, true);
const say = console.error;
console.error = (...words) => { if (String(words[0]).startsWith('Amparo E-')) window.took = performance.now() - window.pressed; say(...words) };
</script>";

/// What the visitor meets.
#[derive(Debug, PartialEq)]
enum Meets {
    Chat,
    Code(String),
    /// The loader does not run; what the webmaster wrote beside the tag stands there.
    Static,
    /// A code, later than promised.
    Late(String, f64),
}

/// Where the loader is expected to run, it has all the time it needs; where not, a little is waited to see that it does not.
async fn meets(visitor: &Visitor, what: &str, loader_runs: bool) -> Meets {
    until(&format!("{what}: something to press"), PATIENCE, async || {
        if visitor.page().is_shown("launcher").await || visitor.page().is_shown("static").await {
            Ok(())
        } else {
            Err("neither launcher nor numbers".to_owned())
        }
    })
    .await;
    if loader_runs {
        visitor.page().find("launcher").await;
    } else {
        tokio::time::sleep(PATIENCE / 10).await;
        assert!(!visitor.page().is_shown("launcher").await, "{what}: the loader runs");
        assert!(visitor.page().text("static").await.contains(PHONE), "{what}");
        return Meets::Static;
    }
    visitor.page().press("launcher").await;
    until(&format!("{what}: the chat or a code"), PATIENCE, async || {
        if visitor.frame().is_shown("screen").await {
            return Ok(Meets::Chat);
        }
        if !visitor.page().is_shown("fallback-code").await {
            return Err("neither".to_owned());
        }
        let took = visitor.page().script("return window.took ?? 0", vec![]).await?.as_f64().unwrap_or(f64::MAX);
        assert!(visitor.page().text("phone").await.contains(PHONE), "{what}: the phone number is shown");
        let code = visitor.page().text("fallback-code").await;
        Ok(if took < SHOWN_WITHIN_MILLIS { Meets::Code(code) } else { Meets::Late(code, took) })
    })
    .await
}

/// A visitor in front of the page with this head and these attributes in the tag, one after the other.
async fn each_meets(world: &World, ana: &Counselor, cases: &[(&str, String, &str, Meets)]) {
    let visitor = Visitor::arrives(world, "visitor", Settings::of(Engine::Chromium)).await;
    for (what, head, attributes, expected) in cases {
        // The printed tag has the numbers. An attribute twice would cost a script its nonce.
        let tag = format!("<script {attributes} ");
        world.host.carries(&ana.tag.replacen("<script ", &tag, 1), &format!("{WATCH}{head}"));
        let mut met = None;
        // What else the machine does can only add time: late is what is late every time.
        for _ in 0..TRIES {
            visitor.browser.goto(&world.host.origin()).await;
            met = Some(meets(&visitor, what, *expected != Meets::Static).await);
            if !matches!(met, Some(Meets::Late(..))) {
                break;
            }
        }
        assert_eq!(met.as_ref(), Some(expected), "{what}");
    }
}

fn code(code: &str) -> Meets {
    Meets::Code(code.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn strict_content_policies_lead_to_the_chat_or_to_numbers_and_a_code() {
    let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    let relay = world.relay.origin();
    let socket = relay.replacen("http", "ws", 1);
    let policy = |policy: String| format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">");
    let nonce = format!("nonce=\"{NONCE}\"");
    let connect = format!("connect-src {relay} {socket}");
    let cases = [
        (
            "a nonce, no WebAssembly",
            policy(format!("default-src 'none'; script-src 'nonce-{NONCE}'; style-src 'nonce-{NONCE}'; {connect}")),
            nonce.as_str(),
            Meets::Chat,
        ),
        (
            "addresses, no WebAssembly",
            policy(format!("default-src 'none'; script-src {relay} 'nonce-{NONCE}'; style-src {relay}; {connect}")),
            "",
            Meets::Chat,
        ),
        (
            "no frames",
            policy(format!("frame-src 'none'; child-src 'none'; script-src {relay} 'nonce-{NONCE}'; {connect}")),
            "",
            Meets::Chat,
        ),
        ("no requests", policy("connect-src 'none'".to_owned()), "", code("E-CSP")),
        (
            "the loader and no other script",
            policy(format!("script-src {relay}/embed.js 'nonce-{NONCE}'")),
            "",
            code("E-CSP"),
        ),
        ("no script of the relay", policy(format!("script-src 'self' 'nonce-{NONCE}'")), "", Meets::Static),
        ("Trusted Types", policy("require-trusted-types-for 'script'".to_owned()), "", code("E-CSP")),
    ];
    each_meets(&world, &ana, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn style_sheets_that_reset_everything_change_nothing() {
    let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    let cases = [
        ("all: unset", "<style>* { all: unset }</style>".to_owned(), "", Meets::Chat),
        ("important", "<style>* { all: unset !important; display: none !important } html, body, main, [data-amparo-static] { display: block !important }</style>".to_owned(), "", Meets::Chat),
        ("no boxes", "<style>div, [popover], iframe { display: none !important; visibility: hidden !important; opacity: 0 !important; pointer-events: none !important; transform: scale(0) !important }</style>".to_owned(), "", Meets::Chat),
    ];
    each_meets(&world, &ana, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn patched_built_ins_lead_to_the_chat_or_to_numbers() {
    let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    // Not JSON and not arrays: the browser's driver itself works with them.
    let patch = |script: &str| format!("<script>{script}</script>");
    let cases = [
        ("addEventListener", patch("EventTarget.prototype.addEventListener = () => {}"), "", code("E-CSP")),
        ("Promise", patch("window.Promise = class { constructor() { throw Error('patched') } }"), "", code("E-CSP")),
        ("fetch", patch("window.fetch = () => { throw Error('patched') }"), "", code("E-NET")),
    ];
    each_meets(&world, &ana, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_not_on_https_shows_the_numbers_and_a_code() {
    let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    let attributes = format!("<script data-phone=\"{PHONE}\" data-whatsapp=\"34600111222\" ");
    let tag = ana.tag.replacen("<script ", &attributes, 1);
    for language in ["en", "ar"] {
        world.host.carries_in(language, &tag, WATCH);
        let settings = Settings { width: 390, height: 844, ..Settings::of(Engine::Chromium) };
        let visitor = Visitor::arrives(&world, "visitor", settings).await;
        visitor.browser.goto(&world.host.origin().replace("127.0.0.1", "ngo.test")).await;
        assert_eq!(visitor.page().script("return isSecureContext", vec![]).await, Ok(json!(false)));
        assert_eq!(meets(&visitor, "plain http", true).await, code("E-HTTP"));
        let link = visitor.page().attribute("whatsapp", "href").await;
        assert_eq!(link.as_deref(), Ok("https://wa.me/34600111222"));
        visitor.browser.keeps_screen(&format!("widget-note-{language}-390")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_worker_of_the_page_stands_between_and_the_chat_opens() {
    let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    let worker = "addEventListener('install', () => skipWaiting()); addEventListener('activate', e => e.waitUntil(clients.claim()));
        addEventListener('fetch', e => e.respondWith(caches.open('all').then(cache => fetch(e.request).then(answer => { if (e.request.method === 'GET') cache.put(e.request, answer.clone()); return answer }))));";
    world.host.put("/worker.js", "text/javascript", worker);
    world.host.carries(&ana.tag, "<script>navigator.serviceWorker.register('/worker.js')</script>");
    let visitor = Visitor::arrives(&world, "visitor", Settings::of(Engine::Chromium)).await;
    let controlled = "return navigator.serviceWorker.ready.then(() => true)";
    assert_eq!(visitor.page().script(controlled, vec![]).await, Ok(json!(true)));
    visitor.browser.reload().await;
    let controlled = "return !!navigator.serviceWorker.controller";
    assert_eq!(visitor.page().script(controlled, vec![]).await, Ok(json!(true)));
    visitor.opens_the_chat_or_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_rewrite_themselves_keep_the_chat() {
    let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    world.host.carries(&ana.tag, "");
    let visitor = Visitor::arrives(&world, "visitor", Settings::of(Engine::Chromium)).await;
    let rewritten = async |script: &str| {
        visitor.page().script(script, vec![]).await.unwrap_or_else(|error| panic!("{script}: {error}"));
    };

    // As client-side routers do: another address and another body; the tag may run again.
    visitor.page().find("launcher").await;
    rewritten("history.pushState({}, '', '/elsewhere'); document.body.replaceWith(document.createElement('body'));
        const tag = document.createElement('script'); for (const { name, value } of [...document.querySelectorAll('script')].at(-1)?.attributes ?? []) tag.setAttribute(name, value); document.body.append(tag)").await;
    visitor.opens_the_chat_or_closed().await;
    rewritten("history.pushState({}, '', '/once-more'); document.body.replaceWith(document.createElement('body'))")
        .await;
    visitor.frame().find("screen").await;

    // Everything is thrown out, the loader's element too.
    rewritten(
        "document.documentElement.replaceChildren(document.createElement('head'), document.createElement('body'))",
    )
    .await;
    visitor.frame().find("screen").await;

    // The page is written anew, with the tag.
    let tag = serde_json::to_string(&ana.tag).expect("text is JSON").replace("</", "<\\/");
    rewritten(&format!("document.open(); document.write('<title>Anew</title><body>' + {tag}); document.close()")).await;
    visitor.opens_the_chat_or_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tag_moves_nothing_and_asks_for_nothing_before_the_chat_is_opened() {
    let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    let moved = "<script>window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => window.moved += entry.value)).observe({ type: 'layout-shift', buffered: true })</script>";
    for attributes in ["", "data-exit=\"page\""] {
        world.host.carries(&ana.tag.replacen("<script ", &format!("<script {attributes} "), 1), moved);
        let visitor = Visitor::arrives(&world, "visitor", Settings::of(Engine::Chromium)).await;
        visitor.page().find("launcher").await;
        // The browser asks for the page's icon by itself.
        let asked = "return performance.getEntriesByType('resource').map(entry => entry.name).filter(name => !name.endsWith('/favicon.ico')).join(' ')";
        let relay = world.relay.origin();
        assert_eq!(visitor.page().read(asked).await, format!("{relay}/embed.js"));
        visitor.opens_the_chat_or_closed().await;
        assert_eq!(visitor.page().script("return window.moved", vec![]).await, Ok(json!(0)));
        let host = world.host.origin();
        for document in [visitor.page(), visitor.frame()] {
            let all = document.read(asked).await;
            let strangers: Vec<&str> = all
                .split(' ')
                .filter(|name| !name.is_empty() && !name.starts_with(&relay) && !name.starts_with(&host))
                .collect();
            assert!(strangers.is_empty(), "{strangers:?}");
        }
    }
}
