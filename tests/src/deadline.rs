//! Waiting for a state. The only place of the harness that lets time pass.

use std::time::{Duration, Instant};

/// Long enough for a browser on a loaded machine, short enough that a hang is seen.
pub const PATIENCE: Duration = Duration::from_secs(20);

const LOOK_AGAIN: Duration = Duration::from_millis(40);

/// Asks again until the answer is there; panics with `what` and the last reason when the deadline passes.
pub async fn until<T>(what: &str, within: Duration, mut look: impl AsyncFnMut() -> Result<T, String>) -> T {
    let started = Instant::now();
    loop {
        let reason = match look().await {
            Ok(found) => return found,
            Err(reason) => reason,
        };
        assert!(started.elapsed() < within, "not within {within:?}: {what} ({reason})");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
