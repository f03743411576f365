//! The same promises over real WebSockets: what a connection that misbehaves is told, and that it harms nobody else.

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::ConversationId;
use amparo_protocol::id::{DeviceId, Pass};
use amparo_protocol::language::Language;
use amparo_protocol::limits::{MESSAGE_MAX_BYTES, PROTOCOL_VERSION};
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, EndReason, Grant, Hello, OfferGone, Resume, ServerMsg, encode};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::support::house;
use crate::support::person::{ack, message};
use crate::support::served::{Served, Socket, device};

async fn refused_after(first: Message) -> (Option<ErrorCode>, Option<u16>) {
    let served = Served::start().await;
    let mut socket = served.connect("/ws").await;
    socket.sends(first).await;
    socket.is_refused().await
}

fn told(code: ErrorCode) -> (Option<ErrorCode>, Option<u16>) {
    (Some(code), Some(code.close_code()))
}

async fn enters(visitor: &mut Socket) -> ConversationId {
    match visitor.sees(|msg| matches!(msg, ServerMsg::Waiting { .. })).await {
        ServerMsg::Waiting { conversation, .. } => conversation,
        _ => unreachable!("sees() gives what was wanted"),
    }
}

async fn offered(counselor: &mut Socket, id: ConversationId) {
    counselor.sees(|msg| matches!(msg, ServerMsg::Offer { conversation, .. } if *conversation == id)).await;
}

/// A visitor and counselor 0, talking.
pub async fn talking(served: &Served) -> (Socket, Socket, ConversationId) {
    let mut counselor = served.counselor(0).await;
    counselor.sees(|msg| matches!(msg, ServerMsg::Beat { .. })).await;
    let mut visitor = served.visitor().await;
    let conversation = enters(&mut visitor).await;
    offered(&mut counselor, conversation).await;
    counselor.says(&ClientMsg::Accept { conversation }).await;
    let newcomer = visitor.sees(|msg| matches!(msg, ServerMsg::Newcomer(_))).await;
    let ServerMsg::Newcomer(newcomer) = newcomer else { unreachable!("just seen") };
    let claim = newcomer.claim;
    let envelopes = vec![Sealed(vec![1; 141])];
    visitor.says(&ClientMsg::Grant(Grant { conversation, claim, epoch: 1, roster_seq: 2, envelopes })).await;
    counselor.sees(|msg| matches!(msg, ServerMsg::Grant(_))).await;
    counselor.says(&ClientMsg::Opened { conversation, claim, ack: ack(conversation, device(0)) }).await;
    visitor.sees(|msg| matches!(msg, ServerMsg::Ack { .. })).await;
    (visitor, counselor, conversation)
}

#[tokio::test]
async fn garbage_text_and_a_wrong_version_are_told_so() {
    assert_eq!(refused_after(Message::Binary(vec![255; 40].into())).await, told(ErrorCode::Malformed));
    assert_eq!(refused_after(Message::Text("hello".into())).await, told(ErrorCode::Malformed));
    let hello = Hello::Visitor {
        version: PROTOCOL_VERSION + 1,
        site: house::SITE,
        pass: Pass([0; 32]),
        language: Language::En,
    };
    let hello = encode(&ClientMsg::Hello(hello));
    assert_eq!(refused_after(Message::Binary(hello.into())).await, told(ErrorCode::Version));
}

#[tokio::test]
async fn an_oversized_message_is_told_so() {
    let oversized = Message::Binary(vec![0; MESSAGE_MAX_BYTES + 1].into());
    assert_eq!(refused_after(oversized).await, told(ErrorCode::TooLarge));
}

#[tokio::test]
async fn who_does_not_say_hello_within_five_seconds_is_closed() {
    let served = Served::settled().await;
    let mut socket = served.connect("/ws").await;
    // The session exists once the relay counts it; only then does its time run.
    while served.app.relay.session_count() == 0 {
        tokio::task::yield_now().await;
    }
    let refused = async { socket.is_refused().await };
    let clock = async {
        loop {
            served.advance(1);
            tokio::task::yield_now().await;
        }
    };
    let refused = tokio::select! { refused = refused => refused, () = clock => unreachable!("runs for ever") };
    assert_eq!(refused, told(ErrorCode::TooSlow));
}

#[tokio::test]
async fn a_connection_without_a_first_byte_is_closed() {
    let served = Served::start().await;
    let mut silent = TcpStream::connect(served.address).await.expect("the relay listens");
    let mut nothing = [0; 1];
    assert_eq!(silent.read(&mut nothing).await.ok(), Some(0));
}

