//! The relay under test: real routes and a real store, a clock that stands still, and randomness from a seed.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use amparo_protocol::id::SiteKey;
use amparo_server::app::{App, Services, Tasks};
use amparo_server::cli::setup::put_token;
use amparo_server::clock::{Clock, Time};
use amparo_server::config::{Config, LogLevel};
use amparo_server::demo::Demo;
use amparo_server::http;
use amparo_server::random::Random;
use amparo_server::store::{Database, Store};
use tempfile::TempDir;

use super::organisation::Organisation;
use super::person::Person;
use super::postgres;
use super::request::Request;

/// Where the relay is reached in the stories.
pub const RELAY: &str = "https://chat.example.org";
/// The website that carries the tag.
pub const WEBSITE: &str = "https://help.example.org";
const START: Time = Time(1_900_000_000_000);

#[derive(Clone, Copy, Debug)]
pub enum Db {
    Sqlite,
    Postgres,
}

pub use Db::{Postgres, Sqlite};

pub struct TestApp {
    pub app: App,
    pub router: axum::Router,
    data: TempDir,
    /// What must never lie on the disk.
    secrets: Mutex<Vec<String>>,
}

impl TestApp {
    pub async fn start(db: Db) -> Self {
        Self::start_as(db, None).await
    }

    pub async fn start_demo() -> Self {
        Self::start_as(Sqlite, Some(Demo::new(&Random::seeded(7), "http://127.0.0.1:8081".to_owned()))).await
    }

    async fn start_as(db: Db, demo: Option<Demo>) -> Self {
        let data = tempfile::tempdir().unwrap();
        let database = new_database(db, data.path()).await;
        Self::start_on(database, data, demo).await
    }

    /// On what a former relay left, or a backup made.
    pub async fn start_on(database: Database, data: TempDir, demo: Option<Demo>) -> Self {
        let config = Config {
            data: data.path().to_owned(),
            listen: "127.0.0.1:8080".parse().unwrap(),
            public_url: RELAY.to_owned(),
            database,
            log_level: LogLevel::Error,
            metrics: None,
            trusted_proxies: Vec::new(),
            is_demo: demo.is_some(),
        };
        let services = Services {
            clock: Clock::manual(START),
            random: Random::seeded(1),
            store: Store::open(&config.database).await.unwrap(),
            config: Arc::new(config),
            tasks: Tasks::default(),
        };
        if let Some(demo) = &demo {
            put_token(&services.store, &services.clock, &demo.setup_token).await.unwrap();
        }
        let app = App::start(services, demo).await.unwrap();
        Self { router: http::router(app.clone()), app, data, secrets: Mutex::default() }
    }

    /// An organisation with its first administrator, signed in, and one site.
    pub async fn set_up(db: Db) -> (Self, Organisation, Person) {
        let app = Self::start(db).await;
        let mut organisation = Organisation::new("Amparo");
        let mut ana = Person::new("ana");
        let token = app.setup_token().await;
        ana.sets_up(&app, &token, &mut organisation).await.expect_done();
        (app, organisation, ana)
    }

    /// What `amparo serve` prints at the first start.
    pub async fn setup_token(&self) -> String {
        let token = format!("set-up token {}", self.app.random.u64());
        put_token(&self.app.store, &self.app.clock, &token).await.unwrap();
        self.keeps_secret(&token);
        token
    }

    pub async fn site_key(&self) -> SiteKey {
        self.app.store.sites().await.unwrap().first().unwrap().key
    }

    pub fn data(&self) -> &Path {
        self.data.path()
    }

    pub fn advance(&self, by: Duration) {
        self.app.clock.advance(by);
    }

    pub fn get(&self, path: &str) -> Request<'_> {
        Request::new(self, "GET", path)
    }

    pub fn post(&self, path: &str) -> Request<'_> {
        Request::new(self, "POST", path)
    }

    /// Asserted when the story ends: this text is in no file of the data folder.
    pub fn keeps_secret(&self, text: &str) {
        self.secrets.lock().unwrap().push(text.to_owned());
    }

    fn assert_no_secret_on_disk(&self) {
        let secrets = self.secrets.lock().unwrap();
        for file in files_below(self.data.path()) {
            let Ok(bytes) = std::fs::read(&file) else { continue };
            for secret in secrets.iter() {
                let is_there = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!is_there, "a secret lies on the disk");
            }
        }
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.app.tasks.stop.cancel();
        if !std::thread::panicking() {
            self.assert_no_secret_on_disk();
        }
    }
}

/// An empty database.
pub async fn new_database(db: Db, folder: &Path) -> Database {
    match db {
        Sqlite => Database::SqliteFile(folder.join("amparo.db")),
        Postgres => Database::Postgres(postgres::fresh().await),
    }
}

pub fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

pub fn hours(hours: u64) -> Duration {
    secs(hours * 60 * 60)
}
