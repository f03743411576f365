//! How the relay takes WebSocket frames, after the chapters of Autobahn's test suite. It speaks binary messages of its
//! own protocol only, so where Autobahn's server echoes, this one welcomes a visitor, answers a ping, or refuses with a
//! closed code. Whatever one connection does, the relay serves the next.

use amparo_protocol::error::ErrorCode::{self, Malformed, TooLarge};
use amparo_protocol::language::Language;
use amparo_protocol::limits::{MESSAGE_MAX_BYTES, PROTOCOL_VERSION};
use amparo_protocol::wire::{ClientMsg, Hello, ServerMsg, decode, encode};
use futures_util::StreamExt;

use super::frame::{BINARY, CLOSE, CONTINUATION, Frame, Length, PING, PONG, TEXT, closing, frame};
use super::wire::{Heard, Wire, all};
use crate::support::house;
use crate::support::served::Served;
use crate::support::tab::Over;

/// What the relay does about a connection's frames.
enum Then {
    /// These pongs, and it goes on.
    Pongs(Vec<Vec<u8>>),
    /// It has understood the visitor's first message, after these pongs.
    Welcomes(usize),
    /// It says why and closes with the code of its protocol.
    Refuses(ErrorCode),
    /// It answers a close with a close of this code; `None` is one without a code.
    Closes(Option<u16>),
}

use Then::{Closes, Pongs, Refuses, Welcomes};

struct Case {
    name: String,
    bytes: Vec<u8>,
    /// Bytes per write.
    piece: usize,
    then: Then,
}

fn case(name: impl Into<String>, frames: &[Frame], then: Then) -> Case {
    Case { name: name.into(), bytes: all(frames), piece: usize::MAX, then }
}

fn chopped(name: &str, frames: &[Frame], piece: usize, then: Then) -> Case {
    Case { piece, ..case(name, frames, then) }
}

/// 1 Framing.
fn framing(hello: &[u8]) -> Vec<Case> {
    let mut cases = Vec::new();
    for size in [0, 125, 126, 127, 128, 16_384, MESSAGE_MAX_BYTES] {
        cases.push(case(format!("1.1 text of {size} bytes"), &[frame(TEXT, vec![b'*'; size])], Refuses(Malformed)));
        cases.push(case(format!("1.2 binary of {size} bytes"), &[frame(BINARY, vec![0xfe; size])], Refuses(Malformed)));
    }
    for size in [MESSAGE_MAX_BYTES + 1, 65_535, 65_536, 1_000_000] {
        cases.push(case(format!("1.3 binary of {size} bytes"), &[frame(BINARY, vec![0xfe; size])], Refuses(TooLarge)));
    }
    cases.push(case("1.4 a message that is understood", &[frame(BINARY, hello)], Welcomes(0)));
    for piece in [1, 2, 7] {
        cases.push(chopped(&format!("1.5 the same in pieces of {piece}"), &[frame(BINARY, hello)], piece, Welcomes(0)));
    }
    cases
}

/// 2 Pings and pongs.
fn pings() -> Vec<Case> {
    let many: Vec<Frame> = (0..10).map(|number| frame(PING, vec![number])).collect();
    let pongs = || Pongs((0..10).map(|number| vec![number]).collect());
    vec![
        case("2.1 an empty ping", &[frame(PING, "")], Pongs(vec![vec![]])),
        case("2.2 a ping with text", &[frame(PING, "hello")], Pongs(vec![b"hello".to_vec()])),
        case("2.3 a ping that is no text", &[frame(PING, [0, 0xff, 0xfe])], Pongs(vec![vec![0, 0xff, 0xfe]])),
        case("2.4 the longest ping", &[frame(PING, vec![0xfe; 125])], Pongs(vec![vec![0xfe; 125]])),
        case("2.5 a ping that is too long", &[frame(PING, vec![0xfe; 126])], Refuses(Malformed)),
        chopped("2.6 the longest ping byte by byte", &[frame(PING, vec![7; 125])], 1, Pongs(vec![vec![7; 125]])),
        case("2.7 a pong that nobody asked for", &[frame(PONG, "")], Pongs(vec![])),
        case("2.8 the same with text", &[frame(PONG, "unasked")], Pongs(vec![])),
        case("2.9 a pong, then a ping", &[frame(PONG, "a"), frame(PING, "b")], Pongs(vec![b"b".to_vec()])),
        case("2.10 ten pings at once", &many, pongs()),
        chopped("2.11 ten pings byte by byte", &many, 1, pongs()),
        case("2.12 a pong that is too long", &[frame(PONG, vec![1; 126])], Refuses(Malformed)),
    ]
}

