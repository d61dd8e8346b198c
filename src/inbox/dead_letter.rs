//! [`DeadLetterEntry`]: a dead letter among the others.

use super::Row;
use super::cursor::Cursor;
use crate::clock::UnixMillis;
use crate::delivery::{DeadLetterBody, QueuedLead};

/// A dead letter without its lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetterEntry {
    /// Its id.
    pub id: String,
    /// When it died.
    pub died_at: UnixMillis,
    /// Under which key the form is published; `None` when nobody can read what is left.
    pub form: Option<String>,
    /// Attempts that failed.
    pub attempts: u32,
    /// Why: a word, and what exactly. Never a value.
    pub reason: String,
    /// Whether somebody has asked for it to be sent again.
    pub is_to_be_redriven: bool,
    /// When it died, as it stands in the table.
    at: String,
}

impl DeadLetterEntry {
    /// Reads the row of a question about dead letters; `None` when it is none. What is in it and cannot be read hides
    /// neither the rest of it nor any other.
    pub fn read(row: &Row) -> Option<Self> {
        let [
            Some(id),
            Some(at),
            form,
            Some(attempts),
            Some(reason),
            Some(redrive),
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
            at: at.clone(),
        })
    }

    /// Reads one whole, with what is left of it.
    pub fn read_whole(row: &Row) -> Option<(Self, DeadLetterBody)> {
        let entry = Self::read(row)?;
        let message = row.last()?.as_deref()?;
        let queued = entry.form.as_ref().and_then(|_| QueuedLead::parse(message));
        let unreadable = || DeadLetterBody::Unreadable(message.to_owned());
        Some((entry, queued.map_or_else(unreadable, DeadLetterBody::Lead)))
    }

    /// Where the page after it begins.
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
            text(message),
        ]
    }

    #[test]
    fn is_read_whole_even_if_its_message_cannot_be() {
        for form in [None, Some("demo")] {
            let (entry, remains) = DeadLetterEntry::read_whole(&row(form, "poison")).unwrap();
            assert_eq!((entry.died_at, entry.attempts), (UnixMillis(7), 3));
            assert!(entry.is_to_be_redriven);
            assert!(matches!(remains, DeadLetterBody::Unreadable(text) if text == "poison"));
        }
        let queued = r#"{"id":"a","form":"demo","idempotency_key":"k","request_id":"r","received_at_ms":7,"attempts":3}
{}"#;
        let (_, remains) = DeadLetterEntry::read_whole(&row(Some("demo"), queued)).unwrap();
        assert!(matches!(remains, DeadLetterBody::Lead(queued) if queued.lead == "{}"));
    }

    #[test]
    fn what_cannot_be_read_hides_nothing_else() {
        for (column, damaged) in [(1, "-7"), (3, "-1"), (3, "99999999999")] {
            let mut row = row(Some("demo"), "poison");
            row[column] = Some(damaged.to_owned());
            let entry = DeadLetterEntry::read(&row).unwrap();
            let reason = "unreadable: unreadable: not a message of the outbox";
            assert_eq!(
                (entry.reason.as_str(), entry.form.as_deref()),
                (reason, Some("demo"))
            );
            // The next page begins where this row stands, not where it should.
            let at = row[1].clone().unwrap();
            assert_eq!(entry.cursor(), Cursor::after(at, &entry.id));
        }
    }

    #[test]
    fn another_row_is_none() {
        assert_eq!(DeadLetterEntry::read(&vec![Some("a".to_owned())]), None);
        assert!(DeadLetterEntry::read_whole(&Vec::new()).is_none());
    }
}
