//! Canaries: everything about a visitor or member that a request carries, through good answers, refusals and a failing
//! store, with the log at its most talkative. None is found afterwards in the data folder, the log or an answer.

use std::io::Write;
use std::sync::{Arc, Mutex};

use amparo_server::accept;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::support::app::{Sqlite, TestApp};

const CANARIES: [&str; 8] = [
    "203.0.113.77",
    "canary-agent/9.9",
    "canary-page.example",
    "canary-cookie",
    "canary-word",
    "canary-name",
    "canary-password",
    "canary-query",
];

/// Everything that the program may log, at every level; what it is made of logs nothing through its filter.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn start() -> Self {
        let log = Self::default();
        let writer = log.clone();
        let lines = tracing_subscriber::fmt::layer().with_writer(move || writer.clone()).with_ansi(false);
        // As the program filters, but at the lowest level.
        let own = Targets::new().with_target("amparo_server", LevelFilter::TRACE);
        tracing_subscriber::registry().with(own).with(lines).init();
        log
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

fn requests() -> Vec<String> {
    let carried = "Host: relay\r\nX-Forwarded-For: 203.0.113.77\r\nForwarded: for=203.0.113.77\r\n\
         User-Agent: canary-agent/9.9\r\nReferer: https://canary-page.example/a\r\nOrigin: https://canary-page.example\r\n\
         Cookie: __Host-amparo=canary-cookie\r\nConnection: close\r\n";
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\n{carried}\r\n");
    let post = |path: &str, body: &str| {
        let size = body.len();
        format!(
            "POST {path} HTTP/1.1\r\n{carried}Content-Type: application/json\r\nContent-Length: {size}\r\n\r\n{body}"
        )
    };
    let mut requests: Vec<String> = [
        "/healthz",
        "/chat",
        "/chat?site=canary-query",
        "/console/",
        "/api/me",
        "/api/setup",
        "/canary-query",
        "/embed.js?canary-query",
    ]
    .map(get)
    .to_vec();
    requests.extend([
        post("/api/pass", r#"{"site":"canary-query"}"#),
        post("/api/end", "canary-word"),
        post("/api/sign-in/start", r#"{"sign_in_name":"canary-name","credential_request":"canary-password"}"#),
        post("/api/sign-in/finish", "{\"canary-password\":"),
        post("/api/invitation/open", r#"{"token":"canary-word"}"#),
        post("/api/setup/start", r#"{"token":"canary-word","registration_request":"AAAA"}"#),
    ]);
    let upgrade = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let socket = carried.replace("Connection: close\r\n", "Connection: upgrade\r\n");
    // A text frame, without a mask, with a word in it: refused, and the word is nowhere.
    requests.push(format!("GET /ws?canary-query HTTP/1.1\r\n{socket}{upgrade}\r\n\u{1}\u{b}canary-word"));
    requests.push(format!("NONSENSE canary-word\r\n{carried}\r\n"));
    requests
}

/// A website's page may read the answer only if it is named there: to the same browser, and nowhere else.
fn without_allowed_origin(answer: &str) -> String {
    let lines = answer.lines().filter(|line| !line.starts_with("access-control-allow-origin:"));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_a_request_carries_is_stored_logged_or_said_back() {
    let log = Log::start();
    let (app, _, _ana) = TestApp::set_up(Sqlite).await;
    for canary in CANARIES {
        app.keeps_secret(canary);
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (router, tasks) = (app.router.clone(), app.app.tasks.clone());
    app.app.tasks.spawn(async move { accept::serve(listener, router, &tasks).await });

    let mut statuses = Vec::new();
    for store_works in [true, false] {
        if !store_works {
            app.app.store.close().await;
        }
        for request in requests() {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            // A connection that is reset after its answer is as good as one that is closed.
            let _reset = stream.read_to_end(&mut answer).await;
            let answer = without_allowed_origin(&String::from_utf8_lossy(&answer));
            for canary in CANARIES {
                assert!(!answer.contains(canary), "{canary} comes back: {request}\n{answer}");
            }
            statuses.push(answer.get(9..12).unwrap_or_default().to_owned());
        }
    }
    for status in ["200", "400", "401", "404", "500", "503", "101"] {
        assert!(statuses.iter().any(|seen| seen == status), "the scan has seen {status}: {statuses:?}");
    }
    let log = log.text();
    assert!(log.contains("the store failed"), "the log was caught: {log}");
    for canary in CANARIES {
        assert!(!log.contains(canary), "{canary} in the log: {log}");
    }
}
