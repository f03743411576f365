//! Our writers and readers against postcard's, on every message there is and on what chance makes of them.

use std::collections::BTreeSet;
use std::fmt::Debug;

use amparo_protocol::codec::Wire;
use amparo_protocol::colleague::{Ask, Colleague, News, TransferGone};
use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::{
    ClaimId, ConnectionId, ConversationId, DeviceId, Handle, Hash, OrgKey, Pass, RosterMemberId, SiteKey,
};
use amparo_protocol::language::Language;
use amparo_protocol::poll::{Batch, PollAnswer, PollRequest};
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{
    Accent, Back, ClientMsg, Colour, Deposit, EndReason, Grant, Have, Hello, JoinReason, LineState, Link, Manner,
    Newcomer, OfferGone, Opening, OwnWords, PeerState, Phone, PhoneKind, Presence, QrCode, RefuseReason, Release,
    Resume, ResumedState, ServerMsg, Span, Spoken, TicketFor, Welcome, WhatsApp, decode, encode,
};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

const CONVERSATION: ConversationId = ConversationId([1; 16]);
const CLAIM: ClaimId = ClaimId([2; 16]);
const SENDER: DeviceId = DeviceId([3; 8]);

fn sealed(size_bytes: usize) -> Sealed {
    Sealed(vec![7; size_bytes])
}

fn resume() -> Resume {
    let have =
        vec![Have { epoch: 0, sender: SENDER, upto: 300 }, Have { epoch: 70_000, sender: SENDER, upto: u64::MAX }];
    Resume { ticket: sealed(200), pending: Some(sealed(1)), have }
}

fn grant() -> Grant {
    let envelopes = vec![sealed(141), sealed(141)];
    Grant { conversation: CONVERSATION, claim: CLAIM, epoch: 3, roster_seq: 1 << 40, envelopes }
}

fn client_msgs() -> Vec<ClientMsg> {
    let hellos = [
        Hello::Visitor { version: 1, site: SiteKey([4; 12]), pass: Pass([5; 32]), language: Language::It },
        Hello::Resume { version: 1, resume: resume(), language: Language::PtPt },
        Hello::Continue { version: 65_535, handle: Handle([6; 16]) },
        Hello::Counselor { version: 1, shift: sealed(203), resumes: vec![resume()], ended: vec![sealed(9)] },
    ];
    let deposit = Deposit { handle: Handle([6; 16]), relay_half: Hash([8; 32]), sealed: sealed(500) };
    let others = [
        ClientMsg::Pong { beat: 128 },
        ClientMsg::Enter { language: Language::PtBr },
        ClientMsg::StillHere,
        ClientMsg::Grant(grant()),
        ClientMsg::Refuse { claim: CLAIM, reason: RefuseReason::Badge },
        ClientMsg::AskAnother,
        ClientMsg::Deposit(deposit),
        ClientMsg::Leaving,
        ClientMsg::Presence(Presence::Away),
        ClientMsg::Accept { conversation: CONVERSATION },
        ClientMsg::Opened { conversation: CONVERSATION, claim: CLAIM, ack: sealed(347) },
        ClientMsg::Send { conversation: CONVERSATION, message: sealed(16_487) },
        ClientMsg::Ack { conversation: CONVERSATION, ack: sealed(347) },
        ClientMsg::Refill { conversation: CONVERSATION, messages: vec![sealed(0), sealed(1127)] },
        ClientMsg::End { conversation: CONVERSATION, reason: EndReason::Idle },
        ClientMsg::Speak { language: Language::Es },
        ClientMsg::InDanger,
        ClientMsg::Typing { conversation: CONVERSATION },
        ClientMsg::EndToken { hash: Hash([9; 32]) },
    ];
    let asks = [Ask::WhoIsFree, Ask::TransferTo(RosterMemberId([11; 16])), Ask::GiveBack];
    let asks = asks.map(|ask| ClientMsg::Colleague { conversation: CONVERSATION, ask });
    hellos.map(ClientMsg::Hello).into_iter().chain(others).chain(asks).collect()
}

