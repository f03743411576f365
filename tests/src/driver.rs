//! Starts a browser through its WebDriver: which program, which capabilities, and what it needs around it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::deadline::{PATIENCE, until};
use crate::process::{free_port, program, renderers_bytes, signal_descendants};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    /// As in Lockdown Mode or Tor Browser's "Safer": no just-in-time compiler and no `WebAssembly` object.
    ChromiumWithoutWebAssembly,
    /// Page and frame share a process, so that a slow-down holds for both.
    ChromiumInOneProcess,
    Firefox,
    /// It draws all colours itself, and asks pages for less motion.
    FirefoxHighContrast,
    WebKit,
    /// No just-in-time compiler, and a page whose policy forbids WebAssembly.
    WebKitWithoutWebAssembly,
}

impl Engine {
    pub fn is_webkit(self) -> bool {
        matches!(self, Self::WebKit | Self::WebKitWithoutWebAssembly)
    }
}

const IN_ONE_PROCESS: &str = "--disable-features=IsolateSandboxedIframes";

/// How a person's browser is set.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub engine: Engine,
    pub language: &'static str,
    /// Of the page's area; below 500 px only Chromium can do it.
    pub width: u32,
    pub height: u32,
    /// Whether the device is set to dark; Chromium only.
    pub dark: bool,
}

impl Settings {
    pub fn of(engine: Engine) -> Self {
        Self { engine, language: "en", width: 1280, height: 900, dark: false }
    }
}

/// A running driver with its browser, profile folder and, where it needs one, display.
pub struct Driver {
    process: Child,
    display: Option<Child>,
    pub profile: TempDir,
}

impl Driver {
    pub async fn start(settings: Settings) -> (Self, Client) {
        let profile = TempDir::with_prefix("amparo-browser-").expect("the temporary folder can be written");
        let port = free_port();
        let display = settings.engine.is_webkit().then(Display::start);
        let mut command = driver_command(settings.engine, port);
        if let Some(display) = &display {
            command.env("DISPLAY", format!(":{}", display.number)).env("GDK_BACKEND", "x11");
        }
        if settings.engine == Engine::WebKitWithoutWebAssembly {
            command.env("JSC_useJIT", "0");
        }
        // A home of its own: no profile, cache or setting of the person who runs the tests is touched.
        command.env("HOME", profile.path()).env("LANGUAGE", settings.language).env_remove("WAYLAND_DISPLAY");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let driver = Self { process, display: display.map(|display| display.process), profile };
        let capabilities = capabilities(settings, driver.profile.path());
        let client = until("the browser starts", 2 * PATIENCE, async || {
            let mut connector = HttpConnector::new();
            connector.enforce_http(true);
            let mut builder = ClientBuilder::new(connector);
            builder.capabilities(capabilities.clone());
            builder.connect(&format!("http://127.0.0.1:{port}")).await.map_err(|error| error.to_string())
        })
        .await;
        (driver, client)
    }

    /// The power goes off: nothing of the browser runs any more code.
    pub fn kill_browser(&self) {
        signal_descendants(self.process.id(), Signal::KILL);
    }

    /// Memory of all that shows pages in this browser; Chromium only.
    pub fn pages_bytes(&self) -> u64 {
        renderers_bytes(self.process.id())
    }

