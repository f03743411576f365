//! Every screen is free of accessibility violations, in English and Arabic, on a phone and on a wide window. The same
//! walk keeps a picture of each under `target/screens/`, for people to judge.

use std::cell::RefCell;

use amparo_tests::counselor::{Counselor, EMERGENCY};
use amparo_tests::driver::{Engine, Settings};
use amparo_tests::view::View;
use amparo_tests::visitor::Visitor;
use amparo_tests::world::World;

/// Width and height, in CSS pixels.
const EXIT_PX: f64 = 44.0;

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

    async fn keeps(&self, document: View<'_>, screen: &str) {
        let browser = document.browser;
        let Settings { language, width, dark, .. } = browser.settings;
        let name = format!("{screen}-{language}-{width}{}", if dark { "-dark" } else { "" });
        browser.keeps_screen(&name).await;
        let found = document.axe_findings().await;
        self.findings.borrow_mut().extend(found.into_iter().map(|finding| format!("{name}: {finding:#}")));
    }

    fn has_no_findings(&self) {
        let findings = self.findings.borrow();
        assert!(findings.is_empty(), "axe, {} findings:\n{}", findings.len(), findings.join("\n"));
    }
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
    for page in ["members", "sites"] {
        ana.desk().press(page).await;
        ana.desk().find(&format!("{page}-page")).await;
        album.keeps(ana.desk(), &format!("console-{page}")).await;
    }
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
    ana.talk().says(answer).await;
    visitor.talk().sees(answer).await;
    visitor.talk().sees_all_delivered().await;
    album.keeps_chat(&visitor, "widget-talking").await;
    album.keeps(visitor.page(), "widget-panel").await;
    album.keeps(ana.desk(), "console-talking").await;
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
    ana.reloads().await;
    album.keeps(ana.desk(), "console-unlock").await;
    ana.desk().press("sign-out").await;
    ana.desk().sees_screen(&["sign-in"]).await;
    album.keeps(ana.desk(), "console-sign-in").await;
    album.has_no_findings();
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
