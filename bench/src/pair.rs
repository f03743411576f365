//! A visitor and a counselor, each with a connection of their own: the real hand-over of the key, then real sealing.
//!
//! The same pair also talks over the bare reference, with a key it made itself.

use std::time::{Duration, Instant};

use amparo_client::crypto::ack::{open_ack, seal_ack};
use amparo_client::crypto::admit::admit;
use amparo_client::crypto::epoch::Epochs;
use amparo_client::crypto::grant::{open_envelope, seal_envelope};
use amparo_client::crypto::primitives::{OrgId, random_bytes};
use amparo_client::crypto::seal::{Author, Body, Holders, open_message, seal_message};
use amparo_client::crypto::shift::ShiftKeys;
use amparo_protocol::id::{ClaimId, ConversationId, DeviceId, MessageId, OrgKey};
use amparo_protocol::language::Language;
use amparo_protocol::limits::PROTOCOL_VERSION;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, EndReason, Grant, Have, Hello, Newcomer, Presence, ServerMsg, decode, encode};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::house::{House, SignedIn, now_unix_secs, random};
use crate::relay::{Amparo, Reference};

const TEXT: &str = "Good evening. I am here, and I have time for you. Take all the time you need.";

/// What every browser and every proxy sends, in a form that is found again.
pub const BROWSER: &str = "Mozilla/5.0 (canary; browser of nobody)";
pub const ADDRESS: &str = "203.0.113.177";

/// Both ends of one conversation.
pub struct Pair {
    visitor: Line,
    counselor: Line,
    conversation: ConversationId,
    epochs: Epochs,
    device: DeviceId,
    keys: ShiftKeys,
    next: u64,
    /// Over the reference the relayed bytes arrive as they were sent.
    bare: bool,
}

impl Pair {
    /// Messages so far.
    pub fn sent(&self) -> u64 {
        self.next
    }

    /// The visitor's next message and its acknowledgement; answers how long the message took to be opened.
    pub async fn exchange(&mut self) -> Duration {
        self.exchange_sealed().await.0
    }

    /// The same, with the sealed bytes that crossed the relay.
    pub async fn exchange_sealed(&mut self) -> (Duration, Sealed) {
        let epoch = self.epochs.newest().expect("the epoch was made at the claim");
        let began = Instant::now();
        let id = MessageId(random_bytes(&mut random()));
        let message = seal_message(epoch, Author::Visitor, self.next, id, self.next, &Body::Text(TEXT.to_owned()));
        self.next += 1;
        let sealed = message.clone();
        self.visitor.send(&ClientMsg::Send { conversation: self.conversation, message }).await;
        let message = self.counselor.message(self.bare).await;
        let opened = open_message(epoch, &message, Holders::Only(self.device)).expect("our own message opens");
        let delivered = began.elapsed();
        let have = [Have { epoch: epoch.number(), sender: DeviceId::default(), upto: opened.header.number }];
        let ack = seal_ack(epoch, Author::Counselor(&self.keys), &have, &mut random());
        self.counselor.send(&ClientMsg::Ack { conversation: self.conversation, ack }).await;
        let ack = self.visitor.ack(self.bare).await;
        open_ack(epoch, &ack).expect("our own acknowledgement opens");
        (delivered, sealed)
    }

    /// The visitor sends as fast as the line takes it, and her counselor reads it.
    pub async fn flood(mut self) {
        loop {
            let epoch = self.epochs.newest().expect("the epoch was made at the claim");
            let id = MessageId(random_bytes(&mut random()));
            let body = Body::Text(TEXT.to_owned());
            let message = seal_message(epoch, Author::Visitor, self.next, id, self.next, &body);
            self.next += 1;
            self.visitor.send(&ClientMsg::Send { conversation: self.conversation, message }).await;
            self.counselor.message(self.bare).await;
        }
    }

