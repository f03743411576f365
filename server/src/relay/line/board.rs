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
        let mut rows: [Option<WaitingRow>; Language::COUNT] = [None; Language::COUNT];
        for id in self.queue.order() {
            let Some(conversation) = self.conversations.get(&id) else { continue };
            let language = conversation.language;
            let since_unix_secs = conversation.joined_at_ms / 1000;
            let row = rows[language as usize].get_or_insert(WaitingRow { language, count: 0, since_unix_secs });
            row.count += 1;
            row.since_unix_secs = row.since_unix_secs.min(since_unix_secs);
        }
        rows.into_iter().flatten().collect()
    }

    fn seats(&self) -> Vec<SeatFacts> {
        let talking = self.talking();
        let seats = self.counselors.values().map(|seat| {
            let member = seat.login.member;
            SeatFacts {
                member,
                languages: seat.login.languages.clone(),
                presence: seat.presence,
                conversations: talking.get(&member).copied().unwrap_or_default(),
            }
        });
        seats.collect()
    }
}
