//! Thousands of visitors at once: those who have only opened the chat, and those who wait in the queue and come back to
//! their places when the relay has lost its memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use amparo_client::crypto::primitives::random_bytes;
use amparo_protocol::id::{ConversationId, Ticket};
use amparo_protocol::language::Language;
use amparo_protocol::limits::PROTOCOL_VERSION;
use amparo_protocol::wire::{ClientMsg, EndReason, Hello, Presence, Resume, ServerMsg};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::house::{House, SignedIn, random};
use crate::line::Line;
use crate::relay::Amparo;

/// Design D2: reconnects are spread over this.
const SPREAD_MS: std::ops::Range<u64> = 500..8_000;
const AGAIN: Duration = Duration::from_secs(1);

/// Visitors who have opened the chat and do nothing more.
#[derive(Default)]
pub struct Idle {
    lines: JoinSet<()>,
}

impl Idle {
    pub async fn grows_to(&mut self, count: usize, relay: &Amparo, house: &House) {
        while self.lines.len() < count {
            let mut line = Line::welcomed(&relay.socket(), house).await;
            self.lines.spawn(async move { line.until(|_| None).await });
        }
    }
}

/// Visitors who wait in the queue.
#[derive(Default)]
pub struct Waiting {
    lines: JoinSet<()>,
    places: Arc<Mutex<Places>>,
}

#[derive(Default)]
struct Places {
    told: BTreeMap<ConversationId, u32>,
    /// When each was back after the last cut.
    back: BTreeMap<ConversationId, Instant>,
}

impl Waiting {
    pub async fn grows_to(&mut self, count: usize, relay: &Amparo, house: &House) {
        while self.lines.len() < count {
            let line = enters(relay, house).await;
            self.lines.spawn(waits(line, relay.socket(), self.places.clone()));
        }
    }

    pub async fn until_all_have_a_place(&self) {
        while self.read(|places| places.told.len()) < self.lines.len() {
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Who waits at which place, as each of them was told last.
    pub fn told(&self) -> BTreeMap<ConversationId, u32> {
        self.read(|places| places.told.clone())
    }

    /// The relay has just lost its connections.
    pub fn are_cut(&self) {
        self.read(|places| places.back.clear());
    }

    pub fn count_back(&self) -> usize {
        self.read(|places| places.back.len())
    }

    fn read<T>(&self, read: impl FnOnce(&mut Places) -> T) -> T {
        read(&mut self.places.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// One more who enters, until she reads her place; she leaves again.
pub async fn told_her_place(relay: &Amparo, house: &House) -> Duration {
    let mut line = Line::welcomed(&relay.socket(), house).await;
    let began = Instant::now();
    line.send(&ClientMsg::Enter { language: Language::En }).await;
    let conversation = line.until(|message| match message {
        ServerMsg::Waiting { conversation, .. } => Some(conversation),
        _ => None,
    });
    let conversation = conversation.await;
    let took = began.elapsed();
    line.send(&ClientMsg::End { conversation, reason: EndReason::Visitor }).await;
    took
}

/// A counselor's desk that answers its heartbeats whatever happens, and says when it rings.
pub struct Desk {
    presences: mpsc::Sender<Presence>,
    rings: mpsc::Receiver<bool>,
}

impl Desk {
    pub async fn open(relay: &Amparo, house: &House, signed_in: &SignedIn) -> Self {
        let mut line = Line::of_counselor(&relay.socket(), signed_in, &house.shift(signed_in)).await;
        let (presences, mut says) = mpsc::channel(1);
        let (rings, heard) = mpsc::channel(1);
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    Some(presence) = says.recv() => line.send(&ClientMsg::Presence(presence)).await,
                    message = line.next() => match message {
                        Some(ServerMsg::Offer { .. }) => drop(rings.send(true).await),
                        Some(ServerMsg::OfferGone { .. }) => drop(rings.send(false).await),
                        Some(_) => {}
                        None => return,
                    },
                }
            }
        });
        Self { presences, rings: heard }
    }

    /// From "available" until a visitor rings; it takes a break again.
    pub async fn rings(&mut self) -> Duration {
        let began = Instant::now();
        self.is(Presence::Available).await;
        while self.rings.recv().await != Some(true) {}
        let took = began.elapsed();
        self.is(Presence::Break).await;
        while self.rings.recv().await != Some(false) {}
        took
    }

    async fn is(&self, presence: Presence) {
        self.presences.send(presence).await.expect("the desk is connected");
    }
}

async fn enters(relay: &Amparo, house: &House) -> Line {
    let mut line = Line::welcomed(&relay.socket(), house).await;
    line.send(&ClientMsg::Enter { language: Language::En }).await;
    line
}

/// Keeps her place: whenever the connection is lost she comes back with the newest ticket.
async fn waits(mut line: Line, url: String, places: Arc<Mutex<Places>>) {
    loop {
        let lost: Option<()> = line
            .until_closed(|message| {
                let mut places = places.lock().unwrap_or_else(PoisonError::into_inner);
                match message {
                    ServerMsg::Waiting { conversation, position, .. } => {
                        places.told.insert(conversation, position);
                    }
                    ServerMsg::Resumed { conversation, .. } => {
                        places.back.insert(conversation, Instant::now());
                    }
                    _ => {}
                }
                None
            })
            .await;
        debug_assert!(lost.is_none(), "nothing is wanted");
        let Some(ticket) = line.ticket.take() else { return };
        line = comes_back(&url, ticket).await;
    }
}

async fn comes_back(url: &str, ticket: Ticket) -> Line {
    let span = SPREAD_MS.end - SPREAD_MS.start;
    let wait = SPREAD_MS.start + u64::from_le_bytes(random_bytes(&mut random())) % span;
    sleep(Duration::from_millis(wait)).await;
    loop {
        if let Some(mut line) = Line::try_open(url, "").await {
            line.ticket = Some(ticket.clone());
            let resume = Resume { ticket, pending: None, have: vec![] };
            let hello = Hello::Resume { version: PROTOCOL_VERSION, resume, language: Language::En };
            line.send(&ClientMsg::Hello(hello)).await;
            return line;
        }
        sleep(AGAIN).await;
    }
}
