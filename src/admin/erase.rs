//! Erases a person by e-mail address: everywhere in the database, and in the outbox, which cannot be searched.

use crate::hash::Key;
use crate::inbox::{Address, Query, Row, Upkeep, hashes_to_erase, ids_json};
use crate::platform::Database;
use crate::problem::Fault;

/// How much was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Leads of the inbox and of the spam folder.
    pub leads: usize,
    /// Leads that are known to wait in the outbox.
    pub outbox: usize,
    /// Dead letters, and leads that the core blocks.
    pub dead_letters: usize,
}

/// Deletes the leads and dead letters that contain an e-mail address. Before that, notes its hash under the first of the keys (or
/// under none), by which a lead that the outbox has is recognised and dropped. A call that failed may be repeated.
///
/// A lead is in the outbox known by its timeline, which is written in the background: those of which it was not written are
/// dropped, too, but not counted.
pub async fn erase<D: Database>(
    database: &D,
    address: &Address,
    keys: &[Key],
) -> Result<Erased, Fault> {
    let people = &ids_json(hashes_to_erase(keys, address));
    let erase = Query::Upkeep(Upkeep::Erase { people });
    database.query(&erase).await?;
    // Leads first: one that is taken out of the spam folder meanwhile becomes a dead letter.
    let leads = database.query(&Query::ForgetLeads { address }).await?;
    let letters = Query::ForgetDeadLetters { address };
    let letters = database.query(&letters).await?;
    let queued = Query::Upkeep(Upkeep::EraseQueued { people });
    let queued = database.query(&queued).await?;
    let ids = leads.iter().chain(&letters).filter_map(first);
    let ids = &ids_json(ids);
    let timelines = Query::Upkeep(Upkeep::DropTimelines { ids });
    database.query(&timelines).await?;
    Ok(Erased {
        leads: leads.len(),
        outbox: queued.len(),
        dead_letters: letters.len(),
    })
}

fn first(row: &Row) -> Option<&str> {
    row.first()?.as_deref()
}
