//! Every screen is free of accessibility violations, in English and Arabic, on a phone and on a wide window. The same
//! walk keeps a picture of each under `target/screens/`, for people to judge.

use std::cell::RefCell;

use amparo_tests::counselor::{Counselor, EMERGENCY};
use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::proxy::{Blocks, Proxy};
use amparo_tests::view::View;
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;

/// Width and height, in CSS pixels.
const EXIT_PX: f64 = 44.0;

/// A window of 1280 px at 200 % zoom. Up to here, phones included, nothing has to be scrolled sideways.
const ZOOMED_PX: u32 = 640;

const UNFOLD_ALL: &str = "document.querySelectorAll('details').forEach(one => { one.open = true; }); return '';";

/// Keeps a picture of every screen and what axe objects to, so that one walk tells all.
#[derive(Default)]
struct Album {
    findings: RefCell<Vec<String>>,
}

impl Album {
    /// A screen of the chat's: the emergency number is on it (requirement 47), and the way out above it can be hit with a
    /// thumb (requirement 9).
    async fn keeps_chat(&self, visitor: &Visitor, screen: &str) {
        self.keeps(visitor.frame(), screen).await;
        let mut missing = Vec::new();
        if !visitor.frame().text("emergency").await.contains(EMERGENCY) {
            missing.push("no emergency number");
        }
        if visitor.page().size("exit").await.is_none_or(|(width, height)| width < EXIT_PX || height < EXIT_PX) {
            missing.push("the exit is too small");
        }
        self.findings.borrow_mut().extend(missing.into_iter().map(|finding| format!("{screen}: {finding}")));
    }

    /// Nothing has to be scrolled sideways on a phone, or at 200 % zoom of a common window (WCAG 1.4.10 asks for less).
    async fn fits(&self, document: View<'_>, screen: &str) {
        let wide = document.beyond_the_edge().await;
        self.findings
            .borrow_mut()
            .extend(Some(wide).filter(|wide| !wide.is_empty()).map(|wide| format!("{screen}: {wide}")));
    }

    async fn keeps(&self, document: View<'_>, screen: &str) {
        let browser = document.browser;
        let Settings { language, width, dark, .. } = browser.settings;
        let name = format!("{screen}-{language}-{width}{}", if dark { "-dark" } else { "" });
        browser.keeps_screen(&name).await;
        if width <= ZOOMED_PX {
            self.fits(document, &name).await;
        }
        let found = document.axe_findings().await;
        self.findings.borrow_mut().extend(found.into_iter().map(|finding| format!("{name}: {finding:#}")));
    }

    fn has_no_findings(&self) {
        let findings = self.findings.borrow();
        assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
    }
}

/// Every page of the house, and every page of its settings.
async fn house(ana: &Counselor, album: &Album) {
    for page in ["board", "counts", "line", "members", "sites"] {
        ana.opens_page(page).await;
        album.keeps(ana.desk(), &format!("console-{page}")).await;
    }
    ana.desk().read(UNFOLD_ALL).await;
    ana.desk().find("tag-static").await;
    album.keeps(ana.desk(), "console-site-tags").await;
    ana.desk().press("edit-site").await;
    ana.desk().press("show-preview").await;
    ana.desk().find("preview-frame").await;
    album.keeps(ana.desk(), "console-site-preview").await;
    for page in ["site-basics", "site-phones", "site-whatsapp", "site-exit", "site-look", "site-links"] {
        ana.desk().press(page).await;
        album.keeps(ana.desk(), &format!("console-{page}")).await;
    }
    ana.opens_page("line").await;
    for (page, add) in [
        ("line-hours", "add-hours"),
        ("line-holidays", "add-holiday"),
        ("line-phrases", "add-phrase"),
        ("line-referrals", "add-referral"),
    ] {
        ana.desk().press(page).await;
        ana.desk().press(add).await;
        ana.desk().find("row").await;
        album.keeps(ana.desk(), &format!("console-{page}")).await;
    }
    ana.desk().press("line-rota").await;
    ana.desk().unfold("rota-member").await;
    ana.desk().press("add-turn").await;
    album.keeps(ana.desk(), "console-line-rota").await;
    ana.desk().press("line-teams").await;
    ana.desk().press("add-team").await;
    ana.desk().find("team-name").await;
    album.keeps(ana.desk(), "console-line-teams").await;
    for page in ["line-words", "line-rest"] {
        ana.desk().press(page).await;
        ana.desk().find("save").await;
        album.keeps(ana.desk(), &format!("console-{page}")).await;
    }
    ana.returns_to_the_desk().await;
    ana.desk().press("passkeys").await;
    ana.desk().find("no-passkeys").await;
    album.keeps(ana.desk(), "console-passkeys").await;
}

