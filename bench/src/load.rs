//! The load itself: every pair sends its next message when the former was acknowledged.

use std::time::{Duration, Instant};

use serde::Serialize;

use crate::meter::Meter;
use crate::pair::Pair;

/// A message and its acknowledgement.
const FRAMES_PER_EXCHANGE: usize = 2;
const WARM_UP: Duration = Duration::from_secs(1);

#[derive(Serialize)]
pub struct Throughput {
    frames: usize,
    seconds: f64,
    cpu_seconds: f64,
    #[serde(skip)]
    deliveries: Vec<Duration>,
}

impl Throughput {
    pub fn cpu_micros_per_frame(&self) -> f64 {
        self.cpu_seconds * 1e6 / self.frames as f64
    }

    pub fn frames_per_second(&self) -> f64 {
        self.frames as f64 / self.seconds
    }

    /// From sealing to opened on the other side.
    pub fn percentile_ms(&self, part: f64) -> f64 {
        let at = ((self.deliveries.len() as f64 * part) as usize).min(self.deliveries.len() - 1);
        self.deliveries[at].as_secs_f64() * 1e3
    }
}

/// One message in flight per pair, for the given time after a warm-up.
pub async fn one_in_flight(pairs: Vec<Pair>, meter: &Meter, duration: Duration) -> Throughput {
    let start = Instant::now() + WARM_UP;
    let end = start + duration;
    let running: Vec<_> = pairs.into_iter().map(|pair| tokio::spawn(exchange_until(pair, start, end))).collect();
    tokio::time::sleep_until(start.into()).await;
    let cpu_before = meter.cpu();
    tokio::time::sleep_until(end.into()).await;
    let cpu = meter.cpu() - cpu_before;
    let mut deliveries = Vec::new();
    for pair in running {
        deliveries.extend(pair.await.expect("a pair ends without a panic"));
    }
    deliveries.sort_unstable();
    Throughput {
        frames: deliveries.len() * FRAMES_PER_EXCHANGE,
        seconds: duration.as_secs_f64(),
        cpu_seconds: cpu.as_secs_f64(),
        deliveries,
    }
}

async fn exchange_until(mut pair: Pair, start: Instant, end: Instant) -> Vec<Duration> {
    let mut deliveries = Vec::new();
    while Instant::now() < end {
        let began = Instant::now();
        let delivered = pair.exchange().await;
        if began >= start {
            deliveries.push(delivered);
        }
    }
    deliveries
}
