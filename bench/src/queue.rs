//! Thousands who wait: how long the line takes to decide, and how soon all are back at their places after a power cut.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use amparo_bench::crowd::{self, Desk, Waiting};
use amparo_bench::house::House;
use amparo_bench::meter::Meter;
use amparo_bench::relay::Amparo;
use amparo_bench::storm::Storm;

const COUNTS: [usize; 5] = [1, 100, 1_000, 5_000, 10_000];
const TRIES: usize = 21;
/// Between two of them: everybody has heard of the former, and many moments are seen.
const CALM: Duration = Duration::from_millis(500);
/// Nothing is offered before: everybody comes back first (design D2).
const QUIET: Duration = Duration::from_secs(10);

const IN_THE_STORM: usize = 5_000;

/// The delay of two decisions against the number of those who wait: a place is told, a counselor's offer rings.
pub async fn decisions(amparo: &Path) -> Value {
    let mut relay = Amparo::start(amparo);
    let house = House::set_up(&relay, 1);
    house.lets_wait(u32::try_from(COUNTS[COUNTS.len() - 1]).expect("few enough"));
    let mut desk = Desk::open(&relay, &house, &house.counselors[0]).await;
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
    let storm = Storm::strike(amparo, IN_THE_STORM, 0).await;
    json!({
        "count": IN_THE_STORM,
        "start_ms": storm.start.as_millis(),
        "all_back_seconds": storm.took.as_secs_f64(),
        "lost": storm.lost,
        "not_at_their_place": storm.moved,
    })
}

fn figures(mut delays: Vec<Duration>) -> Value {
    delays.sort_unstable();
    let ms = |at: usize| delays.get(at).map(|delay| delay.as_secs_f64() * 1e3);
    json!({ "median": ms(delays.len() / 2), "most": ms(delays.len().saturating_sub(1)) })
}
