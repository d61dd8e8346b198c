//! What an owner does with leads: one or many, all of them or none.

use super::read_all;
use crate::inbox::{BulkQuery, Change, LeadStatus, Query, Upkeep, ids_json};
use crate::platform::Database;
use crate::problem::Fault;

/// What came of a change of several leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// All of them are as asked for; so many were not before.
    All(usize),
    /// Nothing is changed: leads with these ids do not exist.
    Missing(Vec<String>),
}

/// Changes leads with these ids, each named once.
pub async fn change<D: Database, T: AsRef<str>>(
    database: &D,
    ids: &[T],
    change: Change<'_>,
) -> Result<Changed, Fault> {
    let json = &ids_json(ids);
    let query = BulkQuery::Change { ids: json, change };
    let changed = database.query(&Query::Bulk(query)).await?.len();
    if changed < ids.len() {
        let missing = missing(&find(database, ids).await?, ids);
        if !missing.is_empty() {
            return Ok(Changed::Missing(missing));
        }
    }
    if change == Change::Delete {
        let query = Upkeep::DropTimelines { ids: json };
        database.query(&Query::Upkeep(query)).await?;
    }
    Ok(Changed::All(changed))
}

/// The leads with these ids that exist: the id and the form key of each.
pub async fn find<D: Database, T: AsRef<str>>(
    database: &D,
    ids: &[T],
) -> Result<Vec<(String, String)>, Fault> {
    let ids = &ids_json(ids);
    let rows = database
        .query(&Query::Bulk(BulkQuery::Find { ids }))
        .await?;
    read_all(&rows, |row| match row.as_slice() {
        [Some(id), Some(form), ..] => Some((id.clone(), form.clone())),
        _ => None,
    })
}

/// Those of the ids that were not found.
pub fn missing<T: AsRef<str>>(found: &[(String, String)], ids: &[T]) -> Vec<String> {
    let is_missing = |id: &&str| found.iter().all(|(known, _)| known != id);
    let ids = ids.iter().map(AsRef::as_ref);
    ids.filter(is_missing).map(str::to_owned).collect()
}

/// Sets the status of a lead; returns whether the lead exists.
pub async fn set_status<D: Database>(
    database: &D,
    id: &str,
    status: LeadStatus,
) -> Result<bool, Fault> {
    let changed = change(database, &[id], Change::Status(status)).await?;
    Ok(changed == Changed::All(1))
}

/// Moves a lead of the inbox into the spam folder; returns whether it was in the inbox.
pub async fn mark_spam<D: Database>(database: &D, id: &str) -> Result<bool, Fault> {
    Ok(change(database, &[id], Change::Spam).await? == Changed::All(1))
}

/// Takes leads out of the spam folder, to be delivered as if they were new: they become dead letters that the next scheduled event
/// sends, with their idempotency keys. Those of `kept` stay in the inbox as well. Returns how many were in the spam folder; the
/// others stay where they are.
///
/// # Errors
/// When a query fails, the leads are in the spam folder still, and may be among the dead letters, too; the call can be repeated.
pub async fn not_spam<D: Database, T: AsRef<str>>(
    database: &D,
    ids: &[T],
    kept: &[T],
) -> Result<usize, Fault> {
    let (ids, kept) = (&ids_json(ids), &ids_json(kept));
    let change = Change::Inbox;
    let mut released = 0;
    for query in [
        BulkQuery::NoteNotSpam { ids },
        BulkQuery::SpamToDeadLetters { ids },
        BulkQuery::Change { ids: kept, change },
        BulkQuery::DeleteSpam { ids },
    ] {
        let rows = database.query(&Query::Bulk(query)).await?;
        if matches!(query, BulkQuery::SpamToDeadLetters { .. }) {
            released = rows.len();
        }
    }
    Ok(released)
}

/// Takes leads out of the spam folder into the inbox of a service without a core.
pub async fn keep_spam<D: Database, T: AsRef<str>>(
    database: &D,
    ids: &[T],
) -> Result<Changed, Fault> {
    let json = &ids_json(ids);
    let note = BulkQuery::NoteNotSpam { ids: json };
    database.query(&Query::Bulk(note)).await?;
    change(database, ids, Change::Inbox).await
}
