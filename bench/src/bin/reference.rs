//! The reference: the barest relay that axum allows. Two connections of a pair, every binary message passed on.
//!
//! Buffers of 4 KiB as in Amparo's own transport; no ring, no checks, no heartbeat.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::any;
use futures_util::{SinkExt, StreamExt};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Who waits to be sent to, by pair and side.
type Sides = Arc<Mutex<HashMap<(u32, u8), Sender<Message>>>>;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free loopback port");
    let address = listener.local_addr().expect("a bound listener has an address");
    announce(&address.to_string());
    let app =
        Router::new().route("/echo", any(echo)).route("/{pair}/{side}", any(upgrade)).with_state(Sides::default());
    axum::serve(listener, app).await.expect("the listener stays open");
}

#[expect(clippy::print_stdout, reason = "the generator reads the address from standard output")]
fn announce(address: &str) {
    println!("{address}");
}

async fn upgrade(
    upgrade: WebSocketUpgrade,
    Path((pair, side)): Path<(u32, u8)>,
    State(sides): State<Sides>,
) -> Response {
    upgrade.read_buffer_size(4096).write_buffer_size(4096).on_upgrade(move |socket| run(socket, sides, pair, side))
}

/// The floor: what it costs to take a message and send it back.
async fn echo(upgrade: WebSocketUpgrade) -> Response {
    upgrade.read_buffer_size(4096).write_buffer_size(4096).on_upgrade(async |mut socket| {
        while let Some(Ok(message @ Message::Binary(_))) = socket.recv().await {
            if socket.send(message).await.is_err() {
                return;
            }
        }
    })
}

async fn run(socket: WebSocket, sides: Sides, pair: u32, side: u8) {
    let (tx, rx) = channel(256);
    lock(&sides).insert((pair, side), tx);
    let (sink, mut stream) = socket.split();
    let writer = tokio::spawn(write(sink, rx));
    let other = (pair, 1 - side);
    while let Some(Ok(message)) = stream.next().await {
        if let Message::Binary(_) = message {
            let peer = lock(&sides).get(&other).cloned();
            if let Some(peer) = peer {
                peer.send(message).await.ok();
            }
        }
    }
    lock(&sides).remove(&(pair, side));
    writer.abort();
}

/// Writes what waits, then flushes once.
async fn write(mut sink: futures_util::stream::SplitSink<WebSocket, Message>, mut rx: Receiver<Message>) {
    while let Some(message) = rx.recv().await {
        if sink.feed(message).await.is_err() {
            return;
        }
        while let Ok(message) = rx.try_recv() {
            if sink.feed(message).await.is_err() {
                return;
            }
        }
        if sink.flush().await.is_err() {
            return;
        }
    }
}

fn lock(sides: &Sides) -> std::sync::MutexGuard<'_, HashMap<(u32, u8), Sender<Message>>> {
    sides.lock().expect("no holder of this lock panics")
}
