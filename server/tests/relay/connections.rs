//! The same promises over real connections, whatever carries them: what one that misbehaves is told, and that it harms
//! nobody else (requirement 40: the polling fallback gives the same guarantees).

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{ConversationId, DeviceId, Pass, Ticket};
use amparo_protocol::language::Language;
use amparo_protocol::limits::{MESSAGE_MAX_BYTES, PROTOCOL_VERSION};
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, EndReason, Grant, Hello, OfferGone, Resume, ServerMsg, encode};
use rstest::rstest;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::support::house;
use crate::support::person::{ack, message};
use crate::support::served::{Served, device};
use crate::support::tab::{Over, Tab};

async fn refused_after(over: Over, first: Vec<u8>) -> Option<ErrorCode> {
    let served = Served::start().await;
    let mut tab = served.tab(over).await;
    tab.sends(first).await;
    tab.is_refused().await
}

async fn enters(visitor: &mut Tab) -> ConversationId {
    match visitor.sees(|msg| matches!(msg, ServerMsg::Waiting { .. })).await {
        ServerMsg::Waiting { conversation, .. } => conversation,
        _ => unreachable!("sees() gives what was wanted"),
    }
}

async fn offered(counselor: &mut Tab, id: ConversationId) {
    counselor.sees(|msg| matches!(msg, ServerMsg::Offer { conversation, .. } if *conversation == id)).await;
}

/// A visitor and counselor 0, in a conversation that has just begun.
pub struct Talking {
    pub visitor: Tab,
    pub counselor: Tab,
    pub conversation: ConversationId,
    /// The visitor's.
    pub ticket: Ticket,
}

pub async fn talking(served: &Served, visitor: Over, counselor: Over) -> Talking {
    let mut counselor = served.counselor(0, counselor).await;
    counselor.sees(|msg| matches!(msg, ServerMsg::Beat { .. })).await;
    let mut visitor = served.visitor(visitor).await;
    let conversation = enters(&mut visitor).await;
    offered(&mut counselor, conversation).await;
    counselor.says(&ClientMsg::Accept { conversation }).await;
    let newcomer = visitor.sees(|msg| matches!(msg, ServerMsg::Newcomer(_))).await;
    let ServerMsg::Newcomer(newcomer) = newcomer else { unreachable!("just seen") };
    let (claim, ticket) = (newcomer.claim, newcomer.ticket);
    let envelopes = vec![Sealed(vec![1; 141])];
    visitor.says(&ClientMsg::Grant(Grant { conversation, claim, epoch: 1, roster_seq: 2, envelopes })).await;
    counselor.sees(|msg| matches!(msg, ServerMsg::Grant(_))).await;
    counselor.says(&ClientMsg::Opened { conversation, claim, ack: ack(conversation, device(0)) }).await;
    visitor.sees(|msg| matches!(msg, ServerMsg::Ack { .. })).await;
    Talking { visitor, counselor, conversation, ticket }
}

#[rstest]
#[tokio::test]
async fn garbage_and_a_wrong_version_are_told_so(#[values(Over::Socket, Over::Poll)] over: Over) {
    assert_eq!(refused_after(over, vec![255; 40]).await, Some(ErrorCode::Malformed));
    let (version, pass) = (PROTOCOL_VERSION + 1, Pass([0; 32]));
    let hello = Hello::Visitor { version, site: house::SITE, pass, language: Language::En };
    assert_eq!(refused_after(over, encode(&ClientMsg::Hello(hello))).await, Some(ErrorCode::Version));
}

#[tokio::test]
async fn text_and_an_oversized_message_are_told_so() {
    let oversized = Message::Binary(vec![0; MESSAGE_MAX_BYTES + 1].into());
    for (message, code) in [(Message::Text("hello".into()), ErrorCode::Malformed), (oversized, ErrorCode::TooLarge)] {
        let served = Served::start().await;
        let mut socket = served.socket().await;
        socket.sends(message).await;
        assert_eq!(Tab::Socket(socket).is_refused().await, Some(code));
    }
}