/// 3 Reserved bits, 4 opcodes.
fn reserved(hello: &[u8]) -> Vec<Case> {
    let mut cases = Vec::new();
    for bits in 1..=7 {
        let name = format!("3.1 reserved bits {bits:03b} on a message");
        cases.push(case(name, &[frame(BINARY, hello).reserved(bits)], Refuses(Malformed)));
    }
    for (opcode, name) in [(PING, "ping"), (PONG, "pong"), (CLOSE, "close"), (TEXT, "text")] {
        let name = format!("3.2 a reserved bit on a {name}");
        cases.push(case(name, &[frame(opcode, "").reserved(4)], Refuses(Malformed)));
    }
    for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
        cases.push(case(format!("4.1 opcode {opcode}"), &[frame(opcode, "")], Refuses(Malformed)));
        let after = [frame(PING, "x"), frame(opcode, "payload"), frame(PING, "")];
        cases.push(case(format!("4.2 opcode {opcode} between pings"), &after, Refuses(Malformed)));
    }
    cases
}

/// 5 Fragmentation.
fn fragments(hello: &[u8]) -> Vec<Case> {
    let (head, tail) = hello.split_at(hello.len() / 2);
    let first = || frame(BINARY, head).unfinished();
    let last = || frame(CONTINUATION, tail);
    let empty = || frame(CONTINUATION, "").unfinished();
    let mut bytewise: Vec<Frame> = hello.iter().map(|byte| frame(CONTINUATION, [*byte]).unfinished()).collect();
    bytewise[0].opcode = BINARY;
    bytewise.last_mut().unwrap().is_last = true;
    vec![
        case("5.1 a ping in fragments", &[frame(PING, "a").unfinished()], Refuses(Malformed)),
        case("5.2 a pong in fragments", &[frame(PONG, "a").unfinished()], Refuses(Malformed)),
        case("5.3 a close in fragments", &[frame(CLOSE, "").unfinished()], Refuses(Malformed)),
        case("5.4 a message in two", &[first(), last()], Welcomes(0)),
        chopped("5.5 a message in two byte by byte", &[first(), last()], 1, Welcomes(0)),
        case("5.6 a fragment per byte", &bytewise, Welcomes(0)),
        case("5.7 a ping between fragments", &[first(), frame(PING, "x"), last()], Welcomes(1)),
        case("5.8 a pong between fragments", &[first(), frame(PONG, "x"), last()], Welcomes(0)),
        case("5.9 empty fragments between", &[first(), empty(), empty(), last()], Welcomes(0)),
        case("5.10 an empty first one", &[frame(BINARY, "").unfinished(), frame(CONTINUATION, hello)], Welcomes(0)),
        case("5.11 a last one of nothing", &[frame(CONTINUATION, "x")], Refuses(Malformed)),
        case("5.12 a middle one of nothing", &[frame(CONTINUATION, "x").unfinished()], Refuses(Malformed)),
        case("5.13 a new message within another", &[first(), frame(BINARY, hello)], Refuses(Malformed)),
        case("5.14 text within another", &[first(), frame(TEXT, "x")], Refuses(Malformed)),
        case("5.15 a close between fragments", &[first(), frame(CLOSE, closing(1000, ""))], Closes(Some(1000))),
        case("5.16 text in fragments", &[frame(TEXT, "a").unfinished(), frame(CONTINUATION, "b")], Refuses(Malformed)),
    ]
}

