//! The visitor: somebody on the NGO's page with the chat.

use std::time::Duration;

use serde_json::json;

use crate::browser::Browser;
use crate::deadline::{PATIENCE, until};
use crate::driver::Settings;
use crate::talk::Talk;
use crate::view::View;
use crate::world::World;

const PANEL_COVERS_BELOW: u32 = 500;

pub struct Visitor {
    pub browser: Browser,
}

impl Visitor {
    /// On the host page; the chat is still closed.
    pub async fn arrives(world: &World, name: &str, settings: Settings) -> Self {
        let browser = Browser::start(name, settings).await;
        browser.goto(&world.host.origin()).await;
        Self { browser }
    }

    pub fn page(&self) -> View<'_> {
        self.browser.page()
    }

    pub fn frame(&self) -> View<'_> {
        self.browser.frame()
    }

    pub fn talk(&self) -> Talk<'_> {
        Talk(self.frame())
    }

    pub async fn opens_the_chat(&self) {
        self.page().press("launcher").await;
        self.frame().sees_screen(&["before"]).await;
    }

    /// As `opens_the_chat`, where nobody may be on duty.
    pub async fn opens_the_chat_or_closed(&self) {
        self.page().press("launcher").await;
        self.frame().sees_screen(&["before", "closed"]).await;
    }

    /// Goes into the queue; it is safe to talk.
    pub async fn enters(&self) {
        self.frame().press("enter").await;
        self.frame().press("safe").await;
        self.frame().sees_screen(&["waiting", "talking"]).await;
    }

    pub async fn waits_at(&self, position: u32) {
        self.frame().sees_attribute("position", "data-position", &[&position.to_string()], PATIENCE).await;
    }

    /// The counselor's browser has opened the key.
    pub async fn is_talking(&self) {
        self.frame().sees_screen(&["talking"]).await;
    }

    /// Her screen lists exactly these members, by their pseudonyms.
    pub async fn is_read_by(&self, names: &[&str]) {
        let read = "return [...document.querySelectorAll('[data-test=reader]')].map(one => one.textContent.trim())";
        until(&format!("{} reads who reads: {names:?}", self.browser.name), PATIENCE, async || {
            let listed = self.frame().script(read, vec![]).await?;
            if listed == json!(names) { Ok(()) } else { Err(format!("it is {listed}")) }
        })
        .await;
    }

    /// Follows a link of the host page to another of its pages.
    pub async fn changes_page(&self, path: &str) {
        let link = format!("to-{path}");
        // On a phone the panel covers the page; the link is then followed as the page's own script would.
        if self.browser.settings.width < PANEL_COVERS_BELOW {
            let press = format!("document.querySelector('[data-test=\"{link}\"]').click()");
            self.page().script(&press, vec![]).await.expect("the page has the link");
        } else {
            self.page().press(&link).await;
        }
        self.page().find(&format!("at-{path}")).await;
        // There the chat waits behind the launcher, so that the new page can be read.
        if self.browser.settings.width < PANEL_COVERS_BELOW {
            self.page().press("launcher").await;
        }
    }

    /// After a page change: presses "Continue" and then "Show what was written".
    pub async fn continues(&self) {
        self.frame().press("continue").await;
        self.frame().press("show-written").await;
    }

    /// Whether the chat says that somebody is available.
    pub async fn reads_available(&self, within: Duration) {
        self.frame().sees_attribute("availability", "data-state", &["available"], within).await;
    }

    /// The chat stops saying that somebody is available.
    pub async fn reads_available_no_more(&self, within: Duration) {
        let others = ["busy", "closed", "full", "connecting", "reconnecting", "unknown"];
        let frame = self.frame();
        until("the chat says \"available\" no more", within, async || {
            match frame.attribute("screen", "data-screen").await?.as_str() {
                "before" => {}
                _ => return Ok(()),
            }
            let state = frame.attribute("availability", "data-state").await?;
            if others.contains(&state.as_str()) { Ok(()) } else { Err(format!("it says {state}")) }
        })
        .await;
    }
}
