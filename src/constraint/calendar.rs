//! Reads and writes dates, months and weeks: text to whole numbers for bounds and steps.
//!
//! <https://html.spec.whatwg.org/multipage/common-microsyntaxes.html#dates-and-times>, up to 275760-09-13, the last day
//! of JavaScript's clock and the last that browsers accept.

use crate::clock::{civil_date, days_since_epoch};

/// `2026-11-21` to days since 1970-01-01.
pub fn parse_date(text: &str) -> Option<i64> {
    let [month @ .., b'-', tens, ones] = text.as_bytes() else {
        return None;
    };
    let (year, month) = year_and_month(month)?;
    let day = two_digits(*tens, *ones).filter(|&day| (1..=days_of(year, month)).contains(&day))?;
    let days = days_since_epoch(year, month, day);
    (days <= LAST_DAY).then_some(days)
}

/// `2026-11` to months since 1970-01.
pub fn parse_month(text: &str) -> Option<i64> {
    let (year, month) = year_and_month(text.as_bytes())?;
    (year < LAST_YEAR || month <= LAST_MONTH).then_some((year - 1970) * 12 + month - 1)
}

/// `2026-W47` to weeks since 1970-W01, the week of 1970-01-01.
pub fn parse_week(text: &str) -> Option<i64> {
    let [year @ .., b'-', b'W', tens, ones] = text.as_bytes() else {
        return None;
    };
    let year = parse_year(year)?;
    let week = two_digits(*tens, *ones).filter(|&week| week >= 1)?;
    let days = first_monday(year) + (week - 1) * 7;
    // A week belongs to the year of its Thursday.
    let is_of_year = days < first_monday(year + 1);
    (is_of_year && days <= LAST_DAY).then(|| (days - first_monday(1970)).div_euclid(7))
}

/// `2026-11-21` from days since 1970-01-01.
pub fn write_date(days: i64) -> String {
    let (year, month, day) = civil_date(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `2026-11` from months since 1970-01.
pub fn write_month(months: i64) -> String {
    format!(
        "{:04}-{:02}",
        1970 + months.div_euclid(12),
        months.rem_euclid(12) + 1
    )
}

/// `2026-W47` from weeks since 1970-W01.
pub fn write_week(weeks: i64) -> String {
    let monday = first_monday(1970) + weeks * 7;
    // A week belongs to the year of its Thursday.
    let (year, _, _) = civil_date(monday + 3);
    format!(
        "{year:04}-W{:02}",
        (monday - first_monday(year)).div_euclid(7) + 1
    )
}

fn year_and_month(text: &[u8]) -> Option<(i64, i64)> {
    let [year @ .., b'-', tens, ones] = text else {
        return None;
    };
    let month = two_digits(*tens, *ones).filter(|month| (1..=12).contains(month))?;
    Some((parse_year(year)?, month))
}

/// A year of four digits or more, above zero.
fn parse_year(digits: &[u8]) -> Option<i64> {
    let add = |year: i64, digit: &u8| {
        digit.is_ascii_digit().then(|| {
            year.saturating_mul(10)
                .saturating_add(i64::from(digit - b'0'))
        })
    };
    let year = digits
        .iter()
        .try_fold(0, add)
        .filter(|_| digits.len() >= 4)?;
    (1..=LAST_YEAR).contains(&year).then_some(year)
}

pub(super) fn two_digits(tens: u8, ones: u8) -> Option<i64> {
    let is_valid = tens.is_ascii_digit() && ones.is_ascii_digit();
    is_valid.then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
}

fn days_of(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The Monday of week 1, the week of 4 January: days since 1970-01-01, which was a Thursday.
fn first_monday(year: i64) -> i64 {
    let fourth = days_since_epoch(year, 1, 4);
    fourth - (fourth + 3).rem_euclid(7)
}

/// 275760-09-13: days since 1970-01-01.
pub(super) const LAST_DAY: i64 = 100_000_000;
const LAST_YEAR: i64 = 275_760;
const LAST_MONTH: i64 = 9;

#[cfg(test)]
mod tests {
    use super::*;

    /// Measured in Chromium 147 and 156.
    #[test]
    fn reads_what_browsers_read() {
        for (text, days) in [
            ("1970-01-01", 0),
            ("1969-12-31", -1),
            ("2000-02-29", 11_016),
            ("0001-01-01", -719_162),
            ("10000-01-01", 2_932_897),
            ("275760-09-13", 100_000_000),
        ] {
            assert_eq!(parse_date(text), Some(days), "{text}");
            assert_eq!(write_date(days), text);
        }
        for text in [
            "",
            "2023-02-29",
            "1900-02-29",
            "0000-01-01",
            "2024-2-1",
            "2024-02-1",
            "2024-13-01",
            "2024-00-01",
            "2024-01-00",
            "2024-04-31",
            "275760-09-14",
            "275761-01-01",
            "99999999999999999999-01-01",
            "24-01-01",
            "-2024-01-01",
            "+2024-01-01",
            "2024-01-01 ",
            "2024-01",
            "２024-01-01",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn months_and_weeks_are_counted_from_1970() {
        for (text, months) in [
            ("1970-01", 0),
            ("1969-12", -1),
            ("0001-01", -23_628),
            ("275760-09", 3_285_488),
        ] {
            assert_eq!(parse_month(text), Some(months), "{text}");
            assert_eq!(write_month(months), text);
        }
        for text in ["275760-10", "2024-13", "2024-1", "2024"] {
            assert_eq!(parse_month(text), None, "{text}");
        }
        for (text, weeks) in [
            ("1970-W01", 0),
            ("1969-W52", -1),
            ("2020-W53", 2_661),
            ("2026-W53", 2_974),
            ("0001-W01", -102_737),
        ] {
            assert_eq!(parse_week(text), Some(weeks), "{text}");
            assert_eq!(write_week(weeks), text);
        }
        for text in [
            "2024-W53",
            "2024-W00",
            "2024-w01",
            "2024-W1",
            "0000-W01",
            "275760-W38",
        ] {
            assert_eq!(parse_week(text), None, "{text}");
        }
        assert!(parse_week("275760-W37").is_some());
        for weeks in -102_737..110_000 {
            assert_eq!(parse_week(&write_week(weeks)), Some(weeks));
        }
    }
}