/// 6 UTF-8. All text is refused; broken text does no more harm than that.
fn text() -> Vec<Case> {
    let texts: [(&str, &[u8]); 8] = [
        ("plain", b"hello"),
        ("several bytes per sign", "κόσμε".as_bytes()),
        ("a cut sign", b"\xce\xba\xe1\xbd"),
        ("a lone continuation", b"\x80"),
        ("an overlong sign", b"\xc0\xaf"),
        ("half a surrogate", b"\xed\xa0\x80"),
        ("beyond the last sign", b"\xf4\x90\x80\x80"),
        ("an impossible byte", b"ok\xff"),
    ];
    texts.iter().map(|(name, bytes)| case(format!("6 {name}"), &[frame(TEXT, *bytes)], Refuses(Malformed))).collect()
}

/// 7 Closing.
fn closes(hello: &[u8]) -> Vec<Case> {
    let close = |code, reason: &[u8]| frame(CLOSE, closing(code, reason));
    let mut cases = vec![
        case("7.1 without a code", &[frame(CLOSE, "")], Closes(None)),
        case("7.2 half a code", &[frame(CLOSE, [3])], Refuses(Malformed)),
        case("7.3 with a reason", &[close(1000, b"bye")], Closes(Some(1000))),
        case("7.4 with the longest reason", &[close(1000, &[b'*'; 123])], Closes(Some(1000))),
        case("7.5 with a reason that is too long", &[close(1000, &[b'*'; 124])], Refuses(Malformed)),
        case("7.6 with a reason that is no text", &[close(1000, b"\xce\xba\xe1\xbd")], Refuses(Malformed)),
        case("7.7 twice", &[close(1000, b""), close(1001, b"")], Closes(Some(1000))),
        case("7.8 a ping after it", &[close(1000, b""), frame(PING, "late")], Closes(Some(1000))),
        case("7.9 a message after it", &[close(1000, b""), frame(BINARY, hello)], Closes(Some(1000))),
        chopped("7.10 byte by byte", &[close(1000, b"bye")], 1, Closes(Some(1000))),
    ];
    for code in [1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999] {
        cases.push(case(format!("7.11 code {code}"), &[close(code, b"")], Closes(Some(code))));
    }
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] {
        cases.push(case(format!("7.12 code {code}, which nobody may send"), &[close(code, b"")], Closes(Some(1002))));
    }
    cases
}

/// 8 Masks, 9 limits.
fn masks_and_limits(hello: &[u8]) -> Vec<Case> {
    let mut cases = Vec::new();
    for (opcode, name) in [(TEXT, "text"), (BINARY, "binary"), (PING, "ping"), (PONG, "pong"), (CLOSE, "close")] {
        cases.push(case(format!("8.1 {name} without a mask"), &[frame(opcode, "").unmasked()], Refuses(Malformed)));
    }
    let claims = [("a little too much", 20_481), ("4 GiB", 1 << 32), ("2⁶³ − 1", (1 << 63) - 1)];
    for (name, claimed) in claims {
        let claim = frame(BINARY, "").length(Length::Claimed(claimed));
        cases.push(case(format!("9.1 a claim of {name}"), &[claim], Refuses(TooLarge)));
    }
    for (name, claimed) in [("2⁶³", 1 << 63), ("2⁶⁴ − 1", u64::MAX)] {
        let claim = frame(BINARY, "").length(Length::Claimed(claimed));
        cases.push(case(format!("9.2 a claim of {name}"), &[claim], Refuses(TooLarge)));
    }
    let mut endless = vec![frame(BINARY, vec![0xfe; 1000]).unfinished()];
    endless.resize(40, frame(CONTINUATION, vec![0xfe; 1000]).unfinished());
    cases.push(case("9.3 fragments without end", &endless, Refuses(TooLarge)));
    cases.push(case(
        "9.4 a longer way to write the length",
        &[frame(BINARY, hello).length(Length::In16Bits)],
        Welcomes(0),
    ));
    cases.push(case("9.5 the longest way", &[frame(BINARY, hello).length(Length::In64Bits)], Welcomes(0)));
    cases
}

