//! [`Cursor`]: where one page ends and the next begins.

use std::fmt;

/// After which row a page begins, the newest row first. The default is before the newest.
///
/// Rows are in the order of a moment and an id, so a page begins where it should though rows come and go meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The row's moment as it stands in its table.
    at: String,
    /// The row's id.
    id: String,
}

/// The text is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCursor;

impl Default for Cursor {
    fn default() -> Self {
        Self::after(BEFORE_NEWEST, "")
    }
}

impl Cursor {
    /// After the row of this moment, as it stands in its table, and this id.
    pub fn after(at: impl Into<String>, id: impl Into<String>) -> Self {
        let (at, id) = (at.into(), id.into());
        Self { at, id }
    }

    /// Reads what [`Display`](fmt::Display) writes.
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

    /// The moment.
    pub fn at(&self) -> &str {
        &self.at
    }

    /// The id.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{SEPARATOR}{}", self.at, self.id)
    }
}

/// In no moment, however it is written.
const SEPARATOR: char = '_';
/// Later than every moment: as text than RFC 3339 until the year 9999, as a number of milliseconds than the year 300,000.
const BEFORE_NEWEST: &str = "9999999999999999";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_as_it_was_written() {
        for cursor in [
            Cursor::default(),
            Cursor::after("2026-11-21T20:30:00.000Z", "a_b"),
            Cursor::after("1795293000000", ""),
        ] {
            assert_eq!(Cursor::parse(&cursor.to_string()), Ok(cursor));
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in ["", "2026", "' OR 1=1_a", "\u{0}_a"] {
            assert_eq!(Cursor::parse(text), Err(InvalidCursor), "{text}");
        }
    }
}
