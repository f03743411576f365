//! The cheapest server: 512 MB of memory, and as many conversations as design section 8 promises there.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use amparo_bench::faults::Memory;
use amparo_bench::house::House;
use amparo_bench::meter::Meter;
use amparo_bench::relay::Amparo;
use amparo_bench::{load, pair};

const MEMORY_BYTES: u64 = 512 * 1024 * 1024;
const CONVERSATIONS: usize = 500;
/// Everybody writes once in five seconds, which is faster than people do.
const RATE: u32 = 100;
const SPELL: Duration = Duration::from_secs(10);

pub async fn machine(amparo: &Path) -> Value {
    let Some(memory) = Memory::limited(MEMORY_BYTES) else {
        eprintln!("· {CONVERSATIONS} conversations in 512 MB: skipped, no memory cgroup may be made here");
        return Value::Null;
    };
    eprintln!("· {CONVERSATIONS} conversations in 512 MB");
    let mut relay = Amparo::start_in(&memory, amparo);
    let house = House::set_up(&relay, CONVERSATIONS);
    let meter = Meter::of(relay.pid());
    let pairs = pair::open_all(&relay, &house).await;
    let (pairs, load) = load::at_rate(pairs, &meter, RATE, SPELL).await;
    let most = memory.most_used_bytes();
    let resident = meter.resident_bytes();
    drop(pairs);
    relay.stop();
    json!({
        "conversations": CONVERSATIONS,
        "limit_bytes": MEMORY_BYTES,
        "most_used_bytes": most,
        "resident_bytes": resident,
        "p50_ms": load.percentile_ms(0.50),
        "p95_ms": load.percentile_ms(0.95),
        "p99_ms": load.percentile_ms(0.99),
    })
}
