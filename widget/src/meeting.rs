//! A first hello needs an open connection and a pass, which come in any order.

use amparo_protocol::id::Pass;
use amparo_protocol::limits::PASS_SECS;

/// What is there for the next hello.
#[derive(Default)]
pub struct Meeting {
    pub is_open: bool,
    has_greeted: bool,
    /// The loader is asking for one.
    pub asked: bool,
    pass: Option<(Pass, u64)>,
}

impl Meeting {
    pub fn on_pass(&mut self, pass: Pass, now_ms: u64) {
        self.asked = false;
        self.pass = Some((pass, now_ms));
    }

    pub fn on_closed(&mut self) {
        self.is_open = false;
        self.has_greeted = false;
    }

    /// Whether the loader is to be asked now; `true` counts as asked.
    pub fn wants_pass(&mut self, now_ms: u64) -> bool {
        let wants = !self.asked && !self.has_greeted && self.fresh_pass(now_ms).is_none();
        self.asked |= wants;
        wants
    }

    /// `Some` exactly once per connection, when everything needed is there: the pass to give, if one is needed.
    pub fn greeting(&mut self, needs_pass: bool, now_ms: u64) -> Option<Option<Pass>> {
        let pass = self.fresh_pass(now_ms).filter(|_| needs_pass);
        if self.has_greeted || !self.is_open || (needs_pass && pass.is_none()) {
            return None;
        }
        self.has_greeted = true;
        if needs_pass {
            self.pass = None;
        }
        Some(pass)
    }

    /// A pass that lay around too long would only be refused.
    fn fresh_pass(&self, now_ms: u64) -> Option<Pass> {
        let limit_ms = (PASS_SECS - 10) * 1_000;
        self.pass.filter(|(_, since_ms)| now_ms.saturating_sub(*since_ms) < limit_ms).map(|(pass, _)| pass)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hello_waits_for_the_connection_and_the_pass_whichever_comes_last() {
        let pass = Pass([1; 32]);
        let mut meeting = Meeting { is_open: true, ..Meeting::default() };
        assert_eq!(meeting.greeting(true, 0), None);
        meeting.on_pass(pass, 0);
        assert_eq!(meeting.greeting(true, 1), Some(Some(pass)));
        assert_eq!(meeting.greeting(true, 2), None, "one hello for each connection");

        let mut meeting = Meeting::default();
        meeting.on_pass(pass, 0);
        assert_eq!(meeting.greeting(true, 1), None);
        meeting.is_open = true;
        assert_eq!(meeting.greeting(true, 2), Some(Some(pass)));
    }

    #[test]
    fn a_connection_that_comes_back_needs_no_pass_and_a_used_pass_is_never_given_twice() {
        let mut meeting = Meeting { is_open: true, ..Meeting::default() };
        meeting.on_pass(Pass([1; 32]), 0);
        assert!(meeting.greeting(true, 0).is_some());
        meeting.on_closed();
        meeting.is_open = true;
        assert_eq!(meeting.greeting(true, 1), None);
        assert_eq!(meeting.greeting(false, 1), Some(None));
    }

    #[test]
    fn a_pass_is_asked_for_once_until_it_came_or_failed_and_again_when_it_has_aged() {
        let mut meeting = Meeting::default();
        assert!(meeting.wants_pass(0));
        assert!(!meeting.wants_pass(0));
        meeting.on_pass(Pass([1; 32]), 0);
        assert!(!meeting.wants_pass(60_000));
        assert!(meeting.wants_pass(PASS_SECS * 1_000));
        meeting.asked = false;
        assert!(meeting.wants_pass(PASS_SECS * 1_000));
    }
}
