//! [`Upkeep`]: the queries on timelines and on erased people, and what is deleted after its time.

use super::Row;
use super::statement::{Param, Statement};
use crate::clock::UnixMillis;

/// A query on timelines or erased people, or one that deletes what is kept no longer. Times are milliseconds since 1970 as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upkeep<'a> {
    /// Adds a line to the timelines of leads.
    AddEvent {
        /// The ids: a JSON array.
        ids: &'a str,
        /// The time of the event.
        at: &'a str,
        /// The name of the event.
        name: &'a str,
        /// The line, with its end.
        line: &'a str,
        /// Hashes of the addresses in the lead, apart by spaces.
        people: &'a str,
    },
    /// The timeline of a lead: a row of one column, or none.
    Timeline {
        /// The id of the lead.
        id: &'a str,
    },
    /// Deletes the timelines of leads.
    DropTimelines {
        /// The ids: a JSON array.
        ids: &'a str,
    },
    /// Notes that people are erased now.
    Erase {
        /// Their hashes: a JSON array.
        people: &'a str,
    },
    /// Deletes the timelines of leads in the outbox that have the address of one of these people; returns their ids.
    EraseQueued {
        /// Their hashes: a JSON array.
        people: &'a str,
    },
    /// The hashes of the people who were erased since a lead was received: rows of one column.
    Erased {
        /// When the lead was received.
        since: &'a str,
    },
    /// Deletes a dead letter.
    DeleteDeadLetter {
        /// Its id.
        id: &'a str,
    },
    /// Deletes up to [`MAX_DELETED`] leads of a form that were received before a moment (RFC 3339).
    Retain {
        /// The form key.
        form: &'a str,
        /// The moment.
        before: &'a str,
    },
    /// The same for its dead letters.
    RetainDeadLetters {
        /// The form key.
        form: &'a str,
        /// The time.
        before: &'a str,
    },
    /// Deletes tests that were received before a moment (RFC 3339), and all but the newest [`MAX_TESTS`].
    ExpireTests {
        /// The moment.
        before: &'a str,
    },
    /// Deletes timelines that began before a time.
    ExpireTimelines {
        /// The time.
        before: &'a str,
    },
    /// Deletes the hashes of people who were erased before a time.
    ExpireErased {
        /// The time.
        before: &'a str,
    },
}

/// An event of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it was.
    pub at: UnixMillis,
    /// Its name.
    pub name: String,
    /// More of it; empty for nothing.
    pub detail: String,
}

impl<'a> Upkeep<'a> {
    /// The SQL with its values.
    pub(super) fn statement(&self) -> Statement<'a> {
        let texts = |texts: &[&'a str]| texts.iter().copied().map(Param::Text).collect();
        let (sql, values): (_, Vec<Param<'a>>) = match *self {
            Self::AddEvent {
                ids,
                at,
                name,
                line,
                people,
            } => (ADD_EVENT, texts(&[ids, at, name, line, people])),
            Self::Timeline { id } => (TIMELINE, texts(&[id])),
            Self::DropTimelines { ids } => (DROP_TIMELINES, texts(&[ids])),
            Self::Erase { people } => (ERASE, texts(&[people])),
            Self::EraseQueued { people } => (ERASE_QUEUED, texts(&[people])),
            Self::Erased { since } => (ERASED, texts(&[since])),
            Self::DeleteDeadLetter { id } => (DELETE_DEAD_LETTER, texts(&[id])),
            Self::Retain { form, before } => {
                let mut values: Vec<Param<'a>> = texts(&[form, before]);
                values.push(Param::Number(MAX_DELETED));
                (RETAIN, values)
            }
            Self::RetainDeadLetters { form, before } => {
                (RETAIN_DEAD_LETTERS, texts(&[form, before]))
            }
            Self::ExpireTests { before } => (
                EXPIRE_TESTS,
                vec![Param::Text(before), Param::Number(MAX_TESTS)],
            ),
            Self::ExpireTimelines { before } => (EXPIRE_TIMELINES, texts(&[before])),
            Self::ExpireErased { before } => (EXPIRE_ERASED, texts(&[before])),
        };
        Statement { sql, values }
    }
}

impl Event {
    /// A line of a timeline.
    pub fn line(&self) -> String {
        let is_shown = |c: &char| !c.is_control();
        let detail: String = self.detail.chars().filter(is_shown).collect();
        let Self { at, name, .. } = self;
        [&at.0.to_string(), " ", name, " ", &detail, "\n"].concat()
    }

