//! [`DeadLetterEntry`]: a row of the table of dead letters.

use super::Row;
use super::cursor::Cursor;
use crate::clock::UnixMillis;
use crate::delivery::{DeadLetterBody, QueuedLead};

/// A dead letter without its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetterEntry {
    /// Its id: that of the queued lead, or its own when the message is unreadable.
    pub id: String,
    /// When it became a dead letter.
    pub died_at: UnixMillis,
    /// The form key; `None` when the message is unreadable.
    pub form: Option<String>,
    /// Delivery attempts that failed.
    pub attempts: u32,
    /// Why: a category, a colon and the detail. Contains no value that a visitor typed.
    pub reason: String,
    /// Whether an operator has requested a redrive.
    pub is_to_be_redriven: bool,
    /// Whether the core blocks it: it is tried again by itself.
    pub is_blocked: bool,
    /// When it became a dead letter, as the table stores it.
    at: String,
}

impl DeadLetterEntry {
    /// Parses a row of a query for dead letters; `None` for a row of another query. A time or a count that is damaged is
    /// read as 0 and noted in the reason, so that the rest of the row stays visible.
    pub fn read(row: &Row) -> Option<Self> {
        let [
            Some(id),
            Some(at),
            form,
            Some(attempts),
            Some(reason),
            Some(redrive),
            Some(blocked),
            ..,
        ] = row.as_slice()
        else {
            return None;
        };
        let (died_at, counted) = (at.parse(), attempts.parse());
        let is_readable = died_at.is_ok() && counted.is_ok();
        Some(Self {
            id: id.clone(),
            died_at: UnixMillis(died_at.unwrap_or(0)),
            form: form.clone(),
            attempts: counted.unwrap_or(0),
            reason: match is_readable {
                true => reason.clone(),
                false => format!("unreadable: {reason}"),
            },
            is_to_be_redriven: redrive == "1",
            is_blocked: blocked == "1",
            at: at.clone(),
        })
    }

    /// Parses a row that ends with the message.
    pub fn read_whole(row: &Row) -> Option<(Self, DeadLetterBody)> {
        let entry = Self::read(row)?;
        let message = row.last()?.as_deref()?;
        let queued = entry.form.as_ref().and_then(|_| QueuedLead::parse(message));
        let unreadable = || DeadLetterBody::Unreadable(message.to_owned());
        Some((entry, queued.map_or_else(unreadable, DeadLetterBody::Lead)))
    }

    /// The position after this row.
    pub fn cursor(&self) -> Cursor {
        Cursor::after(&self.at, &self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(form: Option<&str>, message: &str) -> Row {
        let text = |text: &str| Some(text.to_owned());
        let reason = text("unreadable: not a message of the outbox");
        vec![
            text("a"),
            text("7"),
            form.map(str::to_owned),
            text("3"),
            reason,
            text("1"),
            text("0"),
            text(message),
        ]
    }

    #[test]
    fn is_parsed_although_its_message_is_unreadable() {
        for form in [None, Some("demo")] {
            let (entry, body) = DeadLetterEntry::read_whole(&row(form, "poison")).unwrap();
            assert_eq!((entry.died_at, entry.attempts), (UnixMillis(7), 3));
            assert!(entry.is_to_be_redriven);
            assert!(matches!(body, DeadLetterBody::Unreadable(text) if text == "poison"));
        }
        let queued = r#"{"id":"a","form":"demo","idempotency_key":"k","request_id":"r","received_at_ms":7,"attempts":3}
{}"#;
        let (_, body) = DeadLetterEntry::read_whole(&row(Some("demo"), queued)).unwrap();
        assert!(matches!(body, DeadLetterBody::Lead(queued) if queued.lead == "{}"));
    }

    #[test]
    fn a_damaged_column_hides_no_other_column() {
        for (column, damaged) in [(1, "-7"), (3, "-1"), (3, "99999999999")] {
            let mut row = row(Some("demo"), "poison");
            row[column] = Some(damaged.to_owned());
            let entry = DeadLetterEntry::read(&row).unwrap();
            let reason = "unreadable: unreadable: not a message of the outbox";
            assert_eq!(
                (entry.reason.as_str(), entry.form.as_deref()),
                (reason, Some("demo"))
            );
            // The cursor holds the damaged value: the database orders the rows by it.
            let at = row[1].clone().unwrap();
            assert_eq!(entry.cursor(), Cursor::after(at, &entry.id));
        }
    }

    #[test]
    fn rejects_rows_of_other_queries() {
        assert_eq!(DeadLetterEntry::read(&vec![Some("a".to_owned())]), None);
        assert!(DeadLetterEntry::read_whole(&Vec::new()).is_none());
    }
}
