//! A bad line between a browser and the relay: a proxy on this machine that delays and throttles every byte.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};

const CHUNK_BYTES: usize = 1400;
/// What may be under way in one direction of one connection.
const CHUNKS_UNDER_WAY: usize = 64;

/// The line; it is gone when this is dropped.
pub struct SlowLine {
    port: u16,
    task: JoinHandle<()>,
}

#[derive(Clone, Copy, Debug)]
pub struct Quality {
    /// Shared by everything that comes down the line.
    pub bits_per_second: u64,
    /// There and back.
    pub round_trip: Duration,
}

/// An old phone at the edge of coverage (requirement 41).
pub const EDGE: Quality = Quality { bits_per_second: 400_000, round_trip: Duration::from_millis(400) };

/// A phone with an ordinary signal.
pub const MOBILE: Quality = Quality { bits_per_second: 1_600_000, round_trip: Duration::from_millis(150) };

impl SlowLine {
    /// In front of `origin`, as in `http://127.0.0.1:8080`.
    pub async fn before(origin: &str, quality: Quality) -> Self {
        let target = origin.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("the loopback interface has a free port");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        let task = tokio::spawn(async move {
            let line = Arc::new(Mutex::new(Instant::now()));
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, target.clone(), quality, line.clone()));
            }
        });
        Self { port, task }
    }

    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for SlowLine {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(near: TcpStream, target: String, quality: Quality, line: Arc<Mutex<Instant>>) {
    // A connection is made by one round trip before the first byte.
    sleep(quality.round_trip).await;
    let Ok(far) = TcpStream::connect(target).await else { return };
    let (near_read, near_write) = near.into_split();
    let (far_read, far_write) = far.into_split();
    let delay = quality.round_trip / 2;
    let down = move |bytes: usize| {
        let mut free_at = line.lock().expect("no holder panics");
        let taken = Duration::from_secs_f64(bytes as f64 * 8.0 / quality.bits_per_second as f64);
        *free_at = (*free_at).max(Instant::now()) + taken;
        *free_at + delay
    };
    let up = move |_| Instant::now() + delay;
    tokio::join!(pump(near_read, far_write, up), pump(far_read, near_write, down));
}

/// Reads at once and writes when each chunk has arrived; the end of the stream arrives last.
async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, arrives: impl Fn(usize) -> Instant) {
    let (tx, mut under_way) = mpsc::channel::<(Instant, Vec<u8>)>(CHUNKS_UNDER_WAY);
    let writing = tokio::spawn(async move {
        while let Some((at, chunk)) = under_way.recv().await {
            sleep_until(at).await;
            if to.write_all(&chunk).await.is_err() {
                return;
            }
        }
        let _closed_already = to.shutdown().await;
    });
    let mut chunk = vec![0; CHUNK_BYTES];
    while let Ok(size @ 1..) = from.read(&mut chunk).await {
        if tx.send((arrives(size), chunk[..size].to_vec())).await.is_err() {
            break;
        }
    }
    drop(tx);
    let _joined = writing.await;
}
