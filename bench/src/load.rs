//! The load itself: every pair sends its next message when the former was acknowledged, or when it is due.

use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::task::JoinHandle;

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
    async fn gathered(
        running: Vec<JoinHandle<(Pair, Vec<Duration>)>>,
        duration: Duration,
        cpu: Duration,
    ) -> (Vec<Pair>, Self) {
        let (mut pairs, mut deliveries) = (Vec::new(), Vec::new());
        for pair in running {
            let (pair, delivered) = pair.await.expect("a pair ends without a panic");
            pairs.push(pair);
            deliveries.extend(delivered);
        }
        deliveries.sort_unstable();
        let frames = deliveries.len() * FRAMES_PER_EXCHANGE;
        (pairs, Self { frames, seconds: duration.as_secs_f64(), cpu_seconds: cpu.as_secs_f64(), deliveries })
    }

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
pub async fn one_in_flight(pairs: Vec<Pair>, meter: &Meter, duration: Duration) -> (Vec<Pair>, Throughput) {
    let start = Instant::now() + WARM_UP;
    let end = start + duration;
    let running: Vec<_> = pairs.into_iter().map(|pair| tokio::spawn(exchange_until(pair, start, end))).collect();
    tokio::time::sleep_until(start.into()).await;
    let cpu_before = meter.cpu();
    tokio::time::sleep_until(end.into()).await;
    let cpu = meter.cpu() - cpu_before;
    Throughput::gathered(running, duration, cpu).await
}

/// Messages at a fixed rate, the pairs taking turns. Late ones count from when they were due: whoever waits is not left out.
pub async fn at_rate(pairs: Vec<Pair>, meter: &Meter, per_second: u32, duration: Duration) -> (Vec<Pair>, Throughput) {
    let start = Instant::now() + WARM_UP;
    let turn = Duration::from_secs(1) * u32::try_from(pairs.len()).expect("few pairs") / per_second;
    let turns = (WARM_UP + duration).as_micros() / turn.as_micros();
    let step = turn / u32::try_from(pairs.len()).expect("few pairs");
    let running = pairs.into_iter().zip(0_u32..).map(|(pair, number)| {
        let first = Instant::now() + step * number;
        tokio::spawn(exchange_when_due(pair, first, turn, u32::try_from(turns).unwrap_or(u32::MAX), start))
    });
    let running: Vec<_> = running.collect();
    tokio::time::sleep_until(start.into()).await;
    let cpu_before = meter.cpu();
    tokio::time::sleep_until((start + duration).into()).await;
    let cpu = meter.cpu() - cpu_before;
    Throughput::gathered(running, duration, cpu).await
}

async fn exchange_when_due(
    mut pair: Pair,
    first: Instant,
    turn: Duration,
    turns: u32,
    counts_from: Instant,
) -> (Pair, Vec<Duration>) {
    let mut deliveries = Vec::new();
    for number in 0..turns {
        let due = first + turn * number;
        tokio::time::sleep_until(due.into()).await;
        let late = due.elapsed();
        let delivered = pair.exchange().await + late;
        if due >= counts_from {
            deliveries.push(delivered);
        }
    }
    (pair, deliveries)
}

async fn exchange_until(mut pair: Pair, start: Instant, end: Instant) -> (Pair, Vec<Duration>) {
    let mut deliveries = Vec::new();
    while Instant::now() < end {
        let began = Instant::now();
        let delivered = pair.exchange().await;
        if began >= start {
            deliveries.push(delivered);
        }
    }
    (pair, deliveries)
}
