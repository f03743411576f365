//! Measures the release binary beside the barest relay that axum allows, in one run: start time, memory, CPU per relayed
//! frame. Server and generator are two processes; messages and acknowledgements are really sealed.
//!
//! `bench AMPARO REFERENCE [PAIRS] [SECONDS] [IDLE]`. Compare ratios of one run, never figures of two.

#![expect(clippy::print_stdout, reason = "the table and the last line's JSON are what it is run for")]

use std::path::PathBuf;
use std::time::Duration;

use amparo_bench::load::Throughput;
use amparo_bench::meter::Meter;
use amparo_bench::{house, load, pair, relay};

/// What to run, and how much of it.
struct Plan {
    amparo: PathBuf,
    reference: PathBuf,
    pairs: usize,
    duration: Duration,
    idle: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let Some(plan) = plan() else {
        eprintln!("usage: bench AMPARO REFERENCE [PAIRS] [SECONDS] [IDLE]");
        std::process::exit(2);
    };
    let mut relay = relay::Amparo::start(&plan.amparo);
    say("start to serving", &format!("{} ms", relay.start_time.as_millis()));
    let meter = Meter::of(relay.pid());
    say("memory at rest", &megabytes(meter.resident_bytes()));
    let house = house::House::set_up(&relay, plan.pairs);
    say("pairs", &plan.pairs.to_string());

    let pairs = pair::open_all(&relay, &house).await;
    let ours = load::one_in_flight(pairs, &meter, plan.duration).await;
    report("amparo", &ours);
    idle_memory(&relay, &house, &meter, plan.idle).await;
    relay.stop();

    let mut reference = relay::Reference::start(&plan.reference);
    let meter = Meter::of(reference.pid());
    let pairs = pair::open_all_on_reference(&reference, plan.pairs).await;
    let theirs = load::one_in_flight(pairs, &meter, plan.duration).await;
    report("reference", &theirs);
    reference.stop();
    let ratio = ours.cpu_micros_per_frame() / theirs.cpu_micros_per_frame();
    say("CPU per relayed frame, against the reference", &format!("{ratio:.2} x"));
    println!("{}", serde_json::json!({ "cpu_ratio": ratio, "amparo": ours, "reference": theirs }));
}

fn plan() -> Option<Plan> {
    let mut arguments = std::env::args().skip(1);
    let (amparo, reference) = (arguments.next()?.into(), arguments.next()?.into());
    let mut number = |default: usize| arguments.next().map_or(Some(default), |text| text.parse().ok());
    let (pairs, seconds, idle) = (number(50)?, number(5)?, number(1000)?);
    Some(Plan { amparo, reference, pairs, duration: Duration::from_secs(seconds as u64), idle })
}

/// Opens connections that have only been welcomed, and says what one of them costs.
async fn idle_memory(relay: &relay::Amparo, house: &house::House, meter: &Meter, count: usize) {
    let before = meter.resident_bytes();
    let visitors = pair::idle_visitors(relay, house, count).await;
    let each = meter.resident_bytes().saturating_sub(before) as f64 / visitors.len() as f64;
    say("memory per idle connection", &format!("{:.1} KiB ({} connections)", each / 1024.0, visitors.len()));
}

fn report(name: &str, throughput: &Throughput) {
    say(
        name,
        &format!(
            "{:.1} us CPU per relayed frame, {:.0} frames/s, delivery p50 {:.2} ms, p99 {:.2} ms",
            throughput.cpu_micros_per_frame(),
            throughput.frames_per_second(),
            throughput.percentile_ms(0.50),
            throughput.percentile_ms(0.99),
        ),
    );
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn say(name: &str, value: &str) {
    println!("{name:<46}{value}");
}
