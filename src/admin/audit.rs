//! The audit: who did what, without personal data of visitors.

use crate::access::Identity;
use crate::clock::UnixMillis;
use crate::hash::hex;
use crate::inbox::{AccessQuery, Cursor, Query, Row};
use crate::log::background_line;
use crate::platform::{Database, Platform};
use crate::problem::Fault;

/// Adds a row: `identity` did `action` to `object`, a form key or an id, and so changed `count` objects.
pub async fn note<P: Platform>(
    platform: &P,
    identity: &Identity,
    action: &'static str,
    object: &str,
    count: u32,
) -> Result<(), Fault> {
    let (id, at) = (hex(&platform.random()?), platform.now().to_rfc3339());
    let query = Query::Access(AccessQuery::NoteAudit {
        values: [&id, &at, &identity.subject, action, object],
        count,
    });
    platform.query(&query).await.map(|_| ())
}

/// A page of the audit, newest first: rows of [`AccessQuery::Audit`].
pub async fn audit<D: Database>(
    database: &D,
    after: &Cursor,
    limit: u32,
) -> Result<Vec<Row>, Fault> {
    let query = Query::Access(AccessQuery::Audit { after, limit });
    database.query(&query).await
}

/// Deletes the rows of the audit that are older than [`AUDIT_DAYS`].
pub async fn expire_audit<P: Platform>(platform: &P) {
    let kept_ms = AUDIT_DAYS * 86_400_000;
    let before = UnixMillis(platform.now().since(UnixMillis(kept_ms))).to_rfc3339();
    let query = Query::Access(AccessQuery::ExpireAudit { before: &before });
    if let Err(fault) = platform.query(&query).await {
        platform.log(&background_line("expire_audit", &fault));
    }
}

/// How long a row of the audit is kept: days. A year and a month, so that a yearly review finds all of it.
pub const AUDIT_DAYS: u64 = 400;
