//! One connection, whatever carries it: hands a session what comes in and carries out what it answers, with what else
//! waits, in one go.
//!
//! Never: a look into a message.

use std::pin::Pin;
use std::sync::Arc;

use amparo_protocol::error::ErrorCode;
use bytes::Bytes;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::buckets::{Buckets, Doing, Said, Whence};
use crate::clock::{Clock, Time};
use crate::relay::command::{Command, LoginFacts, SessionId};
use crate::relay::hub::Inbox;
use crate::relay::session::{Link, Output, Session};
use crate::relay::{Relay, millis};
use crate::store::StoreError;
use crate::store::login::Login;

/// Written before a flush at the latest, so that one reader's backlog does not grow in memory twice.
const BATCH_BYTES: usize = 64 * 1024;

/// What carries messages: a WebSocket, or requests to `/api/poll`.
pub trait Carrier: Send + 'static {
    /// What came next; `None` for what is no message. Dropped before it is ready, it loses nothing.
    fn receive(&mut self) -> impl Future<Output = Result<Option<Bytes>, End>> + Send;

    /// Takes a message on; it leaves with the next `flush` at the latest.
    fn feed(&mut self, frame: Bytes) -> impl Future<Output = Result<(), End>> + Send;

    /// Waits while the browser takes nothing.
    fn flush(&mut self) -> impl Future<Output = Result<(), End>> + Send;

    /// Says why the connection is over, and closes it once the browser has read that or had time to.
    fn farewell(self, code: ErrorCode) -> impl Future<Output = ()> + Send;
}

/// Why a connection is over.
pub enum End {
    /// The browser closed it, or it broke.
    Closed,
    Refused(ErrorCode),
}

/// Serves a connection to its end. `login` is the member's, already checked; widgets have none.
pub async fn run(app: App, login: Option<Login>, whence: Option<Whence>, carrier: impl Carrier) {
    let facts = login_facts(&app, login).await;
    let failed = facts.is_err();
    let mut connection = Connection::new(&app, facts.unwrap_or_default(), whence, carrier);
    if let Some(whence) = whence {
        app.relay.command(Command::Arrived { session: connection.id, whence }).await;
    }
    let end = if failed { End::Refused(ErrorCode::Internal) } else { connection.serve().await };
    connection.leave().await;
    if let End::Refused(code) = end {
        connection.carrier.farewell(code).await;
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

struct Connection<C> {
    carrier: C,
    id: SessionId,
    session: Session,
    inbox: Inbox,
    relay: Relay,
    clock: Clock,
    stop: CancellationToken,
    alarm: Alarm,
    meter: Meter,
}

impl<C: Carrier> Connection<C> {
    fn new(app: &App, login: Option<LoginFacts>, whence: Option<Whence>, carrier: C) -> Self {
        let stop = app.tasks.stop.clone();
        let hub = app.relay.hub().clone();
        let (id, outbox, inbox) = hub.connect(&stop);
        let said = if login.is_some() { Said::by_counselor() } else { Said::by_visitor() };
        let session = Session::new(Link { session: id, outbox, hub }, login, millis(app.clock.now()));
        let alarm = Alarm::new(&app.clock, session.due_ms());
        Self {
            carrier,
            id,
            session,
            inbox,
            relay: app.relay.clone(),
            clock: app.clock.clone(),
            stop,
            alarm,
            meter: Meter { buckets: app.buckets.clone(), whence, said, owed_bytes: None },
        }
    }

    async fn serve(&mut self) -> End {
        let over = self.inbox.over.clone().cancelled_owned();
        let mut over = std::pin::pin!(over);
        loop {
            let done = tokio::select! {
                received = next(&mut self.carrier, &self.clock, &mut self.meter) => self.on_received(received),
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

    fn on_received(&mut self, received: Result<Option<Bytes>, End>) -> Result<Output, End> {
        let message = received?;
        Ok(message.map_or_else(Output::default, |message| self.session.on_message(self.now_ms(), &message)))
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
                self.carrier.feed(frame).await?;
            }
            if let Some(code) = refuse {
                return Err(End::Refused(code));
            }
            match self.inbox.next_now() {
                Some(waiting) if batch_bytes < BATCH_BYTES => {
                    output = self.session.on_waiting(self.now_ms(), waiting);
                }
                Some(waiting) => {
                    self.carrier.flush().await?;
                    batch_bytes = 0;
                    output = self.session.on_waiting(self.now_ms(), waiting);
                }
                None => break,
            }
        }
        if batch_bytes > 0 {
            self.carrier.flush().await?;
        }
        Ok(())
    }

    /// Takes part in nothing any more; the owner hears of it.
    async fn leave(&mut self) {
        self.session.on_closed();
        self.relay.hub().disconnect(self.id);
        self.relay.command(Command::Gone { session: self.id }).await;
    }
}

/// Counts what is said where the connection comes from.
struct Meter {
    buckets: Arc<Buckets>,
    whence: Option<Whence>,
    said: Said,
    /// Of the last message, which is not counted yet.
    owed_bytes: Option<usize>,
}

impl Meter {
    fn may(&mut self, size_bytes: usize, now: Time) -> bool {
        self.whence.is_none() || self.said.may(size_bytes, now) && self.buckets.may(self.whence, Doing::Say, now)
    }
}

/// What came next. Whoever says too much is listened to later: nothing is lost, and nobody else waits for it.
async fn next(carrier: &mut impl Carrier, clock: &Clock, meter: &mut Meter) -> Result<Option<Bytes>, End> {
    while let Some(size_bytes) = meter.owed_bytes
        && !meter.may(size_bytes, clock.now())
    {
        clock.sleep_until(clock.now().plus_secs(1)).await;
    }
    meter.owed_bytes = None;
    let received = carrier.receive().await;
    meter.owed_bytes = Some(received.as_ref().ok().and_then(|bytes| bytes.as_ref()).map_or(0, |bytes| bytes.len()));
    received
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
