//! Thousands who wait: how long the line takes to decide, and how soon all are back at their places after a power cut.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use amparo_bench::crowd::{self, Desk, Waiting};
use amparo_bench::house::House;
use amparo_bench::meter::Meter;
use amparo_bench::relay::Amparo;

const COUNTS: [usize; 5] = [1, 100, 1_000, 5_000, 10_000];
const TRIES: usize = 21;
/// Between two of them: everybody has heard of the former, and many moments are seen.
const CALM: Duration = Duration::from_millis(500);
/// Nothing is offered before: everybody comes back first (design D2).
const QUIET: Duration = Duration::from_secs(10);

const IN_THE_STORM: usize = 5_000;
const BACK_WITHIN: Duration = Duration::from_secs(35);
/// By then everybody has been told her place once more.
const TOLD_WITHIN: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(100);

/// The delay of two decisions against the number of those who wait: a place is told, a counselor's offer rings.
pub async fn decisions(amparo: &Path) -> Value {
    let mut relay = Amparo::start(amparo);
    let house = House::set_up(&relay, 1);
    house.lets_wait(u32::try_from(COUNTS[COUNTS.len() - 1]).expect("few enough"));
    let mut desk = Desk::open(&relay, &house).await;
    tokio::time::sleep(QUIET).await;
    let meter = Meter::of(relay.pid());
    let mut waiting = Waiting::default();
    let mut points = Vec::new();
    for count in COUNTS {
        eprintln!("· {count} wait");
        // One place is left for her whose delay is measured.
        waiting.grows_to(count - 1, &relay, &house).await;
        waiting.until_all_have_a_place().await;
        let (mut places, mut offers) = (Vec::new(), Vec::new());
        for _ in 0..TRIES {
            places.push(crowd::told_her_place(&relay, &house).await);
            tokio::time::sleep(CALM).await;
        }
        for _ in 0..if count > 1 { TRIES } else { 0 } {
            offers.push(desk.rings().await);
            tokio::time::sleep(CALM).await;
        }
        let cpu = resting_cpu(&meter).await;
        points.push(json!({
            "count": count,
            "place_ms": figures(places),
            "offer_ms": figures(offers),
            "cpu_share": cpu,
            "resident_bytes": meter.resident_bytes(),
        }));
    }
    relay.stop();
    json!(points)
}

/// What it costs that they wait: heartbeats, places and tickets.
async fn resting_cpu(meter: &Meter) -> f64 {
    const SPELL: Duration = Duration::from_secs(8);
    let before = meter.cpu();
    tokio::time::sleep(SPELL).await;
    (meter.cpu() - before).as_secs_f64() / SPELL.as_secs_f64()
}

/// `kill -9` while thousands wait; the next run knows nobody.
pub async fn storm(amparo: &Path) -> Value {
    eprintln!("· {IN_THE_STORM} are cut and come back");
    let mut relay = Amparo::start(amparo);
    let house = House::set_up(&relay, 1);
    house.lets_wait(u32::try_from(IN_THE_STORM).expect("few enough"));
    let _desk = Desk::open(&relay, &house).await;
    let mut waiting = Waiting::default();
    waiting.grows_to(IN_THE_STORM, &relay, &house).await;
    waiting.until_all_have_a_place().await;
    let before = waiting.told();
    waiting.are_cut();
    let cut = Instant::now();
    let started = relay.loses_power(amparo);
    while waiting.count_back() < IN_THE_STORM && cut.elapsed() < BACK_WITHIN {
        tokio::time::sleep(LOOK).await;
    }
    let (took, back) = (cut.elapsed(), waiting.count_back());
    let told = Instant::now();
    while waiting.told() != before && told.elapsed() < TOLD_WITHIN {
        tokio::time::sleep(LOOK).await;
    }
    let after = waiting.told();
    let moved = before.iter().filter(|(id, place)| after.get(id) != Some(place)).count();
    relay.stop();
    json!({
        "count": IN_THE_STORM,
        "start_ms": started.as_millis(),
        "all_back_seconds": took.as_secs_f64(),
        "lost": IN_THE_STORM - back,
        "not_at_their_place": moved,
    })
}

fn figures(mut delays: Vec<Duration>) -> Value {
    delays.sort_unstable();
    let ms = |at: usize| delays.get(at).map(|delay| delay.as_secs_f64() * 1e3);
    json!({ "median": ms(delays.len() / 2), "most": ms(delays.len().saturating_sub(1)) })
}
