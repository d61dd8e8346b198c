//! [`Question`]: everything an operator asks the tables, and the SQL of it.

use super::address::Address;
use super::cursor::Cursor;
use super::lead::{LeadStatus, Moment, Selection};
use super::statement::{Statement, Term};
use crate::delivery::OUTBOX_REFUSED;
use crate::form::FormKey;

/// What to ask the tables, or to change in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question<'a> {
    /// A page of leads, the newest first: [`super::StoredLead`]s, of [`MAX_PAGE_BYTES`].
    Leads {
        /// Which leads.
        selection: &'a Selection,
        /// Where the page begins.
        after: &'a Cursor,
        /// How many leads at most.
        limit: u32,
    },
    /// Whether both tables are there, with all their columns: no row, or a fault.
    Tables,
    /// The names of the fields that occur in the leads of a form, those of the newest lead first: one column.
    FieldNames {
        /// Under which key the form is published.
        form: &'a FormKey,
    },
    /// The keys of the forms that have leads: one column.
    FormKeys,
    /// A page of the leads with an e-mail address, as [`Self::Leads`].
    LeadsWith {
        /// The address.
        address: &'a Address,
        /// Where the page begins.
        after: &'a Cursor,
        /// How many leads at most.
        limit: u32,
    },
    /// A page of the dead letters with an e-mail address, as [`Self::DeadLetters`].
    DeadLettersWith {
        /// The address.
        address: &'a Address,
        /// Where the page begins.
        after: &'a Cursor,
        /// How many dead letters at most.
        limit: u32,
    },
    /// Deletes every lead with an e-mail address; gives their ids.
    ForgetLeads {
        /// The address.
        address: &'a Address,
    },
    /// Deletes every dead letter with an e-mail address; gives their ids.
    ForgetDeadLetters {
        /// The address.
        address: &'a Address,
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
    /// A page of the dead letters, the newest first: [`super::DeadLetterEntry`]s.
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
        let either = |address: &'a Address| [address.typed(), address.stored()].map(Term::Text);
        let (sql, values) = match *self {
            Self::Leads {
                selection,
                after,
                limit,
            } => {
                let form = selection.form.as_ref().map(FormKey::as_str);
                let spam = match selection.is_spam {
                    None => "",
                    Some(true) => "yes",
                    Some(false) => "no",
                };
                let mut values = lead_page(after, limit);
                values.push(Term::Text(
                    selection.from.as_ref().map_or("", Moment::as_str),
                ));
                values.push(Term::Text(selection.status.map_or("", LeadStatus::as_str)));
                values.push(Term::Text(spam));
                values.extend(form.map(Term::Text));
                (if form.is_some() { LEADS_OF_FORM } else { LEADS }, values)
            }
            Self::Tables => (TABLES, Vec::new()),
            Self::FieldNames { form } => (FIELD_NAMES, vec![Term::Text(form.as_str())]),
            Self::FormKeys => (FORM_KEYS, Vec::new()),
            Self::LeadsWith {
                address,
                after,
                limit,
            } => {
                let mut values = lead_page(after, limit);
                values.extend(either(address));
                (LEADS_WITH, values)
            }
            Self::DeadLettersWith {
                address,
                after,
                limit,
            } => {
                let mut values = page(after, limit);
                values.extend(either(address));
                (DEAD_LETTERS_WITH, values)
            }
            Self::ForgetLeads { address } => (FORGET_LEADS, either(address).into()),
            Self::ForgetDeadLetters { address } => (FORGET_DEAD_LETTERS, either(address).into()),
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

/// A page of the leads that meet a condition. An index of `migrations/` has the order of `ORDER BY`, so that a page reads no
/// lead but its own.
macro_rules! leads_where {
    ($($condition:expr),+) => {
        concat!(
            "WITH page AS (SELECT id, received_at, LENGTH(CAST(lead AS BLOB)) AS bytes FROM leads \
            WHERE (received_at, id) < (?1, ?2) AND ",
            $($condition,)+
            " ORDER BY received_at DESC, id DESC LIMIT ?3), \
            sums AS (SELECT id, SUM(bytes) OVER (ORDER BY received_at DESC, id DESC) - bytes AS bytes_before FROM page) \
            SELECT id, form_key, received_at, status, lead FROM sums JOIN leads USING (id) \
            WHERE bytes_before < ?4 ORDER BY received_at DESC, id DESC"
        )
    };
}

macro_rules! selected {
    () => {
        "received_at >= ?5 AND ?6 IN ('', status) \
        AND ?7 IN ('', CASE IFNULL(spam, '[]') WHEN '[]' THEN 'no' ELSE 'yes' END)"
    };
}

/// Whether an address is in a lead: as a value or a name of its JSON or as one of a list in a value, in any case. What is no
/// JSON has it when its text does. The text is looked at first, since that is ten times faster.
macro_rules! has_address {
    ($lead:literal, $typed:literal, $stored:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM (SELECT ",
            $typed,
            " AS address UNION SELECT ",
            $stored,
            ") WHERE INSTR(LOWER(",
            $lead,
            "), address) > 0 AND (NOT json_valid(",
            $lead,
            ") OR EXISTS (SELECT 1 FROM json_tree(",
            $lead,
            ") AS member WHERE LOWER(member.key) = address OR (member.type = 'text' \
            AND INSTR(',' || REPLACE(LOWER(member.atom), ' ', '') || ',', ',' || address || ',') > 0))))"
        )
    };
}

/// The lead of a dead letter; whatever is left of one that cannot be read.
macro_rules! dead_letter_has_address {
    ($typed:literal, $stored:literal) => {
        has_address!(
            "IIF(form_key IS NULL, parcel, SUBSTR(parcel, INSTR(parcel, CHAR(10)) + 1))",
            $typed,
            $stored
        )
    };
}

const LEADS: &str = leads_where!(selected!());
const LEADS_OF_FORM: &str = leads_where!("form_key = ?8 AND ", selected!());
const LEADS_WITH: &str = leads_where!(has_address!("lead", "?5", "?6"));
const FORGET_LEADS: &str = concat!(
    "DELETE FROM leads WHERE ",
    has_address!("lead", "?1", "?2"),
    " RETURNING id"
);
const FORGET_DEAD_LETTERS: &str = concat!(
    "DELETE FROM dead_letters WHERE ",
    dead_letter_has_address!("?1", "?2"),
    " RETURNING id"
);
const TABLES: &str = "SELECT status, redrive FROM leads, dead_letters LIMIT 0";
const FORM_KEYS: &str = "SELECT form_key FROM leads GROUP BY form_key";
/// What is no JSON has no fields, and hinders no one else's.
const FIELD_NAMES: &str = "SELECT field.key FROM leads, \
    json_each(CASE WHEN json_valid(lead) THEN lead ELSE '{}' END, '$.fields') AS field \
    WHERE form_key = ?1 AND typeof(field.key) = 'text' \
    GROUP BY field.key ORDER BY MAX(received_at) DESC, MIN(field.id)";
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

/// A page of the dead letters that meet a condition.
macro_rules! dead_letters_where {
    ($condition:expr) => {
        concat!(
            dead_letter!(
                " FROM dead_letters AS letter WHERE (letter.died_at_ms, id) < (CAST(?1 AS INTEGER), ?2) AND "
            ),
            $condition,
            " ORDER BY letter.died_at_ms DESC, id DESC LIMIT ?3"
        )
    };
}

const DEAD_LETTERS: &str = dead_letters_where!("TRUE");
const DEAD_LETTERS_WITH: &str = dead_letters_where!(dead_letter_has_address!("?4", "?5"));
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

    #[test]
    fn every_value_has_its_place() {
        let form = &FormKey::parse("demo").unwrap();
        let every = &Selection::default();
        let of_form = &Selection {
            form: Some(form.clone()),
            ..Selection::default()
        };
        let address = &Address::parse("ada@example.com").unwrap();
        let (after, limit) = (&Cursor::default(), 3);
        let leads = |selection| Question::Leads {
            selection,
            after,
            limit,
        };
        for question in [
            leads(every),
            leads(of_form),
            Question::FieldNames { form },
            Question::FormKeys,
            Question::Tables,
            Question::LeadsWith {
                address,
                after,
                limit,
            },
            Question::DeadLettersWith {
                address,
                after,
                limit,
            },
            Question::ForgetLeads { address },
            Question::ForgetDeadLetters { address },
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
