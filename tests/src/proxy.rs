//! A proxy as in schools, shelters and offices, which passes requests on and lets no WebSocket through; or a network that
//! forgets the connections that go through it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::process::free_port;

/// What becomes of a WebSocket.
#[derive(Clone, Copy, Debug)]
pub enum Blocks {
    /// Refused at once.
    Refuses,
    /// Never answered.
    Hangs,
    /// Refused, and polling too: files arrive and nothing else.
    RefusesAll,
    /// Passed on as all else.
    Nothing,
}

pub struct Proxy {
    pub port: u16,
    pub relay_port: u16,
    blocked: Arc<AtomicUsize>,
    silence: Arc<Notify>,
    server: JoinHandle<()>,
}

impl Proxy {
    pub async fn start(blocks: Blocks) -> Self {
        Self::before(free_port(), blocks).await
    }

    /// In front of a relay that runs.
    pub async fn before(relay_port: u16, blocks: Blocks) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("the loopback interface has a free port");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        let blocked = Arc::<AtomicUsize>::default();
        let silence = Arc::<Notify>::default();
        let server = tokio::spawn(serve(listener, relay_port, blocks, blocked.clone(), silence.clone()));
        Self { port, relay_port, blocked, silence, server }
    }

    /// What is open now stays open and carries nothing any more; new connections are passed on.
    pub fn forgets_connections(&self) {
        self.silence.notify_waiters();
    }

    /// How many WebSockets it has met.
    pub fn blocked(&self) -> usize {
        self.blocked.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(
    listener: TcpListener,
    relay_port: u16,
    blocks: Blocks,
    blocked: Arc<AtomicUsize>,
    silence: Arc<Notify>,
) {
    loop {
        let (browser, _) = listener.accept().await.expect("the loopback interface stays");
        let (blocked, silence) = (blocked.clone(), silence.clone());
        tokio::spawn(async move {
            // A connection that breaks concerns its two ends only.
            let _ = pass(browser, relay_port, blocks, &blocked, &silence).await;
        });
    }
}

/// Browsers open a connection of its own for each WebSocket, so the first request tells.
async fn pass(
    mut browser: TcpStream,
    relay_port: u16,
    blocks: Blocks,
    blocked: &AtomicUsize,
    silence: &Notify,
) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.contains(&b'\n') {
        if browser.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let is_socket = head.starts_with(b"GET /ws ") && !matches!(blocks, Blocks::Nothing);
    let is_poll = head.starts_with(b"POST /api/poll ") && matches!(blocks, Blocks::RefusesAll);
    if !is_socket && !is_poll {
        let mut relay = TcpStream::connect(("127.0.0.1", relay_port)).await?;
        if matches!(blocks, Blocks::RefusesAll) {
            // So that the next request, which may be a poll, comes with a connection of its own.
            let end = head.iter().position(|byte| *byte == b'\n').unwrap_or(head.len() - 1) + 1;
            head.splice(end..end, b"Connection: close\r\n".iter().copied());
        }
        relay.write_all(&head).await?;
        tokio::select! {
            done = copy_bidirectional(&mut browser, &mut relay) => drop(done?),
            // Both ends are kept, and nobody is told.
            () = silence.notified() => std::future::pending().await,
        }
        return Ok(());
    }
    blocked.fetch_add(1, Ordering::Relaxed);
    match blocks {
        Blocks::Refuses | Blocks::RefusesAll => {
            browser.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").await
        }
        Blocks::Hangs => {
            while browser.read_buf(&mut head).await? > 0 {}
            Ok(())
        }
        Blocks::Nothing => Ok(()),
    }
}
