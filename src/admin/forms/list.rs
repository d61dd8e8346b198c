//! The list of forms, with the counts of the last [`COUNTED_DAYS`].

use super::adopt::adopt;
use crate::clock::UnixMillis;
use crate::inbox::{FormsQuery, Query, Row};
use crate::platform::Platform;
use crate::problem::Fault;

/// A page of the forms after a key, by key; the first page after an empty one. Rows of the key and the form as JSON.
pub async fn list<P: Platform>(platform: &P, after: &str, limit: u32) -> Result<Vec<Row>, Fault> {
    if after.is_empty() {
        adopt(platform, "").await?;
    }
    let since = platform.now().0.saturating_sub(COUNTED_DAYS * MS_PER_DAY);
    let since = UnixMillis(since).to_rfc3339();
    // With a core, leads are not in the database.
    let isolate = platform.isolate();
    let query = Query::Forms(FormsQuery::Page {
        after,
        limit,
        since: since.get(..DAY_BYTES).unwrap_or_default(),
        has_core: isolate.config.as_ref().is_ok_and(|it| it.core.is_some()),
    });
    platform.query(&query).await
}

/// Leads and rejects are counted from the day so many days ago.
const COUNTED_DAYS: u64 = 30;
const MS_PER_DAY: u64 = 86_400_000;
/// The length of `2026-11-26`.
const DAY_BYTES: usize = 10;
