//! What a relayed message costs, beside a bare relay in the same run. A short run is noisy, so it fails late.

use std::process::Command;

use serde_json::Value;

use super::{Counts, Failed};
use crate::build;

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
