//! What whoever runs the service does with leads and dead letters: look at them, take them out, send them again.
//!
//! Lists come in pages, the oldest first, each with a cursor for the next one; none is ever read whole.

use crate::delivery::Remains;
use crate::export::Format;
use crate::platform::Records;
use crate::problem::{Fault, FaultKind};
use crate::records::{
    Cursor, DeadLetterEntry, LeadStatus, MAX_PAGE_BYTES, Question, Row, Selection, StoredLead,
};

/// Part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub entries: Vec<T>,
    /// Where the next one begins; `None` when this is the last. The next one may be empty.
    pub next: Option<Cursor>,
}

/// Where an export goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// After this lead.
    pub after: Cursor,
    /// The fields that have a column, as the first page chose them: every page of an export has the same.
    pub fields: Vec<String>,
}

/// A page of an export. Prints no value.
#[derive(Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Its text, with the head on the first.
    pub text: String,
    /// Where the next one begins; `None` when this is the last.
    pub next: Option<Place>,
}

impl std::fmt::Debug for Chunk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chunk({} bytes, {:?})", self.text.len(), self.next)
    }
}

/// Leads of all forms.
pub async fn inbox<R: Records>(records: &R, after: &Cursor) -> Result<Page<StoredLead>, Fault> {
    let limit = MAX_LISTED;
    let rows = records.ask(&Question::Inbox { after, limit }).await?;
    let leads = read_all(&rows, StoredLead::read)?;
    let next = next_page(&leads, limit);
    Ok(Page {
        entries: leads,
        next,
    })
}

/// One lead.
pub async fn lead<R: Records>(records: &R, id: &str) -> Result<Option<StoredLead>, Fault> {
    let rows = records.ask(&Question::Lead { id }).await?;
    Ok(read_all(&rows, StoredLead::read)?.pop())
}

/// Sets the status of a lead; whether it is there.
pub async fn set_status<R: Records>(
    records: &R,
    id: &str,
    status: LeadStatus,
) -> Result<bool, Fault> {
    let rows = records.ask(&Question::SetStatus { id, status }).await?;
    Ok(!rows.is_empty())
}

/// A page of an export; `place` is where the page before it ended. A lead that arrives meanwhile is on a later page or in
/// the next export.
pub async fn export<R: Records>(
    records: &R,
    selection: &Selection,
    format: Format,
    place: Option<Place>,
) -> Result<Chunk, Fault> {
    let (mut text, Place { after, fields }) = match place {
        Some(place) => (String::new(), place),
        None => {
            let fields = field_names(records, selection, format).await?;
            let after = Cursor::default();
            (format.head(&fields), Place { after, fields })
        }
    };
    let question = Question::Leads {
        selection,
        after: &after,
        limit: MAX_EXPORTED,
    };
    let leads = read_all(&records.ask(&question).await?, StoredLead::read)?;
    for lead in &leads {
        text += &format.line(&fields, lead);
    }
    let next = next_page(&leads, MAX_EXPORTED).map(|after| Place { after, fields });
    Ok(Chunk { text, next })
}

/// A page of the dead letters.
pub async fn dead_letters<R: Records>(
    records: &R,
    after: &Cursor,
) -> Result<Page<DeadLetterEntry>, Fault> {
    let limit = MAX_LISTED;
    let rows = records.ask(&Question::DeadLetters { after, limit }).await?;
    let entries = read_all(&rows, DeadLetterEntry::read)?;
    let last = entries.last().filter(|_| is_full(&entries, limit));
    let next = last.map(DeadLetterEntry::cursor);
    Ok(Page { entries, next })
}

/// One dead letter, with what is left of it.
pub async fn dead_letter<R: Records>(
    records: &R,
    id: &str,
) -> Result<Option<(DeadLetterEntry, Remains)>, Fault> {
    let rows = records.ask(&Question::DeadLetter { id }).await?;
    Ok(read_all(&rows, DeadLetterEntry::read_whole)?.pop())
}

/// Asks for a dead letter to be sent again, or for all (`None`); how many will be, at the next round.
pub async fn ask_to_redrive<R: Records>(records: &R, id: Option<&str>) -> Result<usize, Fault> {
    let question = id.map_or(Question::RedriveAll, |id| Question::Redrive { id });
    Ok(records.ask(&question).await?.len())
}

async fn field_names<R: Records>(
    records: &R,
    selection: &Selection,
    format: Format,
) -> Result<Vec<String>, Fault> {
    if format != Format::Csv {
        return Ok(Vec::new());
    }
    let rows = records.ask(&Question::FieldNames { selection }).await?;
    read_all(&rows, |row| row.first().cloned().flatten())
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

/// Leads or dead letters on one page of a list.
pub const MAX_LISTED: u32 = 100;
/// Leads on one page of an export; fewer when they are large ([`MAX_PAGE_BYTES`]).
pub const MAX_EXPORTED: u32 = 1_000;
