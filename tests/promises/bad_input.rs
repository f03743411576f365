//! Wrong settings and wrong bytes are answered in one plain sentence and with the right code; never with a panic.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{Pass, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::limits::{MESSAGE_MAX_BYTES, PROTOCOL_VERSION};
use amparo_protocol::wire::{ClientMsg, Hello, encode};
use amparo_tests::deadline::{PATIENCE, until};
use amparo_tests::http;
use amparo_tests::relay::{Relay, amparo_ends};
use futures_util::{SinkExt, StreamExt};
use tempfile::TempDir;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

/// Ends with an error, in a few lines that name the culprit.
fn refuses(folder: &Path, arguments: &[&str], environment: &[(&str, &str)], names: &str) {
    let ended = amparo_ends(folder, arguments, environment);
    let output = &ended.output;
    assert!(
        ended.status.code().is_some_and(|code| code != 0 && code != 101),
        "{arguments:?}: {:?} {output}",
        ended.status
    );
    assert!(output.contains(names), "{arguments:?} names {names}: {output}");
    assert!(!output.contains("panicked") && !output.contains("stack backtrace"), "{arguments:?}: {output}");
    assert!(output.trim().lines().count() <= 8, "{arguments:?} says it briefly: {output}");
}

#[test]
fn unknown_settings_do_not_start() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    refuses(folder, &["serve", "--colour", "blue"], &[], "--colour");
    refuses(folder, &["sing"], &[], "sing");
    refuses(folder, &["serve"], &[("AMPARO_COLOUR", "blue")], "AMPARO_COLOUR");
    refuses(folder, &["serve", "--listen", "here"], &[], "here");
    fs::write(folder.join("amparo.toml"), "colour = \"blue\"\n").unwrap();
    refuses(folder, &["serve", "--config", "amparo.toml"], &[], "colour");
    refuses(folder, &["serve", "--config", "missing.toml"], &[], "missing.toml");
}

#[test]
fn a_port_in_use_and_a_folder_that_cannot_be_written_are_told() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    refuses(folder.path(), &["serve", "--listen", &address], &[], &address);
    // Not even root can make a folder in a file.
    fs::write(folder.path().join("file"), "").unwrap();
    refuses(folder.path(), &["serve", "--listen", "127.0.0.1:0", "--data", "file/data"], &[], "file/data");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_is_left_alone() {
    let mut relay = Relay::start().await;
    relay.loses_power();
    let database = relay.data().join("amparo.db");
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", database.display())).await.unwrap();
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (9999, 'later', true, x'00', 0)";
    sqlx::query(newer).execute(&pool).await.unwrap();
    pool.close().await;
    let data = relay.data().display().to_string();
    refuses(relay.data().parent().unwrap(), &["serve", "--listen", "127.0.0.1:0", "--data", &data], &[], "newer");
}

/// Sends these messages on a fresh connection and gives back the code with which the relay closes it.
async fn closes_with(relay: &Relay, messages: Vec<Message>) -> Option<u16> {
    let address = format!("ws://localhost:{}/ws", relay.port);
    let (mut socket, _) = connect_async(address).await.expect("the relay takes a connection");
    for message in messages {
        // It may be closed before the last one is out.
        let _ = socket.send(message).await;
    }
    let closed = async {
        while let Some(message) = socket.next().await {
            match message {
                Ok(Message::Close(frame)) => return frame.map(|frame| u16::from(frame.code)),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
        None
    };
    tokio::time::timeout(PATIENCE, closed).await.expect("the relay does not leave a bad connection open")
}

fn hello(version: u16) -> Vec<u8> {
    encode(&ClientMsg::Hello(Hello::Visitor {
        version,
        site: SiteKey::default(),
        pass: Pass::default(),
        language: Language::En,
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_on_the_wire_closes_the_connection_with_its_code() {
    let relay = Relay::start().await;
    let trailing = [hello(PROTOCOL_VERSION), vec![0]].concat();
    let cases: [(&str, Vec<Message>, &[ErrorCode]); 8] = [
        ("garbage", vec![Message::binary(vec![0xff; 64])], &[ErrorCode::Malformed]),
        ("nothing", vec![Message::binary(Vec::new())], &[ErrorCode::Malformed]),
        ("text", vec![Message::text("hello")], &[ErrorCode::Malformed]),
        ("bytes left over", vec![Message::binary(trailing)], &[ErrorCode::Malformed]),
        ("too much", vec![Message::binary(vec![0; MESSAGE_MAX_BYTES + 1])], &[ErrorCode::TooLarge]),
        ("another version", vec![Message::binary(hello(PROTOCOL_VERSION + 1))], &[ErrorCode::Version]),
        ("no greeting", vec![Message::binary(encode(&ClientMsg::AskAnother))], &[ErrorCode::Unexpected]),
        ("a made-up pass", vec![Message::binary(hello(PROTOCOL_VERSION))], &[ErrorCode::Pass, ErrorCode::UnknownSite]),
    ];
    for (what, messages, expected) in cases {
        let code = closes_with(&relay, messages).await;
        let codes: Vec<u16> = expected.iter().map(|error| error.close_code()).collect();
        assert!(code.is_some_and(|code| codes.contains(&code)), "{what}: closed with {code:?}, not {codes:?}");
    }
    let healthy = http::get(&format!("{}/healthz", relay.origin())).await.expect("the relay goes on");
    assert_eq!(healthy.status, 200);
    assert!(!relay.log().contains("panic"), "{}", relay.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_and_endless_requests_are_let_go() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let relay = Relay::start().await;
    let address = format!("127.0.0.1:{}", relay.port);
    let long = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(200_000));
    for request in ["", "GET / HT", &long] {
        let mut socket = tokio::net::TcpStream::connect(&address).await.unwrap();
        // A refusal may come before the last byte is out.
        let _ = socket.write_all(request.as_bytes()).await;
        let what = request.chars().take(8).collect::<String>();
        until(&format!("the relay lets {what:?} go"), 2 * PATIENCE, async || {
            let mut buffer = [0; 4096];
            match socket.read(&mut buffer).await {
                Ok(0) | Err(_) => Ok(()),
                Ok(_) => Err("it answers".to_owned()),
            }
        })
        .await;
    }
    assert!(!relay.log().contains("panic"), "{}", relay.log());
}
