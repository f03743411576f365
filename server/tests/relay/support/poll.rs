//! A browser that polls, as the program in it does: while one request waits, another brings what there is to say.

use std::sync::{Arc, Mutex};

use amparo_protocol::error::{ErrorBody, ErrorCode};
use amparo_protocol::id::ConnectionId;
use amparo_protocol::poll::{Exchange, PollAnswer, PollRequest};
use amparo_protocol::wire::{decode, encode};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tower::ServiceExt;

use super::tab::Heard;

/// The path to the relay, with the headers that a browser adds.
#[derive(Clone)]
pub struct Path {
    pub router: Router,
    pub headers: Vec<(&'static str, String)>,
}

/// Dropped as a tab is closed: its requests break off.
pub struct Poll {
    asking: Arc<Asking>,
    answered: mpsc::UnboundedReceiver<Option<Heard>>,
    requests: JoinSet<()>,
}

struct Asking {
    path: Path,
    connection: ConnectionId,
    exchange: Mutex<Exchange>,
    /// `None` for an answer without a message.
    answered: mpsc::UnboundedSender<Option<Heard>>,
}

impl Path {
    pub fn request(&self, method: &str) -> Builder {
        let request = Request::builder().method(method).uri("/api/poll");
        self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
    }

    /// One request as it is; the answer's headers and what it says.
    pub async fn posts(&self, body: Vec<u8>) -> (HeaderMap, Result<PollAnswer, ErrorCode>) {
        let request = self.request("POST").body(Body::from(body)).unwrap();
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let said = match parts.status.is_success() {
            true => Ok(decode(&body).expect("a whole answer")),
            false => Err(serde_json::from_slice::<ErrorBody>(&body).expect("a closed code").code),
        };
        (parts.headers, said)
    }

    pub async fn asks(&self, request: PollRequest) -> Result<PollAnswer, ErrorCode> {
        self.posts(encode(&request)).await.1
    }
}

impl Poll {
    pub fn new(path: Path, connection: ConnectionId) -> Self {
        let (tx, answered) = mpsc::unbounded_channel();
        let asking = Asking { path, connection, exchange: Mutex::default(), answered: tx };
        Self { asking: Arc::new(asking), answered, requests: JoinSet::new() }
    }

    pub fn sends(&mut self, bytes: Vec<u8>) {
        self.asking.exchange.lock().unwrap().say(bytes);
        self.ask();
    }

    /// Asks only while somebody listens: who does not is a slow reader, as on a socket.
    pub async fn listens(&mut self) -> Heard {
        loop {
            while self.requests.try_join_next().is_some() {}
            if self.answered.is_empty() && self.requests.is_empty() {
                self.ask();
            }
            if let Some(heard) = self.answered.recv().await.expect("this end holds a sender") {
                return heard;
            }
        }
    }

    fn ask(&mut self) {
        let asking = self.asking.clone();
        self.requests.spawn(async move {
            let batch = asking.exchange.lock().unwrap().batch();
            let answer = asking.path.asks(PollRequest { connection: asking.connection, batch }).await;
            asking.hear(answer);
        });
    }
}

impl Asking {
    fn hear(&self, answer: Result<PollAnswer, ErrorCode>) {
        match answer {
            Ok(PollAnswer { is_over, batch }) => {
                let mut exchange = self.exchange.lock().unwrap();
                let new = exchange.hear(batch).expect("the relay's batches follow each other");
                // Under the lock, so that two answers are told one after the other.
                new.for_each(|message| self.tell(Some(Heard::Msg(decode(&message).expect("whole messages")))));
                self.tell(is_over.then_some(Heard::Closed(None)));
            }
            Err(_) => self.tell(Some(Heard::Closed(None))),
        }
    }

    fn tell(&self, heard: Option<Heard>) {
        // A tab that was closed meanwhile hears nothing.
        let _closed = self.answered.send(heard);
    }
}
