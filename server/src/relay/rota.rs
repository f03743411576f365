//! Who works when: what the rota says of a member at one moment. Pure.
//!
//! Never: a clock, or a conversation; a turn that ends in the middle of one ends nothing.

use amparo_protocol::id::MemberId;
use amparo_protocol::rota::{OnRota, Rota, Turn};

use super::wall::{Span, Wall, weekday};

/// The rota, ready to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turns {
    wall: Wall,
    rota: Rota,
}

impl Turns {
    pub fn new(rota: Rota, time_zone: &str) -> Self {
        Self { wall: Wall::in_zone(time_zone), rota }
    }

    pub fn of(&self, member: MemberId, now_secs: u64) -> OnRota {
        if !self.rota.is_on {
            return OnRota::Unused;
        }
        let span = self.wall.look(now_secs, |date| {
            let own = self.own(member).filter(|turn| turn.day == weekday(date));
            own.map(|turn| (turn.from_minute, turn.to_minute)).collect()
        });
        match span {
            Span::Inside { until_secs } => OnRota::On { until_unix_secs: until_secs },
            Span::Outside { next_secs } => OnRota::Off { next_unix_secs: next_secs },
        }
    }

    /// Whether the member may be available.
    pub fn lets(&self, member: MemberId, now_secs: u64) -> bool {
        !matches!(self.of(member, now_secs), OnRota::Off { .. })
    }

    pub fn own(&self, member: MemberId) -> impl Iterator<Item = Turn> {
        self.rota.turns.iter().copied().filter(move |turn| turn.member == member)
    }

    pub fn is_on(&self) -> bool {
        self.rota.is_on
    }
}

#[cfg(test)]
mod tests {
    use amparo_protocol::settings::Weekday;
    use jiff::civil;
    use jiff::tz::TimeZone;

    use super::*;

    const ANA: MemberId = MemberId([1; 16]);
    const OMAR: MemberId = MemberId([2; 16]);

    fn madrid(text: &str) -> u64 {
        let zoned = text.parse::<civil::DateTime>().unwrap().to_zoned(TimeZone::get("Europe/Madrid").unwrap()).unwrap();
        u64::try_from(zoned.timestamp().as_second()).unwrap()
    }

    fn turn(member: MemberId, day: Weekday, from_hour: u16, to_hour: u16) -> Turn {
        Turn { member, day, from_minute: from_hour * 60, to_minute: to_hour * 60 }
    }

    fn turns(turns: Vec<Turn>) -> Turns {
        Turns::new(Rota { is_on: true, turns }, "Europe/Madrid")
    }

    fn off_until(at: &str) -> OnRota {
        OnRota::Off { next_unix_secs: Some(madrid(at)) }
    }

    fn on_until(at: &str) -> OnRota {
        OnRota::On { until_unix_secs: madrid(at) }
    }

    #[test]
    fn a_member_is_on_from_the_first_moment_of_a_turn_to_its_last() {
        let rota = turns(vec![turn(ANA, Weekday::Monday, 18, 21), turn(OMAR, Weekday::Monday, 9, 12)]);
        assert_eq!(rota.of(ANA, madrid("2026-11-23T17:59")), off_until("2026-11-23T18:00"));
        assert_eq!(rota.of(ANA, madrid("2026-11-23T18:00")), on_until("2026-11-23T21:00"));
        assert_eq!(rota.of(ANA, madrid("2026-11-23T20:59")), on_until("2026-11-23T21:00"));
        assert_eq!(rota.of(ANA, madrid("2026-11-23T21:00")), off_until("2026-11-30T18:00"));
    }

    #[test]
    fn turns_that_follow_each_other_are_one_also_over_midnight() {
        let rota = turns(vec![turn(ANA, Weekday::Sunday, 20, 24), turn(ANA, Weekday::Monday, 0, 6)]);
        assert_eq!(rota.of(ANA, madrid("2026-11-22T23:30")), on_until("2026-11-23T06:00"));
        let night = turns(vec![turn(ANA, Weekday::Sunday, 22, 6)]);
        assert_eq!(night.of(ANA, madrid("2026-11-23T05:59")), on_until("2026-11-23T06:00"));
    }

    #[test]
    fn who_has_no_turn_is_never_on_and_while_it_is_off_everybody_may_be() {
        let rota = turns(vec![turn(ANA, Weekday::Monday, 18, 21)]);
        let now = madrid("2026-11-23T18:00");
        assert_eq!(rota.of(OMAR, now), OnRota::Off { next_unix_secs: None });
        assert!(rota.lets(ANA, now) && !rota.lets(OMAR, now));
        let unused = Turns::new(Rota { is_on: false, turns: vec![turn(ANA, Weekday::Monday, 18, 21)] }, "UTC");
        assert!(unused.lets(OMAR, now));
    }

    #[test]
    fn the_whole_week_has_no_end_that_is_told_wrongly() {
        let always = turns(Weekday::ALL.map(|day| turn(ANA, day, 0, 24)).into());
        let OnRota::On { until_unix_secs } = always.of(ANA, madrid("2026-11-23T03:00")) else { panic!("always on") };
        assert!(until_unix_secs > madrid("2027-01-10T00:00"));
    }

    #[test]
    fn a_change_of_the_clocks_moves_the_turns_with_the_wall() {
        let rota = turns(vec![turn(ANA, Weekday::Sunday, 1, 4)]);
        // On 29 March 2026 the clocks go from two to three: the turn lasts two hours. On 25 October it lasts four.
        let spring = madrid("2026-03-29T01:00");
        assert_eq!(rota.of(ANA, spring), OnRota::On { until_unix_secs: spring + 2 * 3600 });
        let autumn = madrid("2026-10-25T01:00");
        assert_eq!(rota.of(ANA, autumn), OnRota::On { until_unix_secs: autumn + 4 * 3600 });
    }
}
