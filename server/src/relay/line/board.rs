//! What supervisors see of the line: who is on, and how many wait in which language.
//!
//! Never: anything that tells one visitor from another.

use amparo_protocol::desk::WaitingRow;
use amparo_protocol::language::Language;

use super::super::command::{BoardFacts, SeatFacts, What};
use super::Line;

impl Line {
    /// After every decision; said only when it has changed.
    pub(super) fn tell_board(&mut self) {
        let board = BoardFacts { waiting: self.waiting_rows(), seats: self.seats() };
        if board != self.told_board {
            self.told_board.clone_from(&board);
            self.publish(What::Board(board));
        }
    }

    fn waiting_rows(&self) -> Vec<WaitingRow> {
        let row = |language: Language| {
            let (count, since_ms) = self.queue.waiting_in(language)?;
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            Some(WaitingRow { language, count, since_unix_secs: since_ms / 1000 })
        };
        Language::ALL.into_iter().filter_map(row).collect()
    }

    fn seats(&self) -> Vec<SeatFacts> {
        let seats = self.counselors.values().map(|seat| {
            let member = seat.login.member;
            SeatFacts {
                member,
                languages: seat.login.languages.clone(),
                presence: seat.presence,
                conversations: self.talking.get(&member).copied().unwrap_or_default(),
            }
        });
        seats.collect()
    }
}
