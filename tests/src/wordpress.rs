//! A WordPress website of its own for one test: a copy of an unpacked version, PHP's own web server, SQLite. And the
//! webmaster who installs the plugin there, with no more than the administration's screens.
//!
//! `cargo xtask test wordpress` fetches the versions and builds the plugin.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use sqlx::{Row, SqlitePool};
use tempfile::TempDir;

use crate::browser::{Browser, axe_script};
use crate::deadline::{PATIENCE, until};
use crate::driver::{Engine, Settings};
use crate::http;
use crate::process::{free_port, program, signal_descendants, target_folder};
use crate::view::View;

const DATABASE: &str = "installed/.ht.sqlite";
/// A page that PHP has to put together from a cold start, on a loaded machine.
const SLOW: Duration = Duration::from_secs(40);

pub struct WordPress {
    folder: TempDir,
    port: u16,
    server: Child,
}

impl WordPress {
    /// `version` is a folder's name below `target/tools/wordpress`.
    pub async fn start(version: &str) -> Self {
        let source = versions().join(version);
        assert!(source.is_dir(), "WordPress {version} is missing; `cargo xtask test wordpress` fetches it");
        // On the same disk, so that files can be linked instead of copied.
        let folder = TempDir::with_prefix_in("run-", versions()).expect("target/ can be written");
        link_tree(&source, folder.path());
        let port = free_port();
        let server = serve(folder.path(), port);
        let wordpress = Self { folder, port, server };
        until("WordPress serves", SLOW, async || match http::get(&wordpress.origin()).await {
            Ok(answer) if answer.status == 200 => Ok(()),
            Ok(answer) => Err(format!("status {}: {}", answer.status, answer.text())),
            Err(error) => Err(error),
        })
        .await;
        wordpress
    }

    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What a page's source says, as a browser without scripts has it.
    pub async fn source(&self, path: &str) -> String {
        http::get(&format!("{}{path}", self.origin())).await.expect("the website answers").text()
    }

    /// Every row of the database that names the plugin, with its table.
    pub async fn traces(&self) -> Vec<String> {
        let address = format!("sqlite:{}?mode=ro", self.folder.path().join(DATABASE).display());
        let pool = SqlitePool::connect(&address).await.expect("WordPress's database can be read");
        let tables = sqlx::query("select name from sqlite_master where type = 'table'").fetch_all(&pool).await;
        let mut traces = Vec::new();
        for table in tables.expect("a database lists its tables") {
            let table: String = table.get(0);
            let rows = sqlx::query(sqlx::AssertSqlSafe(format!("select * from \"{table}\""))).fetch_all(&pool).await;
            for row in rows.expect("a table can be read") {
                let values = (0..row.len()).map(|at| row.try_get_unchecked::<String, _>(at).unwrap_or_default());
                let values: Vec<String> = values.collect();
                if values.iter().any(|value| value.to_lowercase().contains("amparo")) {
                    traces.push(format!("{table}: {}", values.join(" | ").chars().take(300).collect::<String>()));
                }
            }
        }
        pool.close().await;
        traces
    }

    /// What PHP complained about in the plugin's own files.
    pub fn complaints(&self) -> Vec<String> {
        let log = fs::read_to_string(self.folder.path().join("debug.log")).unwrap_or_default();
        log.lines().filter(|line| line.contains("/amparo/")).map(str::to_owned).collect()
    }

    /// Whether the plugin's files lie in the website.
    pub fn has_plugin_files(&self) -> bool {
        self.folder.path().join("wp-content/plugins/amparo").exists()
    }
}

impl Drop for WordPress {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("PHP's complaints about the plugin: {:#?}", self.complaints());
        }
        // Its workers first: they would go on without it.
        signal_descendants(self.server.id(), Signal::KILL);
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn versions() -> PathBuf {
    std::env::var_os("TEST_WORDPRESS").map_or_else(|| target_folder().join("tools/wordpress"), PathBuf::from)
}

