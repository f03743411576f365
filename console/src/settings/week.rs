//! The weekly hours as people say them: "Monday to Friday, nine to five", one row for several days.

use amparo_protocol::language::Language;
use amparo_protocol::settings::{Channel, Hours, Weekday};
use leptos::prelude::*;

use crate::field::{Field, every};

const DAY_MINUTES: u16 = 24 * 60;

/// Rows of one channel.
#[derive(Clone, Copy)]
pub struct WeekDraft {
    pub rows: RwSignal<Vec<SpanDraft>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SpanDraft {
    pub days: RwSignal<Vec<Weekday>>,
    pub days_problem: RwSignal<Option<&'static str>>,
    pub from: Field,
    pub to: Field,
    /// `None`: in every language.
    pub language: RwSignal<Option<Language>>,
}

impl SpanDraft {
    fn of(span: &Span) -> Self {
        Self {
            days: RwSignal::new(span.days.clone()),
            days_problem: RwSignal::new(None),
            from: Field::new(time(span.from_minute)),
            to: Field::new(time(span.to_minute)),
            language: RwSignal::new(span.language),
        }
    }

    pub fn fresh() -> Self {
        let days = Weekday::ALL[..5].to_vec();
        Self::of(&Span { days, language: None, from_minute: 9 * 60, to_minute: 17 * 60 })
    }

    fn read(self) -> Option<Span> {
        let days = self.days.get_untracked();
        self.days_problem.set(days.is_empty().then_some("problem.days"));
        let (from, to) = span_of(self.from, self.to)?;
        let language = self.language.get_untracked();
        (!days.is_empty()).then_some(Span { days, language, from_minute: from, to_minute: to })
    }
}

impl WeekDraft {
    pub fn of(hours: &[Hours], channel: Channel) -> Self {
        Self { rows: RwSignal::new(spans(hours, channel).iter().map(SpanDraft::of).collect()) }
    }

    pub fn read(self, channel: Channel) -> Option<Vec<Hours>> {
        let spans = every(self.rows.get_untracked().into_iter().map(SpanDraft::read))?;
        Some(spans.iter().flat_map(|span| span.hours(channel)).collect())
    }

    /// The week in words, day by day; a row that will not do yet is left out.
    pub fn shown(self, day: Weekday) -> Vec<String> {
        let rows = self.rows.get();
        let of_day = rows.into_iter().filter(|row| row.days.with(|days| days.contains(&day)));
        let times = of_day.filter_map(|row| {
            let from = row.from.text.with(|text| minute(text))?;
            let to = row.to.text.with(|text| minute(text))?;
            let language = row.language.get().map(|language| format!(" ({})", language.own_name()));
            Some((from, format!("{}–{}{}", time(from), time(to), language.unwrap_or_default())))
        });
        let mut times: Vec<(u16, String)> = times.collect();
        times.sort();
        times.into_iter().map(|(_, words)| words).collect()
    }
}

/// The same times on several days.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Span {
    days: Vec<Weekday>,
    language: Option<Language>,
    from_minute: u16,
    to_minute: u16,
}

impl Span {
    fn hours(&self, channel: Channel) -> impl Iterator<Item = Hours> {
        let Self { language, from_minute, to_minute, .. } = *self;
        self.days.iter().map(move |day| Hours { channel, language, day: *day, from_minute, to_minute })
    }
}

fn spans(hours: &[Hours], channel: Channel) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for hours in hours.iter().filter(|hours| hours.channel == channel) {
        let key = (hours.language, hours.from_minute, hours.to_minute);
        match spans.iter_mut().find(|span| (span.language, span.from_minute, span.to_minute) == key) {
            Some(span) => span.days.push(hours.day),
            None => {
                let (language, from_minute, to_minute) = key;
                spans.push(Span { days: vec![hours.day], language, from_minute, to_minute });
            }
        }
    }
    spans
}

/// Both ends. Midnight as an end is the end of the day; an earlier end lies on the next day; the same time twice is none.
pub fn span_of(from: Field, to: Field) -> Option<(u16, u16)> {
    let from_minute = from.read(minute, "problem.time");
    let end = |typed: &str| minute(typed).map(|at| if at == 0 { DAY_MINUTES } else { at });
    let to_minute = to.read(|typed| end(typed).filter(|end| Some(*end) != from_minute), "problem.time-end");
    Some((from_minute?, to_minute?))
}

/// As a browser's time field writes it.
pub fn time(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60 % 24, minute % 60)
}

fn minute(typed: &str) -> Option<u16> {
    let (hours, minutes) = typed.split_once(':')?;
    let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.get(..2)?.parse::<u16>().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(day: Weekday, from_minute: u16, to_minute: u16) -> Hours {
        Hours { channel: Channel::Web, language: None, day, from_minute, to_minute }
    }

    /// Requirement 60.
    #[test]
    fn days_with_the_same_times_are_one_row_and_come_back_as_they_were() {
        let _owner = Owner::new_root(None);
        let set = vec![
            hours(Weekday::Monday, 540, 1020),
            hours(Weekday::Tuesday, 540, 1020),
            hours(Weekday::Saturday, 1320, 120),
            hours(Weekday::Sunday, 0, 1440),
            Hours { language: Some(Language::Es), ..hours(Weekday::Friday, 540, 1020) },
        ];
        let draft = WeekDraft::of(&set, Channel::Web);
        assert_eq!(draft.rows.with_untracked(Vec::len), 4);
        assert_eq!(draft.read(Channel::Web), Some(set));
        assert_eq!(draft.read(Channel::Phone).expect("the same times").len(), 5);
    }

    #[test]
    fn an_end_that_is_the_beginning_is_no_time_and_midnight_is_the_end_of_the_day() {
        let _owner = Owner::new_root(None);
        let read = |from: &str, to: &str| span_of(Field::new(from), Field::new(to));
        assert_eq!(read("09:00", "09:00"), None);
        assert_eq!(read("00:00", "00:00"), Some((0, 1440)));
        assert_eq!(read("22:00", "02:30"), Some((1320, 150)));
        assert_eq!(read("", "02:30"), None);
        assert_eq!([minute("24:00"), minute("9"), minute("09:5")], [None, None, None]);
    }

    #[test]
    fn the_week_is_told_in_words_in_the_order_of_the_day() {
        let _owner = Owner::new_root(None);
        let draft = WeekDraft::of(&[hours(Weekday::Monday, 960, 1200), hours(Weekday::Monday, 540, 780)], Channel::Web);
        assert_eq!(draft.shown(Weekday::Monday), ["09:00–13:00", "16:00–20:00"]);
        assert_eq!(draft.shown(Weekday::Tuesday), Vec::<String>::new());
    }
}
