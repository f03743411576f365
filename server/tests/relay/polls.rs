//! What only polling can get wrong: lost and repeated requests, several at once, and ones that never come again
//! (requirement 40).

use std::time::Duration;

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::ConnectionId;
use amparo_protocol::language::Language;
use amparo_protocol::limits::{MESSAGE_MAX_BYTES, POLL_BATCH_BYTES, POLL_LEASE_SECS, PROTOCOL_VERSION};
use amparo_protocol::poll::{Batch, PollAnswer, PollRequest};
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, Hello, PeerState, ServerMsg, decode, encode};
use tokio::time::timeout;

use crate::connections::{Talking, talking};
use crate::support::house;
use crate::support::poll::Path;
use crate::support::served::{Served, device};
use crate::support::tab::Over;

fn request(connection: ConnectionId, seen: u32, first: u32, messages: &[ClientMsg]) -> PollRequest {
    let messages = messages.iter().map(|message| Sealed(encode(message))).collect();
    PollRequest { connection, batch: Batch { seen, first, messages } }
}

fn said(answer: &PollAnswer) -> Vec<ServerMsg> {
    answer.batch.messages.iter().map(|message| decode(message.as_bytes()).expect("whole messages")).collect()
}

async fn hello(served: &Served) -> ClientMsg {
    let (version, site, pass) = (PROTOCOL_VERSION, house::SITE, served.app.relay.issue_pass(house::SITE).await);
    ClientMsg::Hello(Hello::Visitor { version, site, pass, language: Language::En })
}

/// A connection that was opened, and how far the relay's messages went.
async fn opened(served: &Served, path: &Path) -> (ConnectionId, u32) {
    let connection = served.connection();
    let mut seen = 0;
    let hello = [hello(served).await];
    loop {
        let answer = path.asks(request(connection, seen, 1, &hello)).await.unwrap();
        seen += answer.batch.messages.len() as u32;
        // The first heartbeat is due at once, and nothing after it for eight seconds.
        if said(&answer).iter().any(|msg| matches!(msg, ServerMsg::Welcome(_))) && seen >= 2 {
            return (connection, seen);
        }
    }
}

async fn until(mut holds: impl FnMut() -> bool) {
    let held = async {
        while !holds() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), held).await.expect("in time");
}

#[tokio::test]
async fn a_lost_answer_is_repeated_and_a_repeated_message_counts_once() {
    let served = Served::settled().await;
    let _counselor = served.counselor(0, Over::Socket).await;
    let path = served.frame();
    let (connection, seen) = opened(&served, &path).await;
    let enter = [ClientMsg::Enter { language: Language::En }];
    let lost = path.asks(request(connection, seen, 2, &enter)).await.unwrap();
    let again = path.asks(request(connection, seen, 2, &enter)).await.unwrap();
    assert_eq!((lost.batch.first, again.batch.first, again.batch.seen), (seen + 1, seen + 1, 2));
    assert!(again.batch.messages.starts_with(&lost.batch.messages), "what was not seen comes again");
    let (mut heard, mut seen) = (said(&again), seen + again.batch.messages.len() as u32);
    let asks_on = async {
        while !matches!(heard.last(), Some(ServerMsg::Beat { beat, .. }) if *beat > 2) {
            let next = path.asks(request(connection, seen, 3, &[])).await.unwrap();
            assert_eq!(next.batch.first, seen + 1, "what was seen does not come again");
            seen += next.batch.messages.len() as u32;
            heard.extend(said(&next));
        }
    };
    served.while_time_passes(asks_on).await;
    let waiting = heard.iter().filter(|msg| matches!(msg, ServerMsg::Waiting { .. })).count();
    assert_eq!(waiting, 1, "she has entered once: {heard:?}");
}

