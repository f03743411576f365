//! Which of one sender's numbers in one epoch have come, which may be acknowledged and which may be shown. Numbers only.
//!
//! Never: text, keys, a clock.

use crate::table::Table;

/// What of one sender and epoch this browser has. Two cursors: what is contiguous may be acknowledged; what is shown may
/// be ahead of it, because a gap is waited for only so long.
#[derive(Default)]
pub struct Track {
    /// Highest contiguous number.
    upto: Option<u64>,
    /// Highest number shown in spite of a gap.
    shown_to: Option<u64>,
    /// Beyond `upto`: number to what is known of it.
    waiting: Table<u64, Waiting>,
}

struct Waiting {
    after: u64,
    shown: bool,
}

/// A number that may be shown now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ready {
    pub number: u64,
    /// The message before it is missing.
    pub gap_before: bool,
}

impl Track {
    pub fn upto(&self) -> Option<u64> {
        self.upto
    }

    /// What the sender's next message names as `after`: one more than the highest contiguous number.
    pub fn next(&self) -> u64 {
        self.upto.map_or(0, |upto| upto.saturating_add(1))
    }

    /// The highest number that has come, contiguous or not.
    pub fn highest(&self) -> Option<u64> {
        self.waiting.last_key().max(self.upto)
    }

    pub fn has_hidden(&self) -> bool {
        self.waiting.rows().iter().any(|(_, waiting)| !waiting.shown)
    }

    /// Takes a number in that is not held yet; answers what became ready by it, in order. A number that was shown before
    /// the missing one came is answered again without its gap.
    pub fn accept(&mut self, number: u64, after: u64) -> Vec<Ready> {
        if self.upto.is_some_and(|upto| number <= upto) {
            return vec![Ready { number, gap_before: false }];
        }
        self.waiting.insert(number, Waiting { after, shown: false });
        let mut ready = Vec::new();
        while let Some(met) = self.first_contiguous() {
            ready.append(&mut self.advance(met));
        }
        ready.extend(self.follow_shown());
        ready
    }

    /// The missing numbers were waited for long enough: everything that came is shown.
    pub fn give_up(&mut self) -> Vec<Ready> {
        let mut ready = Vec::new();
        let mut known_to = self.upto;
        for (number, waiting) in self.waiting.rows_mut() {
            let gap_before = waiting.after > known_to.map_or(0, |known| known.saturating_add(1));
            if !waiting.shown {
                waiting.shown = true;
                ready.push(Ready { number, gap_before });
            }
            known_to = Some(number);
        }
        self.shown_to = known_to;
        ready
    }

    fn first_contiguous(&self) -> Option<u64> {
        let next = self.next();
        self.waiting.rows().iter().find(|(_, waiting)| waiting.after <= next).map(|(number, _)| *number)
    }

    /// Moves the contiguous cursor to `met`. What lay between was declared lost by its author, who names an older message
    /// as the one before: it is shown behind a gap.
    fn advance(&mut self, met: u64) -> Vec<Ready> {
        let numbers = self.waiting.rows().iter().map(|(number, _)| *number);
        let passed: Vec<u64> = numbers.filter(|number| *number <= met).collect();
        self.waiting.retain(|number| *number > met);
        self.upto = Some(met);
        let ready = |(index, &number): (usize, &u64)| Ready { number, gap_before: number != met && index == 0 };
        passed.iter().enumerate().map(ready).collect()
    }

    /// Behind a gap that is shown already, what continues the shown messages is shown at once.
    fn follow_shown(&mut self) -> Vec<Ready> {
        let Some(mut shown_to) = self.shown_to.filter(|shown| Some(*shown) > self.upto) else { return Vec::new() };
        let already = shown_to;
        let mut ready = Vec::new();
        for (number, waiting) in self.waiting.rows_mut().filter(|(number, _)| *number > already) {
            if waiting.after > shown_to.saturating_add(1) {
                break;
            }
            waiting.shown = true;
            shown_to = number;
            ready.push(Ready { number, gap_before: false });
        }
        self.shown_to = Some(shown_to);
        ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(ready: Vec<Ready>) -> Vec<(u64, bool)> {
        ready.into_iter().map(|ready| (ready.number, ready.gap_before)).collect()
    }

    #[test]
    fn numbers_that_come_in_order_are_ready_at_once() {
        let mut track = Track::default();
        assert_eq!(numbers(track.accept(0, 0)), [(0, false)]);
        assert_eq!(numbers(track.accept(1, 1)), [(1, false)]);
        assert_eq!(track.upto(), Some(1));
    }

    #[test]
    fn a_missing_number_holds_the_others_back_until_it_comes() {
        let mut track = Track::default();
        track.accept(0, 0);
        assert_eq!(numbers(track.accept(2, 2)), []);
        assert!(track.has_hidden());
        assert_eq!(numbers(track.accept(1, 1)), [(1, false), (2, false)]);
        assert!(!track.has_hidden());
    }

    #[test]
    fn a_gap_is_shown_once_and_never_acknowledged() {
        let mut track = Track::default();
        track.accept(2, 2);
        assert_eq!(numbers(track.give_up()), [(2, true)]);
        assert_eq!(numbers(track.accept(3, 3)), [(3, false)], "what follows comes at once");
        assert_eq!(numbers(track.give_up()), []);
        assert_eq!(track.upto(), None);
        track.accept(0, 0);
        assert_eq!(numbers(track.accept(1, 1)), [(1, false), (2, false), (3, false)], "the gap has healed");
        assert_eq!(track.upto(), Some(3));
    }

    #[test]
    fn behind_a_gap_that_is_shown_the_next_one_is_waited_for_too() {
        let mut track = Track::default();
        track.accept(2, 2);
        track.give_up();
        assert_eq!(numbers(track.accept(5, 5)), []);
        assert_eq!(numbers(track.accept(3, 3)), [(3, false)], "what comes late goes before it");
        assert_eq!(numbers(track.accept(4, 4)), [(4, false), (5, false)]);
    }

    #[test]
    fn an_author_who_lost_a_message_in_a_reload_jumps_over_it() {
        let mut track = Track::default();
        track.accept(0, 0);
        assert_eq!(numbers(track.accept(33, 1)), [(33, false)], "nothing that was sent is missing");
        assert_eq!(numbers(track.accept(35, 35)), []);
        assert_eq!(numbers(track.accept(67, 34)), [(35, true), (67, false)], "34 is lost, and its author says so");
        assert_eq!(track.upto(), Some(67));
    }

    #[test]
    fn the_largest_number_overflows_nothing() {
        let mut track = Track::default();
        track.accept(u64::MAX, 0);
        assert_eq!(track.next(), u64::MAX);
        track.accept(7, u64::MAX);
        track.give_up();
    }
}