    /// The visitor ends, and both browsers close.
    pub async fn end(mut self) {
        let conversation = self.conversation;
        self.visitor.send(&ClientMsg::End { conversation, reason: EndReason::Visitor }).await;
        self.counselor.until(|message| matches!(message, ServerMsg::Ended { .. }).then_some(())).await;
    }
}

/// One after another, so that each offer finds its own counselor.
pub async fn open_all(relay: &Amparo, house: &House) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for counselor in &house.counselors {
        pairs.push(open(relay, house, counselor).await);
    }
    pairs
}

/// The same sealing with nothing but axum between the two.
pub async fn open_all_on_reference(reference: &Reference, count: usize) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for number in 0..count {
        let url = |side| format!("ws://{}/{number}/{side}", reference.address);
        let org = OrgKey([7; 32]);
        let signing = ed25519_key();
        let keys = ShiftKeys::certify(&signing, OrgId::of(&org), Default::default(), 1, now_unix_secs(), &mut random());
        let conversation = ConversationId(random_bytes(&mut random()));
        let mut epochs = Epochs::new(OrgId::of(&org), conversation);
        epochs.make_next(&mut random());
        let (visitor, counselor) = (Line::open(&url(0), "").await, Line::open(&url(1), "").await);
        let device = keys.device();
        pairs.push(Pair { visitor, counselor, conversation, epochs, device, keys, next: 0, bare: true });
    }
    pairs
}

/// Visitors who have opened the chat and do nothing more; their browsers answer the heartbeat.
#[derive(Default)]
pub struct Crowd {
    lines: JoinSet<()>,
}

impl Crowd {
    pub async fn grows_to(&mut self, count: usize, relay: &Amparo, house: &House) {
        while self.lines.len() < count {
            let mut line = welcomed(relay, house).await;
            self.lines.spawn(async move { line.until(|_| None).await });
        }
    }
}

fn ed25519_key() -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(&random_bytes(&mut random()))
}

async fn open(relay: &Amparo, house: &House, signed_in: &SignedIn) -> Pair {
    let keys = house.shift(signed_in);
    let mut counselor = Line::open(&socket(relay), &signed_in.cookie).await;
    let hello =
        Hello::Counselor { version: PROTOCOL_VERSION, shift: keys.certificate.clone(), resumes: vec![], ended: vec![] };
    counselor.send(&ClientMsg::Hello(hello)).await;
    counselor.send(&ClientMsg::Presence(Presence::Available)).await;
    let mut visitor = welcomed(relay, house).await;
    visitor.send(&ClientMsg::Enter { language: Language::En }).await;
    let conversation = counselor.until(|message| match message {
        ServerMsg::Offer { conversation, .. } => Some(conversation),
        _ => None,
    });
    let conversation = conversation.await;
    counselor.send(&ClientMsg::Accept { conversation }).await;
    let newcomer = visitor.newcomer().await;
    let (epochs, grant) = grant(house, &newcomer);
    visitor.send(&ClientMsg::Grant(grant)).await;
    let (claim, envelope) = counselor.grant().await;
    let mut theirs = Epochs::new(OrgId::of(&house.org_key), conversation);
    open_envelope(&envelope, &keys, &mut theirs).expect("the envelope is for this device");
    let epoch = theirs.newest().expect("the envelope held an epoch");
    let ack = seal_ack(epoch, Author::Counselor(&keys), &[], &mut random());
    counselor.send(&ClientMsg::Opened { conversation, claim, ack }).await;
    visitor.ack(false).await;
    Pair { visitor, counselor, conversation, epochs, device: keys.device(), keys, next: 0, bare: false }
}

fn grant(house: &House, newcomer: &Newcomer) -> (Epochs, Grant) {
    let admitted = admit(newcomer, &house.org_key, 0, now_unix_secs()).expect("a counselor of this house");
    let mut epochs = Epochs::new(OrgId::of(&house.org_key), newcomer.conversation);
    let epoch = epochs.make_next(&mut random());
    let grant = Grant {
        conversation: newcomer.conversation,
        claim: newcomer.claim,
        epoch: epoch.number(),
        roster_seq: admitted.roster.seq(),
        envelopes: vec![seal_envelope(epoch, &admitted.cert, &mut random()).expect("the device's key is a good one")],
    };
    (epochs, grant)
}

