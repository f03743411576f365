//! Connections that say nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::sleep;

const AGAIN: Duration = Duration::from_millis(200);
/// The relay closes them after as long: begun all at once, they would all be away at once.
const SPREAD: Duration = Duration::from_secs(5);

/// So many; each that is closed is opened again. `held`: how many there are now. Returns when one gives up.
pub async fn keep_silent(port: u16, count: u64, held: Arc<AtomicU64>) -> String {
    let begins = |number: u64| SPREAD.mul_f64(number as f64 / count as f64);
    let mut all: JoinSet<()> = (0..count).map(|number| keep_one(port, begins(number), held.clone())).collect();
    format!("silence: {:?}", all.join_next().await)
}

async fn keep_one(port: u16, begins: Duration, held: Arc<AtomicU64>) {
    sleep(begins).await;
    loop {
        if let Ok(stream) = TcpStream::connect(("127.0.0.1", port)).await {
            held.fetch_add(1, Ordering::Relaxed);
            let _closed = stream.readable().await;
            held.fetch_sub(1, Ordering::Relaxed);
        }
        sleep(AGAIN).await;
    }
}
