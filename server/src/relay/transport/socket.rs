//! The WebSocket: reads messages for a session and writes what it answers, with what else waits, in one go.
//!
//! Never: a look into a message. The only place that knows axum's WebSocket, and the only `select!`.

use std::pin::Pin;

use amparo_protocol::error::ErrorCode;
use amparo_protocol::limits::MESSAGE_MAX_BYTES;
use amparo_protocol::wire::{ServerMsg, encode};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use bytes::Bytes;
use futures_util::SinkExt;
use tokio::time::{Duration, timeout};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::clock::{Clock, Time};
use crate::relay::command::{Command, LoginFacts, SessionId};
use crate::relay::hub::Inbox;
use crate::relay::session::{Link, Output, Session};
use crate::relay::{Relay, millis};
use crate::store::StoreError;
use crate::store::login::Login;

/// axum's default of 128 KiB would be most of an idle connection's memory.
const BUFFER_BYTES: usize = 4096;
/// Written before a flush at the latest, so that one reader's backlog does not grow in memory twice.
const BATCH_BYTES: usize = 64 * 1024;
/// How long a refused connection has to take the reason, and then to close.
const FAREWELL: Duration = Duration::from_secs(1);

/// Serves a connection. `login` is the member's, already checked; widgets have none.
pub fn upgrade(app: App, login: Option<Login>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_frame_size(MESSAGE_MAX_BYTES)
        .max_message_size(MESSAGE_MAX_BYTES)
        .on_upgrade(move |socket| async move { app.tasks.clone().spawn(run(app, login, socket)) })
}

async fn run(app: App, login: Option<Login>, socket: WebSocket) {
    let facts = login_facts(&app, login).await;
    let failed = facts.is_err();
    let mut connection = Connection::new(&app, facts.unwrap_or_default(), socket);
    let end = if failed { End::Refused(ErrorCode::Internal) } else { connection.serve().await };
    connection.leave().await;
    match end {
        End::Refused(code) => connection.farewell(code).await,
        End::Closed => connection.answer_close().await,
    }
}

/// `None` without a login, and for a member that was removed meanwhile.
async fn login_facts(app: &App, login: Option<Login>) -> Result<Option<LoginFacts>, StoreError> {
    let Some(login) = login else { return Ok(None) };
    let member = app.store.member(login.member).await;
    let member = member.inspect_err(|cause| tracing::error!(%cause, "a member could not be read"))?;
    Ok(member.map(|member| LoginFacts {
        id: login.id,
        member: login.member,
        languages: member.languages,
        until_ms: millis(login.expires_at),
    }))
}

struct Connection {
    socket: WebSocket,
    id: SessionId,
    session: Session,
    inbox: Inbox,
    relay: Relay,
    clock: Clock,
    stop: CancellationToken,
    alarm: Alarm,
}

/// Why a connection is over.
enum End {
    /// The browser closed it, or it broke.
    Closed,
    Refused(ErrorCode),
}

impl Connection {
    fn new(app: &App, login: Option<LoginFacts>, socket: WebSocket) -> Self {
        let stop = app.tasks.stop.clone();
        let hub = app.relay.hub().clone();
        let (id, outbox, inbox) = hub.connect(&stop);
        let session = Session::new(Link { session: id, outbox, hub }, login, millis(app.clock.now()));
        let alarm = Alarm::new(&app.clock, session.due_ms());
        Self { socket, id, session, inbox, relay: app.relay.clone(), clock: app.clock.clone(), stop, alarm }
    }

    async fn serve(&mut self) -> End {
        let over = self.inbox.over.clone().cancelled_owned();
        let mut over = std::pin::pin!(over);
        loop {
            let done = tokio::select! {
                received = self.socket.recv() => self.on_received(received),
                waiting = self.inbox.next() => Ok(self.session.on_waiting(self.now_ms(), waiting)),
                () = self.alarm.rings() => Ok(self.session.on_tick(self.now_ms())),
                () = over.as_mut() => Err(self.why_over()),
            };
            let carried_out = match done {
                Ok(output) => tokio::select! {
                    carried_out = self.carry_out(output) => carried_out,
                    () = over.as_mut() => Err(self.why_over()),
                },
                Err(end) => Err(end),
            };
            if let Err(end) = carried_out {
                return end;
            }
            self.alarm.set(&self.clock, self.session.due_ms());
        }
    }

