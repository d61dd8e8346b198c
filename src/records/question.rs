//! [`Question`]: everything an operator asks the tables, and the SQL of it.

use super::cursor::Cursor;
use super::lead::{LeadStatus, Selection};
use super::statement::{Statement, Term};
use crate::delivery::OUTBOX_REFUSED;

/// What to ask the tables, or to change in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question<'a> {
    /// A page of the leads of one form, the oldest first: [`super::StoredLead`]s, of [`MAX_PAGE_BYTES`].
    Leads {
        /// Which leads.
        selection: &'a Selection,
        /// Where the page begins.
        after: &'a Cursor,
        /// How many leads at most.
        limit: u32,
    },
    /// A page of the leads of all forms, the oldest first: [`super::StoredLead`]s, of [`MAX_PAGE_BYTES`].
    Inbox {
        /// Where the page begins.
        after: &'a Cursor,
        /// How many leads at most.
        limit: u32,
    },
    /// The names of the fields that occur, as they come: one column.
    FieldNames {
        /// In which leads.
        selection: &'a Selection,
    },
    /// One lead: a [`super::StoredLead`].
    Lead {
        /// Its id.
        id: &'a str,
    },
    /// Sets the status of one lead; gives its id if it is there.
    SetStatus {
        /// Its id.
        id: &'a str,
        /// The status.
        status: LeadStatus,
    },
    /// A page of the dead letters, the oldest first: [`super::DeadLetterEntry`]s.
    DeadLetters {
        /// Where the page begins.
        after: &'a Cursor,
        /// How many dead letters at most.
        limit: u32,
    },
    /// One dead letter: a [`super::DeadLetterEntry`] and the message that is left.
    DeadLetter {
        /// Its id.
        id: &'a str,
    },
    /// Asks for one dead letter to be sent again; gives its id if it is there and can be.
    Redrive {
        /// Its id.
        id: &'a str,
    },
    /// Asks for all dead letters to be sent again that can be; gives their ids.
    RedriveAll,
    /// The dead letters to send again, those asked for and those that only the outbox refused, the oldest first: each a
    /// [`super::DeadLetterEntry`] and the message that is left, of [`MAX_PAGE_BYTES`].
    ToRedrive {
        /// How many dead letters at most.
        limit: u32,
    },
    /// Removes the dead letter that died at this moment under this id. If it has died again since, it stays: its message is
    /// in no outbox any more.
    Exhume {
        /// Its moment and id.
        letter: &'a Cursor,
    },
}

impl<'a> Question<'a> {
    /// The question as SQL.
    pub fn statement(&self) -> Statement<'a> {
        let of = |selection: &'a Selection| {
            let status = selection.status.map_or("", LeadStatus::as_str);
            [Term::Text(selection.form.as_str()), Term::Text(status)]
        };
        let (sql, values) = match *self {
            Self::Leads {
                selection,
                after,
                limit,
            } => (
                LEADS,
                [lead_page(after, limit), of(selection).into()].concat(),
            ),
            Self::Inbox { after, limit } => (INBOX, lead_page(after, limit)),
            Self::FieldNames { selection } => (FIELD_NAMES, of(selection).into()),
            Self::Lead { id } => (LEAD, vec![Term::Text(id)]),
            Self::SetStatus { id, status } => {
                let status = Term::Text(status.as_str());
                (SET_STATUS, vec![Term::Text(id), status])
            }
            Self::DeadLetters { after, limit } => (DEAD_LETTERS, page(after, limit)),
            Self::DeadLetter { id } => (DEAD_LETTER, vec![Term::Text(id)]),
            Self::Redrive { id } => (REDRIVE, vec![Term::Text(id)]),
            Self::RedriveAll => (REDRIVE_ALL, Vec::new()),
            Self::ToRedrive { limit } => {
                let values = [Term::Number(limit), Term::Number(MAX_PAGE_BYTES)];
                (
                    TO_REDRIVE,
                    [&values[..], &[Term::Text(OUTBOX_REFUSED)]].concat(),
                )
            }
            Self::Exhume { letter } => {
                let values = [letter.at(), letter.id()].map(Term::Text);
                (EXHUME, values.into())
            }
        };
        Statement { sql, values }
    }
}

fn page(after: &Cursor, limit: u32) -> Vec<Term<'_>> {
    vec![
        Term::Text(after.at()),
        Term::Text(after.id()),
        Term::Number(limit),
    ]
}

fn lead_page(after: &Cursor, limit: u32) -> Vec<Term<'_>> {
    let mut values = page(after, limit);
    values.push(Term::Number(MAX_PAGE_BYTES));
    values
}

/// How much is on a page of leads: bytes of their JSON, and one lead more, so that every page has one. A lead may be six times
/// what was sent (`\u0001`), and a page of such leads has to fit into an isolate.
pub const MAX_PAGE_BYTES: u32 = 4_000_000;

