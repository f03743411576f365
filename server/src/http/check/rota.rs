//! Whom a supervisor or an administrator may put on the rota, and when.

use amparo_protocol::id::MemberId;
use amparo_protocol::rota::{Rota, Turn};

use super::line::is_span;
use super::{Checked, require};

const TURNS_MAX: usize = 2_000;

/// Only members have turns, and none longer than a day.
pub fn rota(rota: &Rota, members: &[MemberId]) -> Checked {
    let is_turn = |turn: &Turn| members.contains(&turn.member) && is_span(turn.from_minute, turn.to_minute);
    require(rota.turns.len() <= TURNS_MAX && rota.turns.iter().all(is_turn))
}
