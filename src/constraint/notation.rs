//! [`Notation`]: reads and writes ordered values as numbers, for bounds and steps.
//! <https://html.spec.whatwg.org/multipage/input.html#concept-input-value-string-number>.

use super::decimal::Decimal;
use super::{calendar, time};

/// How a value is written, and its unit as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// `1.5`
    Number,
    /// `2026-11-21`: days
    Date,
    /// `2026-11`: months
    Month,
    /// `2026-W47`: weeks
    Week,
    /// `20:30`: milliseconds
    Time,
    /// `2026-11-21T20:30`: milliseconds
    Local,
}

impl Notation {
    /// The number of a value; 0 is the beginning of 1970, or midnight.
    pub fn parse(self, text: &str) -> Option<Decimal> {
        match self {
            Self::Number => return Decimal::parse(text),
            Self::Date => calendar::parse_date(text),
            Self::Month => calendar::parse_month(text),
            Self::Week => calendar::parse_week(text),
            Self::Time => time::parse_time(text),
            Self::Local => time::parse_local(text),
        }
        .map(Decimal::whole)
    }

    /// The value of a number, in its normal form.
    pub fn write(self, number: Decimal) -> String {
        let whole = number.to_whole().unwrap_or_default();
        match self {
            Self::Number => number.to_string(),
            Self::Date => calendar::write_date(whole),
            Self::Month => calendar::write_month(whole),
            Self::Week => calendar::write_week(whole),
            Self::Time => time::write_time(whole),
            Self::Local => time::write_local(whole),
        }
    }

    /// A `step` in the unit of this notation; `None` unless it is a whole number of units (for numbers any) above zero.
    pub fn parse_step(self, text: &str) -> Option<Decimal> {
        let step = Decimal::parse(text).filter(|step| step.is_positive())?;
        let counted = match self {
            Self::Number => return Some(step),
            Self::Date | Self::Month | Self::Week => step,
            // The attribute is in seconds.
            Self::Time | Self::Local => step.times(Decimal::whole(1_000)),
        };
        (counted.round() == counted).then_some(counted)
    }

    /// The step of a field without the attribute.
    pub fn default_step(self) -> Decimal {
        match self {
            Self::Time | Self::Local => Decimal::whole(60_000),
            _ => Decimal::whole(1),
        }
    }

    /// A `pattern` for browsers that have only a text control for this kind; `None` where all have a control.
    pub fn pattern(self) -> Option<&'static str> {
        match self {
            Self::Month => Some("[0-9]{4,}-(0[1-9]|1[0-2])"),
            Self::Week => Some("[0-9]{4,}-W(0[1-9]|[1-4][0-9]|5[0-3])"),
            _ => None,
        }
    }

    /// An example of a value, for messages.
    pub fn example(self) -> &'static str {
        match self {
            Self::Number => "12 or 1.5",
            Self::Date => "2026-11-21",
            Self::Month => "2026-11",
            Self::Week => "2026-W47",
            Self::Time => "20:30",
            Self::Local => "2026-11-21T20:30",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_reads_what_it_writes() {
        for (notation, text) in [
            (Notation::Number, "-1.5"),
            (Notation::Date, "2026-11-21"),
            (Notation::Month, "2026-11"),
            (Notation::Week, "2026-W47"),
            (Notation::Time, "20:30:00.5"),
            (Notation::Local, "2026-11-21T20:30"),
        ] {
            let number = notation.parse(text).unwrap();
            assert_eq!(notation.write(number), text);
            assert!(notation == Notation::Number || notation.parse(notation.example()).is_some());
        }
    }

    #[test]
    fn a_pattern_accepts_the_example_and_every_valid_value() {
        use crate::constraint::pattern::Pattern;
        for notation in [Notation::Month, Notation::Week] {
            let pattern = Pattern::parse(notation.pattern().unwrap()).unwrap();
            for text in [
                "2026-01",
                "2026-12",
                "2026-13",
                "2026-00",
                "12026-01",
                "026-01",
                "2026-1",
                "2026-W01",
                "2026-W53",
                "2020-W53",
                "2026-W54",
                "2026-W00",
                "2026-w01",
                "11/2026",
                notation.example(),
            ] {
                let is_let_through = crate::constraint::pattern::check(text, &pattern).is_ok();
                // Whether a year has a week 53 depends on the calendar.
                let is_read = notation.parse(text).is_some();
                assert!(is_let_through == is_read || text == "2026-W53", "{text}");
            }
        }
    }

    #[test]
    fn a_step_is_a_whole_number_of_units() {
        for (notation, step, counted) in [
            (Notation::Number, "0.1", "0.1"),
            (Notation::Date, "7", "7"),
            (Notation::Time, "0.001", "1"),
            (Notation::Local, "3600", "3600000"),
        ] {
            assert_eq!(notation.parse_step(step), Decimal::parse(counted), "{step}");
        }
        for (notation, step) in [
            (Notation::Number, "0"),
            (Notation::Number, "-1"),
            (Notation::Number, "x"),
            (Notation::Date, "1.5"),
            (Notation::Time, "0.0005"),
        ] {
            assert_eq!(notation.parse_step(step), None, "{step}");
        }
    }
}
