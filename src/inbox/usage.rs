//! [`UsageQuery`]: the queries on the table of usage, and its rows.

use super::Row;
use super::cursor::Cursor;
use super::statement::{Param, Statement};
use crate::clock::UnixMillis;
use crate::form::FormKey;
use crate::usage::MAX_ORIGINS;

/// A query that reads or changes the table of usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageQuery<'a> {
    /// Adds counts to the rows of their day, form, origin and outcome.
    Add {
        /// The counts, as [`crate::usage::Batch`] writes them.
        rows: &'a str,
    },
    /// A page of what a form refused, the newest day first: rows of [`UsageEntry`].
    Rejects {
        /// The form key.
        form: &'a FormKey,
        /// The position after which the page begins.
        after: &'a Cursor,
        /// The maximum number of rows.
        limit: u32,
    },
    /// The origins that loaded a form or had submissions accepted, the latest first: rows of [`PageSeen`].
    PagesSeen {
        /// The form key.
        form: &'a FormKey,
        /// The maximum number of origins.
        limit: u32,
    },
    /// Deletes the counts of the days before this one.
    Expire {
        /// The first day that is kept.
        before: &'a str,
    },
}

/// Submissions of one day, form and origin with one outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageEntry {
    /// The UTC day: `2026-11-26`.
    pub day: String,
    /// The origin of the page; `none`, `null`, `unreadable` and `other` are no pages.
    pub origin: String,
    /// What became of them; see [`crate::usage`].
    pub outcome: String,
    /// How many there were.
    pub count: u64,
    /// When the last one was received.
    pub last_at: UnixMillis,
}

/// A page that loaded a form, or from which submissions were accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageSeen {
    /// Its origin.
    pub origin: String,
    /// When it last loaded the form or had a submission accepted.
    pub last_at: UnixMillis,
    /// How many submissions were accepted in the days that are kept.
    pub accepted: u64,
    /// When the last one was received; `None` when there was none.
    pub accepted_at: Option<UnixMillis>,
}

impl<'a> UsageQuery<'a> {
    /// The SQL with its values.
    pub(super) fn statement(&self) -> Statement<'a> {
        let (sql, values) = match *self {
            Self::Add { rows } => {
                let limit = u32::try_from(MAX_ORIGINS).unwrap_or(u32::MAX);
                (ADD, vec![Param::Text(rows), Param::Number(limit)])
            }
            Self::Rejects { form, after, limit } => {
                let [at, id, form] = [after.at(), after.id(), form.as_str()].map(Param::Text);
                (REJECTS, vec![at, id, Param::Number(limit), form])
            }
            Self::PagesSeen { form, limit } => {
                let values = [Param::Text(form.as_str()), Param::Number(limit)];
                (PAGES_SEEN, values.into())
            }
            Self::Expire { before } => (EXPIRE, vec![Param::Text(before)]),
        };
        Statement { sql, values }
    }
}

impl UsageEntry {
    /// Reads a row.
    pub fn read(row: &Row) -> Option<Self> {
        let [
            Some(day),
            Some(origin),
            Some(outcome),
            Some(count),
            Some(last_at),
        ] = row.as_slice()
        else {
            return None;
        };
        Some(Self {
            day: day.clone(),
            origin: origin.clone(),
            outcome: outcome.clone(),
            count: count.parse().ok()?,
            last_at: UnixMillis(last_at.parse().ok()?),
        })
    }

    /// The position of the row.
    pub fn cursor(&self) -> Cursor {
        Cursor::after(&self.day, format!("{} {}", self.origin, self.outcome))
    }
}

impl PageSeen {
    /// Reads a row.
    pub fn read(row: &Row) -> Option<Self> {
        let [Some(origin), Some(last_at), Some(accepted), accepted_at] = row.as_slice() else {
            return None;
        };
        Some(Self {
            origin: origin.clone(),
            last_at: UnixMillis(last_at.parse().ok()?),
            accepted: accepted.parse().ok()?,
            accepted_at: match accepted_at {
                Some(at) => Some(UnixMillis(at.parse().ok()?)),
                None => None,
            },
        })
    }
}

/// All rows in one statement. Origins beyond the limit of their day and form are counted as `other`: those with a row keep it,
/// and new ones get one while the limit is not reached.
const ADD: &str = "WITH counted AS (SELECT value ->> 0 AS day, value ->> 1 AS form_key, \
    value ->> 2 AS origin, value ->> 3 AS outcome, value ->> 4 AS count, value ->> 5 AS last_at_ms, \
    value ->> 3 IN ('accepted', 'loaded') AS is_taken FROM json_each(?1)), \
    stored AS (SELECT DISTINCT day, form_key, origin, outcome IN ('accepted', 'loaded') AS is_taken FROM usage \
    WHERE (day, form_key) IN (SELECT day, form_key FROM counted) \
    AND origin NOT IN ('none', 'null', 'unreadable', 'other')), \
    stored_counts AS (SELECT day, form_key, is_taken, COUNT(*) AS origins FROM stored GROUP BY 1, 2, 3), \
    marked AS (SELECT counted.*, stored.origin IS NOT NULL \
    OR counted.origin IN ('none', 'null', 'unreadable', 'other') AS is_known, \
    COALESCE(stored_counts.origins, 0) AS origins FROM counted \
    LEFT JOIN stored USING (day, form_key, origin, is_taken) \
    LEFT JOIN stored_counts USING (day, form_key, is_taken)), \
    ranked AS (SELECT *, origins + DENSE_RANK() OVER (PARTITION BY day, form_key, is_taken, is_known \
    ORDER BY origin) AS place FROM marked), \
    named AS (SELECT day, form_key, IIF(is_known OR place <= ?2, origin, 'other') AS name, outcome, count, \
    last_at_ms FROM ranked) \
    INSERT INTO usage (day, form_key, origin, outcome, count, last_at_ms) \
    SELECT day, form_key, name, outcome, SUM(count), MAX(last_at_ms) FROM named WHERE TRUE \
    GROUP BY day, form_key, name, outcome \
    ON CONFLICT DO UPDATE SET count = count + excluded.count, last_at_ms = MAX(last_at_ms, excluded.last_at_ms)";
const REJECTS: &str = "SELECT day, origin, outcome, CAST(count AS TEXT), CAST(last_at_ms AS TEXT) FROM usage \
    WHERE form_key = ?4 AND outcome NOT IN ('accepted', 'loaded') AND (day, origin || ' ' || outcome) < (?1, ?2) \
    ORDER BY day DESC, origin || ' ' || outcome DESC LIMIT ?3";
const PAGES_SEEN: &str = "SELECT origin, CAST(MAX(last_at_ms) AS TEXT), \
    CAST(SUM(IIF(outcome = 'accepted', count, 0)) AS TEXT), \
    CAST(MAX(IIF(outcome = 'accepted', last_at_ms, NULL)) AS TEXT) FROM usage \
    WHERE form_key = ?1 AND outcome IN ('accepted', 'loaded') GROUP BY origin ORDER BY MAX(last_at_ms) DESC LIMIT ?2";
const EXPIRE: &str = "DELETE FROM usage WHERE day < ?1";
