//! [`Query`]: every query that `admin`, `dispatch` and the health check run on the tables, with its parameters.

use super::access::AccessQuery;
use super::address::Address;
use super::bulk::BulkQuery;
use super::cursor::Cursor;
use super::forms::FormsQuery;
use super::lead::{LeadStatus, Selection};
use super::sql;
use super::statement::{Param, Statement};
use super::upkeep::Upkeep;
use super::usage::UsageQuery;
use crate::delivery::OUTBOX_REFUSED;
use crate::form::FormKey;

/// A query that reads or changes the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Query<'a> {
    /// A page of leads, newest first: rows of [`super::StoredLead`], [`MAX_PAGE_BYTES`] in size.
    Leads {
        /// Which leads to return.
        selection: &'a Selection,
        /// The position after which the page begins.
        after: &'a Cursor,
        /// The maximum number of leads.
        limit: u32,
    },
    /// A query on the table of usage.
    Usage(UsageQuery<'a>),
    /// A query on the table of forms.
    Forms(FormsQuery<'a>),
    /// A query on the tables of API tokens and of the audit.
    Access(AccessQuery<'a>),
    /// Checks that all tables exist with their latest columns, or is a fault: a row with the number of dead letters, and of those
    /// that the core blocks.
    Tables,
    /// The names of the fields that occur in the leads of a form, those of the newest lead first: rows of one column.
    FieldNames {
        /// The form key.
        form: &'a FormKey,
    },
    /// The keys of the forms that have leads or dead letters: rows of one column.
    FormKeys,
    /// A page of the leads that contain an e-mail address, in the form of [`Self::Leads`].
    LeadsWith {
        /// The address to search for.
        address: &'a Address,
        /// The position after which the page begins.
        after: &'a Cursor,
        /// The maximum number of leads.
        limit: u32,
    },
    /// A page of the dead letters that contain an e-mail address, in the form of [`Self::DeadLetters`].
    DeadLettersWith {
        /// The address to search for.
        address: &'a Address,
        /// The position after which the page begins.
        after: &'a Cursor,
        /// The maximum number of dead letters.
        limit: u32,
    },
    /// Deletes every lead that contains an e-mail address; returns their ids.
    ForgetLeads {
        /// The address to search for.
        address: &'a Address,
    },
    /// Deletes every dead letter that contains an e-mail address; returns their ids.
    ForgetDeadLetters {
        /// The address to search for.
        address: &'a Address,
    },
    /// One lead: a row of [`super::StoredLead`], or none.
    Lead {
        /// The id of the lead.
        id: &'a str,
    },
    /// How many leads are selected, `limit` for more: a row of one number.
    CountLeads {
        /// Which leads are counted.
        selection: &'a Selection,
        /// [`Selection::start`].
        after: &'a Cursor,
        /// The most that are counted.
        limit: u32,
    },
    /// The time of the lead at which a page of a search ends, after `scanned` leads of the form, found or not: a row of one column,
    /// none when there are fewer.
    SearchEnd {
        /// What is searched.
        selection: &'a Selection,
        /// The position after which the page begins.
        after: &'a Cursor,
        /// The number of leads.
        scanned: u32,
    },
    /// A query on leads with certain ids.
    Bulk(BulkQuery<'a>),
    /// A query on timelines or erased people, or one that deletes what is kept no longer.
    Upkeep(Upkeep<'a>),
    /// What the signals of spam found: rows of [`super::SignalReport`].
    SpamReport {
        /// The form; `None` for all.
        form: Option<&'a FormKey>,
    },
    /// A page of the dead letters, newest first: rows of [`super::DeadLetterEntry`].
    DeadLetters {
        /// The position after which the page begins.
        after: &'a Cursor,
        /// The maximum number of dead letters.
        limit: u32,
    },
    /// One dead letter: a row of [`super::DeadLetterEntry`] and its message, or none.
    DeadLetter {
        /// The id of the dead letter.
        id: &'a str,
    },
    /// Marks one dead letter for redrive; returns its id if it exists and has a form key (only then its message is readable).
    Redrive {
        /// The id of the dead letter.
        id: &'a str,
    },
    /// Marks all dead letters with a form key for redrive; returns their ids.
    RedriveAll,
    /// The dead letters to send again, oldest first: those marked for redrive, those that exist only because the outbox refused
    /// them, and those that the core blocked when their time has come. Rows of [`super::DeadLetterEntry`] and the message, [`MAX_PAGE_BYTES`] in size.
    ToRedrive {
        /// The maximum number of dead letters.
        limit: u32,
        /// The time: milliseconds since 1970.
        now: &'a str,
    },
    /// Deletes the dead letter with this id and this time. A dead letter that was replaced under the same id since then has a
    /// later time and stays: its message is no longer in the outbox.
    DeleteDeadLetter {
        /// Its time and id.
        letter: &'a Cursor,
    },
}

impl<'a> Query<'a> {
    /// The SQL with its values.
    pub fn statement(&self) -> Statement<'a> {
        let either = |address: &'a Address| [address.typed(), address.stored()].map(Param::Text);
        let (sql, values) = match *self {
            Self::Leads {
                selection,
                after,
                limit,
            } => {
                let sql = match (&selection.form, selection.search.as_str()) {
                    _ if selection.is_test == Some(true) => {
                        let mut values = selected(selection, after, limit);
                        values.truncate(9);
                        let form = selection.form.as_ref().map_or("", FormKey::as_str);
                        values.extend([form, &selection.search].map(Param::Text));
                        let sql = sql::LEADS_TESTED;
                        return Statement { sql, values };
                    }
                    (None, _) => sql::LEADS,
                    (Some(_), "") => sql::LEADS_OF_FORM,
                    (Some(_), _) => sql::LEADS_SEARCHED,
                };
                (sql, selected(selection, after, limit))
            }
            Self::CountLeads {
                selection,
                after,
                limit,
            } => {
                let sql = match (&selection.form, selection.search.as_str()) {
                    (None, _) => sql::COUNT,
                    (Some(_), "") => sql::COUNT_OF_FORM,
                    (Some(_), _) => sql::COUNT_SEARCHED,
                };
                (sql, selected(selection, after, limit))
            }
            Self::SearchEnd {
                selection,
                after,
                scanned,
            } => {
                let form = selection.form.as_ref().map_or("", FormKey::as_str);
                let mut values = page(after, scanned);
                values.extend([selection.since(), form].map(Param::Text));
                (sql::SEARCH_END, values)
            }
            Self::Usage(query) => return query.statement(),
            Self::Forms(query) => return query.statement(),
            Self::Access(query) => return query.statement(),
            Self::Tables => (sql::TABLES, Vec::new()),
            Self::FieldNames { form } => (sql::FIELD_NAMES, vec![Param::Text(form.as_str())]),
            Self::FormKeys => (sql::FORM_KEYS, Vec::new()),
            Self::LeadsWith {
                address,
                after,
                limit,
            } => {
                let mut values = lead_page(after, limit);
                values.extend(either(address));
                (sql::LEADS_WITH, values)
            }
            Self::DeadLettersWith {
                address,
                after,
                limit,
            } => {
                let mut values = page(after, limit);
                values.extend(either(address));
                (sql::DEAD_LETTERS_WITH, values)
            }
            Self::ForgetLeads { address } => (sql::FORGET_LEADS, either(address).into()),
            Self::ForgetDeadLetters { address } => {
                (sql::FORGET_DEAD_LETTERS, either(address).into())
            }
            Self::Lead { id } => (sql::LEAD, vec![Param::Text(id)]),
            Self::Bulk(query) => return query.statement(),
            Self::Upkeep(query) => return query.statement(),
            Self::SpamReport { form } => {
                let form = form.map_or("", FormKey::as_str);
                (sql::SPAM_REPORT, vec![Param::Text(form)])
            }
            Self::DeadLetters { after, limit } => (sql::DEAD_LETTERS, page(after, limit)),
            Self::DeadLetter { id } => (sql::DEAD_LETTER, vec![Param::Text(id)]),
            Self::Redrive { id } => (sql::REDRIVE, vec![Param::Text(id)]),
            Self::RedriveAll => (sql::REDRIVE_ALL, Vec::new()),
            Self::ToRedrive { limit, now } => {
                let [limit, bytes] = [limit, MAX_PAGE_BYTES].map(Param::Number);
                let [reason, now] = [OUTBOX_REFUSED, now].map(Param::Text);
                (sql::TO_REDRIVE, vec![limit, bytes, reason, now])
            }
            Self::DeleteDeadLetter { letter } => {
                let values = [letter.at(), letter.id()].map(Param::Text);
                (sql::DELETE_DEAD_LETTER, values.into())
            }
        };
        Statement { sql, values }
    }
}

fn selected<'a>(selection: &'a Selection, after: &'a Cursor, limit: u32) -> Vec<Param<'a>> {
    let either = |is_wanted: Option<bool>| match is_wanted {
        None => "",
        Some(true) => "yes",
        Some(false) => "no",
    };
    let mut values = lead_page(after, limit);
    let from = selection.since();
    let status = selection.status.map_or("", LeadStatus::as_str);
    let starred = either(selection.is_starred.then_some(true));
    let [spam, test] = [selection.is_spam, selection.is_test].map(either);
    values.extend([from, status, spam, starred, test].map(Param::Text));
    if let Some(form) = &selection.form {
        values.push(Param::Text(form.as_str()));
        if !selection.search.is_empty() {
            values.push(Param::Text(&selection.search));
        }
    }
    values
}

fn page(after: &Cursor, limit: u32) -> Vec<Param<'_>> {
    vec![
        Param::Text(after.at()),
        Param::Text(after.id()),
        Param::Number(limit),
    ]
}

fn lead_page(after: &Cursor, limit: u32) -> Vec<Param<'_>> {
    let mut values = page(after, limit);
    values.push(Param::Number(MAX_PAGE_BYTES));
    values
}

/// The size at which a page of leads ends, in bytes of their JSON. The lead that exceeds it is still included, so that no page
/// is empty. A lead can have six times the size of its submission (`\u0001`), and a page of such leads must fit into the memory
/// of an isolate.
pub const MAX_PAGE_BYTES: u32 = 4_000_000;

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
