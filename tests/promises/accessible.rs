//! The chat by keyboard alone, at 400 % zoom, with wide text, in forced colours and without motion (requirements 116, 117).

use amparo_tests::driver::{Engine, Settings};
use amparo_tests::view::View;
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;
use fantoccini::key::Key;

/// More presses than any page has controls.
const TABS_MAX: usize = 40;

/// What does not fit: the document itself, and every element whose text is cut off.
const TOO_WIDE: &str = "
const cut = [...document.querySelectorAll('body *')].filter(element => {
  const style = getComputedStyle(element);
  return element.clientWidth > 0 && style.overflowX === 'hidden' && element.scrollWidth > element.clientWidth + 1
    && !element.closest('.am-unseen');
});
const page = document.scrollingElement;
const wide = page.scrollWidth > page.clientWidth ? [`the page: ${page.scrollWidth} of ${page.clientWidth} px`] : [];
return wide.concat(cut.map(element => element.outerHTML.slice(0, 120))).join('\\n');";

/// WCAG 1.4.12: what a reader may set and nothing may break by.
const WIDE_TEXT: &str = "
const sheet = new CSSStyleSheet();
sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }');
document.adoptedStyleSheets = [sheet];";

/// Buttons that could not be told from text where the browser draws all colours itself.
const WITHOUT_EDGE: &str = "
if (!matchMedia('(forced-colors: active)').matches) return 'the browser does not force colours here';
return [...document.querySelectorAll('button.am-button--primary, button.am-button:not(.am-button--plain), textarea')]
  .filter(element => element.clientWidth > 0 && (getComputedStyle(element).borderTopStyle === 'none' || getComputedStyle(element).borderTopWidth === '0px'))
  .map(element => element.outerHTML.slice(0, 120)).join('\\n');";

const MOVING: &str = "
if (!matchMedia('(prefers-reduced-motion: reduce)').matches) return 'the browser does not ask for less motion here';
return [...document.querySelectorAll('*')]
  .filter(element => parseFloat(getComputedStyle(element).animationDuration) > 0 || parseFloat(getComputedStyle(element).transitionDuration) > 0)
  .map(element => element.outerHTML.slice(0, 120)).join('\\n');";

/// Presses a control, by Tab and Enter.
async fn enters(visitor: &Visitor, name: &str) {
    visitor.frame().tabs_to(name).await;
    visitor.browser.press_key(Key::Enter).await;
}

/// From the top of the page, by Tab alone.
async fn opens_by_keyboard(visitor: &Visitor, home: &str) {
    let is_open = "return String(Amparo.status().open);";
    for presses in 1..=TABS_MAX {
        visitor.browser.goto(home).await;
        visitor.page().find("launcher").await;
        for _ in 0..presses {
            visitor.browser.press_key(Key::Tab).await;
        }
        visitor.browser.press_key(Key::Enter).await;
        let url = visitor.browser.client.current_url().await.expect("the browser knows where it is");
        if url.as_str().trim_end_matches('/') == home && visitor.page().read(is_open).await == "true" {
            return;
        }
    }
    panic!("the launcher is not reached by Tab");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_conversation_by_keyboard_alone() {
    let settings = Settings::of(Engine::Chromium);
    let (world, ana) = World::with_ana(settings).await;
    ana.is_available().await;
    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    opens_by_keyboard(&visitor, &world.host.origin()).await;
    visitor.frame().sees_screen(&["before"]).await;
    visitor.reads_available(amparo_tests::deadline::PATIENCE).await;
    enters(&visitor, "enter").await;
    visitor.frame().sees_screen(&["safety"]).await;
    enters(&visitor, "safe").await;
    ana.accepts().await;
    visitor.is_talking().await;
    visitor.frame().tabs_to("composer-text").await;
    visitor.browser.types("by keyboard").await;
    enters(&visitor, "send").await;
    ana.talk().sees("by keyboard").await;
    enters(&visitor, "end").await;
    visitor.frame().sees_screen(&["ended"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_400_percent_with_wide_text_nothing_is_cut_off() {
    // 1280 × 1024 px at 400 %.
    let settings = Settings { width: 320, height: 256, ..Settings::of(Engine::Chromium) };
    let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    ana.is_available().await;
    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    visitor.opens_the_chat().await;
    visitor.frame().script(WIDE_TEXT, vec![]).await.expect("the frame answers");
    assert_nothing(&visitor.frame(), TOO_WIDE, "before").await;
    visitor.frame().press("enter").await;
    visitor.frame().sees_screen(&["safety"]).await;
    assert_nothing(&visitor.frame(), TOO_WIDE, "safety").await;
    visitor.frame().press("not-safe").await;
    visitor.frame().sees_screen(&["unsafe"]).await;
    assert_nothing(&visitor.frame(), TOO_WIDE, "unsafe").await;
    visitor.frame().press("continue-anyway").await;
    visitor.frame().sees_screen(&["waiting"]).await;
    assert_nothing(&visitor.frame(), TOO_WIDE, "waiting").await;
    ana.accepts().await;
    visitor.is_talking().await;
    visitor.talk().says("at four times the size").await;
    assert_nothing(&visitor.frame(), TOO_WIDE, "talking").await;
    ana.ends().await;
    visitor.frame().sees_screen(&["ended"]).await;
    assert_nothing(&visitor.frame(), TOO_WIDE, "ended").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forced_colours_leave_edges_and_reduced_motion_leaves_none() {
    let (world, ana) = World::with_ana(Settings::of(Engine::Chromium)).await;
    ana.is_available().await;
    let visitor = Visitor::arrives(&world, "visitor", Settings::of(Engine::FirefoxHighContrast)).await;
    visitor.opens_the_chat().await;
    for script in [WITHOUT_EDGE, MOVING] {
        assert_nothing(&visitor.frame(), script, "before").await;
    }
    visitor.enters().await;
    ana.accepts().await;
    visitor.is_talking().await;
    for script in [WITHOUT_EDGE, MOVING] {
        assert_nothing(&visitor.frame(), script, "talking").await;
    }
}

async fn assert_nothing(document: &View<'_>, script: &str, screen: &str) {
    assert_eq!(document.read(script).await, "", "{screen}");
}