async fn all_screens(language: &'static str, width: u32, dark: bool) {
    let height = match width {
        320 => 568,
        390 => 844,
        _ => 900,
    };
    let settings = Settings { engine: Engine::Chromium, language, width, height, dark };
    let world = World::start().await;
    let album = Album::default();
    let ana = Counselor::sets_up_looking(&world, "Ana", settings, async |browser, page| {
        album.keeps(browser.page(), &format!("console-{page}")).await;
    })
    .await;
    world.host.carries_in(language, &ana.tag, "");
    album.keeps(ana.desk(), "console-desk-break").await;
    // The house has no screen of its own below 390 px, and is drawn alike in both languages' windows.
    if width >= 390 && (language, width) != ("ar", 1280) {
        house(&ana, &album).await;
    }
    ana.returns_to_the_desk().await;
    ana.desk().press("practice").await;
    ana.desk().find("practice-page").await;
    album.keeps(ana.desk(), "console-practice").await;
    ana.returns_to_the_desk().await;

    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    visitor.page().find("launcher").await;
    album.keeps(visitor.page(), "widget-launcher").await;
    visitor.page().press("launcher").await;
    visitor.frame().find("screen").await;
    album.keeps_chat(&visitor, "widget-nobody-free").await;
    ana.is_available().await;
    visitor.browser.goto(&world.host.origin()).await;
    visitor.opens_the_chat().await;
    visitor.reads_available(std::time::Duration::from_secs(20)).await;
    album.keeps_chat(&visitor, "widget-welcome").await;
    visitor.frame().press("enter").await;
    visitor.frame().sees_screen(&["safety"]).await;
    album.keeps_chat(&visitor, "widget-safety").await;
    visitor.frame().press("not-safe").await;
    visitor.frame().sees_screen(&["unsafe"]).await;
    album.keeps_chat(&visitor, "widget-unsafe").await;
    visitor.frame().press("continue-anyway").await;
    visitor.frame().sees_screen(&["waiting"]).await;
    album.keeps_chat(&visitor, "widget-waiting").await;
    ana.desk().find("offer").await;
    album.keeps(ana.desk(), "console-offer").await;
    ana.accepts().await;
    visitor.is_talking().await;
    let (hello, answer) = if language == "ar" {
        ("مرحبا، أحتاج إلى مساعدة", "أنا هنا. خذي وقتك")
    } else {
        ("Hello. I need some advice.", "I am here. Take your time.")
    };
    visitor.talk().says(hello).await;
    ana.talk().sees(hello).await;
    ana.desk().write("composer-text", answer).await;
    ana.desk().press("send").await;
    ana.desk().find("held").await;
    album.keeps(ana.desk(), "console-held").await;
    visitor.talk().sees(answer).await;
    visitor.talk().sees_all_delivered().await;
    album.keeps_chat(&visitor, "widget-talking").await;
    album.keeps(visitor.page(), "widget-panel").await;
    album.keeps(ana.desk(), "console-talking").await;
    ana.desk().press("lock-now").await;
    ana.desk().find("lock").await;
    album.keeps(ana.desk(), "console-lock").await;
    ana.opens_the_lock().await;
    ana.desk().press("end").await;
    ana.desk().press("end-abuse").await;
    album.keeps(ana.desk(), "console-end-abuse").await;
    ana.desk().press("end-no").await;
    visitor.changes_page("/advice-on-housing").await;
    visitor.frame().sees_screen(&["continuing"]).await;
    album.keeps_chat(&visitor, "widget-continuing").await;
    visitor.continues().await;
    ana.ends().await;
    visitor.frame().sees_screen(&["ended"]).await;
    album.keeps_chat(&visitor, "widget-ended").await;
    visitor.frame().press("clear").await;
    visitor.frame().find("cleared").await;
    album.keeps_chat(&visitor, "widget-cleared").await;
    album.keeps(ana.desk(), "console-ended").await;
    ana.returns_to_the_desk().await;
    ana.desk().find("rest").await;
    album.keeps(ana.desk(), "console-rest").await;
    ana.reloads().await;
    album.keeps(ana.desk(), "console-unlock").await;
    ana.desk().press("sign-out").await;
    ana.desk().sees_screen(&["sign-in"]).await;
    album.keeps(ana.desk(), "console-sign-in").await;
    album.has_no_findings();
}

/// At 200 % zoom of a common window.
async fn console_zoomed(language: &'static str) {
    console_alone(Settings { language, width: ZOOMED_PX, height: 450, ..Settings::of(Engine::Chromium) }).await;
}

async fn console_on_a_phone(language: &'static str) {
    console_alone(Settings { language, width: 390, height: 844, ..Settings::of(Engine::Chromium) }).await;
}

