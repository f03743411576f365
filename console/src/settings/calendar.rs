//! Days that are not like others of their weekday.

use amparo_protocol::language::Language;
use amparo_protocol::settings::{Channel, Date, Holiday, OpenSpan};
use leptos::prelude::*;

use super::week::{span_of, time};
use crate::field::{Field, every};

/// What stands in the fields of a day that is made open for some hours.
const MORNING: OpenSpan = OpenSpan { from_minute: 9 * 60, to_minute: 13 * 60 };

#[derive(Clone, Copy)]
pub struct HolidaysDraft {
    pub rows: RwSignal<Vec<HolidayDraft>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct HolidayDraft {
    pub date: Field,
    /// `None`: on all channels.
    pub channel: RwSignal<Option<Channel>>,
    pub language: RwSignal<Option<Language>>,
    /// Open between the two times; otherwise closed all day.
    pub is_open: RwSignal<bool>,
    pub from: Field,
    pub to: Field,
}

impl HolidayDraft {
    fn of(holiday: &Holiday) -> Self {
        let span = holiday.open.unwrap_or(MORNING);
        Self {
            date: Field::new(date_text(holiday.date)),
            channel: RwSignal::new(holiday.channel),
            language: RwSignal::new(holiday.language),
            is_open: RwSignal::new(holiday.open.is_some()),
            from: Field::new(time(span.from_minute)),
            to: Field::new(time(span.to_minute)),
        }
    }

    /// Closed everywhere, on a day that is still to be named.
    pub fn fresh() -> Self {
        Self {
            date: Field::new(""),
            channel: RwSignal::new(None),
            language: RwSignal::new(None),
            is_open: RwSignal::new(false),
            from: Field::new(time(MORNING.from_minute)),
            to: Field::new(time(MORNING.to_minute)),
        }
    }

    fn read(self) -> Option<Holiday> {
        let date = self.date.read(date, "problem.date");
        let open = if self.is_open.get_untracked() {
            let span = span_of(self.from, self.to);
            span.map(|(from_minute, to_minute)| Some(OpenSpan { from_minute, to_minute }))
        } else {
            Some(None)
        };
        let (channel, language) = (self.channel.get_untracked(), self.language.get_untracked());
        Some(Holiday { date: date?, channel, language, open: open? })
    }
}

impl HolidaysDraft {
    /// The earliest first.
    pub fn of(holidays: &[Holiday]) -> Self {
        let mut holidays = holidays.to_vec();
        holidays.sort_by_key(|holiday| holiday.date);
        Self { rows: RwSignal::new(holidays.iter().map(HolidayDraft::of).collect()) }
    }

    pub fn read(self) -> Option<Vec<Holiday>> {
        every(self.rows.get_untracked().into_iter().map(HolidayDraft::read))
    }
}

/// As a browser's date field writes it.
pub fn date_text(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

/// `None` also for a day that no month has.
pub fn date(typed: &str) -> Option<Date> {
    let mut parts = typed.split('-');
    let year = parts.next()?.parse::<i16>().ok()?;
    let month = parts.next()?.parse::<i8>().ok()?;
    let day = parts.next()?.parse::<i8>().ok()?;
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    let is_day = (1..=days).contains(&day) && (2000..=9999).contains(&year) && parts.next().is_none();
    is_day.then_some(Date { year, month, day })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_that_exists() {
        assert_eq!(date("2028-02-29"), Some(Date { year: 2028, month: 2, day: 29 }));
        assert_eq!(date_text(Date { year: 2026, month: 1, day: 6 }), "2026-01-06");
        for wrong in ["2027-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-1", "", "2026-01-01-01"] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }

    /// Requirement 60.
    #[test]
    fn a_holiday_is_closed_all_day_or_open_between_two_times() {
        let _owner = Owner::new_root(None);
        let day = Date { year: 2026, month: 12, day: 25 };
        let closed = Holiday { date: day, channel: None, language: None, open: None };
        let open = Some(OpenSpan { from_minute: 600, to_minute: 840 });
        let half = Holiday { date: Date { day: 24, ..day }, channel: Some(Channel::Web), language: None, open };
        let draft = HolidaysDraft::of(&[closed, half]);
        assert_eq!(draft.read(), Some(vec![half, closed]));
        draft.rows.with_untracked(|rows| rows[0].date.text.set(String::new()));
        assert_eq!(draft.read(), None);
    }
}