    /// The browser stands still, with its connections open; as a laptop whose lid was closed.
    pub fn freeze_browser(&self) {
        signal_descendants(self.process.id(), Signal::STOP);
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        signal_descendants(self.process.id(), Signal::KILL);
        for process in [Some(&mut self.process), self.display.as_mut()].into_iter().flatten() {
            // Already gone is fine.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn driver_command(engine: Engine, port: u16) -> Command {
    let mut command = match engine {
        Engine::Chromium | Engine::ChromiumWithoutWebAssembly | Engine::ChromiumInOneProcess => {
            Command::new(program(&["chromedriver"]))
        }
        Engine::Firefox | Engine::FirefoxHighContrast => Command::new(geckodriver()),
        Engine::WebKit | Engine::WebKitWithoutWebAssembly => Command::new(program(&["WebKitWebDriver"])),
    };
    command.arg(format!("--port={port}"));
    if matches!(engine, Engine::Firefox | Engine::FirefoxHighContrast) {
        // For what only the browser's own window can do: reopen a closed tab.
        command.arg("--allow-system-access");
    }
    command
}

/// Debian has no package for it; `cargo xtask test` installs it and names the place.
fn geckodriver() -> PathBuf {
    std::env::var_os("TEST_GECKODRIVER").map_or_else(|| program(&["geckodriver"]), PathBuf::from)
}

fn capabilities(settings: Settings, profile: &Path) -> Capabilities {
    let Settings { width, height, .. } = settings;
    let own = match settings.engine {
        Engine::Chromium => json!({ "browserName": "chrome", "goog:chromeOptions": chromium(settings, profile, &[]) }),
        Engine::ChromiumWithoutWebAssembly => {
            json!({ "browserName": "chrome", "goog:chromeOptions": chromium(settings, profile, &["--js-flags=--jitless --noexpose-wasm"]) })
        }
        Engine::ChromiumInOneProcess => {
            json!({ "browserName": "chrome", "goog:chromeOptions": chromium(settings, profile, &[IN_ONE_PROCESS]) })
        }
        Engine::Firefox => firefox(settings, &json!({})),
        Engine::FirefoxHighContrast => {
            firefox(settings, &json!({ "browser.display.document_color_use": 2, "ui.prefersReducedMotion": 1 }))
        }
        Engine::WebKit | Engine::WebKitWithoutWebAssembly => {
            json!({ "browserName": "MiniBrowser", "webkitgtk:browserOptions": {
                "binary": mini_browser(),
                "args": ["--automation", format!("--geometry={width}x{height}")],
            }})
        }
    };
    let Value::Object(own) = own else { unreachable!("every arm above is an object") };
    own
}

fn firefox(settings: Settings, more: &Value) -> Value {
    let Settings { width, height, language, .. } = settings;
    let mut prefs = json!({
        "intl.accept_languages": language,
        "app.update.enabled": false,
        "datareporting.policy.dataSubmissionEnabled": false,
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        prefs[name] = value.clone();
    }
    json!({ "browserName": "firefox", "moz:firefoxOptions": {
        "binary": program(&["firefox-esr", "firefox"]),
        "args": ["-headless", format!("--width={width}"), format!("--height={height}")],
        "prefs": prefs,
    }})
}

fn chromium(settings: Settings, profile: &Path, more: &[&str]) -> Value {
    let Settings { width, height, language, dark, .. } = settings;
    let mut arguments: Vec<String> = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        // A name that browsers do not take for this machine, as a website's on plain http.
        "--host-resolver-rules=MAP *.test 127.0.0.1",
    ]
    .map(str::to_owned)
    .to_vec();
    arguments.push(format!("--user-data-dir={}", profile.join("profile").display()));
    arguments.push(format!("--window-size={width},{height}"));
    // The first of Blink's preferred colour schemes is dark.
    arguments.push(format!("--blink-settings=preferredColorScheme={}", u8::from(!dark)));
    arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
    let mut options = json!({
        "binary": program(&["chromium", "chromium-browser", "google-chrome"]),
        "args": arguments,
        "prefs": { "intl.accept_languages": language },
    });
    if width < 500 {
        options["mobileEmulation"] =
            json!({ "deviceMetrics": { "width": width, "height": height, "pixelRatio": 2, "touch": true } });
    }
    options
}

fn mini_browser() -> PathBuf {
    let folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/libexec", "/usr/lib"];
    let versions = ["webkit2gtk-4.1", "webkit2gtk-4.0", "webkitgtk-6.0"];
    let mut candidates = folders
        .iter()
        .flat_map(|folder| versions.iter().map(move |version| Path::new(folder).join(version).join("MiniBrowser")));
    candidates.find(|file| file.is_file()).expect("WebKitGTK's MiniBrowser comes with webkit2gtk-driver")
}

/// A screen in memory, for the one engine without a headless mode.
struct Display {
    process: Child,
    number: String,
}

impl Display {
    fn start() -> Self {
        let mut command = Command::new(program(&["Xvfb"]));
        command.args(["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]);
        let mut process =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("Xvfb starts");
        let output = process.stdout.take().expect("its output is a pipe");
        let mut number = String::new();
        BufReader::new(output).read_line(&mut number).expect("Xvfb names its display");
        Self { process, number: number.trim().to_owned() }
    }
}