    fn now_ms(&self) -> u64 {
        millis(self.clock.now())
    }

    /// The relay stops, or this connection's queue ran over.
    fn why_over(&self) -> End {
        End::Refused(if self.stop.is_cancelled() { ErrorCode::Restarting } else { ErrorCode::TooSlow })
    }

    fn on_received(&mut self, received: Option<Result<Message, axum::Error>>) -> Result<Output, End> {
        match received {
            Some(Ok(Message::Binary(bytes))) => Ok(self.session.on_message(self.now_ms(), &bytes)),
            Some(Ok(Message::Text(_))) => Err(End::Refused(ErrorCode::Malformed)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(Output::default()),
            Some(Ok(Message::Close(_))) | None => Err(End::Closed),
            Some(Err(error)) => Err(end_after(error)),
        }
    }

    /// Does what a session wants done, and what else waits for it, before one flush.
    async fn carry_out(&mut self, mut output: Output) -> Result<(), End> {
        let mut batch_bytes = 0;
        loop {
            let refuse = output.refuse;
            for command in output.commands {
                self.relay.command(command).await;
            }
            for frame in output.frames {
                batch_bytes += frame.len();
                self.socket.feed(Message::Binary(frame)).await.map_err(|_| End::Closed)?;
            }
            if let Some(code) = refuse {
                return Err(End::Refused(code));
            }
            match self.inbox.next_now() {
                Some(waiting) if batch_bytes < BATCH_BYTES => {
                    output = self.session.on_waiting(self.now_ms(), waiting);
                }
                Some(waiting) => {
                    self.socket.flush().await.map_err(|_| End::Closed)?;
                    batch_bytes = 0;
                    output = self.session.on_waiting(self.now_ms(), waiting);
                }
                None => break,
            }
        }
        if batch_bytes > 0 {
            self.socket.flush().await.map_err(|_| End::Closed)?;
        }
        Ok(())
    }

    /// Takes part in nothing any more; the owner hears of it.
    async fn leave(&mut self) {
        self.session.on_closed();
        self.relay.hub().disconnect(self.id);
        self.relay.command(Command::Gone { session: self.id }).await;
    }

    /// A close of the browser's is answered with the same code: without that it takes the end for a broken line.
    async fn answer_close(&mut self) {
        // On a line that broke there is nobody to answer.
        let _unsent = timeout(FAREWELL, self.socket.flush()).await;
    }

    /// Says why, closes, and lets the browser read it: bytes left unread would make the system reset the connection.
    async fn farewell(&mut self, code: ErrorCode) {
        let refused = Message::Binary(Bytes::from(encode(&ServerMsg::Refused { code })));
        let close = CloseFrame { code: code.close_code(), reason: Utf8Bytes::default() };
        let say = async {
            self.socket.feed(refused).await?;
            self.socket.send(Message::Close(Some(close))).await
        };
        if let Ok(Ok(())) = timeout(FAREWELL, say).await {
            let closed = async { while let Some(Ok(_)) = self.socket.recv().await {} };
            // A browser that does not close is dropped.
            let _dropped = timeout(FAREWELL, closed).await;
        }
    }
}

/// A connection that broke needs no reason; one that sent what no browser sends gets one.
fn end_after(error: axum::Error) -> End {
    match error.into_inner().downcast_ref::<tungstenite::Error>() {
        Some(tungstenite::Error::Capacity(_)) => End::Refused(ErrorCode::TooLarge),
        Some(tungstenite::Error::Io(_) | tungstenite::Error::ConnectionClosed) => End::Closed,
        _ => End::Refused(ErrorCode::Malformed),
    }
}

/// One timer per connection, made anew only when what is due has changed.
struct Alarm {
    due_ms: u64,
    sleep: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Alarm {
    fn new(clock: &Clock, due_ms: u64) -> Self {
        let clock = clock.clone();
        let due = Time(i64::try_from(due_ms).unwrap_or(i64::MAX));
        Self { due_ms, sleep: Box::pin(async move { clock.sleep_until(due).await }) }
    }

    async fn rings(&mut self) {
        self.sleep.as_mut().await;
        // Rings once; `set` winds it up again.
        self.due_ms = 0;
        self.sleep = Box::pin(std::future::pending());
    }

    fn set(&mut self, clock: &Clock, due_ms: u64) {
        if due_ms != self.due_ms {
            *self = Self::new(clock, due_ms);
        }
    }
}
