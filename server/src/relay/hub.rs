//! Who is connected here: every session's queue, the lanes of the conversations, and the state of the line that all
//! widgets are told. It carries out the owner's events and decides nothing.
//!
//! Never: waits for a slow session. A full queue marks the session as too slow; its own task closes it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use amparo_protocol::id::{ConversationId, SiteKey};
use amparo_protocol::language::Language;
use amparo_protocol::wire::LineState;
use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::command::{BoardFacts, Command, Event, Openings, SessionId, Tell, What};
use super::lane::Lane;
use super::ring::RingBudget;

/// Entries and bytes that may wait for one session. The entries hold one whole ring of the smallest messages.
const QUEUE_ENTRIES: usize = 384;
const QUEUE_MAX_BYTES: usize = 512 * 1024;
/// Sealed bytes that all conversations together may keep.
const RINGS_MAX_BYTES: usize = 96 * 1024 * 1024;
const NOBODY: u64 = u64::MAX;
/// An answer older than this says nothing about now (design D8).
const AVAILABLE_MAX_AGE_SECS: u16 = 24;

pub struct Hub {
    sessions: Mutex<HashMap<SessionId, Outbox>>,
    lanes: Mutex<HashMap<ConversationId, Arc<Lane>>>,
    next_session: AtomicU64,
    /// When the freshest counselor on duty answered; `NOBODY` without one.
    freshest_ms: AtomicU64,
    board: Mutex<BoardFacts>,
    /// What everybody was told last.
    openings: Mutex<Arc<Openings>>,
    budget: Arc<RingBudget>,
}

/// What waits for a session. Boxed: the queue has room for thirty-two of them from the beginning, also where nobody writes.
pub enum Waiting {
    Tell(Box<Tell>),
    /// An encoded message, ready to send.
    Frame(Box<Bytes>),
}

/// The sending end of a session's queue.
#[derive(Clone)]
pub struct Outbox {
    tx: mpsc::Sender<Waiting>,
    queued_bytes: Arc<AtomicUsize>,
    /// Cancelled when the queue ran over, and when the relay stops.
    over: CancellationToken,
}

/// The receiving end, held by whoever drives the session.
pub struct Inbox {
    rx: mpsc::Receiver<Waiting>,
    queued_bytes: Arc<AtomicUsize>,
    pub over: CancellationToken,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            sessions: Mutex::default(),
            lanes: Mutex::default(),
            next_session: AtomicU64::new(1),
            freshest_ms: AtomicU64::new(NOBODY),
            board: Mutex::default(),
            openings: Mutex::default(),
            budget: RingBudget::new(RINGS_MAX_BYTES),
        }
    }
}

impl Hub {
    /// A new session's id and the two ends of its queue. `stop` closes it too.
    pub fn connect(&self, stop: &CancellationToken) -> (SessionId, Outbox, Inbox) {
        let session = SessionId(self.next_session.fetch_add(1, Ordering::Relaxed));
        let (tx, rx) = mpsc::channel(QUEUE_ENTRIES);
        let outbox = Outbox { tx, queued_bytes: Arc::default(), over: stop.child_token() };
        let inbox = Inbox { rx, queued_bytes: outbox.queued_bytes.clone(), over: outbox.over.clone() };
        self.sessions().insert(session, outbox.clone());
        (session, outbox, inbox)
    }

    pub fn disconnect(&self, session: SessionId) {
        self.sessions().remove(&session);
    }

    /// Carries out what the owner decided, in order.
    pub fn publish(&self, events: Vec<Event>) {
        for event in events {
            match event.what {
                What::Tell { session, tell } => self.tell(session, tell),
                What::LaneOpened { conversation, has_member } => self.open_lane(conversation, has_member),
                What::LaneErased { conversation } => self.erase_lane(conversation),
                What::LineChanged { openings } => self.line_changed(openings),
                What::Freshest { answered_ms } => {
                    self.freshest_ms.store(answered_ms.unwrap_or(NOBODY), Ordering::Relaxed);
                }
                // The counters of the day are the owner task's to write.
                What::Counted { .. } => {}
                What::Board(board) => *self.told_board() = board,
            }
        }
    }

    pub fn board(&self) -> BoardFacts {
        self.told_board().clone()
    }

    pub fn lane(&self, conversation: ConversationId) -> Option<Arc<Lane>> {
        self.lanes().get(&conversation).cloned()
    }

    /// Seconds since the freshest counselor on duty answered.
    pub fn freshest_age_secs(&self, now_ms: u64) -> Option<u16> {
        let freshest_ms = self.freshest_ms.load(Ordering::Relaxed);
        let age_secs = now_ms.saturating_sub(freshest_ms) / 1000;
        (freshest_ms != NOBODY).then(|| u16::try_from(age_secs).unwrap_or(u16::MAX))
    }

    /// In which languages somebody is free, for those who have not opened the chat.
    pub fn free_languages(&self, now_ms: u64, site: SiteKey) -> Vec<Language> {
        let is_fresh = self.freshest_age_secs(now_ms).is_some_and(|age_secs| age_secs <= AVAILABLE_MAX_AGE_SECS);
        let openings = self.told_openings();
        let of_each = Language::ALL.into_iter().zip(openings.of(site));
        let free = of_each.filter(|(_, opening)| is_fresh && opening.state == LineState::Available);
        free.map(|(language, _)| language).collect()
    }

