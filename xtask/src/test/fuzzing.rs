//! Every fuzz target for a few seconds: enough to notice a parser that panics on its first strange input.

use super::{Counts, Failed};
use crate::command::step;
use crate::fuzz;

const SHORT_SECS: u64 = 5;

pub fn short() -> Result<Counts, Failed> {
    if !fuzz::has_nightly() {
        step("skipped: there is no nightly compiler (rustup toolchain install nightly)");
        return Ok(Counts::default());
    }
    let targets = fuzz::targets()?;
    let passed = fuzz::each(targets.iter().map(String::as_str), SHORT_SECS)?;
    Ok(Counts { passed, failed: 0 })
}
