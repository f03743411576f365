//! Measures the release binary beside the barest relay that axum allows, in one run: start time, memory, CPU per relayed
//! frame. Server and generator are two processes; messages and acknowledgements are really sealed.
//!
//! `bench short AMPARO REFERENCE` for a look, `bench full AMPARO REFERENCE` for docs/benchmarks.md, `crowds` for those of
//! its figures that need thousands, `waiting` for the line's decisions alone. Compare ratios of one run, never figures of two.

#![expect(clippy::print_stdout, reason = "the table and the last line's JSON are what it is run for")]

mod echo;
mod full;
mod queue;
mod small;

use std::path::{Path, PathBuf};
use std::time::Duration;

use amparo_bench::crowd::Idle;
use amparo_bench::load::Throughput;
use amparo_bench::meter::Meter;
use amparo_bench::{house, load, machine, pair, relay};

/// Of a short run: conversations at once, seconds of sending, idle connections.
const PAIRS: usize = 50;
const SPELL: Duration = Duration::from_secs(5);
/// Messages a second where delays are compared.
const RATE: u32 = 1_000;
/// As many as the ceiling is set for, where so many sockets may be open.
const IDLE: usize = 10_000;
/// Open files beside them: the pairs', the relay's own.
const OTHER_FILES: usize = 500;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [mode, amparo, reference] = &arguments[..] else { usage() };
    let (amparo, reference) = (PathBuf::from(amparo), PathBuf::from(reference));
    match mode.as_str() {
        "short" => short(&amparo, &reference).await,
        "full" => println!("{}", full::run(&amparo, &reference).await),
        "crowds" => println!("{}", full::crowds(&amparo).await),
        "waiting" => println!("{}", queue::decisions(&amparo).await),
        _ => usage(),
    }
}

fn usage() -> ! {
    eprintln!("usage: bench short|full|crowds|waiting AMPARO REFERENCE");
    std::process::exit(2);
}

async fn short(amparo: &Path, reference: &Path) {
    idle_memory(amparo, IDLE.min(machine::allow_many_files().saturating_sub(OTHER_FILES))).await;
    let mut relay = relay::Amparo::start(amparo);
    say("start to serving", &format!("{} ms", relay.start_time.as_millis()));
    let meter = Meter::of(relay.pid());
    say("memory at rest", &megabytes(meter.resident_bytes()));
    say("release binary", &megabytes(std::fs::metadata(amparo).map_or(0, |file| file.len())));
    let house = house::House::set_up(&relay, PAIRS);
    say("pairs", &PAIRS.to_string());

    let pairs = pair::open_all(&relay, &house).await;
    let (pairs, ours) = load::one_in_flight(pairs, &meter, SPELL).await;
    report("amparo", &ours);
    let (pairs, our_delays) = load::at_rate(pairs, &meter, RATE, SPELL).await;
    delays("amparo", &our_delays);
    drop(pairs);
    relay.stop();

    let mut reference = relay::Reference::start(reference);
    let meter = Meter::of(reference.pid());
    let pairs = pair::open_all_on_reference(&reference, PAIRS).await;
    let (pairs, theirs) = load::one_in_flight(pairs, &meter, SPELL).await;
    report("reference", &theirs);
    let (_, their_delays) = load::at_rate(pairs, &meter, RATE, SPELL).await;
    delays("reference", &their_delays);
    reference.stop();
    let delay_ratio = |part| our_delays.percentile_ms(part) / their_delays.percentile_ms(part);
    println!(
        "{}",
        serde_json::json!({
            "cpu_ratio": ours.cpu_micros_per_frame() / theirs.cpu_micros_per_frame(),
            "p50_ratio": delay_ratio(0.50),
            "p99_ratio": delay_ratio(0.99),
            "amparo": ours,
            "reference": theirs,
        })
    );
}

/// Opens connections that have only been welcomed, at a relay of their own, and says what one of them costs.
async fn idle_memory(amparo: &Path, count: usize) {
    let mut relay = relay::Amparo::start(amparo);
    let meter = Meter::of(relay.pid());
    let house = house::House::set_up(&relay, 1);
    let before = meter.resident_bytes();
    let mut crowd = Idle::default();
    crowd.grows_to(count, &relay, &house).await;
    let each = meter.resident_bytes().saturating_sub(before) as f64 / count as f64;
    say("memory per idle connection", &format!("{:.1} KiB ({count} connections; ceiling 10)", each / 1024.0));
    relay.stop();
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

fn delays(name: &str, throughput: &Throughput) {
    let (p50, p99) = (throughput.percentile_ms(0.50), throughput.percentile_ms(0.99));
    say(name, &format!("at {RATE} messages a second: delivery p50 {p50:.2} ms, p99 {p99:.2} ms"));
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn say(name: &str, value: &str) {
    println!("{name:<46}{value}");
}
