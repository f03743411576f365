//! Times of the week on the wall clock of one place, as moments. Pure.
//!
//! Never: a clock of its own, or what the times are meant for.

use amparo_protocol::settings::{Date, Weekday};
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;

/// How far ahead a next beginning is looked for.
const DAYS_AHEAD: i32 = 60;
const DAY_MINUTES: i64 = 24 * 60;

/// What the spans of a week say of one moment, in unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Spans that follow each other count as one.
    Inside { until_secs: u64 },
    /// `None`: no beginning is in sight.
    Outside { next_secs: Option<u64> },
}

/// The wall clock of one time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wall {
    zone: TimeZone,
}

impl Wall {
    /// A zone that this program does not know counts as UTC.
    pub fn in_zone(name: &str) -> Self {
        Self { zone: TimeZone::get(name).unwrap_or(TimeZone::UTC) }
    }

    /// `minutes_on`: the spans that begin on a day, in minutes since its midnight. An end that is not after its beginning
    /// lies on the next day.
    pub fn look(&self, now_secs: u64, minutes_on: impl Fn(civil::Date) -> Vec<(u16, u16)>) -> Span {
        let Some(today) = self.day_at(now_secs) else { return Span::Outside { next_secs: None } };
        let mut until_secs = None;
        // A span of yesterday may reach into today.
        let mut day = Some(today.yesterday().unwrap_or(today));
        for _ in 0..DAYS_AHEAD {
            let Some(date) = day else { break };
            let mut spans: Vec<(u64, u64)> =
                minutes_on(date).into_iter().filter_map(|(from, to)| self.span(date, from.into(), to.into())).collect();
            spans.sort_unstable();
            for (from, to) in spans {
                match until_secs {
                    None if (from..to).contains(&now_secs) => until_secs = Some(to),
                    None if from > now_secs => return Span::Outside { next_secs: Some(from) },
                    Some(until) if from > until => return Span::Inside { until_secs: until },
                    Some(until) => until_secs = Some(until.max(to)),
                    None => {}
                }
            }
            day = date.tomorrow().ok();
        }
        until_secs.map_or(Span::Outside { next_secs: None }, |until_secs| Span::Inside { until_secs })
    }

    /// The calendar day at this moment.
    pub fn today(&self, now_secs: u64) -> Option<Date> {
        let day = self.day_at(now_secs)?;
        Some(Date { year: day.year(), month: day.month(), day: day.day() })
    }

    fn span(&self, date: civil::Date, from_minute: i64, to_minute: i64) -> Option<(u64, u64)> {
        let to_minute = if to_minute <= from_minute { to_minute + DAY_MINUTES } else { to_minute };
        Some((self.moment(date, from_minute)?, self.moment(date, to_minute)?))
    }

    /// A time that a change of the clocks leaves out counts as the moment of the change.
    fn moment(&self, date: civil::Date, minute: i64) -> Option<u64> {
        let date = if minute >= DAY_MINUTES { date.tomorrow().ok()? } else { date };
        let minute = minute % DAY_MINUTES;
        let time = civil::Time::new(i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?, 0, 0).ok()?;
        let zoned = date.to_datetime(time).to_zoned(self.zone.clone()).ok()?;
        u64::try_from(zoned.timestamp().as_second()).ok()
    }

    fn day_at(&self, unix_secs: u64) -> Option<civil::Date> {
        let timestamp = Timestamp::from_second(i64::try_from(unix_secs).ok()?).ok()?;
        Some(timestamp.to_zoned(self.zone.clone()).date())
    }
}

/// Whether this program knows the zone.
pub fn is_time_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

pub fn is_date(date: Date) -> bool {
    civil::Date::new(date.year, date.month, date.day).is_ok()
}

pub fn weekday(date: civil::Date) -> Weekday {
    Weekday::ALL[usize::try_from(date.weekday().to_monday_zero_offset()).expect("weekdays are 0 to 6")]
}
