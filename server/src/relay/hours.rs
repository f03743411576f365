//! When a channel is open: weekly hours with holidays, per language, in the line's time zone. Pure.
//!
//! Never: a clock, or a promise beyond what is set; a channel without hours is open whenever somebody is there.

use amparo_protocol::language::Language;
use amparo_protocol::settings::{Channel, Date, Hours, LineSettings};
use jiff::civil;

use super::wall::{Span, Wall, weekday};

/// What the hours say of one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Now {
    /// No hours are set for the channel.
    Unset,
    Open,
    /// Until then; `None`: no opening is in sight.
    Closed {
        opens_unix_secs: Option<u64>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    pub wall: Wall,
    settings: LineSettings,
}

impl Schedule {
    pub fn new(settings: LineSettings) -> Self {
        Self { wall: Wall::in_zone(&settings.time_zone), settings }
    }

    pub fn now(&self, channel: Channel, language: Language, now_secs: u64) -> Now {
        if self.settings.hours.iter().all(|hours| hours.channel != channel) {
            return Now::Unset;
        }
        match self.wall.look(now_secs, |date| self.minutes(channel, language, date)) {
            Span::Inside { .. } => Now::Open,
            Span::Outside { next_secs } => Now::Closed { opens_unix_secs: next_secs },
        }
    }

    /// The spans that begin on this day, in minutes. What is set for the day itself stands in place of its weekday.
    fn minutes(&self, channel: Channel, language: Language, date: civil::Date) -> Vec<(u16, u16)> {
        let is_meant = |of: Option<Language>| of.is_none_or(|of| of == language);
        let settings = &self.settings;
        let special: Vec<_> = settings
            .holidays
            .iter()
            .filter(|holiday| is_same(holiday.date, date) && is_meant(holiday.language))
            .filter(|holiday| holiday.channel.is_none_or(|of| of == channel))
            .collect();
        if special.is_empty() {
            let weekly = settings.hours.iter().filter(|hours| hours.day == weekday(date));
            let meant = weekly.filter(|hours| hours.channel == channel && is_meant(hours.language));
            meant.map(|Hours { from_minute, to_minute, .. }| (*from_minute, *to_minute)).collect()
        } else {
            special.iter().filter_map(|holiday| holiday.open).map(|span| (span.from_minute, span.to_minute)).collect()
        }
    }
}

fn is_same(date: Date, day: civil::Date) -> bool {
    (date.year, date.month, date.day) == (day.year(), day.month(), day.day())
}

#[cfg(test)]
mod tests {
    use amparo_protocol::settings::{Holiday, OpenSpan, Weekday};
    use jiff::tz::TimeZone;

    use super::*;

    /// Unix seconds of a wall-clock time in Madrid.
    fn madrid(text: &str) -> u64 {
        let zoned = text.parse::<civil::DateTime>().unwrap().to_zoned(TimeZone::get("Europe/Madrid").unwrap()).unwrap();
        u64::try_from(zoned.timestamp().as_second()).unwrap()
    }

    fn hours(day: Weekday, from_hour: u16, to_hour: u16, language: Option<Language>) -> Hours {
        Hours { channel: Channel::Web, language, day, from_minute: from_hour * 60, to_minute: to_hour * 60 }
    }

    fn schedule(hours: Vec<Hours>, holidays: Vec<Holiday>) -> Schedule {
        Schedule::new(LineSettings {
            time_zone: "Europe/Madrid".to_owned(),
            hours,
            holidays,
            ..LineSettings::default()
        })
    }

    fn web(schedule: &Schedule, at: &str) -> Now {
        schedule.now(Channel::Web, Language::Es, madrid(at))
    }

    fn closed_until(at: &str) -> Now {
        Now::Closed { opens_unix_secs: Some(madrid(at)) }
    }

    #[test]
    fn a_channel_without_hours_says_nothing() {
        let schedule = schedule(vec![hours(Weekday::Monday, 9, 17, None)], vec![]);
        assert_eq!(schedule.now(Channel::Phone, Language::Es, madrid("2026-11-23T03:00")), Now::Unset);
    }

    #[test]
    fn it_is_open_between_the_hours_and_says_when_it_opens_next() {
        let schedule =
            schedule(vec![hours(Weekday::Monday, 9, 17, None), hours(Weekday::Thursday, 18, 20, None)], vec![]);
        assert_eq!(web(&schedule, "2026-11-23T09:00"), Now::Open);
        assert_eq!(web(&schedule, "2026-11-23T16:59"), Now::Open);
        assert_eq!(web(&schedule, "2026-11-23T08:59"), closed_until("2026-11-23T09:00"));
        assert_eq!(web(&schedule, "2026-11-23T17:00"), closed_until("2026-11-26T18:00"));
        assert_eq!(web(&schedule, "2026-11-26T20:00"), closed_until("2026-11-30T09:00"));
    }

    #[test]
    fn a_night_reaches_into_the_next_day() {
        let schedule = schedule(vec![hours(Weekday::Sunday, 22, 6, None)], vec![]);
        assert_eq!(web(&schedule, "2026-11-22T23:30"), Now::Open);
        assert_eq!(web(&schedule, "2026-11-23T05:59"), Now::Open);
        assert_eq!(web(&schedule, "2026-11-23T06:00"), closed_until("2026-11-29T22:00"));
    }

    #[test]
    fn a_holiday_stands_in_place_of_its_weekday() {
        let date = Date { year: 2026, month: 12, day: 25 };
        let closed = Holiday { date, channel: None, language: None, open: None };
        let every_day: Vec<Hours> = Weekday::ALL.map(|day| hours(day, 9, 17, None)).into();
        let schedule_of = |holiday| schedule(every_day.clone(), vec![holiday]);
        assert_eq!(web(&schedule_of(closed), "2026-12-25T10:00"), closed_until("2026-12-26T09:00"));
        let short = Holiday { open: Some(OpenSpan { from_minute: 600, to_minute: 720 }), ..closed };
        assert_eq!(web(&schedule_of(short), "2026-12-25T09:30"), closed_until("2026-12-25T10:00"));
        assert_eq!(web(&schedule_of(short), "2026-12-25T11:59"), Now::Open);
        let phones = Holiday { channel: Some(Channel::Phone), ..closed };
        assert_eq!(web(&schedule_of(phones), "2026-12-25T10:00"), Now::Open);
    }

    #[test]
    fn languages_have_hours_of_their_own() {
        let schedule = schedule(vec![hours(Weekday::Monday, 9, 17, Some(Language::Ar))], vec![]);
        let at = madrid("2026-11-23T10:00");
        assert_eq!(schedule.now(Channel::Web, Language::Ar, at), Now::Open);
        assert_eq!(schedule.now(Channel::Web, Language::Es, at), Now::Closed { opens_unix_secs: None });
    }

    #[test]
    fn a_change_of_the_clocks_moves_the_hours_with_the_wall() {
        let schedule = schedule(Weekday::ALL.map(|day| hours(day, 2, 4, None)).into(), vec![]);
        // On 29 March 2026 the clocks go from two to three; on 25 October from three back to two.
        assert_eq!(web(&schedule, "2026-03-29T03:30"), Now::Open);
        assert_eq!(
            web(&schedule, "2026-03-29T01:59"),
            Now::Closed { opens_unix_secs: Some(madrid("2026-03-29T03:00")) }
        );
        assert_eq!(web(&schedule, "2026-10-25T03:59"), Now::Open);
    }
}
