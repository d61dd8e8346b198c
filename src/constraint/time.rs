//! Reads and writes times of day, and dates with a time: text to milliseconds for bounds and steps.
//! <https://html.spec.whatwg.org/multipage/common-microsyntaxes.html#times>.

use super::calendar::{LAST_DAY, parse_date, two_digits, write_date};

/// `20:30`, `20:30:15` or `20:30:15.5` to milliseconds since midnight.
pub fn parse_time(text: &str) -> Option<i64> {
    let [h1, h2, b':', m1, m2, rest @ ..] = text.as_bytes() else {
        return None;
    };
    let hour = two_digits(*h1, *h2).filter(|&hour| hour <= 23)?;
    let minute = two_digits(*m1, *m2).filter(|&minute| minute <= 59)?;
    let (second, millis) = match rest {
        [] => (0, 0),
        [b':', tens, ones] => (two_digits(*tens, *ones)?, 0),
        [b':', tens, ones, b'.', fraction @ ..] => {
            (two_digits(*tens, *ones)?, parse_millis(fraction)?)
        }
        _ => return None,
    };
    (second <= 59).then_some(((hour * 60 + minute) * 60 + second) * 1_000 + millis)
}

/// `2026-11-21T20:30` to milliseconds since 1970-01-01; a space may replace the `T`. There is no time zone.
pub fn parse_local(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', ' '])?;
    let (days, millis) = (parse_date(date)?, parse_time(time)?);
    (days < LAST_DAY || millis == 0).then_some(days * MILLIS_PER_DAY + millis)
}

/// The shortest form of a time: without seconds of zero, and without zeros at the end of a fraction.
pub fn write_time(millis: i64) -> String {
    let (seconds, millis) = (millis.div_euclid(1_000), millis.rem_euclid(1_000));
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{hour:02}:{minute:02}");
    if second != 0 || millis != 0 {
        text.push_str(&format!(":{second:02}"));
    }
    if millis != 0 {
        text.push_str(format!(".{millis:03}").trim_end_matches('0'));
    }
    text
}

/// The normalised form of a local date and time, `2026-11-21T20:30`.
pub fn write_local(millis: i64) -> String {
    format!(
        "{}T{}",
        write_date(millis.div_euclid(MILLIS_PER_DAY)),
        write_time(millis.rem_euclid(MILLIS_PER_DAY))
    )
}

/// Milliseconds from the one to three digits after the point.
fn parse_millis(digits: &[u8]) -> Option<i64> {
    let (&first, rest) = digits.split_first()?;
    match *rest {
        [] => two_digits(first, b'0').map(|hundredths| hundredths * 10),
        [second] => two_digits(first, second).map(|hundredths| hundredths * 10),
        [second, third] => Some(two_digits(first, second)? * 10 + two_digits(b'0', third)?),
        _ => None,
    }
}

const MILLIS_PER_DAY: i64 = 86_400_000;

#[cfg(test)]
mod tests {
    use super::*;

    /// Measured in Chromium 147 and 156.
    #[test]
    fn reads_what_browsers_read() {
        for (text, millis, shortest) in [
            ("00:00", 0, "00:00"),
            ("23:59", 86_340_000, "23:59"),
            ("12:00:00.000", 43_200_000, "12:00"),
            ("00:00:30.5", 30_500, "00:00:30.5"),
            ("00:00:00.05", 50, "00:00:00.05"),
            ("00:00:01", 1_000, "00:00:01"),
        ] {
            assert_eq!(parse_time(text), Some(millis), "{text}");
            assert_eq!(write_time(millis), shortest);
        }
        for text in [
            "",
            "24:00",
            "12:60",
            "12:00:60",
            "1:00",
            "12:0",
            "12",
            "12:00:",
            "12:00:00.",
            "12:00:00.1234",
            "12:00Z",
            " 12:00",
            "12:00:00:00",
            "+1:00",
            "12:00:00.+1",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    #[test]
    fn a_local_date_and_time_has_a_normal_form() {
        for (text, normal) in [
            ("2024-01-01 10:00", "2024-01-01T10:00"),
            ("2024-01-01T10:00:00.000", "2024-01-01T10:00"),
            ("2024-01-01T10:00:30.500", "2024-01-01T10:00:30.5"),
            ("0001-01-01T00:00", "0001-01-01T00:00"),
            ("275760-09-13T00:00", "275760-09-13T00:00"),
        ] {
            assert_eq!(
                parse_local(text).map(write_local).as_deref(),
                Some(normal),
                "{text}"
            );
        }
        for text in [
            "2024-01-01",
            "2024-01-01t10:00",
            "2024-01-01T10:00Z",
            "2024-01-01  10:00",
            "275760-09-13T00:01",
        ] {
            assert_eq!(parse_local(text), None, "{text}");
        }
    }
}
