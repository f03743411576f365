//! What a relayed message costs, beside a bare relay in the same run. A short run is noisy, so it fails late.

use std::process::Command;

use serde_json::Value;

use super::{Counts, Failed};
use crate::command::run;
use crate::{build, paths};

/// The design's ceiling, printed; the step fails only beyond what noise can do on a shared machine.
const CEILING: f64 = 1.5;
const FAILS_ABOVE: f64 = 2.0;

/// Conversations at once, seconds of sending, idle connections.
const SHORT: [&str; 3] = ["50", "5", "1000"];

pub fn check() -> Result<Counts, Failed> {
    let amparo = build::release()?;
    run(&mut build::optimised(&["--package", "amparo-bench"]))?;
    let folder = paths::target().join("release");
    let mut bench = Command::new(folder.join("bench"));
    let said = crate::command::quiet(bench.arg(amparo).arg(folder.join("bench-reference")).args(SHORT))?;
    print!("{said}");
    let last: Value = said.lines().last().and_then(|line| serde_json::from_str(line).ok()).unwrap_or_default();
    let ratio = last["cpu_ratio"].as_f64().ok_or("the load generator gives no cpu_ratio".to_owned())?;
    println!("CPU per relayed frame: {ratio:.2} x the bare relay's (ceiling {CEILING})");
    if ratio <= FAILS_ABOVE {
        Ok(Counts::ONE)
    } else {
        Err(format!("{ratio:.2} times the bare relay's CPU per frame").into())
    }
}