#[tokio::test]
async fn what_no_browser_sends_gets_a_closed_code_and_changes_nothing() {
    let served = Served::settled().await;
    let path = served.frame();
    let (connection, seen) = opened(&served, &path).await;
    let oversized = PollRequest {
        connection,
        batch: Batch { seen, first: 2, messages: vec![Sealed(vec![0; MESSAGE_MAX_BYTES + 1])] },
    };
    let cases = [
        ("garbage", vec![255; 40], ErrorCode::Malformed),
        ("nothing", vec![], ErrorCode::Malformed),
        ("bytes left over", [encode(&request(connection, seen, 2, &[])), vec![0]].concat(), ErrorCode::Malformed),
        ("a hole", encode(&request(connection, seen, 9, &[ClientMsg::StillHere])), ErrorCode::Malformed),
        ("seen what was never said", encode(&request(connection, 999, 2, &[])), ErrorCode::Malformed),
        ("an oversized message", encode(&oversized), ErrorCode::TooLarge),
        ("an oversized body", vec![0; POLL_BATCH_BYTES + 4096], ErrorCode::TooLarge),
        ("an unknown connection", encode(&request(ConnectionId([9; 16]), 0, 2, &[])), ErrorCode::NotFound),
        ("an opening without a hello", encode(&request(ConnectionId([8; 16]), 0, 1, &[])), ErrorCode::NotFound),
    ];
    for (what, body, code) in cases {
        let (headers, answer) = path.posts(body).await;
        assert_eq!(answer, Err(code), "{what}");
        assert_eq!(headers["access-control-allow-origin"], "null", "{what}");
    }
    assert_eq!(served.app.polls.count(), 1);
    let enter = [ClientMsg::Enter { language: Language::En }];
    let (headers, answer) = path.posts(encode(&request(connection, seen, 2, &enter))).await;
    assert_eq!(answer.unwrap().batch.seen, 2, "the connection goes on");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["access-control-allow-origin"], "null");
    assert!(!headers.contains_key("set-cookie") && !headers.contains_key("access-control-allow-credentials"));
}

#[tokio::test]
async fn who_does_not_ask_for_the_lease_time_is_gone_as_from_a_broken_socket() {
    let served = Served::settled().await;
    let Talking { visitor, mut counselor, .. } = talking(&served, Over::Poll, Over::Poll).await;
    // Her tab stands still: what waits is answered, and nothing is asked any more.
    let away = |msg: &ServerMsg| matches!(msg, ServerMsg::Peer { state: PeerState::Away { .. }, .. });
    let started_ms = served.now_ms();
    served.while_time_passes(counselor.sees(away)).await;
    let took_secs = (served.now_ms() - started_ms) / 1000;
    assert!((POLL_LEASE_SECS..POLL_LEASE_SECS + 10).contains(&took_secs), "{took_secs} s");
    assert_eq!(served.app.polls.count(), 1, "the counselor's");
    drop(visitor);
}

#[tokio::test]
async fn a_request_that_breaks_off_counts_as_lost_after_three_seconds() {
    let served = Served::settled().await;
    let path = served.frame();
    let (connection, seen) = opened(&served, &path).await;
    let hanging = tokio::spawn(async move { path.asks(request(connection, seen, 2, &[])).await });
    tokio::task::yield_now().await;
    hanging.abort();
    let _aborted = hanging.await;
    assert_eq!(served.app.polls.count(), 1, "another request may be on its way");
    served.advance(3);
    until(|| served.app.polls.count() == 0).await;
}

#[tokio::test]
async fn a_login_counts_only_where_the_consoles_own_page_opens_the_connection() {
    let served = Served::settled().await;
    let hello = |served: &Served| {
        let shift = house::shift_of(2, 0, device(0), served.now_ms());
        [ClientMsg::Hello(Hello::Counselor { version: PROTOCOL_VERSION, shift, resumes: vec![], ended: vec![] })]
    };
    let own = served.console(0);
    let ready = own.asks(request(served.connection(), 0, 1, &hello(&served))).await.unwrap();
    assert!(matches!(said(&ready)[..], [ServerMsg::Ready { .. }, ..]));
    for elsewhere in [served.path("null", Some(0)), served.path("https://evil.example", Some(0)), served.frame()] {
        let refused = elsewhere.asks(request(served.connection(), 0, 1, &hello(&served))).await.unwrap();
        assert_eq!(said(&refused), [ServerMsg::Refused { code: ErrorCode::SignIn }]);
        assert!(refused.is_over);
    }
}

#[tokio::test]
async fn there_are_only_so_many_and_a_place_is_free_again_when_one_has_gone() {
    let served = Served::settled().await;
    let path = served.frame();
    for _ in 0..1_000 {
        let hello = [hello(&served).await];
        path.asks(request(served.connection(), 0, 1, &hello)).await.unwrap();
    }
    let more = request(served.connection(), 0, 1, &[hello(&served).await]);
    assert_eq!(path.asks(more.clone()).await, Err(ErrorCode::TooManyAttempts));
    served.advance(POLL_LEASE_SECS);
    until(|| served.app.polls.count() == 0).await;
    assert!(path.asks(more).await.is_ok());
}
