//! Leads: list, read, count and export them; and which pages a form was sent from.

use super::{MAX_LISTED, Page, is_full, read_all};
use crate::form::{FormDefinition, FormKey};
use crate::inbox::{
    Address, Cursor, Event, MAX_PAGE_BYTES, Moment, PageSeen, Query, Selection, SignalReport,
    StoredLead, Upkeep, UsageEntry, UsageQuery,
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
    leads_up_to(database, selection, after, MAX_LISTED).await
}

/// The same with at most `limit` leads.
pub async fn leads_up_to<D: Database>(
    database: &D,
    selection: &Selection,
    after: &Cursor,
    limit: u32,
) -> Result<Page<StoredLead>, Fault> {
    let query = Query::Leads {
        selection,
        after,
        limit,
    };
    page_of_leads(database, &query, limit).await
}

/// The same for a list, whose selection may have a search: of that, a page looks through `scanned` leads at most, so that none takes
/// long, however rare what is searched is. If it ends for this, perhaps without any lead, `selection.from` is the time that it
/// reached, and `true` is returned.
pub async fn leads_listed<D: Database>(
    database: &D,
    selection: &mut Selection,
    after: &Cursor,
    limit: u32,
    scanned: u32,
) -> Result<(Page<StoredLead>, bool), Fault> {
    let mut is_bounded = false;
    if !selection.search.is_empty() {
        let query = Query::SearchEnd {
            selection,
            after,
            scanned,
        };
        let mut rows = database.query(&query).await?;
        if let Some(end) = rows.pop().and_then(|mut row| row.pop().flatten()) {
            selection.from = Some(Moment::of_row(end));
            is_bounded = true;
        }
    }
    let mut page = leads_up_to(database, selection, after, limit).await?;
    is_bounded &= page.next.is_none();
    if is_bounded {
        // Leads of the same millisecond are on this page.
        page.next = Some(Cursor::after(selection.since(), ""));
    }
    Ok((page, is_bounded))
}

/// How many leads are selected; `limit` when there are more.
pub async fn count<D: Database>(
    database: &D,
    selection: &Selection,
    limit: u32,
) -> Result<u32, Fault> {
    let query = Query::CountLeads {
        selection,
        after: &selection.start(),
        limit,
    };
    let rows = database.query(&query).await?;
    let counts = read_all(&rows, |row| row.first()?.as_deref()?.parse().ok())?;
    Ok(counts.first().copied().unwrap_or_default())
}

/// The timeline of a lead, the oldest event first; empty when nothing happened to it since it was accepted, or not for long.
pub async fn timeline<D: Database>(database: &D, id: &str) -> Result<Vec<Event>, Fault> {
    let query = Query::Upkeep(Upkeep::Timeline { id });
    let rows = database.query(&query).await?;
    Ok(rows.first().map(Event::read_all).unwrap_or_default())
}

/// Reads one lead; `None` when it does not exist.
pub async fn lead<D: Database>(database: &D, id: &str) -> Result<Option<StoredLead>, Fault> {
    let rows = database.query(&Query::Lead { id }).await?;
    Ok(read_all(&rows, StoredLead::read)?.pop())
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

/// A page of what a form refused, by day, origin and outcome, the newest day first.
pub async fn rejects<D: Database>(
    database: &D,
    form: &FormKey,
    after: &Cursor,
    limit: u32,
) -> Result<Page<UsageEntry>, Fault> {
    let query = Query::Usage(UsageQuery::Rejects { form, after, limit });
    let entries = read_all(&database.query(&query).await?, UsageEntry::read)?;
    let last = entries.last().filter(|_| is_full(&entries, limit));
    let next = last.map(UsageEntry::cursor);
    Ok(Page { entries, next })
}

/// The pages that loaded a form or from which submissions were accepted, the latest first; at most [`MAX_LISTED`].
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

/// The position after these leads; `None` when they are the last.
fn next_page(leads: &[StoredLead], limit: u32) -> Option<Cursor> {
    let bytes = leads.iter().map(|lead| lead.lead.len()).sum::<usize>();
    let is_under_size = u32::try_from(bytes).is_ok_and(|bytes| bytes < MAX_PAGE_BYTES);
    let last = leads.last();
    last.filter(|_| !is_under_size || is_full(leads, limit))
        .map(StoredLead::cursor)
}