    /// When messages last passed, of the conversations where any did since `since_ms`.
    pub fn active_since(&self, since_ms: u64) -> Option<Command> {
        let lanes = self.lanes();
        let times = lanes.values().map(|lane| (lane.conversation, lane.last_message_ms()));
        let conversations: Vec<_> = times.filter(|(_, at_ms)| *at_ms >= since_ms && *at_ms > 0).collect();
        (!conversations.is_empty()).then_some(Command::Active { conversations })
    }

    pub fn session_count(&self) -> usize {
        self.sessions().len()
    }

    pub fn lane_count(&self) -> usize {
        self.lanes().len()
    }

    pub fn ring_bytes(&self) -> usize {
        self.budget.used_bytes()
    }

    fn tell(&self, session: SessionId, tell: Tell) {
        // At once, before the session's task runs: nothing more is delivered to somebody who left.
        if let Tell::Detached { conversation } = &tell
            && let Some(lane) = self.lane(*conversation)
        {
            lane.detach(session);
        }
        if let Some(outbox) = self.sessions().get(&session) {
            outbox.tell(tell);
        }
    }

    fn open_lane(&self, conversation: ConversationId, has_member: bool) {
        let lane = || Arc::new(Lane::new(conversation, has_member, self.budget.clone()));
        self.lanes().entry(conversation).or_insert_with(lane);
    }

    fn erase_lane(&self, conversation: ConversationId) {
        let lane = self.lanes().remove(&conversation);
        if let Some(lane) = lane {
            lane.erase();
        }
    }

    /// Every session hears of it; those of widgets that have not entered the queue pass it on.
    fn line_changed(&self, openings: Arc<Openings>) {
        *self.told_openings() = openings.clone();
        for outbox in self.sessions().values() {
            outbox.tell(Tell::Line { openings: openings.clone() });
        }
    }

    fn told_openings(&self) -> MutexGuard<'_, Arc<Openings>> {
        self.openings.lock().expect("no holder of the hub's lock panics")
    }

    fn told_board(&self) -> MutexGuard<'_, BoardFacts> {
        self.board.lock().expect("no holder of the hub's lock panics")
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<SessionId, Outbox>> {
        self.sessions.lock().expect("no holder of the hub's lock panics")
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<ConversationId, Arc<Lane>>> {
        self.lanes.lock().expect("no holder of the hub's lock panics")
    }
}

impl Outbox {
    pub fn tell(&self, tell: Tell) {
        self.put(Waiting::Tell(Box::new(tell)), 0);
    }

    pub fn frame(&self, frame: Bytes) {
        let size_bytes = frame.len();
        self.put(Waiting::Frame(Box::new(frame)), size_bytes);
    }

    fn put(&self, waiting: Waiting, size_bytes: usize) {
        let queued_bytes = self.queued_bytes.fetch_add(size_bytes, Ordering::Relaxed) + size_bytes;
        if queued_bytes > QUEUE_MAX_BYTES {
            self.over.cancel();
        } else if let Err(mpsc::error::TrySendError::Full(_)) = self.tx.try_send(waiting) {
            self.over.cancel();
        }
    }
}

impl Inbox {
    /// The next that waits; pending for ever once the session is disconnected from the hub.
    pub async fn next(&mut self) -> Waiting {
        match self.rx.recv().await {
            Some(waiting) => self.taken(waiting),
            None => std::future::pending().await,
        }
    }

    /// The next that waits already.
    pub fn next_now(&mut self) -> Option<Waiting> {
        self.rx.try_recv().ok().map(|waiting| self.taken(waiting))
    }

    fn taken(&self, waiting: Waiting) -> Waiting {
        if let Waiting::Frame(frame) = &waiting {
            self.queued_bytes.fetch_sub(frame.len(), Ordering::Relaxed);
        }
        waiting
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use amparo_protocol::wire::Opening;

    use super::*;

    const OF_MOST: SiteKey = SiteKey([1; 12]);
    const OF_A_TEAM: SiteKey = SiteKey([2; 12]);

    fn line_is(hub: &Hub, state: LineState, answered_ms: Option<u64>) {
        let event = |what| Event { generation: 1, what };
        let closed = Opening { state: LineState::Closed, opens_unix_secs: None };
        let of_most = vec![closed, Opening { state, opens_unix_secs: None }];
        let of_sites = BTreeMap::from([(OF_A_TEAM, vec![closed, closed])]);
        let openings = Arc::new(Openings { of_most, of_sites });
        hub.publish(vec![event(What::LineChanged { openings }), event(What::Freshest { answered_ms })]);
    }

    #[test]
    fn somebody_is_free_only_while_a_free_counselor_has_just_answered() {
        let hub = Hub::default();
        let nobody: [Language; 0] = [];
        assert_eq!(hub.free_languages(0, OF_MOST), nobody);
        line_is(&hub, LineState::Available, Some(1_000));
        assert_eq!(hub.free_languages(25_000, OF_MOST), [Language::ALL[1]], "and in no other language");
        assert_eq!(hub.free_languages(25_000, OF_A_TEAM), nobody, "nobody of the team");
        assert_eq!(hub.free_languages(26_000, OF_MOST), nobody);
        line_is(&hub, LineState::Busy, Some(26_000));
        assert_eq!(hub.free_languages(26_000, OF_MOST), nobody);
        line_is(&hub, LineState::Available, None);
        assert_eq!(hub.free_languages(26_000, OF_MOST), nobody);
    }
}
