//! The relay's core: who waits, who talks, and sealed bytes on their way.
//!
//! One message, from a visitor's browser to a counselor's: [`transport::socket`] reads it from the WebSocket, or
//! [`transport::poll`] gets it from a request, and [`transport::connection`] hands the bytes to her [`visitor_session`].
//! [`direct`] finds conversation and clear header without copying; [`lane`] keeps the frame in the conversation's [`ring`]
//! and puts it into the queue of every other session that takes part, under one short lock. The task of the counselor's
//! connection takes it from there and sends it. The owner task is not involved.
//!
//! Everything that needs a decision is a [`command`] to the one owner, [`line`], which answers with events; the [`hub`]
//! carries them out. [`pure`] is the same machinery without tasks.
//!
//! Never: a word of a conversation, or anything about a visitor, on disk or in a log.

use std::sync::Arc;

use amparo_protocol::id::{ConversationId, EndToken, Hash, MemberId, Pass, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::settings::SiteSettings;
use sha2::{Digest, Sha256};
use tokio::sync::{Notify, mpsc};

use crate::app::Services;
use crate::clock::Time;
use crate::random::Random;
use crate::store::StoreError;
use crate::store::login::LoginId;

mod colour;
pub mod command;
pub mod counselor_session;
pub mod direct;
pub mod facts;
pub mod header;
pub mod hours;
pub mod hub;
pub mod lane;
pub mod line;
mod loading;
pub mod pure;
pub mod queue;
pub mod ring;
pub mod rota;
pub mod session;
pub mod shift;
pub mod spoken;
mod tally;
pub mod ticket;
pub mod transport;
pub mod visitor_session;
pub mod wall;

use command::{BoardFacts, Command, What};
use hub::Hub;
use line::{Line, TICK_MS};
use tally::Tally;

const COMMANDS_WAITING_MAX: usize = 4096;
/// Commands that have piled up are decided together: a crowd that comes back costs one look at the queue, not a thousand.
const COMMANDS_AT_ONCE: usize = 256;
/// While nobody is connected: a machine that does nothing else can sleep.
const DESERTED_TICK_MS: u64 = 1000;
/// How often the line hears where messages have passed, and ticket keys are looked at.
const ACTIVITY_SECS: u64 = 5;
const KEYS_SECS: u64 = 60;
/// After the store has failed, before it is asked again.
const RETRY_SECS: u64 = 1;

/// The handle that requests and sessions use.
#[derive(Clone)]
pub struct Relay {
    random: Random,
    commands: mpsc::Sender<Command>,
    hub: Arc<Hub>,
    /// Accounts, sites or the roster have changed.
    changed: Arc<Notify>,
}

impl Relay {
    /// Starts the owner task. Connections are served from then on; what they say waits until the store was read.
    pub fn start(services: &Services) -> Self {
        let (commands, waiting) = mpsc::channel(COMMANDS_WAITING_MAX);
        let relay = Self { random: services.random.clone(), commands, hub: Arc::default(), changed: Arc::default() };
        services.tasks.spawn(run(services.clone(), relay.hub.clone(), relay.changed.clone(), waiting));
        relay
    }

    /// A one-time pass for a widget of this site. The caller has checked site and origin.
    pub async fn issue_pass(&self, site: SiteKey) -> Pass {
        self.pass(site, None).await
    }

    /// The same for a site that an administrator only looks at: its chat opens, and nobody can be called in it.
    pub async fn issue_preview_pass(&self, site: SiteKey, settings: SiteSettings) -> Pass {
        self.pass(site, Some(Box::new(settings))).await
    }

    async fn pass(&self, site: SiteKey, preview: Option<Box<SiteSettings>>) -> Pass {
        let pass = Pass(self.random.bytes());
        self.command(Command::PassIssued { pass, site, preview }).await;
        pass
    }

    /// Whoever shows a conversation's end token ends it. An unknown one means nothing.
    pub async fn end(&self, token: EndToken) {
        let end_token = Hash(Sha256::digest(token.as_bytes()).into());
        self.command(Command::EndToken { end_token }).await;
    }

    /// A supervisor who is in this conversation ends it, and puts whoever is on its other side behind others.
    pub async fn block(&self, conversation: ConversationId, by: MemberId) {
        self.command(Command::Block { conversation, by }).await;
    }

    pub fn roster_published(&self, _seq: u64) {
        self.changed.notify_one();
    }

    pub fn settings_changed(&self) {
        self.changed.notify_one();
    }

    /// Closes the connections of this login within a second.
    pub async fn login_ended(&self, login: LoginId) {
        self.command(Command::LoginEnded { login }).await;
    }

    pub async fn member_removed(&self, member: MemberId) {
        self.command(Command::MemberRemoved { member }).await;
    }

    /// Whether a counselor is free in some language, of those who are offered the site's visitors.
    pub fn free_languages(&self, now: Time, site: SiteKey) -> Vec<Language> {
        self.hub.free_languages(millis(now), site)
    }

    /// Every login of this member has ended; the account stays.
    pub async fn logins_ended(&self, member: MemberId) {
        self.command(Command::MemberRemoved { member }).await;
    }

    /// The line as the owner last described it.
    pub fn board(&self) -> BoardFacts {
        self.hub.board()
    }

    /// Connections that are open now.
    pub fn session_count(&self) -> usize {
        self.hub.session_count()
    }

    /// Conversations whose sealed messages are kept in memory now.
    pub fn conversation_count(&self) -> usize {
        self.hub.lane_count()
    }

    /// Sealed bytes that are kept for them.
    pub fn kept_bytes(&self) -> usize {
        self.hub.ring_bytes()
    }

    /// Waits while the owner is behind. Lost only when the relay is stopping.
    pub(crate) async fn command(&self, command: Command) {
        let _stopping = self.commands.send(command).await;
    }

    pub(crate) fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }
}