fn spoken() -> Spoken {
    let whatsapp = WhatsApp {
        digits: "34600000000".to_owned(),
        text: "Hola".to_owned(),
        always: true,
        opens_unix_secs: None,
        qr: QrCode { size: 21, modules: vec![0xaa; 56] },
    };
    Spoken {
        language: Language::Ar,
        line: Opening { state: LineState::Reconnecting, opens_unix_secs: None },
        phones: [PhoneKind::Voice, PhoneKind::Sms, PhoneKind::TextPhone]
            .map(|kind| Phone { number: "016".to_owned(), note: "día y noche".to_owned(), kind })
            .into(),
        phones_open_unix_secs: Some(1_800_000_000),
        whatsapp: Some(whatsapp),
        links: vec![Link { title: "Help".to_owned(), address: "https://help.example/".to_owned() }],
        surge: Some(String::new()),
        texts: vec![OwnWords { key: "title".to_owned(), text: "Talk".to_owned() }],
    }
}

fn server_msgs() -> Vec<ServerMsg> {
    let conversation = CONVERSATION;
    let held = vec![Span { epoch: 1, sender: SENDER, from: 2, upto: 40 }];
    let ticket = TicketFor { ticket: sealed(190), membership: Some(CLAIM) };
    let welcome = Welcome {
        generation: u64::MAX,
        now_unix_secs: 1_800_000_000,
        organisation: "Casa Abierta".to_owned(),
        org_key: OrgKey([10; 32]),
        roster: sealed(247),
        emergency: "112".to_owned(),
        languages: Language::ALL.to_vec(),
        demo: false,
        deposit_secs: 120,
        manner: Manner {
            accent: Some(Accent {
                light: Colour { red: 200, green: 0, blue: 127 },
                dark: Colour { red: 255, green: 128, blue: 1 },
            }),
            is_discreet: true,
            covers_when_hidden: false,
            offers_simple_words: true,
            speaks_simple_words: false,
        },
        spoken: spoken(),
    };
    let newcomer = Newcomer {
        conversation,
        claim: CLAIM,
        reason: JoinReason::Transfer,
        replaces: Some(CLAIM),
        member: RosterMemberId([11; 16]),
        roster: sealed(247),
        shift: sealed(203),
        badge: sealed(30),
        ticket: sealed(190),
    };
    let states = [
        ResumedState::Waiting { position: 3 },
        ResumedState::Claiming { claim: CLAIM },
        ResumedState::Talking { claim: CLAIM, peer_here: true },
    ];
    let resumed = states.map(|state| ServerMsg::Resumed {
        conversation,
        state,
        held: held.clone(),
        ticket: Some(ticket.clone()),
    });
    let peers = [PeerState::Here, PeerState::Away { for_secs: 25 }, PeerState::MayAskAnother, PeerState::Left];
    let peers = peers.map(|state| ServerMsg::Peer { conversation, state });
    let refusals = ErrorCode::ALL.map(|code| ServerMsg::Refused { code });
    let others = vec![
        ServerMsg::Welcome(Box::new(welcome)),
        ServerMsg::Ready { generation: 1, now_unix_secs: 2, presence: Presence::Break },
        ServerMsg::Beat { beat: 1, freshest_age_secs: Some(9), answered: 0, answered_ms_ago: 7_999 },
        ServerMsg::Beat { beat: u32::MAX, freshest_age_secs: None, answered: 9, answered_ms_ago: u32::MAX },
        ServerMsg::Waiting { conversation, position: 1, ticket: sealed(190) },
        ServerMsg::StillThere,
        ServerMsg::Newcomer(newcomer.clone()),
        ServerMsg::ClaimLapsed { conversation, claim: CLAIM },
        ServerMsg::Deposited { relay_half: Hash([12; 32]), sealed: sealed(500) },
        ServerMsg::Offer { conversation, language: Language::Ar, waited_secs: 61 },
        ServerMsg::OfferGone { conversation, why: OfferGone::NotAnswered },
        ServerMsg::Claimed {
            conversation,
            claim: CLAIM,
            reason: JoinReason::Rejoin,
            language: Language::It,
            ticket: sealed(1),
        },
        ServerMsg::Grant(grant()),
        ServerMsg::CounselorResumed { conversation, held: held.clone(), ticket: sealed(1) },
        ServerMsg::Presence(Presence::Available),
        ServerMsg::RosterChanged { seq: 1 << 33 },
        ServerMsg::Deliver { conversation, message: sealed(1127) },
        ServerMsg::Ack { conversation, ack: sealed(347) },
        ServerMsg::Want { conversation, have: resume().have, held },
        ServerMsg::Ticket { conversation, ticket },
        ServerMsg::Ended { conversation, reason: EndReason::Missing },
        ServerMsg::BackInQueue { conversation, position: 1, ticket: sealed(190), why: Back::Returned },
        ServerMsg::IdleWarning { conversation },
        ServerMsg::Typing { conversation },
        ServerMsg::Line(Opening { state: LineState::Closed, opens_unix_secs: Some(1_800_000_000) }),
        ServerMsg::Spoken(Box::new(spoken())),
        ServerMsg::Released { conversation, why: Release::TakenOver },
        ServerMsg::Left { conversation, claim: CLAIM, ticket: sealed(190) },
    ];
    let news = news(newcomer).map(|news| ServerMsg::Colleague { conversation, news });
    others.into_iter().chain(news).chain(resumed).chain(peers).chain(refusals).collect()
}