/// A page of the leads that meet a condition.
macro_rules! leads_where {
    ($condition:literal) => {
        concat!(
            "WITH page AS (SELECT id, received_at, LENGTH(CAST(lead AS BLOB)) AS bytes FROM leads WHERE ",
            $condition,
            " ORDER BY received_at, id LIMIT ?3), \
            sums AS (SELECT id, SUM(bytes) OVER (ORDER BY received_at, id) - bytes AS bytes_before FROM page) \
            SELECT id, form_key, received_at, status, lead FROM sums JOIN leads USING (id) \
            WHERE bytes_before < ?4 ORDER BY received_at, id"
        )
    };
}

const LEADS: &str =
    leads_where!("(received_at, id) > (?1, ?2) AND form_key = ?5 AND ?6 IN ('', status)");
const INBOX: &str = leads_where!("(received_at, id) > (?1, ?2)");
/// What is no JSON has no fields, and hinders no one else's.
const FIELD_NAMES: &str = "SELECT field.key FROM leads, \
    json_each(CASE WHEN json_valid(lead) THEN lead ELSE '{}' END, '$.fields') AS field \
    WHERE form_key = ?1 AND ?2 IN ('', status) AND typeof(field.key) = 'text' \
    GROUP BY field.key ORDER BY MIN(received_at), MIN(field.id)";
const LEAD: &str = "SELECT id, form_key, received_at, status, lead FROM leads WHERE id = ?1";
const SET_STATUS: &str = "UPDATE leads SET status = ?2 WHERE id = ?1 RETURNING id";

/// What is asked for of a dead letter.
macro_rules! dead_letter {
    ($rest:literal) => {
        concat!(
            "SELECT id, CAST(letter.died_at_ms AS TEXT) AS died_at_ms, form_key, \
            CAST(attempts AS TEXT) AS attempts, reason, CAST(redrive AS TEXT) AS redrive",
            $rest
        )
    };
}

/// The first page begins before any moment, damaged ones too.
const DEAD_LETTERS: &str = dead_letter!(
    " FROM dead_letters AS letter \
    WHERE (letter.died_at_ms, id) > (CAST(COALESCE(NULLIF(?1, ''), '-9223372036854775808') AS INTEGER), ?2) \
    ORDER BY letter.died_at_ms, id LIMIT ?3"
);
const DEAD_LETTER: &str = dead_letter!(", parcel FROM dead_letters AS letter WHERE id = ?1");
const TO_REDRIVE: &str = concat!(
    "WITH page AS (SELECT id, died_at_ms, LENGTH(CAST(parcel AS BLOB)) AS bytes FROM dead_letters \
    WHERE form_key IS NOT NULL AND (redrive = 1 OR reason = ?3) ORDER BY died_at_ms, id LIMIT ?1), \
    sums AS (SELECT id, SUM(bytes) OVER (ORDER BY died_at_ms, id) - bytes AS bytes_before FROM page) ",
    dead_letter!(
        ", parcel FROM sums JOIN dead_letters AS letter USING (id) \
        WHERE bytes_before < ?2 ORDER BY letter.died_at_ms, id"
    )
);
const EXHUME: &str =
    "DELETE FROM dead_letters WHERE id = ?2 AND died_at_ms = CAST(?1 AS INTEGER) RETURNING id";
/// Only what has a form can be sent again.
const REDRIVE: &str = "UPDATE dead_letters SET redrive = 1 \
    WHERE id = ?1 AND form_key IS NOT NULL RETURNING id";
const REDRIVE_ALL: &str = "UPDATE dead_letters SET redrive = 1 \
    WHERE form_key IS NOT NULL RETURNING id";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::FormKey;

    #[test]
    fn every_value_has_its_place() {
        let selection = Selection {
            form: FormKey::parse("demo").unwrap(),
            status: None,
        };
        let (selection, after, limit) = (&selection, &Cursor::default(), 3);
        for question in [
            Question::Leads {
                selection,
                after,
                limit,
            },
            Question::Inbox { after, limit },
            Question::FieldNames { selection },
            Question::Lead { id: "a" },
            Question::SetStatus {
                id: "a",
                status: LeadStatus::Done,
            },
            Question::DeadLetters { after, limit },
            Question::DeadLetter { id: "a" },
            Question::Redrive { id: "a" },
            Question::RedriveAll,
            Question::ToRedrive { limit },
            Question::Exhume { letter: after },
        ] {
            let Statement { sql, values } = question.statement();
            for number in 1..=values.len() {
                assert!(sql.contains(&format!("?{number}")), "{sql}");
            }
            assert_eq!(sql.matches('?').count(), values.len(), "{sql}");
        }
    }

    #[test]
    fn an_empty_id_does_not_mean_all() {
        let statement = Question::Redrive { id: "" }.statement();
        let written = statement.written_out().unwrap();
        assert!(written.contains("WHERE id = '' AND"), "{written}");
    }
}
