//! The rest after a conversation (requirement 83): it counts down by itself, can be lengthened, and ends with any choice.

const MINUTE_MS: u64 = 60_000;
/// One press lengthens it by this much.
const MORE_MINS: u64 = 5;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CoolDown {
    until_ms: Option<u64>,
}

impl CoolDown {
    pub fn begin(&mut self, now_ms: u64, mins: u8) {
        self.until_ms = Some(now_ms + u64::from(mins) * MINUTE_MS);
    }

    pub fn lengthen(&mut self) {
        self.until_ms = self.until_ms.map(|until_ms| until_ms + MORE_MINS * MINUTE_MS);
    }

    /// `None`: nobody rests.
    pub fn left_ms(&self, now_ms: u64) -> Option<u64> {
        self.until_ms.map(|until_ms| until_ms.saturating_sub(now_ms))
    }

    pub fn is_over(&self, now_ms: u64) -> bool {
        self.left_ms(now_ms) == Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Requirement 83.
    #[test]
    fn a_rest_lasts_its_minutes_and_five_more_for_each_press() {
        let mut cool_down = CoolDown::default();
        assert_eq!((cool_down.left_ms(0), cool_down.is_over(0)), (None, false));
        cool_down.begin(1_000, 5);
        assert_eq!(cool_down.left_ms(1_000), Some(300_000));
        cool_down.lengthen();
        assert!(!cool_down.is_over(600_999));
        assert!(cool_down.is_over(601_000));
    }
}
