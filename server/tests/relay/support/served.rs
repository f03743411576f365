//! The relay as it is served: a real listener, real connections, a store in memory, and a clock that stands still.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use amparo_protocol::id::{ConnectionId, DeviceId, Hash, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::limits::PROTOCOL_VERSION;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::settings::SiteSettings;
use amparo_protocol::wire::{ClientMsg, Hello, Presence, ServerMsg};
use amparo_server::accept;
use amparo_server::app::{App, Services, Tasks};
use amparo_server::clock::{Clock, Time};
use amparo_server::config::{Config, LogLevel};
use amparo_server::http;
use amparo_server::random::Random;
use amparo_server::store::login::Login;
use amparo_server::store::member::Member;
use amparo_server::store::organisation::Organisation;
use amparo_server::store::roster::{FirstSetup, Roster, RosterEntry, SetUp, Signing};
use amparo_server::store::site::Site;
use amparo_server::store::{Database, Store};
use axum::Router;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::ClientRequestBuilder;

use super::house;
use super::poll::{Path, Poll};
use super::tab::{Over, Socket, Tab};

const RELAY: &str = "http://localhost";
/// Two members: the roster is signed once for each.
const SEQ: u64 = 2;

pub struct Served {
    pub app: App,
    pub address: SocketAddr,
    router: Router,
    _data: TempDir,
}

