//! A person's browser tab over a real connection: a WebSocket, or requests to `/api/poll`. A story cannot tell which.

use std::time::Duration;

use amparo_protocol::error::ErrorCode;
use amparo_protocol::id::Pass;
use amparo_protocol::language::Language;
use amparo_protocol::limits::PROTOCOL_VERSION;
use amparo_protocol::wire::{ClientMsg, Hello, ServerMsg, decode, encode};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::house;
use super::poll::Poll;
use super::served::Served;

const DEADLINE: Duration = Duration::from_secs(20);

/// What carries a tab's messages.
#[derive(Clone, Copy, Debug)]
pub enum Over {
    Socket,
    Poll,
}

pub enum Tab {
    Socket(Socket),
    Poll(Poll),
}

pub struct Socket(pub Box<WebSocketStream<MaybeTlsStream<TcpStream>>>);

/// What a tab finds when it listens.
pub enum Heard {
    Msg(ServerMsg),
    /// Over, with the WebSocket's close code where there is one.
    Closed(Option<u16>),
}

impl Tab {
    pub async fn opens(&mut self, served: &Served) {
        let pass: Pass = served.app.relay.issue_pass(house::SITE).await;
        let language = Language::En;
        let hello = Hello::Visitor { version: PROTOCOL_VERSION, site: house::SITE, pass, language };
        self.says(&ClientMsg::Hello(hello)).await;
        self.sees(|msg| matches!(msg, ServerMsg::Welcome(_))).await;
    }

    pub async fn says(&mut self, msg: &ClientMsg) {
        self.sends(encode(msg)).await;
    }

    pub async fn sends(&mut self, bytes: Vec<u8>) {
        match self {
            Self::Socket(socket) => socket.sends(Message::Binary(bytes.into())).await,
            Self::Poll(poll) => poll.sends(bytes),
        }
    }

    /// Waits until the relay says it; answers heartbeats meanwhile.
    pub async fn sees(&mut self, wanted: impl Fn(&ServerMsg) -> bool) -> ServerMsg {
        loop {
            let msg = self.hears().await.expect("the connection lives");
            if let ServerMsg::Beat { beat, .. } = msg {
                self.says(&ClientMsg::Pong { beat }).await;
            }
            if wanted(&msg) {
                return msg;
            }
        }
    }

    /// The next message; `None` when the relay has closed.
    pub async fn hears(&mut self) -> Option<ServerMsg> {
        match self.listens().await {
            Heard::Msg(msg) => Some(msg),
            Heard::Closed(_) => None,
        }
    }

    /// Reads until the relay closes: the code in its `Refused`, which a WebSocket's close code repeats.
    pub async fn is_refused(&mut self) -> Option<ErrorCode> {
        let mut refused = None;
        loop {
            match self.listens().await {
                Heard::Msg(ServerMsg::Refused { code }) => refused = Some(code),
                Heard::Msg(_) => {}
                Heard::Closed(code) => {
                    assert!(code.is_none() || code == refused.map(ErrorCode::close_code), "closed with {code:?}");
                    return refused;
                }
            }
        }
    }

    async fn listens(&mut self) -> Heard {
        let heard = async {
            match self {
                Self::Socket(socket) => socket.listens().await,
                Self::Poll(poll) => poll.listens().await,
            }
        };
        timeout(DEADLINE, heard).await.expect("in time")
    }
}

impl Socket {
    pub async fn sends(&mut self, message: Message) {
        // A relay that has closed meanwhile is noticed by who listens next.
        let _closed = self.0.send(message).await;
    }

    async fn listens(&mut self) -> Heard {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Binary(bytes))) => return Heard::Msg(decode(&bytes).expect("whole messages")),
                Some(Ok(Message::Close(frame))) => return Heard::Closed(frame.map(|frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Heard::Closed(None),
            }
        }
    }
}
