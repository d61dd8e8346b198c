//! What whoever runs the service does with leads and dead letters: look at them, take them out, send them again.
//!
//! Lists come in pages, the newest first, each with a cursor for the next one; none is ever read whole.

use crate::delivery::DeadLetterBody;
use crate::form::{FormDefinition, FormKey};
use crate::inbox::{
    Address, Cursor, DeadLetterEntry, LeadStatus, MAX_PAGE_BYTES, Query, Row, Selection, StoredLead,
};
use crate::platform::Database;
use crate::problem::{Fault, FaultKind};

/// Part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub entries: Vec<T>,
    /// Where the next one begins; `None` when this is the last. The next one may be empty.
    pub next: Option<Cursor>,
}

/// Leads that are selected, those of a list or of an export; `after` is where the page before it ended, at first
/// [`Selection::start`]. A lead that arrives meanwhile is on no later page.
pub async fn leads<R: Database>(
    records: &R,
    selection: &Selection,
    after: &Cursor,
) -> Result<Page<StoredLead>, Fault> {
    let limit = MAX_LISTED;
    let query = Query::Leads {
        selection,
        after,
        limit,
    };
    page_of_leads(records, &query, limit).await
}

/// One lead.
pub async fn lead<R: Database>(records: &R, id: &str) -> Result<Option<StoredLead>, Fault> {
    let rows = records.query(&Query::Lead { id }).await?;
    Ok(read_all(&rows, StoredLead::read)?.pop())
}

/// Sets the status of a lead; whether it is there.
pub async fn set_status<R: Database>(
    records: &R,
    id: &str,
    status: LeadStatus,
) -> Result<bool, Fault> {
    let rows = records.query(&Query::SetStatus { id, status }).await?;
    Ok(!rows.is_empty())
}

/// The names of the fields that have a column in an export, whichever leads are selected: those of the definition in its
/// order, then those that only leads of other versions have.
pub async fn columns<R: Database>(
    records: &R,
    form: &FormKey,
    definition: Option<&FormDefinition>,
) -> Result<Vec<String>, Fault> {
    let fields = definition.map_or(&[][..], |definition| &definition.fields);
    let mut names: Vec<String> = fields.iter().map(|field| field.name().to_owned()).collect();
    let rows = records.query(&Query::FieldNames { form }).await?;
    for name in read_all(&rows, |row| row.first().cloned().flatten())? {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// The keys of the forms that have leads.
pub async fn forms_with_leads<R: Database>(records: &R) -> Result<Vec<String>, Fault> {
    let rows = records.query(&Query::FormKeys).await?;
    read_all(&rows, |row| row.first().cloned().flatten())
}

/// A page of the leads with an e-mail address.
pub async fn leads_with<R: Database>(
    records: &R,
    address: &Address,
    after: &Cursor,
) -> Result<Page<StoredLead>, Fault> {
    let limit = MAX_LISTED;
    let query = Query::LeadsWith {
        address,
        after,
        limit,
    };
    page_of_leads(records, &query, limit).await
}

/// A page of the dead letters with an e-mail address.
pub async fn dead_letters_with<R: Database>(
    records: &R,
    address: &Address,
    after: &Cursor,
) -> Result<Page<DeadLetterEntry>, Fault> {
    let limit = MAX_LISTED;
    let query = Query::DeadLettersWith {
        address,
        after,
        limit,
    };
    page_of_dead_letters(records, &query, limit).await
}

/// Deletes what has an e-mail address: how many leads, and how many dead letters.
pub async fn forget<R: Database>(records: &R, address: &Address) -> Result<(usize, usize), Fault> {
    let leads = records.query(&Query::ForgetLeads { address }).await?;
    let letters = records.query(&Query::ForgetDeadLetters { address }).await?;
    Ok((leads.len(), letters.len()))
}

/// A page of the dead letters.
pub async fn dead_letters<R: Database>(
    records: &R,
    after: &Cursor,
) -> Result<Page<DeadLetterEntry>, Fault> {
    let limit = MAX_LISTED;
    let query = Query::DeadLetters { after, limit };
    page_of_dead_letters(records, &query, limit).await
}

/// One dead letter, with what is left of it.
pub async fn dead_letter<R: Database>(
    records: &R,
    id: &str,
) -> Result<Option<(DeadLetterEntry, DeadLetterBody)>, Fault> {
    let rows = records.query(&Query::DeadLetter { id }).await?;
    Ok(read_all(&rows, DeadLetterEntry::read_whole)?.pop())
}

/// Asks for a dead letter to be sent again, or for all (`None`); how many will be, at the next round.
pub async fn request_redrive<R: Database>(records: &R, id: Option<&str>) -> Result<usize, Fault> {
    let query = id.map_or(Query::RedriveAll, |id| Query::Redrive { id });
    Ok(records.query(&query).await?.len())
}

async fn page_of_leads<R: Database>(
    records: &R,
    query: &Query<'_>,
    limit: u32,
) -> Result<Page<StoredLead>, Fault> {
    let entries = read_all(&records.query(query).await?, StoredLead::read)?;
    let next = next_page(&entries, limit);
    Ok(Page { entries, next })
}

async fn page_of_dead_letters<R: Database>(
    records: &R,
    query: &Query<'_>,
    limit: u32,
) -> Result<Page<DeadLetterEntry>, Fault> {
    let entries = read_all(&records.query(query).await?, DeadLetterEntry::read)?;
    let last = entries.last().filter(|_| is_full(&entries, limit));
    let next = last.map(DeadLetterEntry::cursor);
    Ok(Page { entries, next })
}

/// A row that cannot be read is no row less.
fn read_all<T>(rows: &[Row], read: impl Fn(&Row) -> Option<T>) -> Result<Vec<T>, Fault> {
    let read: Option<Vec<T>> = rows.iter().map(read).collect();
    read.ok_or_else(|| Fault::new(FaultKind::Store, "a row is not what was asked for"))
}

/// Where the page after these leads begins; `None` when they are the last.
fn next_page(leads: &[StoredLead], limit: u32) -> Option<Cursor> {
    let bytes = leads.iter().map(|lead| lead.lead.len()).sum::<usize>();
    let has_room = u32::try_from(bytes).is_ok_and(|bytes| bytes < MAX_PAGE_BYTES);
    let last = leads.last();
    last.filter(|_| !has_room || is_full(leads, limit))
        .map(StoredLead::cursor)
}

fn is_full<T>(entries: &[T], limit: u32) -> bool {
    u32::try_from(entries.len()).is_ok_and(|count| count >= limit)
}

/// Leads or dead letters on one page of a list or an export; fewer when the leads are large ([`MAX_PAGE_BYTES`]).
pub const MAX_LISTED: u32 = 1_000;
