//! The rota while it is changed: a week of times for each member.

use amparo_protocol::desk::CareRow;
use amparo_protocol::id::MemberId;
use amparo_protocol::rota::{Rota, Turn};
use amparo_protocol::settings::{Channel, Hours};
use leptos::prelude::*;

use super::week::WeekDraft;
use crate::field::every;

/// A member's times are drawn and read as the hours of a channel are.
const AS_CHANNEL: Channel = Channel::Web;

#[derive(Clone, Copy)]
pub struct RotaDraft {
    pub is_on: RwSignal<bool>,
    pub weeks: StoredValue<Vec<MemberWeek>>,
}

#[derive(Clone)]
pub struct MemberWeek {
    pub member: MemberId,
    pub pseudonym: String,
    pub week: WeekDraft,
}

impl RotaDraft {
    /// Only of members who are there: whoever has gone is left out with the next save.
    pub fn of(rota: &Rota, members: &[CareRow]) -> Self {
        let weeks = members.iter().map(|row| MemberWeek {
            member: row.member,
            pseudonym: row.pseudonym.clone(),
            week: WeekDraft::of(&hours(&rota.turns, row.member), AS_CHANNEL),
        });
        Self { is_on: RwSignal::new(rota.is_on), weeks: StoredValue::new(weeks.collect()) }
    }

    pub fn read(self) -> Option<Rota> {
        let read = self.weeks.with_value(|weeks| {
            every(weeks.iter().map(|MemberWeek { member, week, .. }| {
                let hours = week.read(AS_CHANNEL)?;
                Some(hours.into_iter().map(|hours| turn(*member, hours)).collect::<Vec<_>>())
            }))
        });
        Some(Rota { is_on: self.is_on.get_untracked(), turns: read?.concat() })
    }
}

/// The times of one member, to be shown as a week.
pub fn hours(turns: &[Turn], member: MemberId) -> Vec<Hours> {
    let own = turns.iter().filter(|turn| turn.member == member);
    let hours = own.map(|turn| Hours {
        channel: AS_CHANNEL,
        language: None,
        day: turn.day,
        from_minute: turn.from_minute,
        to_minute: turn.to_minute,
    });
    hours.collect()
}

/// The times of one member as a week that nobody changes.
pub fn week(turns: &[Turn], member: MemberId) -> WeekDraft {
    WeekDraft::of(&hours(turns, member), AS_CHANNEL)
}

fn turn(member: MemberId, Hours { day, from_minute, to_minute, .. }: Hours) -> Turn {
    Turn { member, day, from_minute, to_minute }
}

#[cfg(test)]
mod tests {
    use amparo_protocol::desk::MemberCare;
    use amparo_protocol::settings::Weekday;

    use super::*;

    const ANA: MemberId = MemberId([1; 16]);
    const GONE: MemberId = MemberId([2; 16]);

    #[test]
    fn times_come_back_as_they_were_and_those_of_somebody_who_has_gone_do_not() {
        let _owner = Owner::new_root(None);
        let turn = |member, day| Turn { member, day, from_minute: 1080, to_minute: 120 };
        let own = vec![turn(ANA, Weekday::Monday), turn(ANA, Weekday::Friday)];
        let rota = Rota { is_on: true, turns: [own.clone(), vec![turn(GONE, Weekday::Monday)]].concat() };
        let row = CareRow { member: ANA, pseudonym: "Ana".to_owned(), care: MemberCare::default() };
        let draft = RotaDraft::of(&rota, &[row]);
        assert_eq!(draft.read(), Some(Rota { is_on: true, turns: own }));
    }
}
