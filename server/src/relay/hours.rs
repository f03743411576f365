//! When a channel is open: weekly hours with holidays, per language, in the line's time zone. Pure.
//!
//! Never: a clock, or a promise beyond what is set; a channel without hours is open whenever somebody is there.

use amparo_protocol::language::Language;
use amparo_protocol::settings::{Channel, Date, Hours, LineSettings, Weekday};
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;

/// How far ahead a next opening is looked for.
const DAYS_AHEAD: i32 = 60;
const DAY_MINUTES: i64 = 24 * 60;

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
    zone: TimeZone,
    settings: LineSettings,
}

impl Schedule {
    pub fn new(settings: LineSettings) -> Self {
        let zone = TimeZone::get(&settings.time_zone).unwrap_or(TimeZone::UTC);
        Self { zone, settings }
    }

    pub fn now(&self, channel: Channel, language: Language, now_secs: u64) -> Now {
        if self.settings.hours.iter().all(|hours| hours.channel != channel) {
            return Now::Unset;
        }
        let Some(today) = self.date_at(now_secs) else { return Now::Unset };
        // A span of yesterday may reach into today.
        let first = today.yesterday().unwrap_or(today);
        let mut day = Some(first);
        for _ in 0..DAYS_AHEAD {
            let Some(date) = day else { break };
            let spans = self.spans(channel, language, date);
            if spans.iter().any(|(from, to)| (*from..*to).contains(&now_secs)) {
                return Now::Open;
            }
            if let Some(opens) = spans.iter().map(|(from, _)| *from).filter(|from| *from > now_secs).min() {
                return Now::Closed { opens_unix_secs: Some(opens) };
            }
            day = date.tomorrow().ok();
        }
        Now::Closed { opens_unix_secs: None }
    }

    /// The spans that begin on this day, in unix seconds. What is set for the day itself stands in place of its weekday.
    fn spans(&self, channel: Channel, language: Language, date: civil::Date) -> Vec<(u64, u64)> {
        let is_meant = |of: Option<Language>| of.is_none_or(|of| of == language);
        let settings = &self.settings;
        let special: Vec<_> = settings
            .holidays
            .iter()
            .filter(|holiday| is_same(holiday.date, date) && is_meant(holiday.language))
            .filter(|holiday| holiday.channel.is_none_or(|of| of == channel))
            .collect();
        let minutes: Vec<(u16, u16)> = if special.is_empty() {
            let weekly = settings.hours.iter().filter(|hours| hours.day == weekday(date));
            let meant = weekly.filter(|hours| hours.channel == channel && is_meant(hours.language));
            meant.map(|Hours { from_minute, to_minute, .. }| (*from_minute, *to_minute)).collect()
        } else {
            special.iter().filter_map(|holiday| holiday.open).map(|span| (span.from_minute, span.to_minute)).collect()
        };
        minutes.into_iter().filter_map(|(from, to)| self.span(date, from.into(), to.into())).collect()
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

    fn date_at(&self, unix_secs: u64) -> Option<civil::Date> {
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

fn is_same(date: Date, day: civil::Date) -> bool {
    (date.year, date.month, date.day) == (day.year(), day.month(), day.day())
}

fn weekday(date: civil::Date) -> Weekday {
    Weekday::ALL[usize::try_from(date.weekday().to_monday_zero_offset()).expect("weekdays are 0 to 6")]
}

#[cfg(test)]
mod tests {
    use amparo_protocol::settings::{Holiday, OpenSpan};

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
