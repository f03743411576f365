//! Everything that `docs/benchmarks.md` says of the relay, in one run: each figure beside the reference's, both measured in
//! turn and again, so that what else the machine does strikes all of them.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::echo;
use crate::{queue, small};
use amparo_bench::crowd::Idle;
use amparo_bench::house::House;
use amparo_bench::load::{self, Throughput};
use amparo_bench::meter::Meter;
use amparo_bench::relay::{Amparo, Reference};
use amparo_bench::{machine, pair};

/// How often each comparison is made.
const ROUNDS: usize = 5;
const PAIRS: usize = 50;
const SPELL: Duration = Duration::from_secs(4);
/// Messages a second where delays are compared.
const RATE: u32 = 1_000;
/// Where one thing grows, the rest stays as it is.
const CALM_RATE: u32 = 200;
const CALM_PAIRS: usize = 10;
const CONVERSATIONS: [usize; 5] = [10, 50, 100, 200, 400];
const CONNECTIONS: [usize; 6] = [100, 500, 1_000, 5_000, 10_000, 15_000];
const SENT_BEFORE: [u64; 4] = [0, 250, 500, 1_000];
const STARTED: Duration = Duration::from_secs(2);
const RESTS: Duration = Duration::from_secs(10);

/// Answers one JSON object; progress goes to the error output.
pub async fn run(amparo: &Path, reference: &Path) -> Value {
    machine::allow_many_files();
    let rest = at_rest(amparo).await;
    let side_by_side = side_by_side(amparo, reference).await;
    let conversations = conversations(amparo).await;
    let connections = connections(amparo).await;
    let ring = ring(amparo).await;
    let crowds = crowds(amparo).await;
    json!({
        "machine": machine::described(),
        "rest": rest,
        "rounds": side_by_side,
        "conversations": conversations,
        "connections": connections,
        "ring": ring,
        "crowds": crowds,
    })
}

/// What needs thousands of visitors, or hundreds of conversations on a small machine.
pub async fn crowds(amparo: &Path) -> Value {
    machine::allow_many_files();
    let small = small::machine(amparo).await;
    json!({ "waiting": queue::decisions(amparo).await, "storm": queue::storm(amparo).await, "small": small })
}

/// A relay that nobody uses.
async fn at_rest(amparo: &Path) -> Value {
    told("at rest");
    let mut starts: Vec<u128> = Vec::new();
    for _ in 0..ROUNDS {
        let mut relay = Amparo::start(amparo);
        starts.push(relay.start_time.as_millis());
        relay.stop();
    }
    let mut relay = Amparo::start(amparo);
    // The work of starting is none of a relay at rest.
    tokio::time::sleep(STARTED).await;
    let meter = Meter::of(relay.pid());
    let (woken, cpu) = (meter.wake_ups(), meter.cpu());
    tokio::time::sleep(RESTS).await;
    let woken = (meter.wake_ups() - woken) as f64 / RESTS.as_secs_f64();
    let cpu = (meter.cpu() - cpu).as_secs_f64() / RESTS.as_secs_f64();
    let memory = meter.resident_bytes();
    relay.stop();
    let size = std::fs::metadata(amparo).map_or(0, |file| file.len());
    json!({ "start_ms": starts, "resident_bytes": memory, "wake_ups_per_second": woken, "cpu_share": cpu, "binary_bytes": size })
}

