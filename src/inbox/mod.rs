//! The tables of leads and dead letters, as whoever runs the service asks about them.
//!
//! A [`Query`] becomes a [`Statement`] and is answered in [`Row`]s, which are read here, too. The Worker binds a
//! statement's values, `tools/leads.rs` writes them out for wrangler; both ask the very same. What to ask is `admin`'s and
//! `dispatch`'s.

mod address;
mod cursor;
mod dead_letter;
mod lead;
mod query;
mod sql;
mod statement;

pub use address::{Address, InvalidAddress};
pub use cursor::{Cursor, InvalidCursor};
pub use dead_letter::DeadLetterEntry;
pub use lead::{InvalidLeadStatus, InvalidMoment, LeadStatus, Moment, Selection, StoredLead};
pub use query::{MAX_PAGE_BYTES, Query};
pub use statement::{Param, Statement, Unwritable};

/// The columns of one row as text, in the order of the statement; `None` is NULL.
pub type Row = Vec<Option<String>>;
