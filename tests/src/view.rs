//! One document of a browser, and what a person does in it: find by `data-test`, read, press, write.

use std::time::Duration;

use fantoccini::Locator;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::browser::{Browser, axe_script};
use crate::deadline::{PATIENCE, until};

/// More presses than any screen has controls.
const TABS_MAX: usize = 80;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Page,
    Frame,
    /// The page that the console shows before a site is saved, and the chat in it.
    Preview,
    PreviewFrame,
}

#[derive(Clone, Copy)]
pub struct View<'a> {
    pub browser: &'a Browser,
    pub scope: Scope,
}

impl View<'_> {
    /// Waits until the element is there and shown.
    pub async fn find(&self, name: &str) -> Element {
        self.find_within(name, PATIENCE).await
    }

    pub async fn find_within(&self, name: &str, within: Duration) -> Element {
        self.wait(&format!("sees {name}"), within, async || self.shown(name).await).await
    }

    pub async fn is_ticked(&self, name: &str) -> bool {
        self.find(name).await.is_selected().await.unwrap_or(false)
    }

    /// Every name that this document shows now, outside shadow roots.
    pub async fn names(&self) -> Vec<String> {
        let names = self.script(SHOWN_NAMES, vec![]).await.unwrap_or_default();
        names.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    pub async fn is_shown(&self, name: &str) -> bool {
        self.shown(name).await.is_ok()
    }

    /// Waits until the element has gone or is hidden.
    pub async fn sees_no(&self, name: &str) {
        self.wait(&format!("sees no {name}"), PATIENCE, async || match self.shown(name).await {
            Ok(_) => Err("it is still there".to_owned()),
            Err(_) => Ok(()),
        })
        .await;
    }

    pub async fn press(&self, name: &str) {
        self.wait(&format!("presses {name}"), PATIENCE, async || {
            self.shown(name).await?.click().await.map_err(|error| short(&error))
        })
        .await;
    }

    /// Presses what leads away from the page, which may be gone before the driver has its answer.
    pub async fn press_to_leave(&self, name: &str) {
        let element = self.find(name).await;
        let _answer_or_gone = element.click().await;
    }

    /// Presses the link inside the first element of this name.
    pub async fn press_link(&self, name: &str) {
        self.wait(&format!("presses the link in {name}"), PATIENCE, async || {
            let element = self.shown(name).await?;
            let link = element.find(Locator::Css("a")).await.map_err(|error| short(&error))?;
            link.click().await.map_err(|error| short(&error))
        })
        .await;
    }

    /// Opens what stands behind a summary line.
    pub async fn unfold(&self, name: &str) {
        self.wait(&format!("unfolds {name}"), PATIENCE, async || {
            let element = self.shown(name).await?;
            let summary = element.find(Locator::Css("summary")).await.map_err(|error| short(&error))?;
            summary.click().await.map_err(|error| short(&error))
        })
        .await;
    }

    /// Replaces what the field holds.
    pub async fn write(&self, name: &str, text: &str) {
        self.wait(&format!("writes into {name}"), PATIENCE, async || {
            let field = self.shown(name).await?;
            // As a person does; WebKit lets a frame of another origin have the focus only after a press in it.
            field.click().await.map_err(|error| short(&error))?;
            if field.prop("value").await.map_err(|error| short(&error))?.is_some_and(|value| !value.is_empty()) {
                field.clear().await.map_err(|error| short(&error))?;
            }
            field.send_keys(text).await.map_err(|error| short(&error))?;
            // Two fields that scroll to the same place are pressed within one double click, and its second press sets no caret
            // in an empty field (Chromium). No finger is that quick; the next press is a single one.
            match field.prop("value").await.map_err(|error| short(&error))? {
                Some(written) if written.is_empty() && !text.is_empty() => Err("nothing is written there".to_owned()),
                _ => Ok(()),
            }
        })
        .await;
    }

    /// The words of the element, or its value where it is a field.
    pub async fn text(&self, name: &str) -> String {
        self.wait(&format!("reads {name}"), PATIENCE, async || {
            let element = self.shown(name).await?;
            let text = element.text().await.map_err(|error| short(&error))?;
            if !text.trim().is_empty() {
                return Ok(text);
            }
            Ok(element.prop("value").await.map_err(|error| short(&error))?.unwrap_or_default())
        })
        .await
    }

    /// Width and height in CSS pixels, where it is shown.
    pub async fn size(&self, name: &str) -> Option<(f64, f64)> {
        let (_, _, width, height) = self.place(name).await?;
        Some((width, height))
    }

    /// Left, top, width and height in CSS pixels of the document, where it is shown.
    pub async fn place(&self, name: &str) -> Option<(f64, f64, f64, f64)> {
        self.shown(name).await.ok()?.rectangle().await.ok()
    }

    /// Waits until the attribute has one of these values.
    pub async fn sees_attribute(&self, name: &str, attribute: &str, values: &[&str], within: Duration) -> String {
        self.wait(&format!("sees {name} with {attribute}={values:?}"), within, async || {
            let value = self.attribute(name, attribute).await?;
            if values.contains(&value.as_str()) { Ok(value) } else { Err(format!("it is {value:?}")) }
        })
        .await
    }

    pub async fn attribute(&self, name: &str, attribute: &str) -> Result<String, String> {
        let value = self.shown(name).await?.attr(attribute).await.map_err(|error| short(&error))?;
        value.ok_or_else(|| format!("{name} has no {attribute}"))
    }

    /// Waits until the screen of this name (`data-screen`) is shown.
    pub async fn sees_screen(&self, screens: &[&str]) -> String {
        self.sees_attribute("screen", "data-screen", screens, PATIENCE).await
    }

    /// Runs a script in this document and gives back what it returns.
    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Result<Value, String> {
        self.enter().await?;
        self.browser.client.execute(script, arguments).await.map_err(|error| short(&error))
    }

    /// The text that a script gives back.
    pub async fn read(&self, script: &str) -> String {
        let answer = self.script(script, vec![]).await.expect("the page answers");
        answer.as_str().expect("the script gives text back").to_owned()
    }

    /// Goes on with the Tab key until this control has the focus.
    pub async fn tabs_to(&self, name: &str) {
        let mut passed = Vec::new();
        for _ in 0..TABS_MAX {
            let focused = self.focused().await;
            if focused == name {
                return;
            }
            passed.push(focused);
            self.browser.press_key(Key::Tab).await;
        }
        panic!("{}: {TABS_MAX} presses of Tab do not reach {name}, but {passed:?}", self.browser.name);
    }

    /// The test name of what has the focus, or of what it stands in.
    pub async fn focused(&self) -> String {
        self.read("return document.activeElement?.closest('[data-test]')?.dataset.test ?? '';").await
    }

    /// What lies beyond the edge at either side and in no scroller of its own; empty where nothing has to be scrolled
    /// sideways.
    pub async fn beyond_the_edge(&self) -> String {
        self.read(BEYOND_THE_EDGE).await
    }

    /// What axe objects to in this document.
    pub async fn axe_findings(&self) -> Vec<Value> {
        let source = std::fs::read_to_string(axe_script()).expect("axe-core is installed by `cargo xtask test`");
        self.script(&source, vec![]).await.unwrap_or_else(|error| panic!("axe does not load: {error}"));
        let only_violations = vec![json!({ "resultTypes": ["violations"] })];
        let found = self.browser.client.execute_async(AXE, only_violations).await;
        let found = found.unwrap_or_else(|error| panic!("axe does not run: {error}"));
        found.as_array().unwrap_or_else(|| panic!("axe says {found}")).clone()
    }

    async fn wait<T>(&self, what: &str, within: Duration, look: impl AsyncFnMut() -> Result<T, String>) -> T {
        until(&format!("{} {what} in the {:?}", self.browser.name, self.scope), within, look).await
    }

    /// The first element of this name that is not hidden.
    async fn shown(&self, name: &str) -> Result<Element, String> {
        self.enter().await?;
        let found = match self.scope {
            Scope::Page | Scope::Preview => self.find_in_page(name).await?,
            Scope::Frame | Scope::PreviewFrame => {
                self.browser.client.find_all(Locator::Css(&named(name))).await.map_err(|error| short(&error))?
            }
        };
        if found.is_empty() {
            return Err(format!("there is no {name}"));
        }
        for element in found {
            if element.is_displayed().await.map_err(|error| short(&error))? {
                return Ok(element);
            }
        }
        Err(format!("{name} is hidden"))
    }

    async fn enter(&self) -> Result<(), String> {
        self.browser.to_top().await.map_err(|error| short(&error))?;
        let within: &[&str] = match self.scope {
            Scope::Page => &[],
            Scope::Frame => &["frame"],
            Scope::Preview => &["preview-frame"],
            Scope::PreviewFrame => &["preview-frame", "frame"],
        };
        for name in within {
            let frame = self.find_in_page(name).await?.into_iter().next().ok_or(format!("there is no {name}"))?;
            frame.enter_frame().await.map_err(|error| short(&error))?;
        }
        Ok(())
    }

    /// In the document, or else in what the tag has added to it behind a shadow root.
    async fn find_in_page(&self, name: &str) -> Result<Vec<Element>, String> {
        let client = &self.browser.client;
        let found = client.find_all(Locator::Css(&named(name))).await.map_err(|error| short(&error))?;
        if !found.is_empty() {
            return Ok(found);
        }
        let Ok(tag) = client.find(Locator::Css(&named("amparo"))).await else { return Ok(Vec::new()) };
        let root = tag.shadow_root().await.map_err(|error| short(&error))?;
        root.find_all(Locator::Css(&named(name))).await.map_err(|error| short(&error))
    }
}