#[tokio::test]
async fn who_does_not_say_hello_within_five_seconds_is_closed() {
    let served = Served::settled().await;
    let mut tab = served.tab(Over::Socket).await;
    // The session exists once the relay counts it; only then does its time run.
    while served.app.relay.session_count() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(served.while_time_passes(tab.is_refused()).await, Some(ErrorCode::TooSlow));
}

#[tokio::test]
async fn a_connection_without_a_first_byte_is_closed() {
    let served = Served::start().await;
    let mut silent = TcpStream::connect(served.address).await.expect("the relay listens");
    let mut nothing = [0; 1];
    assert_eq!(silent.read(&mut nothing).await.ok(), Some(0));
}

#[rstest]
#[tokio::test]
async fn messages_and_acknowledgements_cross(#[values(Over::Socket, Over::Poll)] over: Over) {
    let served = Served::settled().await;
    let Talking { mut visitor, mut counselor, conversation, .. } = talking(&served, over, over).await;
    let hers = message(conversation, 1, DeviceId::default(), 1);
    visitor.says(&ClientMsg::Send { conversation, message: hers.clone() }).await;
    let delivered = ServerMsg::Deliver { conversation, message: hers };
    counselor.sees(|msg| *msg == delivered).await;
    let acknowledged = ack(conversation, device(0));
    counselor.says(&ClientMsg::Ack { conversation, ack: acknowledged.clone() }).await;
    let acknowledged = ServerMsg::Ack { conversation, ack: acknowledged };
    visitor.sees(|msg| *msg == acknowledged).await;
}

