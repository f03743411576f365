//! Time as a value: unix milliseconds, read from a clock that tests can move.
//!
//! Never: the time of day from anywhere else.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// Corrections of less are waited for.
const SET_BACK_MILLIS: i64 = 5 * 1000;

/// A moment, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(pub i64);

impl Time {
    pub fn millis(self) -> i64 {
        self.0
    }

    pub fn unix_secs(self) -> u64 {
        u64::try_from(self.0 / 1000).unwrap_or(0)
    }

    /// Days since 1970.
    pub fn unix_days(self) -> i64 {
        self.0.div_euclid(DAY_MILLIS)
    }

    pub fn plus_secs(self, secs: u64) -> Self {
        Self(self.0.saturating_add(i64::try_from(secs).unwrap_or(i64::MAX / 1000).saturating_mul(1000)))
    }

    pub fn minus_secs(self, secs: u64) -> Self {
        Self(self.0.saturating_sub(i64::try_from(secs).unwrap_or(i64::MAX / 1000).saturating_mul(1000)))
    }

    /// How long ago `earlier` was; zero when it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// The machine's clock, or one that stands still until a test moves it.
#[derive(Clone, Debug)]
pub enum Clock {
    Machine(Arc<MachineClock>),
    Manual(Arc<ManualClock>),
}

/// Never goes back: what is due would else be due again, or minutes late. It stands still until the machine's clock has
/// caught up; whoever serves looks at [`Clock::was_set_back`] and begins anew when that would take long.
#[derive(Debug, Default)]
pub struct MachineClock {
    latest_millis: AtomicI64,
}

#[derive(Debug)]
pub struct ManualClock {
    now_millis: AtomicI64,
    moved: Notify,
}

impl Clock {
    pub fn machine() -> Self {
        Self::Machine(Arc::default())
    }

    pub fn manual(now: Time) -> Self {
        Self::Manual(Arc::new(ManualClock { now_millis: AtomicI64::new(now.0), moved: Notify::new() }))
    }

    pub fn now(&self) -> Time {
        match self {
            Self::Machine(machine) => Time(machine.reads(machine_millis())),
            Self::Manual(manual) => Time(manual.now_millis.load(Ordering::SeqCst)),
        }
    }

    /// Returns once the clock shows `time` or later.
    pub async fn sleep_until(&self, time: Time) {
        match self {
            Self::Machine(_) => tokio::time::sleep(time.since(self.now())).await,
            Self::Manual(manual) => manual.reaches(time).await,
        }
    }

    /// The machine's clock shows an earlier time than it did, by more than a small correction.
    pub fn was_set_back(&self) -> bool {
        match self {
            Self::Machine(machine) => machine.reads(0) - machine_millis() > SET_BACK_MILLIS,
            Self::Manual(_) => false,
        }
    }

    /// Moves a manual clock; the machine's clock does not move.
    pub fn advance(&self, by: Duration) {
        if let Self::Manual(manual) = self {
            let by_millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
            manual.now_millis.fetch_add(by_millis, Ordering::SeqCst);
            manual.moved.notify_waiters();
        }
    }
}

impl MachineClock {
    /// What it shows when the machine's clock shows this.
    fn reads(&self, machine_millis: i64) -> i64 {
        self.latest_millis.fetch_max(machine_millis, Ordering::Relaxed).max(machine_millis)
    }
}

impl ManualClock {
    async fn reaches(&self, time: Time) {
        loop {
            let moved = self.moved.notified();
            tokio::pin!(moved);
            // Registered before the clock is read: a move in between is not missed.
            moved.as_mut().enable();
            if self.now_millis.load(Ordering::SeqCst) >= time.0 {
                return;
            }
            moved.await;
        }
    }
}

fn machine_millis() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machines_clock_stands_still_until_one_that_was_set_back_has_caught_up() {
        let clock = MachineClock::default();
        assert_eq!([5_000, 4_000, 4_999, 6_000].map(|machine| clock.reads(machine)), [5_000, 5_000, 5_000, 6_000]);
    }
}
