//! One connection to the relay, as a browser's program keeps it: messages in their bytes, heartbeats answered.

use amparo_client::crypto::shift::ShiftKeys;
use amparo_protocol::id::{ClaimId, Pass, SiteKey, Ticket};
use amparo_protocol::language::Language;
use amparo_protocol::limits::PROTOCOL_VERSION;
use amparo_protocol::sealed::Sealed;
use amparo_protocol::wire::{ClientMsg, Hello, Newcomer, ServerMsg, decode, encode};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::house::{House, SignedIn};

/// What every browser and every proxy sends, in a form that is found again.
pub const BROWSER: &str = "Mozilla/5.0 (canary; browser of nobody)";
pub const ADDRESS: &str = "203.0.113.177";

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub struct Line {
    socket: Socket,
    /// The newest that it was told.
    pub ticket: Option<Ticket>,
}

/// One end of a line for who writes without waiting for what is read.
pub struct Says {
    sink: SplitSink<Socket, Message>,
}

/// The other end: what it hears it does not answer.
pub struct Hears {
    stream: SplitStream<Socket>,
}

impl Says {
    /// `None` when the connection is lost.
    pub async fn say(&mut self, message: &ClientMsg) -> Option<()> {
        self.sink.send(Message::binary(encode(message))).await.ok()
    }
}