/// The owner task: commands in, events out, four ticks a second while somebody is there.
async fn run(services: Services, hub: Arc<Hub>, changed: Arc<Notify>, mut waiting: mpsc::Receiver<Command>) {
    let stop = services.tasks.stop.clone();
    let Some(Some(mut owner)) = stop.run_until_cancelled(Owner::load(&services, hub)).await else { return };
    let mut told = Vec::with_capacity(COMMANDS_AT_ONCE);
    let serve = async {
        loop {
            // However much is said, time does not stand still.
            if services.clock.now() >= owner.next_tick {
                owner.tick(&changed).await;
            }
            let tick = services.clock.sleep_until(owner.next_tick);
            match until(tick, waiting.recv_many(&mut told, COMMANDS_AT_ONCE)).await {
                Some(0) => return,
                Some(_) => owner.told(&mut told, &changed).await,
                None => {}
            }
        }
    };
    stop.run_until_cancelled(serve).await;
}

/// What `wanted` gives, unless `deadline` comes first.
async fn until<T>(deadline: impl Future<Output = ()>, wanted: impl Future<Output = T>) -> Option<T> {
    use futures_util::future::{Either, select};
    let (deadline, wanted) = (std::pin::pin!(deadline), std::pin::pin!(wanted));
    match select(wanted, deadline).await {
        Either::Left((wanted, _)) => Some(wanted),
        Either::Right(_) => None,
    }
}

struct Owner {
    services: Services,
    hub: Arc<Hub>,
    line: Line,
    tally: Arc<Tally>,
    next_tick: Time,
    activity_due: Time,
    keys_due: Time,
    active_since_ms: u64,
}

impl Owner {
    /// Reads the store, again and again until it answers.
    async fn load(services: &Services, hub: Arc<Hub>) -> Option<Self> {
        loop {
            let now = services.clock.now();
            match Self::try_load(services, &hub, now).await {
                Ok(owner) => return Some(owner),
                Err(cause) => tracing::error!(%cause, "the relay cannot start: the store failed"),
            }
            services.clock.sleep_until(now.plus_secs(RETRY_SECS)).await;
        }
    }

    async fn try_load(services: &Services, hub: &Arc<Hub>, now: Time) -> Result<Self, StoreError> {
        let facts = Arc::new(loading::facts(services).await?);
        let keys = loading::ticket_keys(&services.store, &services.random, now).await?;
        let line = Line::new(facts, keys, services.random.clone(), millis(now));
        Ok(Self {
            services: services.clone(),
            hub: hub.clone(),
            line,
            tally: Arc::default(),
            next_tick: after(now, TICK_MS),
            activity_due: now.plus_secs(ACTIVITY_SECS),
            keys_due: now.plus_secs(KEYS_SECS),
            active_since_ms: 0,
        })
    }

    /// A change of the store is read first: whoever made it may connect at once and rely on it.
    async fn told(&mut self, commands: &mut Vec<Command>, changed: &Notify) {
        let now = self.services.clock.now();
        if notified(changed) {
            self.reload(now).await;
        }
        self.next_tick = self.next_tick.min(after(now, TICK_MS));
        self.commands(commands.drain(..));
    }

    fn commands(&mut self, commands: impl IntoIterator<Item = Command>) {
        let events = self.line.on_commands(millis(self.services.clock.now()), commands);
        self.publish(events);
    }

    async fn tick(&mut self, changed: &Notify) {
        let now = self.services.clock.now();
        self.next_tick = after(now, if self.line.is_deserted() { DESERTED_TICK_MS } else { TICK_MS });
        if notified(changed) {
            self.reload(now).await;
        }
        if now >= self.keys_due {
            self.keys_due = now.plus_secs(KEYS_SECS);
            self.renew_keys(now).await;
        }
        if now >= self.activity_due {
            self.activity_due = now.plus_secs(ACTIVITY_SECS);
            self.hear_activity(now);
        }
        let events = self.line.on_tick(millis(now));
        self.publish(events);
    }

    async fn reload(&mut self, now: Time) {
        match loading::facts(&self.services).await {
            Ok(facts) => {
                let events = self.line.on_facts(millis(now), Arc::new(facts));
                self.publish(events);
            }
            Err(cause) => tracing::error!(%cause, "a change of sites or roster could not be read"),
        }
    }

    async fn renew_keys(&mut self, now: Time) {
        match loading::ticket_keys(&self.services.store, &self.services.random, now).await {
            Ok(keys) => self.line.on_ticket_keys(keys),
            Err(cause) => tracing::error!(%cause, "the ticket keys could not be renewed"),
        }
    }

    fn hear_activity(&mut self, now: Time) {
        let since_ms = std::mem::replace(&mut self.active_since_ms, millis(now));
        if let Some(active) = self.hub.active_since(since_ms) {
            self.commands([active]);
        }
    }

    /// The owner waits for nobody: what is counted is written beside it.
    fn publish(&self, events: Vec<command::Event>) {
        for event in &events {
            if let What::Counted { language, count } = event.what {
                self.tally.add(&self.services, language, count.word());
            }
        }
        self.hub.publish(events);
    }
}

/// Whether there is a change to read. Several at once are read once.
fn notified(changed: &Notify) -> bool {
    use futures_util::FutureExt;
    changed.notified().now_or_never().is_some()
}

fn after(now: Time, tick_ms: u64) -> Time {
    Time(now.millis() + i64::try_from(tick_ms).expect("a tick is short"))
}

/// The line counts in unsigned milliseconds; the machine's clock is never before 1970.
pub(crate) fn millis(now: Time) -> u64 {
    u64::try_from(now.millis()).unwrap_or(0)
}
