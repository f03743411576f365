//! What a relayed message costs, beside a bare relay in the same run, and how long a visitor waits. A short run is noisy, so
//! it fails late or, where the machine alone decides, only when nothing comes at all.

use std::process::Command;

use serde_json::Value;

use super::{Counts, Failed};
use crate::{bench, build};

/// A figure against the bare relay's of the same run.
struct Ratio {
    key: &'static str,
    what: &'static str,
    /// What is wanted, printed.
    ceiling: f64,
    /// Beyond what noise can do on a shared machine: delays of five seconds have been seen to differ fivefold.
    fails_above: f64,
}

const RATIOS: [Ratio; 3] = [
    Ratio { key: "cpu_ratio", what: "CPU per relayed frame", ceiling: 1.3, fails_above: 2.0 },
    Ratio { key: "p50_ratio", what: "delivery at 1,000 messages a second, median", ceiling: 1.3, fails_above: 5.0 },
    Ratio { key: "p99_ratio", what: "the same, 99th percentile", ceiling: 1.6, fails_above: 20.0 },
];

/// Until the chat is open to typing at 400 kbit/s, 400 ms and a fourfold slow-down.
const OPEN_SECONDS: f64 = 4.5;

pub fn first_screen() -> Result<Counts, Failed> {
    let measured = bench::waits(&build::release()?, "short")?;
    let mut counts = Counts::default();
    for visit in measured["visits"].as_array().into_iter().flatten() {
        let (delivery, line) =
            (visit["delivery"].as_str().unwrap_or_default(), visit["line"].as_str().unwrap_or_default());
        let open = visit["tries"][0]["open_ms"].as_f64().ok_or("the visit has no time".to_owned())? / 1e3;
        println!("{delivery}, {line}, slowed down: open to typing after {open:.2} s (ceiling {OPEN_SECONDS} s)");
        counts.passed += 1;
    }
    if counts.passed == 0 { Err("nobody was timed".to_owned().into()) } else { Ok(counts) }
}

pub fn check() -> Result<Counts, Failed> {
    let amparo = build::release()?;
    let (bench, reference) = build::bench()?;
    let said = crate::command::quiet(Command::new(bench).arg("short").arg(amparo).arg(reference))?;
    print!("{said}");
    let last: Value = said.lines().last().and_then(|line| serde_json::from_str(line).ok()).unwrap_or_default();
    let mut counts = Counts::default();
    for Ratio { key, what, ceiling, fails_above } in RATIOS {
        let ratio = last[key].as_f64().ok_or(format!("the load generator gives no {key}"))?;
        println!("{what}: {ratio:.2} x the bare relay's (ceiling {ceiling})");
        if ratio > fails_above {
            counts.failed += 1;
            return Err(Failed { counts, sentence: format!("{what}: {ratio:.2} times the bare relay's") });
        }
        counts.passed += 1;
    }
    Ok(counts)
}