#[tokio::test]
async fn messages_and_acknowledgements_cross() {
    let served = Served::settled().await;
    let (mut visitor, mut counselor, conversation) = talking(&served).await;
    let hers = message(conversation, 1, DeviceId::default(), 1);
    visitor.says(&ClientMsg::Send { conversation, message: hers.clone() }).await;
    let delivered = ServerMsg::Deliver { conversation, message: hers };
    counselor.sees(|msg| *msg == delivered).await;
    let acknowledged = ack(conversation, device(0));
    counselor.says(&ClientMsg::Ack { conversation, ack: acknowledged.clone() }).await;
    let acknowledged = ServerMsg::Ack { conversation, ack: acknowledged };
    visitor.sees(|msg| *msg == acknowledged).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_counselors_accept_at_the_same_moment_and_exactly_one_has_her_a_thousand_times() {
    let served = Served::settled().await;
    let mut ana = served.counselor(0).await;
    let mut omar = served.counselor(1).await;
    for counselor in [&mut ana, &mut omar] {
        counselor.sees(|msg| matches!(msg, ServerMsg::Beat { .. })).await;
    }
    let mut visitor = served.connect("/ws").await;
    visitor.opens(&served).await;
    for _ in 0..1000 {
        visitor.says(&ClientMsg::Enter { language: amparo_protocol::language::Language::En }).await;
        let conversation = enters(&mut visitor).await;
        tokio::join!(offered(&mut ana, conversation), offered(&mut omar, conversation));
        let accept = ClientMsg::Accept { conversation };
        tokio::join!(ana.says(&accept), omar.says(&accept));
        let (by_ana, by_omar) = tokio::join!(decided(&mut ana, conversation), decided(&mut omar, conversation));
        assert!(by_ana != by_omar, "one claims her, the other is told that another was faster");
        visitor.says(&ClientMsg::End { conversation, reason: EndReason::Visitor }).await;
        visitor.sees(|msg| matches!(msg, ServerMsg::Ended { .. })).await;
    }
}

/// `true` when this counselor has the visitor, `false` when told that another was faster.
async fn decided(counselor: &mut Socket, id: ConversationId) -> bool {
    let msg = counselor
        .sees(|msg| match msg {
            ServerMsg::Claimed { conversation, .. } => *conversation == id,
            ServerMsg::OfferGone { conversation, why } => *conversation == id && *why == OfferGone::Taken,
            _ => false,
        })
        .await;
    matches!(msg, ServerMsg::Claimed { .. })
}

#[tokio::test]
async fn a_reader_who_does_not_read_is_closed_and_the_writer_notices_nothing() {
    let served = Served::settled().await;
    let (mut visitor, mut counselor, conversation) = talking(&served).await;
    let mut large = message(conversation, 1, DeviceId::default(), 0).0;
    large.resize(87 + 16384 + 16, 0);
    for number in 1..=2500_u64 {
        large[63..71].copy_from_slice(&number.to_be_bytes());
        visitor.says(&ClientMsg::Send { conversation, message: Sealed(large.clone()) }).await;
    }
    let (refused, _) = counselor.is_refused().await;
    // Its connection may be too full to say why.
    assert!(refused.is_none_or(|code| code == ErrorCode::TooSlow));
    visitor.says(&ClientMsg::End { conversation, reason: EndReason::Visitor }).await;
    visitor.sees(|msg| matches!(msg, ServerMsg::Ended { .. })).await;
}

#[tokio::test]
async fn a_second_holder_of_a_ticket_displaces_a_silent_first_one() {
    let served = Served::settled().await;
    let _counselor = served.counselor(0).await;
    let mut first = served.visitor().await;
    let waiting = first.sees(|msg| matches!(msg, ServerMsg::Waiting { .. })).await;
    let ServerMsg::Waiting { ticket, .. } = waiting else { unreachable!("just seen") };
    let mut second = served.connect("/ws").await;
    let resume = Resume { ticket, pending: None, have: vec![] };
    second.says(&ClientMsg::Hello(Hello::Resume { version: PROTOCOL_VERSION, resume, language: Language::En })).await;
    // The first one is asked and does not answer.
    while !matches!(first.hears().await, Some(ServerMsg::Beat { beat, .. }) if beat > 1) {}
    served.advance(4);
    assert_eq!(first.is_refused().await, told(ErrorCode::Elsewhere));
    second.sees(|msg| matches!(msg, ServerMsg::Resumed { .. })).await;
}

#[tokio::test]
async fn when_the_relay_stops_everybody_is_told_to_come_back() {
    let served = Served::settled().await;
    let (mut visitor, mut counselor, _) = talking(&served).await;
    let stop = async { served.app.tasks.finish().await };
    let told_both = async { (visitor.is_refused().await, counselor.is_refused().await) };
    let ((), (hers, theirs)) = tokio::join!(stop, told_both);
    assert_eq!((hers, theirs), (told(ErrorCode::Restarting), told(ErrorCode::Restarting)));
    assert_eq!(served.app.tasks.running(), 0);
}