impl Hears {
    /// `None` when the connection is lost.
    pub async fn next(&mut self) -> Option<ServerMsg> {
        loop {
            match self.stream.next().await?.ok()? {
                Message::Binary(bytes) => return Some(decode(&bytes).expect("the relay speaks the protocol")),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }
}

impl Line {
    /// `None` while nobody listens there.
    pub async fn try_open(url: &str, cookie: &str) -> Option<Self> {
        Self::try_open_from(ADDRESS, url, cookie).await
    }

    /// The same, by way of a proxy that names this address; `None` also when that comes too often.
    pub async fn try_open_from(address: &str, url: &str, cookie: &str) -> Option<Self> {
        let mut request = url.into_client_request().expect("a WebSocket address");
        let origin =
            if cookie.is_empty() { "null".to_owned() } else { url.replace("ws://", "http://").replace("/ws", "") };
        request.headers_mut().insert("origin", origin.parse().expect("an origin"));
        request.headers_mut().insert("user-agent", BROWSER.parse().expect("a header's value"));
        request.headers_mut().insert("x-forwarded-for", address.parse().expect("a header's value"));
        if !cookie.is_empty() {
            request.headers_mut().insert("cookie", cookie.parse().expect("a cookie"));
        }
        let (socket, _) = connect_async(request).await.ok()?;
        Some(Self { socket, ticket: None })
    }

    pub fn split(self) -> (Says, Hears) {
        let (sink, stream) = self.socket.split();
        (Says { sink }, Hears { stream })
    }

    pub async fn open(url: &str, cookie: &str) -> Self {
        Self::try_open(url, cookie).await.expect("the relay accepts the connection")
    }

    /// A visitor who has only opened the chat.
    pub async fn welcomed(url: &str, house: &House) -> Self {
        Self::welcomed_from(ADDRESS, url, house).await
    }

    pub async fn welcomed_from(address: &str, url: &str, house: &House) -> Self {
        let mut visitor = Self::try_open_from(address, url, "").await.expect("the relay accepts the connection");
        let pass = house.pass_from(address).expect("the relay issues a pass");
        visitor.send(&ClientMsg::Hello(visitor_hello(house.site, pass))).await;
        visitor.until(|message| matches!(message, ServerMsg::Welcome(_)).then_some(())).await;
        visitor
    }

    /// A counselor who has signed in and is not available yet.
    pub async fn of_counselor(url: &str, signed_in: &SignedIn, keys: &ShiftKeys) -> Self {
        let mut counselor = Self::open(url, &signed_in.cookie).await;
        let shift = keys.certificate.clone();
        let hello = Hello::Counselor { version: PROTOCOL_VERSION, shift, resumes: vec![], ended: vec![] };
        counselor.send(&ClientMsg::Hello(hello)).await;
        counselor.until(|message| matches!(message, ServerMsg::Ready { .. }).then_some(())).await;
        counselor
    }

    pub async fn send(&mut self, message: &ClientMsg) {
        self.socket.send(Message::binary(encode(message))).await.expect("the connection is open");
    }

    /// The first message that `wanted` takes; heartbeats and the question whether she is still there are answered.
    pub async fn until<T>(&mut self, wanted: impl Fn(ServerMsg) -> Option<T>) -> T {
        self.until_closed(wanted).await.expect("the connection stays open")
    }

    /// The same; `None` when the connection is lost before.
    pub async fn until_closed<T>(&mut self, mut wanted: impl FnMut(ServerMsg) -> Option<T>) -> Option<T> {
        loop {
            if let Some(found) = wanted(self.next().await?) {
                return Some(found);
            }
        }
    }

    /// The next message that is no heartbeat and not the question; `None` when the connection is lost.
    pub async fn next(&mut self) -> Option<ServerMsg> {
        loop {
            match decode(&self.bytes().await?).expect("the relay speaks the protocol") {
                ServerMsg::Beat { beat, .. } => self.answer(&ClientMsg::Pong { beat }).await?,
                ServerMsg::StillThere => self.answer(&ClientMsg::StillHere).await?,
                ServerMsg::Refused { code } => panic!("the relay refused: {code}"),
                message => {
                    self.ticket = ticket_in(&message).cloned().or_else(|| self.ticket.take());
                    return Some(message);
                }
            }
        }
    }

    pub async fn newcomer(&mut self) -> Newcomer {
        self.until(|message| match message {
            ServerMsg::Newcomer(newcomer) => Some(newcomer),
            _ => None,
        })
        .await
    }

    pub async fn grant(&mut self) -> (ClaimId, Sealed) {
        self.until(|message| match message {
            ServerMsg::Grant(grant) => Some((grant.claim, grant.envelopes[0].clone())),
            _ => None,
        })
        .await
    }

    pub async fn message(&mut self, bare: bool) -> Sealed {
        if bare {
            return match self.relayed().await {
                ClientMsg::Send { message, .. } => message,
                other => panic!("not a message: {other:?}"),
            };
        }
        self.until(|message| match message {
            ServerMsg::Deliver { message, .. } => Some(message),
            _ => None,
        })
        .await
    }

    pub async fn ack(&mut self, bare: bool) -> Sealed {
        if bare {
            return match self.relayed().await {
                ClientMsg::Ack { ack, .. } => ack,
                other => panic!("not an acknowledgement: {other:?}"),
            };
        }
        self.until(|message| match message {
            ServerMsg::Ack { ack, .. } => Some(ack),
            _ => None,
        })
        .await
    }

    /// What the bare relay passes on: the other side's own bytes.
    async fn relayed(&mut self) -> ClientMsg {
        let bytes = self.bytes().await.expect("the connection stays open");
        decode(&bytes).expect("the other side speaks the protocol")
    }

    async fn answer(&mut self, message: &ClientMsg) -> Option<()> {
        self.socket.send(Message::binary(encode(message))).await.ok()
    }

    async fn bytes(&mut self) -> Option<Vec<u8>> {
        loop {
            match self.socket.next().await?.ok()? {
                Message::Binary(bytes) => return Some(bytes.to_vec()),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }
}

pub fn visitor_hello(site: SiteKey, pass: Pass) -> Hello {
    Hello::Visitor { version: PROTOCOL_VERSION, site, pass, language: Language::En }
}

/// With which whoever is told this comes back.
pub fn ticket_in(message: &ServerMsg) -> Option<&Ticket> {
    match message {
        ServerMsg::Waiting { ticket, .. } | ServerMsg::Claimed { ticket, .. } => Some(ticket),
        ServerMsg::CounselorResumed { ticket, .. } => Some(ticket),
        ServerMsg::Newcomer(newcomer) => Some(&newcomer.ticket),
        ServerMsg::Ticket { ticket, .. } | ServerMsg::Resumed { ticket: Some(ticket), .. } => Some(&ticket.ticket),
        _ => None,
    }
}
