//! The relay as it is served: a real listener, real WebSockets, a store in memory, and a clock that stands still.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{DeviceId, Hash, Pass, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::limits::PROTOCOL_VERSION;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::settings::SiteSettings;
use amparo_protocol::wire::{ClientMsg, Hello, Presence, ServerMsg, decode, encode};
use amparo_server::accept;
use amparo_server::app::{App, Services, Tasks};
use amparo_server::clock::{Clock, Time};
use amparo_server::config::{Config, LogLevel};
use amparo_server::random::Random;
use amparo_server::relay::transport::socket;
use amparo_server::store::login::Login;
use amparo_server::store::member::Member;
use amparo_server::store::organisation::Organisation;
use amparo_server::store::roster::{FirstSetup, Roster, RosterEntry, SetUp};
use amparo_server::store::site::Site;
use amparo_server::store::{Database, Store};
use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::routing::get;
use futures_util::{SinkExt, StreamExt};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::house;

const DEADLINE: Duration = Duration::from_secs(20);
/// Two members: the roster is signed once for each.
const SEQ: u64 = 2;

pub struct Served {
    pub app: App,
    pub address: SocketAddr,
    _data: TempDir,
}

/// A browser's end of a connection.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Served {
    pub async fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let config = Config {
            data: data.path().to_owned(),
            listen: "127.0.0.1:0".parse().unwrap(),
            public_url: "http://localhost".to_owned(),
            database: Database::SqliteMemory,
            log_level: LogLevel::Error,
            metrics: None,
            is_demo: false,
        };
        let store = Store::open(&config.database).await.unwrap();
        for number in [0, 1] {
            add_member(&store, number).await;
        }
        let clock = Clock::manual(Time(house::START_MS.cast_signed()));
        let random = Random::seeded(1);
        let services = Services { clock, random, store, config: Arc::new(config), tasks: Tasks::default() };
        let app = App::start(services, None).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (router, tasks) = (router(&app), app.tasks.clone());
        app.tasks.spawn(async move { accept::serve(listener, router, &tasks).await });
        Self { app, address, _data: data }
    }

    /// The quiet time after the start is over.
    pub async fn settled() -> Self {
        let served = Self::start().await;
        // The owner has read the store once it answers.
        let mut visitor = served.connect("/ws").await;
        visitor.opens(&served).await;
        served.advance(11);
        served
    }

    pub fn advance(&self, secs: u64) {
        self.app.clock.advance(Duration::from_secs(secs));
    }

    pub fn now_ms(&self) -> u64 {
        self.app.clock.now().millis().unsigned_abs()
    }

    pub async fn connect(&self, path: &str) -> Socket {
        let (stream, _) = connect_async(format!("ws://{}{path}", self.address)).await.unwrap();
        Socket(stream)
    }

    /// On duty and available.
    pub async fn counselor(&self, number: u8) -> Socket {
        let mut socket = self.connect(&format!("/counselor/{number}")).await;
        let shift = house::shift_of(SEQ, number, device(number), self.now_ms());
        let hello = Hello::Counselor { version: PROTOCOL_VERSION, shift, resumes: vec![], ended: vec![] };
        socket.says(&ClientMsg::Hello(hello)).await;
        socket.sees(|msg| matches!(msg, ServerMsg::Ready { .. })).await;
        socket.says(&ClientMsg::Presence(Presence::Available)).await;
        socket
    }

    /// In the queue.
    pub async fn visitor(&self) -> Socket {
        let mut socket = self.connect("/ws").await;
        socket.opens(self).await;
        socket.says(&ClientMsg::Enter { language: Language::En }).await;
        socket
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

impl Socket {
    pub async fn opens(&mut self, served: &Served) {
        let pass: Pass = served.app.relay.issue_pass(house::SITE).await;
        self.says(&ClientMsg::Hello(Hello::Visitor {
            version: PROTOCOL_VERSION,
            site: house::SITE,
            pass,
            language: Language::En,
        }))
        .await;
        self.sees(|msg| matches!(msg, ServerMsg::Welcome(_))).await;
    }

    pub async fn says(&mut self, msg: &ClientMsg) {
        self.sends(Message::Binary(encode(msg).into())).await;
    }

    pub async fn sends(&mut self, message: Message) {
        // A relay that has closed meanwhile is noticed by who reads next.
        let _closed = self.0.send(message).await;
    }

    /// Waits until the relay says it; answers heartbeats meanwhile.
    pub async fn sees(&mut self, wanted: impl Fn(&ServerMsg) -> bool) -> ServerMsg {
        loop {
            let msg = self.hears().await.expect("the connection lives");
            if let ServerMsg::Beat { beat, .. } = msg {
                self.says(&ClientMsg::Pong { beat }).await;
            }
            if wanted(&msg) {
                return msg;
            }
        }
    }

    /// The next message; `None` when the relay has closed.
    pub async fn hears(&mut self) -> Option<ServerMsg> {
        match timeout(DEADLINE, self.0.next()).await.expect("in time") {
            Some(Ok(Message::Binary(bytes))) => Some(decode(&bytes).expect("whole messages")),
            _ => None,
        }
    }

    /// Reads until the relay refuses and closes: the code in `Refused` and the close code.
    pub async fn is_refused(&mut self) -> (Option<ErrorCode>, Option<u16>) {
        let mut refused = None;
        loop {
            match timeout(DEADLINE, self.0.next()).await.expect("in time") {
                Some(Ok(Message::Binary(bytes))) => {
                    if let Ok(ServerMsg::Refused { code }) = decode(&bytes) {
                        refused = Some(code);
                    }
                }
                Some(Ok(Message::Close(frame))) => return (refused, frame.map(|frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return (refused, None),
            }
        }
    }
}

fn router(app: &App) -> Router {
    let visitor = app.clone();
    let widget = get(move |upgrade: WebSocketUpgrade| {
        let answer = socket::upgrade(visitor.clone(), None, upgrade);
        async move { answer }
    });
    let mut router = Router::new().route("/ws", widget);
    for number in [0, 1] {
        let app = app.clone();
        let now = app.clock.now();
        let login = Login {
            id: Hash([number; 32]),
            member: house::member(number),
            created_at: now,
            expires_at: now.plus_secs(12 * 60 * 60),
        };
        let console = get(move |upgrade: WebSocketUpgrade| {
            let answer = socket::upgrade(app.clone(), Some(login), upgrade);
            async move { answer }
        });
        router = router.route(&format!("/counselor/{number}"), console);
    }
    router
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
    let first = FirstSetup {
        token,
        organisation: &Organisation { name: "Refugio".to_owned(), org_key: house::org_public() },
        administrator: &account(number, now),
        roster: &roster,
        entries: &entries,
        site: &site(number),
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
