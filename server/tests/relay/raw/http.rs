//! HTTP requests that no browser sends: ambiguous ends of a body (smuggling), broken heads, huge ones. Each gets one
//! answer at most, and never the answer to a request that was hidden in another.

use std::net::SocketAddr;

use super::wire::Wire;
use crate::support::served::Served;

async fn answer(address: SocketAddr, request: &[u8]) -> String {
    let mut wire = Wire::open(address).await;
    wire.sends(request).await;
    wire.reads_until_quiet().await
}

fn statuses(answer: &str) -> Vec<u16> {
    answer.match_indices("HTTP/1.1 ").filter_map(|(at, _)| answer[at + 9..].get(..3)?.parse().ok()).collect()
}

/// Hidden in the body of each: if a part of it is taken for a request, two answers come.
const HIDDEN: &str = "GET /healthz HTTP/1.1\r\nHost: relay\r\n\r\n";

fn smuggled(headers: &str, body: &str) -> Vec<u8> {
    format!("POST /api/end HTTP/1.1\r\nHost: relay\r\nOrigin: null\r\n{headers}\r\n\r\n{body}").into_bytes()
}

fn smuggling() -> Vec<(&'static str, Vec<u8>)> {
    let chunked = format!("0\r\n\r\n{HIDDEN}");
    let length = HIDDEN.len();
    let both = format!("Content-Length: {}\r\nTransfer-Encoding: chunked", chunked.len());
    let both_turned = format!("Transfer-Encoding: chunked\r\nContent-Length: {}", chunked.len());
    vec![
        ("length and chunks", smuggled(&both, &chunked)),
        ("chunks and length", smuggled(&both_turned, &chunked)),
        ("two lengths", smuggled(&format!("Content-Length: 0\r\nContent-Length: {length}"), HIDDEN)),
        ("two lengths in one", smuggled(&format!("Content-Length: 0, {length}"), HIDDEN)),
        ("a length with a sign", smuggled("Content-Length: +0", HIDDEN)),
        ("a negative length", smuggled("Content-Length: -1", HIDDEN)),
        ("a hexadecimal length", smuggled("Content-Length: 0x0", HIDDEN)),
        ("an empty length", smuggled("Content-Length:", HIDDEN)),
        ("a length beyond all numbers", smuggled("Content-Length: 99999999999999999999", HIDDEN)),
        ("a space before the colon", smuggled("Transfer-Encoding : chunked", &chunked)),
        ("a folded header", smuggled("X: y\r\n Transfer-Encoding: chunked", &chunked)),
        ("a coding that is unknown", smuggled("Transfer-Encoding: xchunked", &chunked)),
        ("chunks that are not last", smuggled("Transfer-Encoding: chunked, identity", &chunked)),
        ("chunks with a tab", smuggled("Transfer-Encoding:\x0bchunked", &chunked)),
        (
            "a chunk size that overflows",
            smuggled("Transfer-Encoding: chunked", &format!("10000000000000000\r\n{HIDDEN}")),
        ),
        ("a negative chunk size", smuggled("Transfer-Encoding: chunked", &format!("-1\r\n{HIDDEN}"))),
        ("a chunk size with 0x", smuggled("Transfer-Encoding: chunked", &format!("0x0\r\n\r\n{HIDDEN}"))),
        ("a chunk without an end", smuggled("Transfer-Encoding: chunked", &format!("1\r\nA{HIDDEN}"))),
        ("a bare line feed in a chunk", smuggled("Transfer-Encoding: chunked", &format!("0\n\n{HIDDEN}"))),
        ("a zero byte in a header", smuggled("X: a\0b", HIDDEN)),
        ("a bare carriage return", smuggled("X: a\rTransfer-Encoding: chunked", &chunked)),
    ]
}