#[tokio::test]
async fn what_a_counselor_says_before_the_relay_knows_that_the_key_is_opened_is_asked_for() {
    let served = Served::settled().await;
    let Talking { visitor: _visitor, mut counselor, conversation: id, .. } =
        talking(&served, Over::Socket, Over::Socket).await;
    counselor.sees(|msg| matches!(msg, ServerMsg::Want { conversation, .. } if *conversation == id)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_counselors_accept_at_the_same_moment_and_exactly_one_has_her_a_thousand_times() {
    let served = Served::settled().await;
    let mut ana = served.counselor(0, Over::Socket).await;
    let mut omar = served.counselor(1, Over::Socket).await;
    for counselor in [&mut ana, &mut omar] {
        counselor.sees(|msg| matches!(msg, ServerMsg::Beat { .. })).await;
    }
    let mut visitor = served.tab(Over::Socket).await;
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
async fn decided(counselor: &mut Tab, id: ConversationId) -> bool {
    let msg = counselor
        .sees(|msg| match msg {
            ServerMsg::Claimed { conversation, .. } => *conversation == id,
            ServerMsg::OfferGone { conversation, why } => *conversation == id && *why == OfferGone::Taken,
            _ => false,
        })
        .await;
    matches!(msg, ServerMsg::Claimed { .. })
}

#[rstest]
#[tokio::test]
async fn a_reader_who_does_not_read_is_closed_and_the_writer_notices_nothing(
    #[values(Over::Socket, Over::Poll)] over: Over,
) {
    let served = Served::settled().await;
    let Talking { mut visitor, mut counselor, conversation, .. } = talking(&served, Over::Socket, over).await;
    let mut large = message(conversation, 1, DeviceId::default(), 0).0;
    large.resize(87 + 16384 + 16, 0);
    for number in 1..=2500_u64 {
        large[63..71].copy_from_slice(&number.to_be_bytes());
        visitor.says(&ClientMsg::Send { conversation, message: Sealed(large.clone()) }).await;
    }
    let refused = counselor.is_refused().await;
    // Its connection may be too full to say why.
    assert!(refused.is_none_or(|code| code == ErrorCode::TooSlow));
    visitor.says(&ClientMsg::End { conversation, reason: EndReason::Visitor }).await;
    visitor.sees(|msg| matches!(msg, ServerMsg::Ended { .. })).await;
}

#[rstest]
#[tokio::test]
async fn a_second_holder_of_a_ticket_displaces_a_silent_first_one(#[values(Over::Socket, Over::Poll)] over: Over) {
    let served = Served::settled().await;
    let _counselor = served.counselor(0, over).await;
    let mut first = served.visitor(over).await;
    let waiting = first.sees(|msg| matches!(msg, ServerMsg::Waiting { .. })).await;
    let ServerMsg::Waiting { ticket, .. } = waiting else { unreachable!("just seen") };
    let mut second = served.tab(over).await;
    let resume = Resume { ticket, pending: None, have: vec![] };
    second.says(&ClientMsg::Hello(Hello::Resume { version: PROTOCOL_VERSION, resume, language: Language::En })).await;
    // The first one is asked and does not answer.
    while !matches!(first.hears().await, Some(ServerMsg::Beat { beat, .. }) if beat > 1) {}
    served.advance(4);
    assert_eq!(first.is_refused().await, Some(ErrorCode::Elsewhere));
    second.sees(|msg| matches!(msg, ServerMsg::Resumed { .. })).await;
}

#[rstest]
#[tokio::test]
async fn when_the_relay_stops_everybody_is_told_to_come_back(#[values(Over::Socket, Over::Poll)] over: Over) {
    let served = Served::settled().await;
    let Talking { mut visitor, mut counselor, .. } = talking(&served, over, over).await;
    let stop = async { served.app.tasks.finish().await };
    let told_both = async { (visitor.is_refused().await, counselor.is_refused().await) };
    let ((), (hers, theirs)) = tokio::join!(stop, told_both);
    assert_eq!((hers, theirs), (Some(ErrorCode::Restarting), Some(ErrorCode::Restarting)));
    assert_eq!(served.app.tasks.running(), 0);
}

#[rstest]
#[tokio::test]
async fn whoever_comes_back_on_another_connection_has_what_was_said_meanwhile(
    #[values(Over::Socket, Over::Poll)] before: Over,
    #[values(Over::Socket, Over::Poll)] after: Over,
) {
    let served = Served::settled().await;
    let Talking { visitor, mut counselor, conversation, ticket } = talking(&served, before, Over::Socket).await;
    drop(visitor);
    let theirs = message(conversation, 1, device(0), 1);
    counselor.says(&ClientMsg::Send { conversation, message: theirs.clone() }).await;
    let mut back = served.tab(after).await;
    let resume = Resume { ticket, pending: None, have: vec![] };
    back.says(&ClientMsg::Hello(Hello::Resume { version: PROTOCOL_VERSION, resume, language: Language::En })).await;
    let delivered = ServerMsg::Deliver { conversation, message: theirs };
    let resumes = async {
        back.sees(|msg| matches!(msg, ServerMsg::Resumed { .. })).await;
        back.sees(|msg| *msg == delivered).await;
    };
    served.while_time_passes(resumes).await;
}

/// By the clock on the wall: whoever took a laptop away reads nothing more (design section 5).
#[rstest]
#[tokio::test]
async fn a_member_whose_logins_were_ended_is_cut_off_within_a_second(#[values(Over::Socket, Over::Poll)] over: Over) {
    let served = Served::settled().await;
    let mut counselor = served.counselor(0, over).await;
    counselor.sees(|msg| matches!(msg, ServerMsg::Beat { .. })).await;
    let ended = std::time::Instant::now();
    served.app.relay.logins_ended(house::member(0)).await;
    assert_eq!(counselor.is_refused().await, Some(ErrorCode::SignIn));
    assert!(ended.elapsed() < std::time::Duration::from_secs(1), "after {:?}", ended.elapsed());
}
