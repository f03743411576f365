//! Until when a member's checks are valid, and when to say that the day comes near. Pure.

use amparo_protocol::settings::Date;

/// Time enough to ask for a new certificate.
const SOON_DAYS: i64 = 30;

/// What somebody who looks after the members should know of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    Fine,
    /// So many days are left; on the last day none.
    EndsSoon {
        days: i64,
    },
    Over,
}

impl Validity {
    pub fn of(valid_until: Date, today: Date) -> Self {
        match day_number(valid_until) - day_number(today) {
            days if days < 0 => Self::Over,
            days if days <= SOON_DAYS => Self::EndsSoon { days },
            _ => Self::Fine,
        }
    }
}

/// Counts the days of the calendar from a day long past. The year begins in March, so that a leap day is its last.
fn day_number(date: Date) -> i64 {
    let (year, month, day) = (i64::from(date.year), i64::from(date.month), i64::from(date.day));
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days_before_month = (153 * month + 2) / 5;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + days_before_month + day
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(year: i16, month: i8, day: i8) -> Date {
        Date { year, month, day }
    }

    #[test]
    fn the_last_thirty_days_are_counted_down_and_the_day_itself_still_counts() {
        let until = on(2027, 1, 15);
        assert_eq!(Validity::of(until, on(2026, 12, 15)), Validity::Fine);
        assert_eq!(Validity::of(until, on(2026, 12, 16)), Validity::EndsSoon { days: 30 });
        assert_eq!(Validity::of(until, until), Validity::EndsSoon { days: 0 });
        assert_eq!(Validity::of(until, on(2027, 1, 16)), Validity::Over);
    }

    #[test]
    fn leap_days_count() {
        assert_eq!(Validity::of(on(2028, 3, 1), on(2028, 2, 28)), Validity::EndsSoon { days: 2 });
        assert_eq!(Validity::of(on(2027, 3, 1), on(2027, 2, 28)), Validity::EndsSoon { days: 1 });
        assert_eq!(day_number(on(2100, 3, 1)) - day_number(on(2100, 2, 28)), 1);
        assert_eq!(day_number(on(2000, 3, 1)) - day_number(on(2000, 2, 28)), 2);
    }
}
