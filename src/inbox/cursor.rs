//! [`Cursor`]: the position between two pages of a list.

use std::fmt;

/// The row after which a page begins, newest first. The default is before the newest row.
///
/// Rows are ordered by time and id, not counted, so rows that are added or deleted meanwhile do not shift a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The time of the row, as its table stores it.
    at: String,
    /// The id of the row.
    id: String,
}

/// The text is not a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCursor;

impl Default for Cursor {
    fn default() -> Self {
        Self::after(BEFORE_NEWEST, "")
    }
}

impl Cursor {
    /// After the row with this time, as its table stores it, and this id.
    pub fn after(at: impl Into<String>, id: impl Into<String>) -> Self {
        let (at, id) = (at.into(), id.into());
        Self { at, id }
    }

    /// Parses what [`Display`](fmt::Display) writes.
    ///
    /// # Errors
    /// [`InvalidCursor`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidCursor> {
        let (at, id) = text.split_once(SEPARATOR).ok_or(InvalidCursor)?;
        let is_moment = |c: char| c.is_ascii_alphanumeric() || "-:.".contains(c);
        at.chars()
            .all(is_moment)
            .then(|| Self::after(at, id))
            .ok_or(InvalidCursor)
    }

    /// The time of the row, as its table stores it.
    pub fn at(&self) -> &str {
        &self.at
    }

    /// The id of the row.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{SEPARATOR}{}", self.at, self.id)
    }
}

/// Between time and id; no time contains it.
const SEPARATOR: char = '_';
/// Later than every time in the tables: as text later than RFC 3339 up to the year 9999, as milliseconds later than the year
/// 300,000.
const BEFORE_NEWEST: &str = "9999999999999999";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_what_it_writes() {
        for cursor in [
            Cursor::default(),
            Cursor::after("2026-11-21T20:30:00.000Z", "a_b"),
            Cursor::after("1795293000000", ""),
        ] {
            assert_eq!(Cursor::parse(&cursor.to_string()), Ok(cursor));
        }
    }

    #[test]
    fn rejects_other_texts() {
        for text in ["", "2026", "' OR 1=1_a", "\u{0}_a"] {
            assert_eq!(Cursor::parse(text), Err(InvalidCursor), "{text}");
        }
    }
}
