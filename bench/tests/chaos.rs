//! The proxy does what it is told: what the long run says of the relay stands on that.

use std::time::Duration;

use amparo_bench::chaos::{Behaviour, Proxy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// A relay that says back what it hears, behind a proxy, and a browser's connection through both.
async fn connected(behaviour: Behaviour) -> (Proxy, TcpStream) {
    let relay = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let proxy = Proxy::start(relay.local_addr().expect("it is bound"));
    let browser = TcpStream::connect(("127.0.0.1", proxy.port)).await.expect("the proxy listens");
    let (mut accepted, _) = relay.accept().await.expect("the proxy connects");
    tokio::spawn(async move {
        let (mut from, mut to) = accepted.split();
        tokio::io::copy(&mut from, &mut to).await
    });
    proxy.behaves(behaviour);
    (proxy, browser)
}

/// How many of so many bytes came back, and how it ended.
async fn echo(browser: &mut TcpStream, bytes: usize) -> (usize, std::io::Result<usize>) {
    let (mut from, mut to) = browser.split();
    let said = vec![7; bytes];
    let says = async { to.write_all(&said).await };
    let hears = async {
        let (mut heard, mut piece) = (0, [0; 512]);
        while heard < bytes {
            match from.read(&mut piece).await {
                Ok(read) if read > 0 => heard += read,
                end => return (heard, end),
            }
        }
        (heard, Ok(heard))
    };
    tokio::join!(says, hears).1
}

#[tokio::test]
async fn whole_trickling_and_narrow_connections_pass_everything_on() {
    for behaviour in [Behaviour::Whole, Behaviour::Trickle, Behaviour::Narrow] {
        let (_proxy, mut browser) = connected(behaviour).await;
        // The first piece is a handshake's.
        for bytes in [10, 200] {
            let (heard, end) = echo(&mut browser, bytes).await;
            assert_eq!((heard, end.ok()), (bytes, Some(bytes)), "{behaviour:?}");
        }
    }
}

#[tokio::test]
async fn a_cut_is_in_order_and_a_reset_is_not() {
    let (_proxy, mut browser) = connected(Behaviour::Cut).await;
    let (heard, end) = echo(&mut browser, 20_000).await;
    assert!(heard < 4_000 && end.is_ok_and(|read| read == 0));
    let (_proxy, mut browser) = connected(Behaviour::Reset).await;
    let (heard, end) = echo(&mut browser, 20_000).await;
    assert!(heard < 4_000 && end.is_err());
}

#[tokio::test]
async fn a_half_open_connection_stays_silent_when_others_are_whole_again() {
    let (proxy, mut browser) = connected(Behaviour::HalfOpen).await;
    assert!(timeout(Duration::from_millis(100), echo(&mut browser, 10)).await.is_err());
    proxy.behaves(Behaviour::Whole);
    assert!(timeout(Duration::from_millis(100), echo(&mut browser, 10)).await.is_err());
}