fn colleague() -> Colleague {
    Colleague { member: RosterMemberId([11; 16]), badge: sealed(30), is_supervisor: true }
}

fn news(newcomer: Newcomer) -> [News; 9] {
    [
        News::Free(vec![colleague(), colleague()]),
        News::TransferAsked { by: colleague(), language: Language::Ar },
        News::TransferGone(TransferGone::Withdrawn),
        News::Called { by: colleague(), language: Language::Es },
        News::CallGone,
        News::Ringing { supervisors: 300 },
        News::Beside(Box::new(newcomer)),
        News::ForMinors,
        News::OfTeam("Legal".to_owned()),
    ]
}

/// Both writers write the same, and both readers read it back.
fn travels<T: Wire + Serialize + DeserializeOwned + PartialEq + Debug>(message: &T) {
    let bytes = encode(message);
    assert_eq!(postcard::to_allocvec(message).as_deref(), Ok(&bytes[..]), "{message:?}");
    assert_eq!(decode::<T>(&bytes).as_ref(), Ok(message));
}

/// Both readers say the same of bytes that nobody wrote.
fn is_read_alike<T: Wire + DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) {
    let theirs = postcard::take_from_bytes::<T>(bytes).ok().filter(|(_, left)| left.is_empty());
    assert_eq!(decode::<T>(bytes).ok(), theirs.map(|(message, _)| message), "{bytes:?}");
}

#[test]
fn every_message_has_postcards_bytes() {
    client_msgs().iter().for_each(travels);
    server_msgs().iter().for_each(travels);
}

#[test]
fn a_batch_of_requests_has_postcards_bytes() {
    let batch = Batch { seen: 70_000, first: 1, messages: vec![sealed(0), sealed(347), sealed(16_487)] };
    let request = PollRequest { connection: ConnectionId([9; 16]), batch: batch.clone() };
    travels(&request);
    for is_over in [false, true] {
        travels(&PollAnswer { is_over, batch: batch.clone() });
    }
    let bytes = encode(&request);
    for size in 0..bytes.len() {
        is_read_alike::<PollRequest>(&bytes[..size]);
        is_read_alike::<PollAnswer>(&bytes[..size]);
    }
}

#[test]
fn no_message_is_missing_above() {
    let kinds = |bytes: Vec<Vec<u8>>| bytes.iter().map(|bytes| bytes[0]).collect::<BTreeSet<_>>().len();
    assert_eq!(kinds(client_msgs().iter().map(encode).collect()), ClientMsg::COUNT);
    assert_eq!(kinds(server_msgs().iter().map(encode).collect()), ServerMsg::COUNT);
    assert_eq!(ErrorCode::ALL.len(), ErrorCode::COUNT);
}

proptest! {
    #[test]
    fn a_changed_message_is_read_alike(which in 0..1_000_usize, at in 0..2_000_usize, byte: u8, cut in 0..4_usize) {
        let (client, server) = (client_msgs(), server_msgs());
        let mut bytes = encode(&client[which % client.len()]);
        let at_client = at % bytes.len();
        bytes[at_client] = byte;
        bytes.truncate(bytes.len() - cut.min(bytes.len()));
        is_read_alike::<ClientMsg>(&bytes);
        let mut bytes = encode(&server[which % server.len()]);
        let at_server = at % bytes.len();
        bytes[at_server] = byte;
        bytes.truncate(bytes.len() - cut.min(bytes.len()));
        is_read_alike::<ServerMsg>(&bytes);
    }

    #[test]
    fn noise_is_read_alike(bytes: Vec<u8>) {
        is_read_alike::<ClientMsg>(&bytes);
        is_read_alike::<ServerMsg>(&bytes);
    }
}
