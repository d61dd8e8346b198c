//! The list of forms, with the counts of the last [`COUNTED_DAYS`].

use super::super::read_all;
use super::adopt::adopt;
use crate::clock::UnixMillis;
use crate::inbox::{FormEntry, FormsQuery, Query};
use crate::platform::Platform;
use crate::problem::Fault;

/// A page of the forms after a key, by key; the first page after an empty one.
pub async fn list<P: Platform>(
    platform: &P,
    after: &str,
    limit: u32,
) -> Result<Vec<FormEntry>, Fault> {
    if after.is_empty() {
        adopt(platform, None).await?;
    }
    let since = platform.now().0.saturating_sub(COUNTED_DAYS * MS_PER_DAY);
    let since = UnixMillis(since).to_rfc3339();
    let query = Query::Forms(FormsQuery::Page {
        after,
        limit,
        since: since.split('T').next().unwrap_or_default(),
    });
    read_all(&platform.query(&query).await?, FormEntry::read)
}

/// Leads and rejects are counted from the day so many days ago.
const COUNTED_DAYS: u64 = 30;
const MS_PER_DAY: u64 = 86_400_000;
