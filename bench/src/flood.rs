//! A visitor who writes without end and waits for nobody. Whoever of the two is cut off comes back with the newest ticket.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use amparo_client::crypto::epoch::Epochs;
use amparo_client::crypto::primitives::random_bytes;
use amparo_client::crypto::seal::{Author, Body, seal_message};
use amparo_client::crypto::shift::ShiftKeys;
use amparo_protocol::id::{ConversationId, DeviceId, MessageId, Ticket};
use amparo_protocol::language::Language;
use amparo_protocol::limits::PROTOCOL_VERSION;
use amparo_protocol::wire::{ClientMsg, Have, Hello, Resume, ServerMsg};
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::house::random;
use crate::line::{ADDRESS, Hears, Line, Says, ticket_in};
use crate::pair::{Pair, TEXT};

const AGAIN: Duration = Duration::from_millis(500);
const BEATS_AT_ONCE: usize = 64;

/// How much of it there was.
#[derive(Default)]
pub struct Flooded {
    /// Written into the connection, as fast as that takes it.
    pub said: AtomicU64,
    /// Passed on to the counselor; what the ring held when she came back is not counted.
    pub arrived: AtomicU64,
    /// How often each came back.
    pub visitor_back: AtomicU64,
    pub counselor_back: AtomicU64,
}

/// Where the two come from.
pub struct From {
    pub url: String,
    pub address: &'static str,
    /// The counselor's.
    pub cookie: String,
}

/// Returns when neither can come back, with the reason.
pub async fn flood(pair: Pair, from: From, done: Arc<Flooded>) -> String {
    let Pair { visitor, counselor, conversation, epochs, keys, next, .. } = pair;
    let From { url, address, cookie } = from;
    let (her_ticket, ticket) = (visitor.ticket.clone(), counselor.ticket.clone());
    let writer =
        Writer { url: url.clone(), address, conversation, epochs, next, ticket: her_ticket, done: done.clone() };
    let reader = Reader { url, cookie, keys, ticket, repeated: 0, done };
    tokio::select! {
        why = writer.run(visitor) => format!("the visitor: {why}"),
        why = reader.run(counselor) => format!("her counselor: {why}"),
    }
}

struct Writer {
    url: String,
    address: &'static str,
    conversation: ConversationId,
    epochs: Epochs,
    next: u64,
    ticket: Option<Ticket>,
    done: Arc<Flooded>,
}

