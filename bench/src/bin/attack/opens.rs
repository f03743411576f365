//! Chats that are opened without end: each takes a place in the queue, and is left.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use amparo_bench::house::House;
use amparo_bench::line::{Line, visitor_hello};
use amparo_protocol::id::Pass;
use amparo_protocol::language::Language;
use amparo_protocol::wire::{ClientMsg, ServerMsg};
use tokio::task::JoinSet;

const AT_ONCE: usize = 8;

/// What came of it.
#[derive(Default)]
pub struct Opened {
    /// Chats that had a place in the queue.
    pub entered: AtomicU64,
    pub passes_refused: AtomicU64,
    /// Connections that were not taken, or refused at their first words.
    pub refused: AtomicU64,
    /// Chats that were told that there is no place.
    pub full: AtomicU64,
}

/// As fast as the relay answers. Where no pass is to be had the connection is opened all the same, with the last one.
/// Returns when one of them gives up.
pub async fn open_without_end(house: Arc<House>, url: String, address: &'static str, done: Arc<Opened>) -> String {
    let mut all: JoinSet<()> = (0..AT_ONCE).map(|_| opens(house.clone(), url.clone(), address, done.clone())).collect();
    format!("openings: {:?}", all.join_next().await)
}

async fn opens(house: Arc<House>, url: String, address: &'static str, done: Arc<Opened>) {
    let mut pass = Pass([0; 32]);
    loop {
        let asked = house.clone();
        match tokio::task::spawn_blocking(move || asked.pass_from(address)).await {
            Ok(Some(fresh)) => pass = fresh,
            _ => drop(done.passes_refused.fetch_add(1, Ordering::Relaxed)),
        }
        let counted = match enters(&house, &url, address, pass).await {
            Some(ServerMsg::Waiting { .. }) => &done.entered,
            Some(ServerMsg::Line(_)) => &done.full,
            _ => &done.refused,
        };
        counted.fetch_add(1, Ordering::Relaxed);
    }
}

/// What she is told of her place.
async fn enters(house: &House, url: &str, address: &str, pass: Pass) -> Option<ServerMsg> {
    let line = Line::try_open_from(address, url, "").await?;
    let (mut says, mut hears) = line.split();
    says.say(&ClientMsg::Hello(visitor_hello(house.site, pass))).await?;
    let mut has_entered = false;
    loop {
        match hears.next().await? {
            ServerMsg::Welcome(_) => {
                says.say(&ClientMsg::Enter { language: Language::En }).await?;
                has_entered = true;
            }
            told @ (ServerMsg::Waiting { .. } | ServerMsg::Refused { .. }) => return Some(told),
            told @ ServerMsg::Line(_) if has_entered => return Some(told),
            _ => {}
        }
    }
}
