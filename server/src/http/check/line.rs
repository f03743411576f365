//! What a supervisor or an administrator may set for the line.

use amparo_protocol::settings::{Holiday, Hours, LineSettings, OwnText, SurgeText};

use super::{Checked, is_distinct, line, require};
use crate::relay::wall::{is_date, is_time_zone};

const HOURS_MAX: usize = 500;
const HOLIDAYS_MAX: usize = 500;
const TEXTS_MAX: usize = 300;
const TEXT_MAX_CHARS: usize = 300;
const KEY_MAX_BYTES: usize = 60;
const WAITING_MAX: std::ops::RangeInclusive<u32> = 1..=10_000;
const DAY_MINUTES: u16 = 24 * 60;

pub fn settings(settings: &LineSettings) -> Checked {
    require(is_time_zone(&settings.time_zone) && WAITING_MAX.contains(&settings.waiting_max))?;
    require(settings.hours.len() <= HOURS_MAX && settings.hours.iter().all(are_hours))?;
    require(settings.holidays.len() <= HOLIDAYS_MAX && settings.holidays.iter().all(is_holiday))?;
    surge(&settings.surge.texts)?;
    texts(&settings.texts)
}

fn are_hours(hours: &Hours) -> bool {
    is_span(hours.from_minute, hours.to_minute)
}

fn is_holiday(holiday: &Holiday) -> bool {
    is_date(holiday.date) && holiday.open.is_none_or(|span| is_span(span.from_minute, span.to_minute))
}

/// An end that is not after the beginning lies on the next day.
pub fn is_span(from_minute: u16, to_minute: u16) -> bool {
    from_minute < DAY_MINUTES && to_minute <= DAY_MINUTES && from_minute != to_minute
}

fn surge(texts: &[SurgeText]) -> Checked {
    let languages: Vec<_> = texts.iter().map(|text| text.language).collect();
    require(is_distinct(&languages))?;
    texts.iter().try_for_each(|text| line(&text.text, 1, TEXT_MAX_CHARS))
}

fn texts(texts: &[OwnText]) -> Checked {
    let keys: Vec<_> = texts.iter().map(|text| (text.language, text.key.as_str())).collect();
    let is_key = |key: &str| {
        let is_sign = |byte: u8| byte.is_ascii_lowercase() || byte == b'-' || byte == b'.';
        !key.is_empty() && key.len() <= KEY_MAX_BYTES && key.bytes().all(is_sign)
    };
    require(texts.len() <= TEXTS_MAX && is_distinct(&keys) && keys.iter().all(|(_, key)| is_key(key)))?;
    texts.iter().try_for_each(|text| line(&text.text, 1, TEXT_MAX_CHARS))
}

#[cfg(test)]
mod tests {
    use amparo_protocol::error::ErrorCode;
    use amparo_protocol::language::Language;
    use amparo_protocol::settings::{Channel, Date, Weekday};

    use super::*;

    fn is_refused(change: impl FnOnce(&mut LineSettings)) -> bool {
        let mut settings = LineSettings::default();
        change(&mut settings);
        super::settings(&settings) == Err(ErrorCode::Invalid)
    }

    fn hours(from_minute: u16, to_minute: u16) -> Hours {
        Hours { channel: Channel::Web, language: None, day: Weekday::Friday, from_minute, to_minute }
    }

    #[test]
    fn hours_may_reach_over_midnight_and_never_beyond_a_day() {
        assert!(!is_refused(|line| line.hours = vec![hours(540, 1440), hours(1320, 360), hours(0, 1440)]));
        for (from_minute, to_minute) in [(600, 600), (1440, 60), (0, 1441)] {
            assert!(is_refused(|line| line.hours = vec![hours(from_minute, to_minute)]), "{from_minute} {to_minute}");
        }
    }

    #[test]
    fn zones_days_and_keys_that_do_not_exist_are_refused() {
        assert!(!is_refused(|line| line.time_zone = "America/Sao_Paulo".to_owned()));
        assert!(is_refused(|line| line.time_zone = "Europe/Atlantis".to_owned()));
        assert!(is_refused(|line| line.waiting_max = 0));
        let date = Date { year: 2026, month: 2, day: 30 };
        assert!(is_refused(|line| line.holidays = vec![Holiday { date, channel: None, language: None, open: None }]));
        let text = |key: &str| OwnText { language: Language::Es, key: key.to_owned(), text: "Hola".to_owned() };
        assert!(!is_refused(|line| line.texts = vec![text("welcome.heading")]));
        assert!(is_refused(|line| line.texts = vec![text("Welcome heading")]));
        assert!(is_refused(|line| line.texts = vec![text("a.b"), text("a.b")]));
    }
}
