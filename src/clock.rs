//! Moments, durations and dates: arithmetic only. The current time comes from `platform`.

use std::time::SystemTime;

/// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(pub u64);

impl UnixMillis {
    /// Milliseconds that have passed since `earlier`; 0 when the clock stepped back.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This moment, `millis` later.
    pub fn plus(self, millis: u64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Whole seconds since the epoch, rounded down.
    pub fn seconds(self) -> u64 {
        self.0 / MILLIS_PER_SECOND
    }

    /// RFC 3339 in UTC with milliseconds, e.g. `2026-11-21T20:30:00.000Z`.
    pub fn to_rfc3339(self) -> String {
        let (year, month, day) = civil_date((self.seconds() / SECONDS_PER_DAY).cast_signed());
        let [year, month, day] = [year, month, day].map(i64::cast_unsigned);
        let second_of_day = self.seconds() % SECONDS_PER_DAY;
        let mut text = String::with_capacity(24);
        if year > 9_999 {
            text.push_str(&(year / 10_000).to_string());
        }
        // `format!` takes the Worker five times as long, and each submission has four of these.
        for (number, mut unit, after) in [
            (year, 1_000, '-'),
            (month, 10, '-'),
            (day, 10, 'T'),
            (second_of_day / 3600, 10, ':'),
            (second_of_day / 60 % 60, 10, ':'),
            (second_of_day % 60, 10, '.'),
            (self.0 % MILLIS_PER_SECOND, 100, 'Z'),
        ] {
            while unit > 0 {
                text.push(char::from(b'0' + (number / unit % 10) as u8));
                unit /= 10;
            }
            text.push(after);
        }
        text
    }
}

/// Seconds that cover `millis`, rounded up, so that a caller who waits this long has waited long enough.
pub fn ceil_seconds(millis: u64) -> u64 {
    millis.div_ceil(MILLIS_PER_SECOND)
}

/// Seconds since the epoch of an HTTP date in any of the three forms a recipient has to read: RFC 9110 section 5.6.7.
pub fn parse_http_date(text: &str) -> Option<u64> {
    let date = httpdate::parse_http_date(text).ok()?;
    let since_epoch = date.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(since_epoch.as_secs())
}

/// Days since 1970-01-01 of a Gregorian date: <https://howardhinnant.github.io/date_algorithms.html#days_from_civil>.
pub fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * DAYS_PER_ERA + day_of_era - DAYS_TO_EPOCH
}

/// Gregorian year, month and day, the inverse of [`days_since_epoch`]. Days are counted from 0000-03-01, so that a leap day
/// is the last of its year: <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>.
pub fn civil_date(days: i64) -> (i64, i64, i64) {
    let days = days + DAYS_TO_EPOCH;
    let (era, day_of_era) = (days.div_euclid(DAYS_PER_ERA), days.rem_euclid(DAYS_PER_ERA));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Milliseconds in a second.
pub const MILLIS_PER_SECOND: u64 = 1_000;
/// Milliseconds in a day.
pub const MILLIS_PER_DAY: u64 = 86_400_000;
const SECONDS_PER_DAY: u64 = 86_400;
const DAYS_PER_ERA: i64 = 146_097;
/// From 0000-03-01 to 1970-01-01.
const DAYS_TO_EPOCH: i64 = 719_468;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_known_moments_as_rfc3339() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (1_795_293_000_123, "2026-11-21T20:30:00.123Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_800_007, "10000-01-01T00:00:00.007Z"),
        ] {
            assert_eq!(UnixMillis(millis).to_rfc3339(), text);
        }
    }

    #[test]
    fn reads_http_dates_and_refuses_similar_texts() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400),
            ("Sat, 21 Nov 2026 20:30:00 GMT", 1_795_293_000),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777),
        ] {
            assert_eq!(parse_http_date(text), Some(seconds), "{text}");
        }
        for text in [
            "",
            "soon",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Foo 1994 08:49:37 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Jan 0000 00:00:00 GMT",
        ] {
            assert_eq!(parse_http_date(text), None, "{text}");
        }
    }

    #[test]
    fn never_overflows_at_the_largest_moment() {
        assert_eq!(UnixMillis(u64::MAX).plus(1), UnixMillis(u64::MAX));
        assert!(UnixMillis(u64::MAX).to_rfc3339().ends_with('Z'));
    }

    #[test]
    fn a_clock_that_steps_back_gives_no_elapsed_time() {
        assert_eq!(UnixMillis(5).since(UnixMillis(9)), 0);
    }

    #[test]
    fn seconds_are_rounded_up_for_callers_who_wait() {
        assert_eq!(
            [0, 1, 1000, 1001].map(ceil_seconds),
            [0, 1, 1, 2],
            "0 stays 0: no wait"
        );
    }
}
