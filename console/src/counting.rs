//! Sums for the plots: what the relay has shown, by day, and by reason. Pure.

use std::collections::BTreeMap;

use amparo_protocol::desk::CountRow;
use amparo_protocol::settings::Date;

/// One bar of a plot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    pub name: String,
    pub total: u64,
}

/// The sum of one thing for each day that has any, the earliest first.
pub fn by_day(rows: &[CountRow], what: &str) -> Vec<(Date, u64)> {
    let mut days = BTreeMap::new();
    for row in rows.iter().filter(|row| row.what == what) {
        *days.entry(row.day).or_default() += row.total;
    }
    days.into_iter().collect()
}

/// The sum of each thing whose name begins so, the greatest first.
pub fn by_kind(rows: &[CountRow], beginning: &str) -> Vec<Bar> {
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    for row in rows {
        if row.what.starts_with(beginning) {
            *kinds.entry(&row.what).or_default() += row.total;
        }
    }
    let mut bars: Vec<Bar> = kinds.into_iter().map(|(name, total)| Bar { name: name.to_owned(), total }).collect();
    bars.sort_by_key(|bar| std::cmp::Reverse(bar.total));
    bars
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(day: i8, language: &str, what: &str, total: u64) -> CountRow {
        let day = Date { year: 2026, month: 5, day };
        CountRow { day, language: language.to_owned(), channel: "web".to_owned(), what: what.to_owned(), total }
    }

    /// Requirement 73.
    #[test]
    fn languages_add_up_by_day_and_reasons_over_all_days() {
        let rows = [
            row(2, "es", "answered", 7),
            row(1, "es", "answered", 5),
            row(1, "ar", "answered", 6),
            row(1, "es", "ended-visitor", 5),
            row(2, "es", "ended-idle", 9),
        ];
        let days: Vec<_> = by_day(&rows, "answered").into_iter().map(|(day, total)| (day.day, total)).collect();
        assert_eq!(days, [(1, 11), (2, 7)]);
        let kinds: Vec<_> = by_kind(&rows, "ended-").into_iter().map(|bar| (bar.name, bar.total)).collect();
        assert_eq!(kinds, [("ended-idle".to_owned(), 9), ("ended-visitor".to_owned(), 5)]);
    }
}
