//! How old the relay's word is that somebody is there: the heartbeats of one connection, and when each was answered.
//!
//! A heartbeat may have been on its way for long. It names the newest answer that the relay had, and how long before that
//! was; so it left that long after the answer was given here, or later. Only differences of this browser's own clock count,
//! and no more than a few seconds of it: whether the clock is right does not matter.

use std::collections::VecDeque;

use amparo_protocol::limits::AVAILABLE_MAX_AGE_SECS;

/// Answers that may be on their way at once; after more of them the relay has closed the connection.
const ANSWERS_KEPT: usize = 10;

#[derive(Default)]
pub struct Beats {
    /// Number of the beat and when it was answered; the connection's first message counts as number zero.
    answers: VecDeque<(u32, u64)>,
    freshest: Option<Freshest>,
}

struct Freshest {
    /// The earliest moment at which the relay can have said it.
    said_ms: u64,
    age_secs: u16,
}

impl Beats {
    /// A connection has just been opened, and greets.
    pub fn begin(now_ms: u64) -> Self {
        Self { answers: VecDeque::from([(0, now_ms)]), freshest: None }
    }

    /// A beat has come, and is answered now.
    pub fn hear(&mut self, now_ms: u64, beat: u32, age_secs: Option<u16>, answered: u32, answered_ms_ago: u32) {
        self.freshest = age_secs
            .zip(self.said_ms(now_ms, answered, answered_ms_ago))
            .map(|(age_secs, said_ms)| Freshest { said_ms, age_secs });
        self.answers.push_back((beat, now_ms));
        if self.answers.len() > ANSWERS_KEPT {
            self.answers.pop_front();
        }
    }

    pub fn are_fresh(&self, now_ms: u64) -> bool {
        self.freshest.as_ref().is_some_and(|freshest| {
            let silence_secs = now_ms.saturating_sub(freshest.said_ms).div_ceil(1000);
            u64::from(freshest.age_secs) + silence_secs <= AVAILABLE_MAX_AGE_SECS
        })
    }

    /// `None` for an answer that was never given, and where less time has passed here than at the relay: this clock stood
    /// still, the machine has slept, and nobody knows how long.
    fn said_ms(&mut self, now_ms: u64, answered: u32, answered_ms_ago: u32) -> Option<u64> {
        let at = self.answers.iter().position(|(beat, _)| *beat == answered)?;
        // What is older than an answer that has arrived is not named again.
        self.answers.drain(..at);
        let said_ms = self.answers.front()?.1.saturating_add(u64::from(answered_ms_ago));
        (said_ms <= now_ms.saturating_add(CLOCKS_DIFFER_MS)).then_some(said_ms)
    }
}

/// Two clocks that run differently differ by no more in the time between two heartbeats.
const CLOCKS_DIFFER_MS: u64 = 50;

#[cfg(test)]
mod tests {
    use super::*;

    /// The greeting left at 1,000; the relay said something 2,500 ms after it had come.
    fn heard_at(now_ms: u64) -> Beats {
        let mut beats = Beats::begin(1_000);
        beats.hear(now_ms, 1, Some(10), 0, 2_500);
        beats
    }

    #[test]
    fn an_age_counts_from_when_it_was_said_and_not_from_when_it_came() {
        assert!(heard_at(3_500).are_fresh(17_500));
        assert!(!heard_at(3_500).are_fresh(17_501));
        assert!(!heard_at(17_501).are_fresh(17_501), "14 seconds on its way, and 10 before");
    }

    #[test]
    fn the_newest_answer_that_the_relay_has_counts() {
        let mut beats = heard_at(3_500);
        // The answer of 3,500 came late; the relay still goes by the greeting.
        beats.hear(9_500, 2, Some(0), 0, 8_000);
        assert!(beats.are_fresh(33_000) && !beats.are_fresh(33_001));
        beats.hear(17_500, 3, Some(0), 2, 7_900);
        assert!(beats.are_fresh(41_400) && !beats.are_fresh(41_401));
    }

    #[test]
    fn what_cannot_be_dated_says_nothing() {
        let mut beats = heard_at(3_500);
        beats.hear(9_500, 2, Some(0), 7, 10);
        assert!(!beats.are_fresh(9_500), "an answer that was never given");
        beats.hear(9_600, 3, Some(0), 1, 60_000);
        assert!(!beats.are_fresh(9_600), "this clock has slept");
        beats.hear(9_700, 4, None, 1, 6_000);
        assert!(!beats.are_fresh(9_700), "nobody is there");
        beats.hear(9_800, 5, Some(0), 1, 6_100);
        assert!(beats.are_fresh(9_800));
    }
}