impl Served {
    pub async fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let config = Config {
            data: data.path().to_owned(),
            listen: "127.0.0.1:0".parse().unwrap(),
            public_url: RELAY.to_owned(),
            database: Database::SqliteMemory,
            log_level: LogLevel::Error,
            metrics: None,
            trusted_proxies: Vec::new(),
            is_demo: false,
        };
        let store = Store::open(&config.database).await.unwrap();
        for number in [0, 1] {
            add_member(&store, number).await;
            let member = store.member(house::member(number)).await.unwrap().unwrap();
            assert!(store.add_login(&login(number), &member).await.unwrap());
        }
        let clock = Clock::manual(Time(house::START_MS.cast_signed()));
        let random = Random::seeded(1);
        let services = Services { clock, random, store, config: Arc::new(config), tasks: Tasks::default() };
        let app = App::start(services, None).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (router, tasks) = (http::router(app.clone()), app.tasks.clone());
        let served = router.clone();
        app.tasks.spawn(async move { accept::serve(listener, served, &tasks).await });
        Self { app, address, router, _data: data }
    }

    /// The quiet time after the start is over.
    pub async fn settled() -> Self {
        let served = Self::start().await;
        // The owner has read the store once it answers.
        let mut visitor = served.tab(Over::Socket).await;
        visitor.opens(&served).await;
        served.advance(11);
        served
    }

    pub fn advance(&self, secs: u64) {
        self.app.clock.advance(Duration::from_secs(secs));
    }

    /// What `story` gives; meanwhile the clock goes on, a tenth of a second at a time.
    pub async fn while_time_passes<T>(&self, story: impl Future<Output = T>) -> T {
        let clock = async {
            loop {
                self.app.clock.advance(Duration::from_millis(100));
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! { told = story => told, () = clock => unreachable!("runs for ever") }
    }

    pub fn now_ms(&self) -> u64 {
        self.app.clock.now().millis().unsigned_abs()
    }

    /// A visitor's, which has said nothing yet.
    pub async fn tab(&self, over: Over) -> Tab {
        self.connect(over, self.frame()).await
    }

    pub async fn socket(&self) -> Socket {
        self.connect_socket(self.frame()).await
    }

    /// On duty and available.
    pub async fn counselor(&self, number: u8, over: Over) -> Tab {
        let mut tab = self.connect(over, self.console(number)).await;
        let shift = house::shift_of(SEQ, number, device(number), self.now_ms());
        let hello = Hello::Counselor { version: PROTOCOL_VERSION, shift, resumes: vec![], ended: vec![] };
        tab.says(&ClientMsg::Hello(hello)).await;
        tab.sees(|msg| matches!(msg, ServerMsg::Ready { .. })).await;
        tab.says(&ClientMsg::Presence(Presence::Available)).await;
        tab
    }

    /// In the queue.
    pub async fn visitor(&self, over: Over) -> Tab {
        let mut tab = self.tab(over).await;
        tab.opens(self).await;
        tab.says(&ClientMsg::Enter { language: Language::En }).await;
        tab
    }

    /// The way to the relay from a visitor's frame.
    pub fn frame(&self) -> Path {
        self.path("null", None)
    }

    /// From the console's own page, signed in.
    pub fn console(&self, number: u8) -> Path {
        self.path(RELAY, Some(number))
    }

    pub fn path(&self, origin: &str, login: Option<u8>) -> Path {
        let cookie = login.map(|number| ("cookie", format!("__Host-amparo={}", secret(number))));
        let headers = [("origin", origin.to_owned())].into_iter().chain(cookie).collect();
        Path { router: self.router.clone(), headers }
    }

    pub fn connection(&self) -> ConnectionId {
        ConnectionId(self.app.random.bytes())
    }

    async fn connect(&self, over: Over, path: Path) -> Tab {
        match over {
            Over::Socket => Tab::Socket(self.connect_socket(path).await),
            Over::Poll => Tab::Poll(Poll::new(path, self.connection())),
        }
    }

    async fn connect_socket(&self, path: Path) -> Socket {
        let request = ClientRequestBuilder::new(format!("ws://{}/ws", self.address).parse().unwrap());
        let add = |request: ClientRequestBuilder, (name, value): (&str, String)| request.with_header(name, value);
        let (stream, _) = connect_async(path.headers.into_iter().fold(request, add)).await.unwrap();
        Socket(Box::new(stream))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.app.tasks.stop.cancel();
    }
}

pub fn device(number: u8) -> DeviceId {
    DeviceId([number + 1; 8])
}

/// What the member's cookie holds.
fn secret(number: u8) -> String {
    format!("secret of {number}")
}

fn login(number: u8) -> Login {
    let now = Time(house::START_MS.cast_signed());
    let id = Hash(Sha256::digest(secret(number)).into());
    Login { id, member: house::member(number), created_at: now, expires_at: now.plus_secs(12 * 60 * 60) }
}

async fn add_member(store: &Store, number: u8) {
    let now = Time(house::START_MS.cast_signed());
    let seq = u64::from(number) + 1;
    let token = Hash([number + 1; 32]);
    store.put_setup_token(token, now, now.plus_secs(60)).await.unwrap();
    let entries: Vec<RosterEntry> = house::entries()
        .into_iter()
        .take(usize::from(number) + 1)
        .map(|entry| RosterEntry {
            seq,
            roster_member: entry.roster_member,
            member: entry.member,
            key_index: entry.key_index,
            badge: entry.badge,
            roles: entry.roles,
        })
        .collect();
    let roster = Roster { seq, roster: house::roster(seq), register: Sealed(vec![1]), published_at: now };
    let checked_keys = entries.iter().map(|entry| (entry.member, Sealed(vec![1]))).collect();
    let first = FirstSetup {
        token,
        organisation: &Organisation { name: "Refugio".to_owned(), org_key: house::org_public() },
        administrator: &account(number, now),
        signing: &Signing { roster, checked_keys, entries, org_keys: Vec::new() },
        site: Some(&site(number)),
    };
    assert_eq!(store.set_up(first, now).await.unwrap(), SetUp::Done);
}

fn account(number: u8, now: Time) -> Member {
    Member {
        id: house::member(number),
        sign_in_name: format!("member {number}"),
        pseudonym: format!("Member {number}"),
        avatar: 1,
        roles: amparo_protocol::api::roles::COUNSELOR,
        languages: vec![Language::En],
        password_record: Sealed(vec![1]),
        wrapped_by_password: Sealed(vec![1]),
        wrapped_by_recovery: Sealed(vec![1]),
        wrapped_org_key: None,
        keys: Sealed(vec![1]),
        next_key_index: 1,
        totp_secret: None,
        totp_used_step: 0,
        failed_sign_ins: 0,
        next_sign_in_at: now,
        approved_at: None,
        created_at: now,
    }
}

fn site(number: u8) -> Site {
    let key = if number == 0 { house::SITE } else { SiteKey([number; 12]) };
    let origins = vec![format!("https://site{number}.example.org")];
    Site { key, settings: SiteSettings { phones: house::phones(), ..SiteSettings::new("Site", origins, "112") } }
}
