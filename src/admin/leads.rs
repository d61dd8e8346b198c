//! Leads and dead letters: list, read, export, delete them, set a status, move them into the spam folder and out of it, request a
//! redrive; and which pages a form was sent from.

use super::{MAX_LISTED, Page, is_full, read_all};
use crate::delivery::DeadLetterBody;
use crate::form::{FormDefinition, FormKey};
use crate::inbox::{
    Address, Cursor, DeadLetterEntry, LeadStatus, MAX_PAGE_BYTES, PageSeen, Query, Selection,
    SignalReport, StoredLead, UsageEntry, UsageQuery,
};
use crate::platform::Database;
use crate::problem::Fault;

/// A page of the selected leads, for a list or an export. `after` is [`Selection::start`] for the first page, then
/// [`Page::next`]. A lead that arrives meanwhile is newer and appears on none of the later pages.
pub async fn leads<D: Database>(
    database: &D,
    selection: &Selection,
    after: &Cursor,
) -> Result<Page<StoredLead>, Fault> {
    let limit = MAX_LISTED;
    let query = Query::Leads {
        selection,
        after,
        limit,
    };
    page_of_leads(database, &query, limit).await
}

/// Reads one lead; `None` when it does not exist.
pub async fn lead<D: Database>(database: &D, id: &str) -> Result<Option<StoredLead>, Fault> {
    let rows = database.query(&Query::Lead { id }).await?;
    Ok(read_all(&rows, StoredLead::read)?.pop())
}

/// Sets the status of a lead; returns whether the lead exists.
pub async fn set_status<D: Database>(
    database: &D,
    id: &str,
    status: LeadStatus,
) -> Result<bool, Fault> {
    let rows = database.query(&Query::SetStatus { id, status }).await?;
    Ok(!rows.is_empty())
}

/// Takes a lead out of the spam folder: it becomes a dead letter that the next scheduled event sends, so that it is delivered as
/// if it were new, with its idempotency key. Returns whether it was in the spam folder.
///
/// # Errors
/// When a query fails, the lead is in the spam folder still, and may be among the dead letters, too; the call can be repeated.
pub async fn not_spam<D: Database>(database: &D, id: &str) -> Result<bool, Fault> {
    database.query(&Query::NoteNotSpam { id }).await?;
    let rows = database.query(&Query::SpamToDeadLetter { id }).await?;
    if rows.is_empty() {
        return Ok(false);
    }
    database.query(&Query::DeleteSpam { id }).await?;
    Ok(true)
}

/// Moves a lead of the inbox into the spam folder; returns whether it was in the inbox.
pub async fn mark_spam<D: Database>(database: &D, id: &str) -> Result<bool, Fault> {
    let rows = database.query(&Query::IntoSpam { id }).await?;
    Ok(!rows.is_empty())
}

/// What the signals of spam found, of one form or of all.
pub async fn spam_report<D: Database>(
    database: &D,
    form: Option<&FormKey>,
) -> Result<Vec<SignalReport>, Fault> {
    let rows = database.query(&Query::SpamReport { form }).await?;
    read_all(&rows, SignalReport::read)
}

/// The names of the fields that have a column in an export: those of the definition in its order, then those that occur only in
/// leads of other versions. The selection of leads does not change them.
pub async fn columns<D: Database>(
    database: &D,
    form: &FormKey,
    definition: Option<&FormDefinition>,
) -> Result<Vec<String>, Fault> {
    let fields = definition.map_or(&[][..], |definition| &definition.fields);
    let with_values = fields.iter().filter(|field| field.has_value());
    let mut names: Vec<String> = with_values.map(|field| field.name().to_owned()).collect();
    let rows = database.query(&Query::FieldNames { form }).await?;
    for name in read_all(&rows, |row| row.first().cloned().flatten())? {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// The keys of the forms that have leads.
pub async fn forms_with_leads<D: Database>(database: &D) -> Result<Vec<String>, Fault> {
    let rows = database.query(&Query::FormKeys).await?;
    read_all(&rows, |row| row.first().cloned().flatten())
}

/// A page of the leads that contain an e-mail address.
pub async fn leads_with<D: Database>(
    database: &D,
    address: &Address,
    after: &Cursor,
) -> Result<Page<StoredLead>, Fault> {
    let limit = MAX_LISTED;
    let query = Query::LeadsWith {
        address,
        after,
        limit,
    };
    page_of_leads(database, &query, limit).await
}

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

/// Deletes the leads and dead letters that contain an e-mail address; returns the number of leads, then of dead letters.
pub async fn forget<D: Database>(database: &D, address: &Address) -> Result<(usize, usize), Fault> {
    let leads = database.query(&Query::ForgetLeads { address }).await?;
    let letters = database
        .query(&Query::ForgetDeadLetters { address })
        .await?;
    Ok((leads.len(), letters.len()))
}

/// A page of all dead letters.
pub async fn dead_letters<D: Database>(
    database: &D,
    after: &Cursor,
) -> Result<Page<DeadLetterEntry>, Fault> {
    let limit = MAX_LISTED;
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

/// A page of the counts of a form's submissions by day, origin and outcome, the newest day first.
pub async fn usage<D: Database>(
    database: &D,
    form: &FormKey,
    after: &Cursor,
) -> Result<Page<UsageEntry>, Fault> {
    let limit = MAX_LISTED;
    let query = Query::Usage(UsageQuery::OfForm { form, after, limit });
    let entries = read_all(&database.query(&query).await?, UsageEntry::read)?;
    let last = entries.last().filter(|_| is_full(&entries, limit));
    let next = last.map(UsageEntry::cursor);
    Ok(Page { entries, next })
}

/// The pages from which submissions of a form were accepted, the latest first; at most [`MAX_LISTED`].
pub async fn pages_seen<D: Database>(database: &D, form: &FormKey) -> Result<Vec<PageSeen>, Fault> {
    let limit = MAX_LISTED;
    let query = Query::Usage(UsageQuery::PagesSeen { form, limit });
    read_all(&database.query(&query).await?, PageSeen::read)
}

async fn page_of_leads<D: Database>(
    database: &D,
    query: &Query<'_>,
    limit: u32,
) -> Result<Page<StoredLead>, Fault> {
    let entries = read_all(&database.query(query).await?, StoredLead::read)?;
    let next = next_page(&entries, limit);
    Ok(Page { entries, next })
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

/// The position after these leads; `None` when they are the last.
fn next_page(leads: &[StoredLead], limit: u32) -> Option<Cursor> {
    let bytes = leads.iter().map(|lead| lead.lead.len()).sum::<usize>();
    let is_under_size = u32::try_from(bytes).is_ok_and(|bytes| bytes < MAX_PAGE_BYTES);
    let last = leads.last();
    last.filter(|_| !is_under_size || is_full(leads, limit))
        .map(StoredLead::cursor)
}