fn named(name: &str) -> String {
    format!("[data-test=\"{name}\"]")
}

/// The first line of what the driver says; the rest is its stack.
fn short(error: &CmdError) -> String {
    error.to_string().lines().next().unwrap_or_default().chars().take(300).collect()
}

const SHOWN_NAMES: &str = "return [...document.querySelectorAll('[data-test]')]
  .filter((element) => element.getClientRects().length > 0).map((element) => element.dataset.test);";

/// Boxes of the whole page are no scrollers of their own: they scroll up and down only.
const BEYOND_THE_EDGE: &str = "
const whole = 'html, body, .am-app, .am-desk, .am-desk__parts, .am-page, .am-part, .am-column, .am-lock, .am-offer';
const page = document.documentElement;
const width = page.clientWidth;
const isHeld = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const style = getComputedStyle(at);
    if (style.clipPath !== 'none' || at !== element && style.overflowX !== 'visible' && !at.matches(whole)) return true;
  }
  return false;
};
const isOut = (element) => {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && (box.left < -1 || box.right > width + 1) && !isHeld(element);
};
const told = (element) => {
  const { left, right } = element.getBoundingClientRect();
  return `${Math.round(left)} to ${Math.round(right)} of ${width} px: ${element.outerHTML.slice(0, 160)}`;
};
const out = [...document.querySelectorAll('body *')].filter(element => !element.closest('svg *')).filter(isOut);
const wide = page.scrollWidth > width ? [`the document: ${page.scrollWidth} of ${width} px`] : [];
return wide.concat(out.slice(-3).map(told)).join('\\n');";

const AXE: &str = "const done = arguments[arguments.length - 1];
axe.run(document, arguments[0]).then(
  (found) => done(found.violations.map((v) => ({ rule: v.id, impact: v.impact, help: v.help, nodes: v.nodes.map((n) => n.html.slice(0, 200) + ' | ' + n.failureSummary) }))),
  (error) => done(String(error)));";