    /// The events of a timeline, the oldest first. A line that cannot be read is left out.
    pub fn read_all(row: &Row) -> Vec<Self> {
        let text = row.first().and_then(Option::as_deref).unwrap_or_default();
        let mut events: Vec<Self> = Vec::new();
        // Isolates add lines in the order in which they reach the database.
        for event in text.lines().filter_map(Self::read) {
            let place = events.partition_point(|before| before.at <= event.at);
            events.insert(place, event);
        }
        events
    }

    fn read(line: &str) -> Option<Self> {
        let mut parts = line.splitn(3, ' ');
        Some(Self {
            at: UnixMillis(parts.next()?.parse().ok()?),
            name: parts.next()?.to_owned(),
            detail: parts.next().unwrap_or_default().to_owned(),
        })
    }
}

/// A week of a blocked core is a hundred lines; a timeline that has grown to 16,000 characters takes no more.
const ADD_EVENT: &str = "INSERT INTO timelines (id, since_ms, state, events, people) \
    SELECT value, CAST(?2 AS INTEGER), ?3, ?4, ?5 FROM json_each(?1) WHERE TRUE \
    ON CONFLICT (id) DO UPDATE SET state = excluded.state, \
    events = IIF(LENGTH(events) < 16000, events || excluded.events, events), \
    people = IIF(people = '', excluded.people, people)";
const TIMELINE: &str = "SELECT events FROM timelines WHERE id = ?1";
const DROP_TIMELINES: &str = "DELETE FROM timelines WHERE id IN (SELECT value FROM json_each(?1))";
const ERASE: &str = "INSERT INTO erased (person, at_ms) \
    SELECT value, CAST(unixepoch('subsec') * 1000 AS INTEGER) FROM json_each(?1)";
const ERASE_QUEUED: &str = "DELETE FROM timelines WHERE state IN ('queued', 'attempt', 'redriven') \
    AND EXISTS (SELECT 1 FROM json_each(?1) WHERE INSTR(people, value) > 0) RETURNING id";
const ERASED: &str = "SELECT DISTINCT person FROM erased WHERE at_ms >= CAST(?1 AS INTEGER)";
const DELETE_DEAD_LETTER: &str = "DELETE FROM dead_letters WHERE id = ?1";
const RETAIN: &str = "DELETE FROM leads WHERE id IN (SELECT id FROM leads \
    WHERE form_key = ?1 AND received_at < ?2 LIMIT ?3) RETURNING id";
/// A dead letter without a form is an unreadable message; it is deleted by hand.
const RETAIN_DEAD_LETTERS: &str = "DELETE FROM dead_letters \
    WHERE form_key = ?1 AND died_at_ms < CAST(?2 AS INTEGER) RETURNING id";
const EXPIRE_TESTS: &str = "DELETE FROM leads WHERE is_test = 1 AND (received_at < ?1 OR id NOT IN (SELECT id FROM leads \
    WHERE is_test = 1 ORDER BY received_at DESC LIMIT ?2))";
const EXPIRE_TIMELINES: &str = "DELETE FROM timelines WHERE since_ms < CAST(?1 AS INTEGER)";
const EXPIRE_ERASED: &str = "DELETE FROM erased WHERE at_ms < CAST(?1 AS INTEGER)";

/// The most leads of a form that one scheduled event deletes, so that no statement takes long; the next deletes more.
pub const MAX_DELETED: u32 = 1_000;
/// The most tests that are kept, of all forms together.
pub const MAX_TESTS: u32 = 500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeline_is_read_as_it_was_written() {
        let event = |at, name: &str, detail: &str| Event {
            at: UnixMillis(at),
            name: name.to_owned(),
            detail: detail.to_owned(),
        };
        let events = [
            event(1, "queued", ""),
            event(2, "attempt", "unavailable: status 503"),
        ];
        let lines: String = events.iter().rev().map(Event::line).collect();
        assert_eq!(Event::read_all(&vec![Some(lines)]), events);
        let hostile = event(3, "attempt", "code a\nb\r\u{0}c").line();
        assert_eq!(hostile, "3 attempt code abc\n");
        assert_eq!(Event::read_all(&vec![Some("x\n\n7".to_owned())]), []);
        assert_eq!(Event::read_all(&Vec::new()), []);
    }
}