fn plugin_zip() -> PathBuf {
    let zip = std::env::var_os("TEST_PLUGIN").map_or_else(|| target_folder().join("plugin/amparo.zip"), PathBuf::from);
    // The browser's form wants the whole path.
    zip.canonicalize().unwrap_or_else(|error| panic!("{}: {error}; `cargo xtask dist` makes it", zip.display()))
}

/// Links every file of WordPress, which never writes into its own; what it does write is copied.
fn link_tree(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the version is unpacked").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            fs::create_dir(&target).expect("target/ can be written");
            link_tree(&path, &target);
        } else if path.extension().is_some_and(|extension| extension == "sqlite") {
            fs::copy(&path, &target).expect("target/ can be written");
        } else {
            fs::hard_link(&path, &target).expect("target/ is one disk");
        }
    }
}

/// PHP's own server; with several workers, because WordPress asks itself for pages.
fn serve(folder: &Path, port: u16) -> Child {
    let mut command = Command::new(program(&["php"]));
    command.args(["-d", "display_errors=0", "-S", &format!("127.0.0.1:{port}"), "-t"]).arg(folder).current_dir(folder);
    command.env("PHP_CLI_SERVER_WORKERS", "4").env("WORDPRESS_ADDRESS", format!("http://127.0.0.1:{port}"));
    command.env("WORDPRESS_DATABASE", folder.join("installed")).env("WORDPRESS_LOG", folder.join("debug.log"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("PHP starts")
}

/// The volunteer who looks after the website.
pub struct Webmaster {
    pub browser: Browser,
    origin: String,
}

impl Webmaster {
    pub async fn signs_in(wordpress: &WordPress) -> Self {
        let settings = Settings { width: 1280, height: 1000, ..Settings::of(Engine::Chromium) };
        let browser = Browser::start("webmaster", settings).await;
        let webmaster = Self { browser, origin: wordpress.origin() };
        webmaster.opens("/wp-login.php").await;
        webmaster.does("document.querySelector('#user_login').value = 'admin'; document.querySelector('#user_pass').value = 'password'; document.querySelector('#wp-submit').click()").await;
        webmaster.sees("#wpadminbar").await;
        webmaster
    }

    pub fn page(&self) -> View<'_> {
        self.browser.page()
    }

    pub async fn opens(&self, path: &str) {
        self.browser.goto(&format!("{}{path}", self.origin)).await;
    }

    pub async fn opens_settings(&self) {
        self.opens("/wp-admin/options-general.php?page=amparo").await;
        self.page().find("save").await;
    }

    /// Plugins, Add New, Upload Plugin, Install Now, Activate.
    pub async fn installs_the_zip(&self) {
        self.opens("/wp-admin/plugin-install.php?tab=upload").await;
        let field = self.sees("#pluginzip").await;
        field.send_keys(&plugin_zip().display().to_string()).await.expect("the form takes a file");
        self.does("document.querySelector('#install-plugin-submit').click()").await;
        self.sees("a.button-primary[href*='action=activate']").await.click().await.expect("it can be pressed");
        self.sees("#deactivate-amparo").await;
    }

    /// Deactivate, then Delete, and yes.
    pub async fn deactivates(&self) {
        self.opens("/wp-admin/plugins.php").await;
        self.does("document.querySelector('#deactivate-amparo').click()").await;
        self.sees("#activate-amparo").await;
    }

    pub async fn deletes(&self) {
        self.opens("/wp-admin/plugins.php").await;
        self.sees("#delete-amparo").await.click().await.expect("it can be pressed");
        until("the browser asks whether to delete", PATIENCE, async || {
            self.browser.client.accept_alert().await.map_err(|error| error.to_string())
        })
        .await;
        until("the plugin leaves the list", SLOW, async || {
            let left = self
                .page()
                .script("return document.querySelectorAll('tr[data-slug=amparo]:not(.deleted)').length", vec![])
                .await?;
            if left == json!(0) { Ok(()) } else { Err(format!("{left} rows")) }
        })
        .await;
    }

    /// Saves the settings page; answers what the check that follows says, each as `state: sentence`.
    pub async fn saves(&self) -> Vec<String> {
        // So that the page that comes is told from the one that goes.
        self.does("document.querySelector('.amparo-form').dataset.old = 'yes'; document.querySelector('[data-test=save]').click()").await;
        until("the settings are saved", SLOW, async || {
            let old = self
                .page()
                .script("return document.querySelector('.amparo-form')?.dataset.old ?? 'no'", vec![])
                .await?;
            if old == json!("no") { Ok(()) } else { Err(format!("old: {old}")) }
        })
        .await;
        self.page().find("save").await;
        self.findings().await
    }

    /// Presses "Check the connection".
    pub async fn checks(&self) -> Vec<String> {
        self.does("document.querySelector('[data-test=findings]').replaceChildren()").await;
        self.page().press("check").await;
        self.findings().await
    }

    async fn findings(&self) -> Vec<String> {
        until("the relay was asked", SLOW, async || {
            let said = self.page().script(READ_FINDINGS, vec![]).await?;
            let said: Vec<String> = serde_json::from_value(said).map_err(|error| error.to_string())?;
            match said.first() {
                Some(first) if !first.starts_with("waiting") => Ok(said),
                _ => Err(format!("{said:?}")),
            }
        })
        .await
    }

    /// Sets a field as typing would, without a press in it: a tall form scrolls.
    pub async fn fills(&self, field: &str, text: &str) {
        let set = "const field = document.querySelector(`[data-test=\"${arguments[0]}\"]`); field.value = arguments[1]; field.dispatchEvent(new Event('change', { bubbles: true }))";
        self.page().script(set, vec![json!(field), json!(text)]).await.expect("the form has the field");
    }

    pub async fn chooses(&self, choice: &str) {
        let press = "document.querySelector(`[data-test=\"${arguments[0]}\"]`).click()";
        self.page().script(press, vec![json!(choice)]).await.expect("the form has the choice");
    }

    pub async fn chooses_theme(&self, slug: &str) {
        self.opens("/wp-admin/themes.php").await;
        self.sees(&format!(".theme[data-slug={slug}]")).await;
        self.does(&format!("location.href = document.querySelector('.theme[data-slug={slug}] .activate').href")).await;
        self.sees(&format!(".theme.active[data-slug={slug}]")).await;
    }

    /// Settings, General, Site Language.
    pub async fn chooses_language(&self, locale: &str) {
        self.opens("/wp-admin/options-general.php").await;
        self.sees("#WPLANG").await;
        self.does(&format!(
            "document.querySelector('#WPLANG').value = '{locale}'; document.querySelector('#submit').click()"
        ))
        .await;
        self.sees("#setting-error-settings_updated, .notice-success").await;
    }

    /// Puts both blocks and a shortcode into a new page of the block editor and publishes it; answers its number and path.
    pub async fn publishes_a_page_with_blocks(&self, words: &str) -> (u64, String) {
        self.opens("/wp-admin/post-new.php?post_type=page").await;
        until("the editor is ready", SLOW, async || {
            let ready = "return Boolean(window.wp?.data?.select('core/editor')?.getCurrentPostId() && wp.blocks.getBlockType('amparo/button') && wp.blocks.getBlockType('core/shortcode'))";
            if self.page().script(ready, vec![]).await? == json!(true) { Ok(()) } else { Err("not yet".to_owned()) }
        })
        .await;
        self.page().script(INSERT_BLOCKS, vec![json!(words)]).await.expect("the editor takes the blocks");
        until("the editor shows the blocks as visitors will see them", SLOW, async || {
            let shown = self.page().script(READ_CANVAS, vec![]).await?;
            if shown == json!([words, true]) { Ok(()) } else { Err(shown.to_string()) }
        })
        .await;
        self.does("wp.data.dispatch('core/editor').savePost()").await;
        let page = until("the page is published", SLOW, async || {
            let page = self.page().script(READ_PUBLISHED, vec![]).await?;
            if page.is_null() { Err("it is being saved".to_owned()) } else { Ok(page) }
        })
        .await;
        let address = page[1].as_str().expect("a page has an address");
        (page[0].as_u64().expect("a page has a number"), address.trim_start_matches(&self.origin).to_owned())
    }

    /// Past the bin.
    pub async fn deletes_page(&self, id: u64) {
        let gone = self.asks("DELETE", &format!("/wp/v2/pages/{id}&force=true"), Value::Null).await;
        assert_eq!(gone["deleted"], json!(true), "{gone}");
    }

    /// WordPress's REST answer.
    pub async fn asks(&self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.page().script(REST, vec![json!(method), json!(path), body]).await;
        answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// What axe objects to in the plugin's own part of this page.
    pub async fn axe_findings(&self) -> Value {
        let axe = fs::read_to_string(axe_script()).expect("axe-core is installed by `cargo xtask test`");
        self.page().script(&axe, vec![]).await.expect("axe loads");
        self.browser.client.execute_async(AXE, vec![]).await.expect("axe runs")
    }

    pub async fn does(&self, script: &str) {
        self.page().script(script, vec![]).await.unwrap_or_else(|error| panic!("{script}: {error}"));
    }

    pub async fn sees(&self, selector: &str) -> fantoccini::elements::Element {
        let locator = fantoccini::Locator::Css(selector);
        until(&format!("the webmaster sees {selector}"), SLOW, async || {
            self.browser.client.find(locator).await.map_err(|error| error.to_string())
        })
        .await
    }
}

const READ_FINDINGS: &str = "return [...document.querySelectorAll('[data-test=findings] li')]
  .map((line) => `${line.dataset.state}: ${line.textContent}`)";

const INSERT_BLOCKS: &str = "const { createBlock } = wp.blocks;
wp.data.dispatch('core/block-editor').resetBlocks([
  createBlock('amparo/button', { text: arguments[0] }), createBlock('amparo/phones'), createBlock('core/shortcode', { text: '[amparo_phones]' })]);
wp.data.dispatch('core/editor').editPost({ title: 'Help', status: 'publish' });";

/// The button's words, and whether the numbers are there; newer editors draw into a frame.
const READ_CANVAS: &str = "const canvas = document.querySelector('iframe[name=editor-canvas]')?.contentDocument ?? document;
return [canvas.querySelector('[data-type=\"amparo/button\"] a')?.textContent ?? '', Boolean(canvas.querySelector('[data-type=\"amparo/phones\"] a[href^=tel]'))];";

const READ_PUBLISHED: &str = "const editor = wp.data.select('core/editor');
const isDone = editor.didPostSaveRequestSucceed() && !editor.isSavingPost() && editor.getCurrentPostAttribute('status') === 'publish';
return isDone ? [editor.getCurrentPostId(), editor.getCurrentPostAttribute('link')] : null;";

/// Asks WordPress's REST routes as its own pages do, with the number that they want; `arguments` say what.
const REST: &str = "const [method, path, body] = arguments;
const ask = async () => {
  const nonce = await (await fetch('/wp-admin/admin-ajax.php?action=rest-nonce')).text();
  const headers = { 'X-WP-Nonce': nonce, 'Content-Type': 'application/json' };
  const sent = body ? JSON.stringify(body) : undefined;
  return (await fetch('/?rest_route=' + path, { method, headers, body: sent })).json();
};
return ask();";

const AXE: &str = "const done = arguments[arguments.length - 1];
axe.run('.amparo', { resultTypes: ['violations'] }).then(
  (found) => done(found.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html.slice(0, 200)).join(' | '))),
  (error) => done(String(error)));";