/// (name, request, the statuses that are right). An empty list: no answer at all, as to HTTP/2, which is not spoken.
fn broken() -> Vec<(&'static str, Vec<u8>, &'static [u16])> {
    let head = |line: &str| format!("{line}\r\nHost: relay\r\n\r\n").into_bytes();
    let many = (0..500).map(|number| format!("X-{number}: y\r\n")).collect::<String>();
    let body = |size: usize, more: &str| {
        let head = format!(
            "POST /api/pass HTTP/1.1\r\nHost: relay\r\nContent-Length: {size}\r\n{more}Connection: close\r\n\r\n"
        );
        [head.into_bytes(), vec![b'x'; size]].concat()
    };
    vec![
        ("nothing", Vec::new(), &[]),
        ("noise", vec![0xff; 200], &[400]),
        ("a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(), &[400]),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), &[]),
        ("HTTP/0.9", b"GET /healthz\r\n\r\n".to_vec(), &[400]),
        ("a version of the future", head("GET /healthz HTTP/3.0"), &[400]),
        ("a method with a space", head("GE T /healthz HTTP/1.1"), &[400]),
        ("a method that nobody knows", head("BREW /healthz HTTP/1.1"), &[405]),
        ("a path with a zero byte", head("GET /\0 HTTP/1.1"), &[400]),
        ("a path without a slash", head("GET healthz HTTP/1.1"), &[400, 404]),
        ("a whole address of another host", head("GET http://example.org/healthz HTTP/1.1"), &[200]),
        ("CONNECT", head("CONNECT example.org:443 HTTP/1.1"), &[404, 405]),
        ("a name with a space", head("GET /healthz HTTP/1.1\r\nX Y: z"), &[400]),
        ("a name with a line feed", head("GET /healthz HTTP/1.1\r\nX\nY: z"), &[400]),
        ("five hundred headers", head(&format!("GET /healthz HTTP/1.1\r\n{many}X: y")), &[431]),
        ("a header of a megabyte", head(&format!("GET /healthz HTTP/1.1\r\nX: {}", "y".repeat(1_000_000))), &[431]),
        ("a path of a megabyte", head(&format!("GET /{} HTTP/1.1", "y".repeat(1_000_000))), &[414, 431]),
        ("a body that is too large", body(5_000, ""), &[413]),
        ("a body in gzip", body(100, "Content-Encoding: gzip\r\n"), &[400, 415]),
        ("nothing for a body that was promised", head("POST /api/pass HTTP/1.1\r\nContent-Length: 0"), &[400, 415]),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_hides_in_another() {
    let served = Served::start().await;
    let address = served.address;
    let plain = answer(address, HIDDEN.as_bytes()).await;
    assert_eq!(statuses(&plain), [200], "the hidden request works when it is not hidden: {plain}");
    for (name, request) in smuggling() {
        let answer = answer(address, &request).await;
        let statuses = statuses(&answer);
        assert!(statuses.len() <= 1 && !statuses.contains(&200), "{name}: {answer}");
        assert!(!answer.contains("ok\n"), "{name}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_and_huge_requests_get_one_answer_at_most() {
    let served = Served::start().await;
    let address = served.address;
    let mut wrong = Vec::new();
    for (name, request, right) in broken() {
        let answer = answer(address, &request).await;
        let statuses = statuses(&answer);
        // A connection that is reset under a megabyte may lose its answer.
        let is_lost = statuses.is_empty() && request.len() > 100_000;
        let is_right =
            if right.is_empty() { statuses.is_empty() } else { statuses.len() == 1 && right.contains(&statuses[0]) };
        if !is_right && !is_lost {
            wrong.push(format!("{name}: {statuses:?} instead of {right:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(statuses(&answer(address, HIDDEN.as_bytes()).await), [200], "and the relay serves the next");
}

/// Handshakes that are none (RFC 6455, section 4.2).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handshake_that_is_none_opens_nothing() {
    let served = Served::start().await;
    let address = served.address;
    let good = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let with = |changes: &[(&str, &str)], line: &str| {
        let headers = good.iter().map(|(name, value)| {
            let changed = changes.iter().find(|(of, _)| of == name).map_or(*value, |(_, value)| *value);
            if changed.is_empty() { String::new() } else { format!("{name}: {changed}\r\n") }
        });
        format!("{line}\r\nHost: relay\r\n{}\r\n", headers.collect::<String>()).into_bytes()
    };
    let get = "GET /ws HTTP/1.1";
    let wrong = [
        ("another version", with(&[("Sec-WebSocket-Version", "8")], get)),
        ("no version", with(&[("Sec-WebSocket-Version", "")], get)),
        ("no key", with(&[("Sec-WebSocket-Key", "")], get)),
        ("no upgrade", with(&[("Upgrade", "")], get)),
        ("another upgrade", with(&[("Upgrade", "h2c")], get)),
        ("no connection", with(&[("Connection", "close")], get)),
        ("POST", with(&[], "POST /ws HTTP/1.1")),
        ("HTTP/1.0", with(&[], "GET /ws HTTP/1.0")),
    ];
    for (name, request) in wrong {
        let answer = answer(address, &request).await;
        let is_refused = statuses(&answer).first().is_none_or(|status| (400..500).contains(status));
        assert!(is_refused, "{name}: {answer}");
    }
}