impl Writer {
    async fn run(mut self, line: Line) -> String {
        let (mut says, mut hears) = line.split();
        loop {
            self.until_cut(says, hears).await;
            (says, hears) = match self.comes_back().await {
                Ok(ends) => ends,
                Err(why) => return why,
            };
            self.done.visitor_back.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Nothing that is read holds up what is written, but for the answers to heartbeats, which come first.
    async fn until_cut(&mut self, mut says: Says, mut hears: Hears) {
        let (beats, mut unanswered) = mpsc::channel(BEATS_AT_ONCE);
        let Self { conversation, epochs, next, ticket, done, .. } = self;
        let reads = async {
            while let Some(message) = hears.next().await {
                match message {
                    ServerMsg::Beat { beat, .. } => drop(beats.try_send(beat)),
                    message => *ticket = ticket_in(&message).cloned().or_else(|| ticket.take()),
                }
            }
        };
        let writes = async {
            loop {
                while let Ok(beat) = unanswered.try_recv() {
                    says.say(&ClientMsg::Pong { beat }).await?;
                }
                says.say(&message(*conversation, epochs, *next)).await?;
                *next += 1;
                done.said.fetch_add(1, Ordering::Relaxed);
            }
        };
        let _cut: Option<()> = tokio::select! {
            () = reads => None,
            cut = writes => cut,
        };
    }

    async fn comes_back(&mut self) -> Result<(Says, Hears), String> {
        let epoch = self.epochs.newest().expect("the epoch was made at the claim").number();
        let have = vec![Have { epoch, sender: DeviceId::default(), upto: self.next.saturating_sub(1) }];
        let resume = resume(self.ticket.as_ref(), have)?;
        let hello = Hello::Resume { version: PROTOCOL_VERSION, resume, language: Language::En };
        let (ends, told) = returns(self.address, &self.url, "", hello).await?;
        self.ticket = ticket_in(&told).cloned().or_else(|| self.ticket.take());
        Ok(ends)
    }
}

struct Reader {
    url: String,
    cookie: String,
    keys: ShiftKeys,
    ticket: Option<Ticket>,
    /// So many of the next come from the ring once more.
    repeated: u64,
    done: Arc<Flooded>,
}

impl Reader {
    async fn run(mut self, line: Line) -> String {
        let (mut says, mut hears) = line.split();
        loop {
            self.until_cut(says, hears).await;
            (says, hears) = match self.comes_back().await {
                Ok(ends) => ends,
                Err(why) => return why,
            };
            self.done.counselor_back.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn until_cut(&mut self, mut says: Says, mut hears: Hears) -> Option<()> {
        loop {
            match hears.next().await? {
                ServerMsg::Beat { beat, .. } => says.say(&ClientMsg::Pong { beat }).await?,
                ServerMsg::Deliver { .. } if self.repeated > 0 => self.repeated -= 1,
                ServerMsg::Deliver { .. } => {
                    self.done.arrived.fetch_add(1, Ordering::Relaxed);
                }
                message => self.ticket = ticket_in(&message).cloned().or_else(|| self.ticket.take()),
            }
        }
    }

    async fn comes_back(&mut self) -> Result<(Says, Hears), String> {
        let resumes = vec![resume(self.ticket.as_ref(), vec![])?];
        let shift = self.keys.certificate.clone();
        let hello = Hello::Counselor { version: PROTOCOL_VERSION, shift, resumes, ended: vec![] };
        let (ends, told) = returns(ADDRESS, &self.url, &self.cookie, hello).await?;
        self.ticket = ticket_in(&told).cloned().or_else(|| self.ticket.take());
        if let ServerMsg::CounselorResumed { held, .. } = told {
            self.repeated = held.iter().map(|span| span.upto - span.from + 1).sum();
        }
        Ok(ends)
    }
}

fn message(conversation: ConversationId, epochs: &Epochs, number: u64) -> ClientMsg {
    let epoch = epochs.newest().expect("the epoch was made at the claim");
    let id = MessageId(random_bytes(&mut random()));
    let message = seal_message(epoch, Author::Visitor, number, id, number, &Body::Text(TEXT.to_owned()));
    ClientMsg::Send { conversation, message }
}

fn resume(ticket: Option<&Ticket>, have: Vec<Have>) -> Result<Resume, String> {
    let ticket = ticket.cloned().ok_or("was never told a ticket")?;
    Ok(Resume { ticket, pending: None, have })
}

/// A new connection, as often as it takes, until the conversation goes on there; with what says so.
async fn returns(address: &str, url: &str, cookie: &str, hello: Hello) -> Result<((Says, Hears), ServerMsg), String> {
    let hello = ClientMsg::Hello(hello);
    loop {
        sleep(AGAIN).await;
        let Some(line) = Line::try_open_from(address, url, cookie).await else { continue };
        let (mut says, mut hears) = line.split();
        if says.say(&hello).await.is_none() {
            continue;
        }
        while let Some(message) = hears.next().await {
            match message {
                ServerMsg::Resumed { .. } | ServerMsg::CounselorResumed { .. } => {
                    return Ok(((says, hears), message));
                }
                ServerMsg::Refused { code } => return Err(format!("refused: {code}")),
                ServerMsg::Ended { reason, .. } => return Err(format!("ended: {reason:?}")),
                _ => {}
            }
        }
    }
}
