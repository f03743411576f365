//! The exit is there: at every scroll position, on the smallest screen, above whatever the page puts over it, and only
//! where it is asked for (requirements 2, 7, 9, 10, 12, 14).

use amparo_tests::counselor::Counselor;
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;
use fantoccini::key::Key;
use serde_json::json;

const SMALLEST: f64 = 44.0;
const TALL_PAGE: &str = "<style>main { height: 4000px }</style>";
/// An address that answers without a page: the browser stays where it is, and so does what covers it.
const NOWHERE: &str = "/nowhere";

/// What a page can put over everything else, as cookie banners do.
const BANNERS: [(&str, &str); 3] = [
    (
        "the highest z-index",
        "const b = document.createElement('div'); b.style.cssText = 'position:fixed;inset:0;z-index:2147483647;background:#fff'; document.body.append(b); document.documentElement.append(b.cloneNode());",
    ),
    (
        "a popover",
        "const b = document.createElement('div'); b.popover = 'manual'; b.style.cssText = 'position:fixed;inset:0;width:100vw;height:100vh'; document.body.append(b); b.showPopover();",
    ),
    (
        "a page that is one layer",
        "document.documentElement.style.cssText = 'transform:scale(1);isolation:isolate;overflow:hidden'; document.body.style.cssText = 'position:relative;z-index:2147483647'",
    ),
];

fn small(width: u32, height: u32) -> Settings {
    Settings { width, height, ..Settings::of(Engine::Chromium) }
}

async fn world(attributes: &str, head: &str) -> (World, Counselor) {
    let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    let tag = format!("<script data-exit-url=\"{}{NOWHERE}\" {attributes} ", world.host.origin());
    world.host.leads_nowhere(NOWHERE);
    world.host.carries(&ana.tag.replacen("<script ", &tag, 1), head);
    (world, ana)
}

/// Large enough, within the window, and what lies uppermost where a finger would press.
async fn is_within_reach(visitor: &Visitor, name: &str, what: &str) {
    let (x, y, width, height) =
        visitor.page().place(name).await.unwrap_or_else(|| panic!("{what}: there is no {name}"));
    assert!(width >= SMALLEST && height >= SMALLEST, "{what}: {width} × {height}");
    let middle = vec![json!(x + width / 2.0), json!(y + height / 2.0)];
    let script = "const [x, y] = [arguments[0] - scrollX, arguments[1] - scrollY];
        return [document.elementFromPoint(x, y)?.dataset.test, x > 0 && y > 0 && x < innerWidth && y < innerHeight].join(' ')";
    let found = visitor.page().script(script, middle).await;
    assert_eq!(found, Ok(json!("amparo true")), "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_of_the_whole_page_is_within_reach_everywhere() {
    let (world, _ana) = world("data-exit=\"page\"", TALL_PAGE).await;
    let visitor = Visitor::arrives(&world, "visitor", small(320, 568)).await;
    visitor.page().find("page-exit").await;
    visitor.browser.keeps_screen("exit-page-en-320").await;
    for top in [0, 1000, 4000] {
        let scroll = format!("scrollTo(0, {top})");
        visitor.page().script(&scroll, vec![]).await.expect("the page scrolls");
        is_within_reach(&visitor, "page-exit", &format!("scrolled to {top}")).await;
    }
    for (what, banner) in BANNERS {
        visitor.browser.goto(&world.host.origin()).await;
        visitor.page().find("page-exit").await;
        visitor.page().script(banner, vec![]).await.expect("the page can do that");
        is_within_reach(&visitor, "page-exit", what).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_of_an_open_chat_is_within_reach_on_the_smallest_screen_and_above_a_keyboard() {
    let (world, _ana) = world("", TALL_PAGE).await;
    // What a keyboard leaves of a small phone.
    for height in [568, 260] {
        let visitor = Visitor::arrives(&world, "visitor", small(320, height)).await;
        visitor.page().find("launcher").await;
        for unseen in ["exit", "page-exit", "said", "panel"] {
            assert!(!visitor.page().is_shown(unseen).await, "{unseen} was not asked for");
        }
        visitor.page().script("scrollTo(0, 2000)", vec![]).await.expect("the page scrolls");
        visitor.opens_the_chat_or_closed().await;
        visitor.browser.keeps_screen(&format!("exit-chat-en-320-{height}")).await;
        is_within_reach(&visitor, "exit", &format!("{height} px high")).await;
        for (what, banner) in BANNERS {
            visitor.page().script(banner, vec![]).await.expect("the page can do that");
            is_within_reach(&visitor, "exit", what).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_covers_the_page_says_one_neutral_word_and_holds_nothing_of_it() {
    let (world, _ana) = world("", "").await;
    let visitor = Visitor::arrives(&world, "visitor", small(390, 844)).await;
    visitor.opens_the_chat_or_closed().await;
    visitor.page().press_to_leave("exit").await;
    let covered = "const said = document.querySelector('[role=status]');
        return [said?.textContent, document.body.innerText.trim(), getComputedStyle(document.body).backgroundColor, document.querySelectorAll('[data-test]').length].join('|')";
    assert_eq!(visitor.page().read(covered).await, "Loading|Loading|rgba(0, 0, 0, 0)|0");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_press_of_shift_is_announced_and_esc_does_nothing() {
    let (world, _ana) = world("data-exit=\"page\" data-locale=\"ar\"", "").await;
    let visitor = Visitor::arrives(&world, "visitor", Settings::of(Engine::Chromium)).await;
    visitor.page().find("page-exit").await;
    for _ in 0..4 {
        visitor.browser.press_key(Key::Escape).await;
    }
    for count in ["1", "2"] {
        visitor.browser.press_key(Key::Shift).await;
        let said = visitor.page().text("said").await;
        assert!(said.contains(count) && said.contains("للمغادرة"), "{said}");
        assert_eq!(visitor.page().attribute("said", "role").await.as_deref(), Ok("status"));
    }
    visitor.browser.keeps_screen("exit-page-ar-1280").await;
    amparo_tests::deadline::until("the end of the count is announced", amparo_tests::deadline::PATIENCE, async || {
        let said = visitor.page().text("said").await;
        if said.contains('0') { Ok(()) } else { Err(said) }
    })
    .await;
    visitor.page().find("launcher").await;
}
