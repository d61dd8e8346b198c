//! The database tables of leads, dead letters, timelines, erased people, usage, forms, API tokens and the audit: typed queries, their
//! SQL, and typed rows.
//!
//! A [`Query`] becomes a [`Statement`]; the database returns [`Row`]s, which this module parses, too. The Worker binds the
//! values of a statement, `tools/leads.rs` writes them into the SQL for wrangler; both run the same SQL. `admin` and
//! `dispatch` decide which queries run.

mod access;
mod address;
mod bulk;
mod cursor;
mod dead_letter;
mod forms;
mod lead;
mod person;
mod query;
mod spam;
mod sql;
mod statement;
mod upkeep;
mod usage;

pub use access::AccessQuery;
pub use address::{Address, InvalidAddress};
pub use bulk::{BulkQuery, Change, ids_json};
pub use cursor::{Cursor, InvalidCursor};
pub use dead_letter::DeadLetterEntry;
pub use forms::{Begin, FormsQuery, read_record};
pub use lead::{InvalidLeadStatus, InvalidMoment, LeadStatus, Moment, Selection, StoredLead};
pub use person::{addresses_in, hashes, hashes_to_erase, search_text};
pub use query::{MAX_PAGE_BYTES, Query};
pub use spam::SignalReport;
pub use statement::{Param, Statement, Unwritable};
pub use upkeep::{Event, MAX_DELETED, MAX_TESTS, Upkeep};
pub use usage::{PageSeen, UsageEntry, UsageQuery};

/// The columns of one row as text, in the order of the `SELECT`; `None` is NULL.
pub type Row = Vec<Option<String>>;
