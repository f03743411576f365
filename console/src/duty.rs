//! How long the counselor has been on duty since signing in: the time spent available or in conversations, breaks not counted.

use amparo_protocol::wire::Presence;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Duty {
    counted_ms: u64,
    since_ms: Option<u64>,
}

impl Duty {
    pub fn on_presence(&mut self, presence: Presence, now_ms: u64) {
        let is_on = presence == Presence::Available;
        match (self.since_ms, is_on) {
            (None, true) => self.since_ms = Some(now_ms),
            (Some(since_ms), false) => {
                self.counted_ms += now_ms.saturating_sub(since_ms);
                self.since_ms = None;
            }
            _ => {}
        }
    }

    pub fn total_ms(&self, now_ms: u64) -> u64 {
        self.counted_ms + self.since_ms.map_or(0, |since_ms| now_ms.saturating_sub(since_ms))
    }
}

/// Hours and minutes, as in `1:05`.
pub fn hours_and_minutes(total_ms: u64) -> String {
    let minutes = total_ms / 60_000;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

/// Minutes and seconds, as in `0:42`.
pub fn minutes_and_seconds(total_ms: u64) -> String {
    let secs = total_ms / 1_000;
    format!("{}:{:02}", secs / 60, secs % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_do_not_count() {
        let mut duty = Duty::default();
        duty.on_presence(Presence::Away, 0);
        duty.on_presence(Presence::Available, 1_000);
        duty.on_presence(Presence::Available, 30_000);
        duty.on_presence(Presence::Break, 61_000);
        assert_eq!(duty.total_ms(90_000), 60_000);
        duty.on_presence(Presence::Available, 100_000);
        assert_eq!(duty.total_ms(160_000), 120_000);
        assert_eq!(hours_and_minutes(3_900_000), "1:05");
        assert_eq!(minutes_and_seconds(42_000), "0:42");
    }
}