fn cases(hello: &[u8]) -> Vec<Case> {
    [framing(hello), pings(), reserved(hello), fragments(hello), text(), closes(hello), masks_and_limits(hello)]
        .into_iter()
        .flatten()
        .collect()
}

async fn hello(served: &Served) -> Vec<u8> {
    let pass = served.app.relay.issue_pass(house::SITE).await;
    encode(&ClientMsg::Hello(Hello::Visitor {
        version: PROTOCOL_VERSION,
        site: house::SITE,
        pass,
        language: Language::En,
    }))
}

/// What the relay did, where it was not what the case expects.
async fn wrong(served: &Served, case: &Case) -> Option<String> {
    let mut wire = Wire::websocket(served.address).await;
    wire.sends_in_pieces(&case.bytes, case.piece.min(case.bytes.len())).await;
    let (is_right, heard) = match &case.then {
        Pongs(pongs) => {
            let heard = wire.hears_until_pong().await.unwrap_or_default();
            let wanted: Vec<Heard> = pongs.iter().map(|payload| (PONG, payload.clone())).collect();
            (heard == wanted, heard)
        }
        Welcomes(pongs) => {
            let heard = wire.hears_until_welcome().await;
            (heard.iter().filter(|(opcode, _)| *opcode == PONG).count() == *pongs && has_welcome(&heard), heard)
        }
        Refuses(code) => {
            let heard = wire.hears_all().await;
            let messages: Vec<Heard> = heard.iter().filter(|(opcode, _)| *opcode != PONG).cloned().collect();
            let refused = (BINARY, encode(&ServerMsg::Refused { code: *code }));
            (messages == [refused, (CLOSE, closing(code.close_code(), ""))], heard)
        }
        Closes(code) => {
            let heard = wire.hears_all().await;
            let answer = heard.first().map(|(opcode, payload)| (*opcode, payload.get(..2).map(<[u8]>::to_vec)));
            let wanted = (CLOSE, code.map(|code| code.to_be_bytes().to_vec()));
            (heard.len() == 1 && answer == Some(wanted), heard)
        }
    };
    (!is_right).then(|| format!("{}: {heard:?}", case.name))
}

fn has_welcome(heard: &[Heard]) -> bool {
    heard.iter().any(|(opcode, payload)| *opcode == BINARY && matches!(decode(payload), Ok(ServerMsg::Welcome(_))))
}

impl Wire {
    /// Up to the welcome, or until the relay closes.
    async fn hears_until_welcome(&mut self) -> Vec<Heard> {
        let mut heard = Vec::new();
        while !has_welcome(&heard) {
            match self.hears().await {
                Some(next) => heard.push(next),
                None => break,
            }
        }
        heard
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_are_taken_as_the_standard_says_or_refused_with_a_code() {
    let served = Served::settled().await;
    let count = cases(&[0; 60]).len();
    assert!(count >= 80, "{count} cases");
    let runs = (0..count).map(|at| {
        let served = &served;
        async move {
            // Every case needs a pass of its own.
            let case = cases(&hello(served).await).swap_remove(at);
            wrong(served, &case).await
        }
    });
    // A few at once: on a slow machine the last of many would not have said its head in time.
    let wrong: Vec<Option<String>> = futures_util::stream::iter(runs).buffered(8).collect().await;
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
    served.visitor(Over::Socket).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_ends_within_a_frame_harms_nobody() {
    let served = Served::settled().await;
    let whole = all(&[frame(BINARY, hello(&served).await)]);
    for cut in 0..whole.len() {
        let mut wire = Wire::websocket(served.address).await;
        wire.sends(&whole[..cut]).await;
        wire.says_no_more().await;
        let heard = wire.hears_all().await;
        assert!(!has_welcome(&heard), "cut at {cut}: {heard:?}");
    }
    served.visitor(Over::Socket).await;
    while served.app.relay.session_count() > 1 {
        tokio::task::yield_now().await;
    }
}