async fn welcomed(relay: &Amparo, house: &House) -> Line {
    let mut visitor = Line::open(&socket(relay), "").await;
    let hello =
        Hello::Visitor { version: PROTOCOL_VERSION, site: house.site, pass: house.pass(), language: Language::En };
    visitor.send(&ClientMsg::Hello(hello)).await;
    visitor.until(|message| matches!(message, ServerMsg::Welcome(_)).then_some(())).await;
    visitor
}

fn socket(relay: &Amparo) -> String {
    format!("ws://localhost:{}/ws", relay.port)
}

/// One connection.
pub struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Line {
    async fn open(url: &str, cookie: &str) -> Self {
        let mut request = url.into_client_request().expect("a WebSocket address");
        let origin =
            if cookie.is_empty() { "null".to_owned() } else { url.replace("ws://", "http://").replace("/ws", "") };
        request.headers_mut().insert("origin", origin.parse().expect("an origin"));
        request.headers_mut().insert("user-agent", BROWSER.parse().expect("a header's value"));
        request.headers_mut().insert("x-forwarded-for", ADDRESS.parse().expect("a header's value"));
        if !cookie.is_empty() {
            request.headers_mut().insert("cookie", cookie.parse().expect("a cookie"));
        }
        let (socket, _) = connect_async(request).await.expect("the relay accepts the connection");
        Self { socket }
    }

    async fn send(&mut self, message: &ClientMsg) {
        self.socket.send(Message::binary(encode(message))).await.expect("the connection is open");
    }

    async fn bytes(&mut self) -> Vec<u8> {
        loop {
            match self.socket.next().await.expect("the connection stays open").expect("the connection stays open") {
                Message::Binary(bytes) => return bytes.to_vec(),
                Message::Close(_) => panic!("the relay closed a connection"),
                _ => {}
            }
        }
    }

    /// The first message that `wanted` takes; heartbeats are answered on the way.
    async fn until<T>(&mut self, wanted: impl Fn(ServerMsg) -> Option<T>) -> T {
        loop {
            let message: ServerMsg = decode(&self.bytes().await).expect("the relay speaks the protocol");
            match message {
                ServerMsg::Beat { beat, .. } => self.send(&ClientMsg::Pong { beat }).await,
                ServerMsg::Refused { code } => panic!("the relay refused: {code}"),
                ServerMsg::StillThere => self.send(&ClientMsg::StillHere).await,
                message => {
                    if let Some(found) = wanted(message) {
                        return found;
                    }
                }
            }
        }
    }

    async fn newcomer(&mut self) -> Newcomer {
        self.until(|message| match message {
            ServerMsg::Newcomer(newcomer) => Some(newcomer),
            _ => None,
        })
        .await
    }

    async fn grant(&mut self) -> (ClaimId, Sealed) {
        self.until(|message| match message {
            ServerMsg::Grant(grant) => Some((grant.claim, grant.envelopes[0].clone())),
            _ => None,
        })
        .await
    }

    async fn message(&mut self, bare: bool) -> Sealed {
        if bare {
            return match decode(&self.bytes().await) {
                Ok(ClientMsg::Send { message, .. }) => message,
                other => panic!("not a message: {other:?}"),
            };
        }
        self.until(|message| match message {
            ServerMsg::Deliver { message, .. } => Some(message),
            _ => None,
        })
        .await
    }

    async fn ack(&mut self, bare: bool) -> Sealed {
        if bare {
            return match decode(&self.bytes().await) {
                Ok(ClientMsg::Ack { ack, .. }) => ack,
                other => panic!("not an acknowledgement: {other:?}"),
            };
        }
        self.until(|message| match message {
            ServerMsg::Ack { ack, .. } => Some(ack),
            _ => None,
        })
        .await
    }
}
