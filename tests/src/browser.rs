//! One browser window of one person: its documents, screenshots, accessibility check, and what is kept when a test fails.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::http::Method;
use fantoccini::Client;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use rustix::process::getpid;
use serde_json::{Value, json};
use url::{ParseError, Url};

use crate::deadline::{PATIENCE, until};
use crate::driver::{Driver, Engine, Settings};
use crate::process::target_folder;
use crate::view::{Scope, View};

pub struct Browser {
    pub name: String,
    pub client: Client,
    pub driver: Driver,
    pub settings: Settings,
}

impl Browser {
    pub async fn start(name: &str, settings: Settings) -> Self {
        let (driver, client) = Driver::start(settings).await;
        let browser = Self { name: name.to_owned(), client, driver, settings };
        if matches!(settings.engine, Engine::Firefox | Engine::FirefoxHighContrast) {
            // Its command line counts the window's frame as well, the driver does not.
            let _ = browser.client.set_window_size(settings.width, settings.height).await;
        }
        browser
    }

    pub async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap_or_else(|error| panic!("{} cannot open {url}: {error}", self.name));
    }

    /// As the browser's own button does.
    pub async fn reload(&self) {
        self.client.refresh().await.expect("the page reloads");
    }

    /// Presses and releases one key, wherever the focus is.
    pub async fn press_key(&self, key: Key) {
        self.press_keys([key.into()]).await.unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }

    /// As `press_key`; the page may be gone before the browser has answered.
    pub async fn press_key_to_leave(&self, key: Key) {
        let _answer_or_gone = self.press_keys([key.into()]).await;
    }

    /// Writes wherever the focus is, as a keyboard does.
    pub async fn types(&self, text: &str) {
        self.press_keys(text.chars()).await.unwrap_or_else(|error| panic!("{}: {error}", self.name));
    }

    async fn press_keys(&self, keys: impl IntoIterator<Item = char>) -> Result<(), CmdError> {
        let keyboard = KeyActions::new("keyboard".to_owned());
        let press = keys
            .into_iter()
            .fold(keyboard, |keyboard, value| keyboard.then(KeyAction::Down { value }).then(KeyAction::Up { value }));
        self.client.perform_actions(press).await
    }

    /// Plugs in a passkey device that says yes by itself; Chromium only.
    pub async fn has_a_passkey_device(&self) {
        let body = serde_json::json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true, "isUserConsenting": true,
        });
        let plug_in = Post { path: "webauthn/authenticator", body };
        self.client.issue_cmd(plug_in).await.expect("the browser has a virtual authenticator");
    }

    /// Firefox's "Reopen Closed Tab", by the program that draws the browser's own window.
    pub async fn closes_its_tab_and_opens_it_again(&self) {
        let closed = self.client.window().await.expect("a tab is in front");
        let other = self.client.new_window(true).await.expect("a second tab opens").handle;
        self.client.close_window().await.expect("the first tab closes");
        self.client.switch_to_window(other.clone()).await.expect("the second tab comes to the front");
        self.in_window_program("SessionStore.undoCloseTab(window, 0)").await;
        let reopened = until("the closed tab opens again", PATIENCE, async || {
            let tabs = self.client.windows().await.map_err(|error| error.to_string())?;
            tabs.into_iter().find(|tab| *tab != other && *tab != closed).ok_or_else(|| "it is closed".to_owned())
        })
        .await;
        self.client.switch_to_window(reopened).await.expect("the reopened tab comes to the front");
    }

    /// Firefox only: runs a script beside the pages, not in one.
    async fn in_window_program(&self, script: &str) {
        for (path, body) in [
            ("moz/context", json!({ "context": "chrome" })),
            ("execute/sync", json!({ "script": script, "args": [] })),
            ("moz/context", json!({ "context": "content" })),
        ] {
            let done = self.client.issue_cmd(Post { path, body }).await;
            done.unwrap_or_else(|error| panic!("{}: {path}: {error}", self.name));
        }
    }

    /// The page itself; for a host page that is everything but the conversation.
    pub fn page(&self) -> View<'_> {
        View { browser: self, scope: Scope::Page }
    }

    /// The document inside the tag's frame.
    pub fn frame(&self) -> View<'_> {
        View { browser: self, scope: Scope::Frame }
    }

    /// WebDriver's "Switch To Frame" with null, for which fantoccini has no name.
    pub async fn to_top(&self) -> Result<(), CmdError> {
        self.client.issue_cmd(Post { path: "frame", body: json!({ "id": null }) }).await.map(|_| ())
    }

    /// A command to Chromium's developer tools.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        let answer = self.client.issue_cmd(Post { path: "goog/cdp/execute", body }).await;
        answer.unwrap_or_else(|error| panic!("{}: {command}: {error}", self.name))
    }

    /// No request of the page gets through; connections that are open stay. Chromium only.
    pub async fn is_offline(&self, offline: bool) {
        let line = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.devtools("Network.emulateNetworkConditions", line).await;
    }

    /// What the page wrote to the browser's console; Chromium only.
    pub async fn console_lines(&self) -> Vec<String> {
        let answer = self.client.issue_cmd(Post { path: "se/log", body: json!({ "type": "browser" }) }).await;
        let Ok(Value::Array(entries)) = answer else { return Vec::new() };
        entries.iter().filter_map(|entry| entry["message"].as_str()).map(str::to_owned).collect()
    }

    /// Keeps a picture of the window under `target/screens/NAME.png`.
    pub async fn keeps_screen(&self, name: &str) {
        let file = target_folder().join("screens").join(format!("{name}.png"));
        fs::create_dir_all(file.parent().expect("the path has a folder")).expect("target/ can be written");
        let picture =
            self.client.screenshot().await.unwrap_or_else(|error| panic!("{}: no screenshot: {error}", self.name));
        fs::write(&file, picture).expect("target/ can be written");
    }

    async fn keeps_failure(&self) {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("failures/{test}-{}-{}-{number}", getpid().as_raw_nonzero(), self.name);
        if let Ok(picture) = self.client.screenshot().await {
            let file = target_folder().join(format!("screens/{name}.png"));
            let _ = fs::create_dir_all(file.parent().expect("the path has a folder"));
            let _ = fs::write(file, picture);
        }
        eprintln!("{}: kept target/screens/{name}.png", self.name);
        for line in self.console_lines().await {
            eprintln!("{}'s browser console: {line}", self.name);
        }
        for (document, view) in [("page", self.page()), ("frame", self.frame())] {
            let words = view.script("return document.body ? document.body.innerText.slice(0, 1500) : ''", vec![]).await;
            eprintln!("{}'s {document}: {}", self.name, words.unwrap_or_else(Value::String));
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // The runtime is a multi-threaded one (see `world::run`), so that this may wait.
            let keep = async { tokio::time::timeout(std::time::Duration::from_secs(10), self.keeps_failure()).await };
            let _ = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(keep));
        }
    }
}

/// Where axe-core's script lies; `cargo xtask test` installs it and names the place.
pub fn axe_script() -> PathBuf {
    let installed = || target_folder().join("tools/npm/node_modules/axe-core/axe.min.js");
    std::env::var_os("TEST_AXE").map_or_else(installed, PathBuf::from)
}

/// A WebDriver command by path and body.
#[derive(Debug)]
struct Post {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Post {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _url: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
