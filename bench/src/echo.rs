//! The floor of every figure: sealed bytes that come straight back.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use amparo_bench::meter::Meter;
use amparo_bench::relay::Reference;

/// As long as a sealed short message with its frame.
const MESSAGE_BYTES: usize = 1_147;

/// Connections that each wait for their message to come back before they send the next.
pub async fn cpu_micros_per_frame(reference: &Reference, meter: &Meter, count: usize, duration: Duration) -> f64 {
    let end = Instant::now() + duration;
    let before = meter.cpu();
    let running: Vec<_> = (0..count).map(|_| tokio::spawn(until(reference.address.clone(), end))).collect();
    let mut frames = 0;
    for one in running {
        frames += one.await.expect("an echo does not panic");
    }
    (meter.cpu() - before).as_secs_f64() * 1e6 / frames as f64
}

async fn until(address: String, end: Instant) -> usize {
    let (mut socket, _) = connect_async(format!("ws://{address}/echo")).await.expect("the reference accepts");
    let message = Message::binary(vec![7; MESSAGE_BYTES]);
    let mut frames = 0;
    while Instant::now() < end {
        socket.send(message.clone()).await.expect("the connection is open");
        socket.next().await.expect("the connection stays open").expect("the connection stays open");
        frames += 1;
    }
    frames
}
