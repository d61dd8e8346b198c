//! [`AccessQuery`]: the queries on the tables of API tokens and of the audit, the columns of their rows.

use super::cursor::Cursor;
use super::statement::{Param, Statement};

/// A query that reads or changes the table of API tokens or of the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessQuery<'a> {
    /// The role of the token with this id and this hash, and the day of its last use: a row of two columns, or none.
    UseToken {
        /// The id.
        id: &'a str,
        /// The SHA-256 of the token.
        hash: &'a str,
    },
    /// Notes the day of the last use of a token.
    NoteUse {
        /// The id.
        id: &'a str,
        /// The UTC day: `2026-11-26`.
        day: &'a str,
    },
    /// A page of the tokens, newest first: rows of `created_at`, `id`, `name`, `role`, `created_by` and `last_used_day`, which is
    /// NULL before the first use.
    Tokens {
        /// The position after which the page begins.
        after: &'a Cursor,
        /// The maximum number of tokens.
        limit: u32,
    },
    /// Creates a token; returns its id, or nothing when there are as many as there may be.
    CreateToken {
        /// The values of the columns `id`, `hash`, `name`, `role`, `created_at` and `created_by`.
        values: [&'a str; 6],
        /// The maximum number of tokens.
        limit: u32,
    },
    /// Deletes a token; returns its id if it exists.
    DeleteToken {
        /// The id.
        id: &'a str,
    },
    /// Adds a row to the audit.
    NoteAudit {
        /// The values of the columns `id`, `at`, `subject`, `action` and `object`.
        values: [&'a str; 5],
        /// How many objects were changed.
        count: u32,
    },
    /// A page of the audit, newest first: rows of `at`, `id`, `subject`, `action`, `object` and `count`.
    Audit {
        /// The position after which the page begins.
        after: &'a Cursor,
        /// The maximum number of rows.
        limit: u32,
    },
    /// Deletes the rows of the audit before this time.
    ExpireAudit {
        /// The first time that is kept, RFC 3339.
        before: &'a str,
    },
}

impl<'a> AccessQuery<'a> {
    /// The SQL with its values.
    pub(super) fn statement(&self) -> Statement<'a> {
        let (sql, texts, number): (_, &[&'a str], _) = match self {
            Self::UseToken { id, hash } => (USE_TOKEN, &[*id, *hash], None),
            Self::NoteUse { id, day } => (NOTE_USE, &[*id, *day], None),
            Self::Tokens { after, limit } => (TOKENS, &[after.at(), after.id()], Some(*limit)),
            Self::CreateToken { values, limit } => (CREATE_TOKEN, values, Some(*limit)),
            Self::DeleteToken { id } => (DELETE_TOKEN, &[*id], None),
            Self::NoteAudit { values, count } => (NOTE_AUDIT, values, Some(*count)),
            Self::Audit { after, limit } => (AUDIT, &[after.at(), after.id()], Some(*limit)),
            Self::ExpireAudit { before } => (EXPIRE_AUDIT, &[*before], None),
        };
        let texts = texts.iter().map(|text| Param::Text(text));
        let values = texts.chain(number.map(Param::Number)).collect();
        Statement { sql, values }
    }
}

const USE_TOKEN: &str = "SELECT role, last_used_day FROM api_tokens WHERE id = ?1 AND hash = ?2";
const NOTE_USE: &str = "UPDATE api_tokens SET last_used_day = ?2 WHERE id = ?1";
const TOKENS: &str = "SELECT created_at, id, name, role, created_by, last_used_day FROM api_tokens \
    WHERE (created_at, id) < (?1, ?2) ORDER BY created_at DESC, id DESC LIMIT ?3";
const CREATE_TOKEN: &str = "INSERT INTO api_tokens (id, hash, name, role, created_at, created_by) \
    SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE (SELECT COUNT(*) FROM api_tokens) < ?7 RETURNING id";
const DELETE_TOKEN: &str = "DELETE FROM api_tokens WHERE id = ?1 RETURNING id";
const NOTE_AUDIT: &str =
    "INSERT INTO audit (id, at, subject, action, object, count) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const AUDIT: &str = "SELECT at, id, subject, action, object, CAST(count AS TEXT) FROM audit \
    WHERE (at, id) < (?1, ?2) ORDER BY at DESC, id DESC LIMIT ?3";
const EXPIRE_AUDIT: &str = "DELETE FROM audit WHERE at < ?1";
