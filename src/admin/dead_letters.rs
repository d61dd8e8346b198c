//! Dead letters, and leads that the core blocks: list and read them, and request that they are sent again.

use super::{MAX_LISTED, Page, is_full, read_all};
use crate::delivery::DeadLetterBody;
use crate::inbox::{Address, Cursor, DeadLetterEntry, Query};
use crate::platform::Database;
use crate::problem::Fault;

/// A page of the dead letters that contain an e-mail address.
pub async fn dead_letters_with<D: Database>(
    database: &D,
    address: &Address,
    after: &Cursor,
) -> Result<Page<DeadLetterEntry>, Fault> {
    let limit = MAX_LISTED;
    let query = Query::DeadLettersWith {
        address,
        after,
        limit,
    };
    page_of_dead_letters(database, &query, limit).await
}

/// A page of all dead letters.
pub async fn dead_letters<D: Database>(
    database: &D,
    after: &Cursor,
) -> Result<Page<DeadLetterEntry>, Fault> {
    dead_letters_up_to(database, after, MAX_LISTED).await
}

/// The same with at most `limit` dead letters.
pub async fn dead_letters_up_to<D: Database>(
    database: &D,
    after: &Cursor,
    limit: u32,
) -> Result<Page<DeadLetterEntry>, Fault> {
    let query = Query::DeadLetters { after, limit };
    page_of_dead_letters(database, &query, limit).await
}

/// Reads one dead letter with its body; `None` when it does not exist.
pub async fn dead_letter<D: Database>(
    database: &D,
    id: &str,
) -> Result<Option<(DeadLetterEntry, DeadLetterBody)>, Fault> {
    let rows = database.query(&Query::DeadLetter { id }).await?;
    Ok(read_all(&rows, DeadLetterEntry::read_whole)?.pop())
}

/// Requests that one dead letter is sent again, or all of them (`None`); returns how many the next scheduled event sends.
pub async fn request_redrive<D: Database>(database: &D, id: Option<&str>) -> Result<usize, Fault> {
    let query = id.map_or(Query::RedriveAll, |id| Query::Redrive { id });
    Ok(database.query(&query).await?.len())
}

async fn page_of_dead_letters<D: Database>(
    database: &D,
    query: &Query<'_>,
    limit: u32,
) -> Result<Page<DeadLetterEntry>, Fault> {
    let entries = read_all(&database.query(query).await?, DeadLetterEntry::read)?;
    let last = entries.last().filter(|_| is_full(&entries, limit));
    let next = last.map(DeadLetterEntry::cursor);
    Ok(Page { entries, next })
}