/// The console's screens that need no visitor.
async fn console_alone(settings: Settings) {
    let (_world, ana) = World::with_ana(settings).await;
    let album = Album::default();
    album.keeps(ana.desk(), "console-desk").await;
    house(&ana, &album).await;
    ana.opens_page("sites").await;
    ana.desk().press("check-site").await;
    ana.desk().find("finding").await;
    album.keeps(ana.desk(), "console-site-check").await;
    ana.returns_to_the_desk().await;
    ana.desk().press("practice").await;
    ana.desk().find("practice-page").await;
    album.keeps(ana.desk(), "console-practice").await;
    ana.returns_to_the_desk().await;
    ana.desk().press("lock-now").await;
    ana.desk().find("lock").await;
    album.keeps(ana.desk(), "console-lock").await;
    album.has_no_findings();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_at_200_percent_is_accessible_in_english() {
    console_zoomed("en").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_at_200_percent_and_on_a_phone_is_accessible_in_spanish() {
    console_zoomed("es").await;
    console_on_a_phone("es").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_at_200_percent_and_on_a_phone_is_accessible_in_italian() {
    console_zoomed("it").await;
    console_on_a_phone("it").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_at_200_percent_is_accessible_in_portuguese() {
    console_zoomed("pt-BR").await;
    console_zoomed("pt-PT").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_on_a_phone_is_accessible_in_portuguese() {
    console_on_a_phone("pt-BR").await;
    console_on_a_phone("pt-PT").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_at_200_percent_is_accessible_in_arabic() {
    console_zoomed("ar").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_screens_are_accessible_in_english_on_a_phone() {
    all_screens("en", 390, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_screens_are_accessible_in_english_on_a_wide_dark_window() {
    all_screens("en", 1280, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_screens_are_accessible_in_arabic_on_a_dark_phone() {
    all_screens("ar", 390, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_screens_are_accessible_in_arabic_on_a_wide_window() {
    all_screens("ar", 1280, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_screens_are_accessible_in_english_on_the_smallest_phone() {
    all_screens("en", 320, false).await;
}

/// Where the chat leads when it cannot be had, and what a child reads, in the languages of the other half of our visitors.
async fn other_doors(language: &'static str, width: u32, dark: bool) {
    let height = if width == 320 { 568 } else { 844 };
    let settings = Settings { engine: Engine::Chromium, language, width, height, dark };
    // She speaks the visitor's language; the page is in it.
    let (world, ana) = World::with_ana(Settings { language, ..Settings::of(Engine::Chromium) }).await;
    let album = Album::default();
    ana.is_available().await;
    ana.changes_site(
        "site.simple_words = 'offered';
         site.whatsapp = { when: 'when-closed', numbers: [{ digits: '34600000000' }] };",
    )
    .await;
    world.host.carries_in(language, &ana.tag, "");
    let visitor = Visitor::arrives(&world, "visitor", settings).await;
    visitor.opens_the_chat().await;
    album.keeps_chat(&visitor, "widget-welcome").await;
    speaks_simple_words(&visitor).await;
    album.keeps_chat(&visitor, "widget-simple-words").await;
    visitor.frame().press("enter").await;
    visitor.frame().sees_screen(&["safety"]).await;
    album.keeps_chat(&visitor, "widget-safety").await;
    visitor.frame().press("safe").await;
    visitor.frame().sees_screen(&["waiting"]).await;
    album.keeps_chat(&visitor, "widget-waiting").await;

    ana.changes_line("line.waiting_max = 1;").await;
    let second = Visitor::arrives(&world, "second", settings).await;
    second.page().press("launcher").await;
    second.frame().sees_screen(&["full"]).await;
    album.keeps_chat(&second, "widget-full").await;
    ana.changes_line("line.is_closed_now = true;").await;
    second.frame().sees_screen(&["closed"]).await;
    second.frame().unfold("whatsapp-card").await;
    album.keeps_chat(&second, "widget-closed").await;

    let proxy = Proxy::before(world.relay.port, Blocks::RefusesAll).await;
    let behind = format!("http://127.0.0.1:{}", proxy.port);
    world.host.carries_in(language, &ana.tag.replace(&world.relay.origin(), &behind), "");
    second.browser.goto(&world.host.origin()).await;
    second.page().press("launcher").await;
    second.frame().sees_screen(&["unreachable"]).await;
    album.keeps_chat(&second, "widget-unreachable").await;
    album.has_no_findings();
}

const FOCUS_SIMPLE_WORDS: &str = "document.querySelector('[data-test=choice-simple]').focus()";

/// Requirement 50: chosen by the visitor, and another text than the usual one.
async fn speaks_simple_words(visitor: &Visitor) {
    let usual = visitor.frame().text("screen").await;
    // The keyboard's way: what has the focus does not lie under the button at the edge (WCAG 2.4.11).
    visitor.frame().script(FOCUS_SIMPLE_WORDS, vec![]).await.expect("the frame answers");
    visitor.frame().press("choice-simple").await;
    until("the words are simple", PATIENCE, async || {
        let words = visitor.frame().text("screen").await;
        if words == usual { Err(words) } else { Ok(()) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_doors_are_accessible_in_spanish() {
    other_doors("es", 390, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_doors_are_accessible_in_italian_in_the_dark() {
    other_doors("it", 390, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_doors_are_accessible_in_brazil() {
    other_doors("pt-BR", 320, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_doors_are_accessible_in_portugal() {
    other_doors("pt-PT", 320, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_doors_are_accessible_in_arabic() {
    other_doors("ar", 390, false).await;
}
