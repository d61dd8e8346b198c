//! [`BulkQuery`]: what an owner does with leads, one or up to 500: all of them are changed, or none.

use super::lead::LeadStatus;
use super::statement::{Param, Statement};
use crate::json::push_text;

/// A query on the leads with these ids: a JSON array of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkQuery<'a> {
    /// Their ids and form keys: rows of two columns, none for a lead that does not exist.
    Find {
        /// The ids.
        ids: &'a str,
    },
    /// Changes them, unless one of them does not exist; returns the ids of those that are changed.
    Change {
        /// The ids.
        ids: &'a str,
        /// The change.
        change: Change<'a>,
    },
    /// Notes that those in the spam folder are no spam, with their signals for the report.
    NoteNotSpam {
        /// The ids.
        ids: &'a str,
    },
    /// Writes those of the spam folder as dead letters that are sent at the next scheduled event; returns their ids.
    SpamToDeadLetters {
        /// The ids.
        ids: &'a str,
    },
    /// Deletes those of the spam folder.
    DeleteSpam {
        /// The ids.
        ids: &'a str,
    },
}

/// A change of leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<'a> {
    /// How far an owner has worked on them.
    Status(LeadStatus),
    /// A star, or none.
    Starred(bool),
    /// A text in place of the one that was noted.
    Note {
        /// The text; empty for none.
        note: &'a str,
        /// The note that it replaces: where it is another one by now, nothing is changed. `None` for any.
        former: Option<&'a str>,
    },
    /// They are moved into the spam folder. A test stays where it is.
    Spam,
    /// They are moved out of the spam folder.
    Inbox,
    /// They are deleted.
    Delete,
}

impl<'a> BulkQuery<'a> {
    /// The SQL with its values.
    pub(super) fn statement(&self) -> Statement<'a> {
        let (sql, ids, more) = match *self {
            Self::Find { ids } => (FIND, ids, [None; 2]),
            Self::Change { ids, change } => {
                let (sql, more) = change.sql();
                (sql, ids, more)
            }
            Self::NoteNotSpam { ids } => (NOTE_NOT_SPAM, ids, [None; 2]),
            Self::SpamToDeadLetters { ids } => (SPAM_TO_DEAD_LETTERS, ids, [None; 2]),
            Self::DeleteSpam { ids } => (DELETE_SPAM, ids, [None; 2]),
        };
        let mut values = vec![Param::Text(ids)];
        values.extend(more.into_iter().flatten().map(Param::Text));
        Statement { sql, values }
    }
}

impl<'a> Change<'a> {
    fn sql(self) -> (&'static str, [Option<&'a str>; 2]) {
        let (sql, value, former) = match self {
            Self::Status(status) => (SET_STATUS, Some(status.as_str()), None),
            Self::Starred(true) => (SET_STARRED, Some("1"), None),
            Self::Starred(false) => (SET_STARRED, Some("0"), None),
            Self::Note { note, former } => match former {
                None => (SET_NOTE, Some(note), None),
                Some(_) => (SET_NOTE_AFTER, Some(note), former),
            },
            Self::Spam => (INTO_SPAM, None, None),
            Self::Inbox => (INTO_INBOX, None, None),
            Self::Delete => (DELETE, None, None),
        };
        (sql, [value, former])
    }
}

/// Ids as a JSON array, as the queries take them.
pub fn ids_json<T: AsRef<str>>(ids: impl IntoIterator<Item = T>) -> String {
    let mut text = "[".to_owned();
    for id in ids {
        if text.len() > 1 {
            text.push(',');
        }
        push_text(&mut text, id.as_ref());
    }
    text.push(']');
    text
}

/// One statement changes all of the leads or, when one of them does not exist, none.
macro_rules! all_or_none {
    ($change:literal, $condition:literal) => {
        concat!(
            "WITH wanted AS (SELECT value AS id FROM json_each(?1)) ",
            $change,
            " WHERE id IN (SELECT id FROM wanted) AND NOT EXISTS (SELECT 1 FROM wanted \
            WHERE NOT EXISTS (SELECT 1 FROM leads AS known WHERE known.id = wanted.id))",
            $condition,
            " RETURNING id"
        )
    };
}

const FIND: &str = "SELECT id, form_key FROM leads WHERE id IN (SELECT value FROM json_each(?1))";
const SET_STATUS: &str = all_or_none!("UPDATE leads SET status = ?2", "");
const SET_STARRED: &str = all_or_none!("UPDATE leads SET starred = CAST(?2 AS INTEGER)", "");
const SET_NOTE: &str = all_or_none!("UPDATE leads SET note = ?2", "");
const SET_NOTE_AFTER: &str = all_or_none!("UPDATE leads SET note = ?2", " AND note = ?3");
const INTO_SPAM: &str = all_or_none!(
    "UPDATE leads SET folder = 'spam'",
    " AND folder = 'inbox' AND is_test = 0"
);
const INTO_INBOX: &str = all_or_none!("UPDATE leads SET folder = 'inbox'", " AND folder = 'spam'");
const DELETE: &str = all_or_none!("DELETE FROM leads", "");
/// A repetition of these three changes nothing more, so that the whole may be repeated after a failure.
const NOTE_NOT_SPAM: &str = "INSERT OR IGNORE INTO not_spam (id, form_key, signals) \
    SELECT id, form_key, spam FROM leads WHERE id IN (SELECT value FROM json_each(?1)) AND folder = 'spam' RETURNING id";
/// The message is that of the outbox, as `QueuedLead` renders it. A lead that is not JSON has no request id.
const SPAM_TO_DEAD_LETTERS: &str = "INSERT OR REPLACE INTO dead_letters \
    (id, died_at_ms, reason, attempts, form_key, idempotency_key, parcel, redrive) \
    SELECT id, CAST(unixepoch('subsec') * 1000 AS INTEGER), 'not_spam: taken out of the spam folder', 0, form_key, idempotency_key, \
    json_object('id', id, 'form', form_key, 'idempotency_key', idempotency_key, \
    'request_id', IFNULL(CASE WHEN json_valid(lead) THEN lead ->> '$.provenance.observed.request_id' END, ''), \
    'received_at_ms', CAST(ROUND((julianday(received_at) - 2440587.5) * 86400000) AS INTEGER), 'attempts', 0) \
    || CHAR(10) || lead, 1 FROM leads WHERE id IN (SELECT value FROM json_each(?1)) AND folder = 'spam' RETURNING id";
const DELETE_SPAM: &str = "DELETE FROM leads WHERE id IN (SELECT value FROM json_each(?1)) AND folder = 'spam' RETURNING id";