/// Amparo, the bare relay, and an echo, in turn.
async fn side_by_side(amparo: &Path, reference: &Path) -> Value {
    let mut ours = Amparo::start(amparo);
    let house = House::set_up(&ours, PAIRS);
    let mut bare = Reference::start(reference);
    let (our_meter, bare_meter) = (Meter::of(ours.pid()), Meter::of(bare.pid()));
    let mut our_pairs = pair::open_all(&ours, &house).await;
    let mut bare_pairs = pair::open_all_on_reference(&bare, PAIRS).await;
    let mut rounds = Vec::new();
    for round in 1..=ROUNDS {
        told(&format!("side by side, {round} of {ROUNDS}"));
        let (our_closed, bare_closed, our_rate, bare_rate);
        (our_pairs, our_closed) = load::one_in_flight(our_pairs, &our_meter, SPELL).await;
        (bare_pairs, bare_closed) = load::one_in_flight(bare_pairs, &bare_meter, SPELL).await;
        (our_pairs, our_rate) = load::at_rate(our_pairs, &our_meter, RATE, SPELL).await;
        (bare_pairs, bare_rate) = load::at_rate(bare_pairs, &bare_meter, RATE, SPELL).await;
        let echo = echo::cpu_micros_per_frame(&bare, &bare_meter, PAIRS, SPELL).await;
        rounds.push(json!({
            "amparo": { "one_in_flight": figures(&our_closed), "at_rate": figures(&our_rate) },
            "reference": { "one_in_flight": figures(&bare_closed), "at_rate": figures(&bare_rate) },
            "echo_cpu_micros_per_frame": echo,
        }));
    }
    ours.stop();
    bare.stop();
    json!(rounds)
}

/// More and more conversations at the same rate for all of them together, and then as fast as they can.
async fn conversations(amparo: &Path) -> Value {
    let mut points = Vec::new();
    for count in CONVERSATIONS {
        told(&format!("{count} conversations"));
        let mut relay = Amparo::start(amparo);
        let house = House::set_up(&relay, count);
        let meter = Meter::of(relay.pid());
        let pairs = pair::open_all(&relay, &house).await;
        let (pairs, steady) = load::at_rate(pairs, &meter, CALM_RATE, SPELL).await;
        let (pairs, fast) = load::one_in_flight(pairs, &meter, SPELL).await;
        let memory = meter.resident_bytes();
        points.push(json!({ "count": count, "at_rate": figures(&steady), "one_in_flight": figures(&fast), "resident_bytes": memory }));
        drop(pairs);
        relay.stop();
    }
    json!(points)
}

/// More and more visitors who have only opened the chat, beside a few conversations.
async fn connections(amparo: &Path) -> Value {
    let mut relay = Amparo::start(amparo);
    let house = House::set_up(&relay, CALM_PAIRS);
    let meter = Meter::of(relay.pid());
    let mut pairs = pair::open_all(&relay, &house).await;
    let before = meter.resident_bytes();
    let mut crowd = Idle::default();
    let mut points = Vec::new();
    for count in CONNECTIONS {
        told(&format!("{count} idle connections"));
        let began = Instant::now();
        crowd.grows_to(count, &relay, &house).await;
        let opened = began.elapsed().as_secs_f64();
        let each = (meter.resident_bytes().saturating_sub(before)) as f64 / count as f64;
        let steady;
        (pairs, steady) = load::at_rate(pairs, &meter, CALM_RATE, SPELL).await;
        points
            .push(json!({ "count": count, "bytes_each": each, "opened_seconds": opened, "at_rate": figures(&steady) }));
    }
    relay.stop();
    json!(points)
}

/// Messages that the relay keeps already, and what the next ones cost.
async fn ring(amparo: &Path) -> Value {
    let mut relay = Amparo::start(amparo);
    let house = House::set_up(&relay, CALM_PAIRS);
    let meter = Meter::of(relay.pid());
    let mut pairs = pair::open_all(&relay, &house).await;
    let mut points = Vec::new();
    for count in SENT_BEFORE {
        told(&format!("{count} messages sent before"));
        for pair in &mut pairs {
            while pair.sent() < count {
                pair.exchange().await;
            }
        }
        let steady;
        (pairs, steady) = load::at_rate(pairs, &meter, CALM_RATE, SPELL).await;
        points.push(json!({ "count": count, "at_rate": figures(&steady), "resident_bytes": meter.resident_bytes() }));
    }
    relay.stop();
    json!(points)
}

fn figures(load: &Throughput) -> Value {
    json!({
        "cpu_micros_per_frame": load.cpu_micros_per_frame(),
        "frames_per_second": load.frames_per_second(),
        "p50_ms": load.percentile_ms(0.50),
        "p99_ms": load.percentile_ms(0.99),
    })
}

fn told(what: &str) {
    eprintln!("· {what}");
}
