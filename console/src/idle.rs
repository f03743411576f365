//! How long nobody has touched this desk, and what follows: the screen locks, a sound asks "still there?", away.
//!
//! Never: a clock of its own; and the lock changes nothing about keys, connection or presence.

/// Without input for this long the screen locks.
const LOCK_MS: u64 = 15 * 60 * 1_000;
/// Somebody who is available is asked after this long.
const ASK_MS: u64 = 20 * 60 * 1_000;
/// No answer within this time means away.
const ANSWER_MS: u64 = 60 * 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idle {
    touched_ms: u64,
    asked_ms: Option<u64>,
    is_locked: bool,
}

/// What the desk has to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    Lock,
    Ask,
    Away,
}

impl Idle {
    pub fn new(now_ms: u64) -> Self {
        Self { touched_ms: now_ms, asked_ms: None, is_locked: false }
    }

    pub fn is_locked(&self) -> bool {
        self.is_locked
    }

    /// "Still there?" was asked and not answered yet.
    pub fn is_asking(&self) -> bool {
        self.asked_ms.is_some()
    }

    /// Somebody touched keyboard, mouse or screen. It answers the question; it opens no lock.
    pub fn touch(&mut self, now_ms: u64) {
        self.touched_ms = now_ms;
        self.asked_ms = None;
    }

    pub fn lock(&mut self) {
        self.is_locked = true;
    }

    pub fn unlock(&mut self, now_ms: u64) {
        self.is_locked = false;
        self.touch(now_ms);
    }

    /// Call often; what is due comes one at a time, also after a computer has slept through all of it.
    pub fn on_time(&mut self, now_ms: u64, is_available: bool) -> Option<Due> {
        let idle_ms = now_ms.saturating_sub(self.touched_ms);
        if !is_available {
            self.asked_ms = None;
        }
        if idle_ms >= LOCK_MS && !self.is_locked {
            self.is_locked = true;
            return Some(Due::Lock);
        }
        match self.asked_ms {
            None if is_available && idle_ms >= ASK_MS => {
                self.asked_ms = Some(now_ms);
                Some(Due::Ask)
            }
            Some(asked_ms) if now_ms.saturating_sub(asked_ms) >= ANSWER_MS => {
                self.asked_ms = None;
                Some(Due::Away)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60_000;

    /// Requirement 78.
    #[test]
    fn fifteen_minutes_lock_twenty_ask_and_a_minute_later_it_is_away() {
        let mut idle = Idle::new(0);
        assert_eq!(idle.on_time(15 * MINUTE - 1, true), None);
        assert_eq!(idle.on_time(15 * MINUTE, true), Some(Due::Lock));
        assert!(idle.is_locked());
        assert_eq!(idle.on_time(20 * MINUTE - 1, true), None);
        assert_eq!(idle.on_time(20 * MINUTE, true), Some(Due::Ask));
        assert_eq!(idle.on_time(21 * MINUTE - 1, true), None);
        assert_eq!(idle.on_time(21 * MINUTE, true), Some(Due::Away));
        assert_eq!(idle.on_time(60 * MINUTE, false), None, "who is away is not asked");
    }

    #[test]
    fn a_touch_answers_the_question_and_opens_no_lock() {
        let mut idle = Idle::new(0);
        idle.on_time(15 * MINUTE, true);
        idle.on_time(20 * MINUTE, true);
        assert!(idle.is_asking());
        idle.touch(20 * MINUTE + 5);
        assert_eq!((idle.is_asking(), idle.is_locked()), (false, true));
        assert_eq!(idle.on_time(22 * MINUTE, true), None);
        idle.unlock(22 * MINUTE);
        assert_eq!(idle.on_time(37 * MINUTE - 1, true), None);
        assert_eq!(idle.on_time(37 * MINUTE, true), Some(Due::Lock));
    }

    #[test]
    fn who_is_on_a_break_is_locked_out_and_never_asked() {
        let mut idle = Idle::new(0);
        assert_eq!(idle.on_time(30 * MINUTE, false), Some(Due::Lock));
        assert_eq!(idle.on_time(40 * MINUTE, false), None);
    }

    #[test]
    fn a_computer_that_slept_locks_and_asks_when_it_wakes() {
        let mut idle = Idle::new(0);
        let woken = 300 * MINUTE;
        assert_eq!(idle.on_time(woken, true), Some(Due::Lock));
        assert_eq!(idle.on_time(woken + 1, true), Some(Due::Ask));
        assert_eq!(idle.on_time(woken + MINUTE, true), None);
        assert_eq!(idle.on_time(woken + MINUTE + 1, true), Some(Due::Away));
    }
}
