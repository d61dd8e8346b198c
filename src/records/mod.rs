//! The tables of leads and dead letters, as whoever runs the service asks about them.
//!
//! A [`Question`] becomes a [`Statement`] and is answered in [`Row`]s, which are read here, too. The Worker binds a
//! statement's values, `tools/leads.rs` writes them out for wrangler; both ask the very same. What to ask is `operator`'s and
//! `relay`'s.

mod address;
mod cursor;
mod dead_letter;
mod lead;
mod question;
mod sql;
mod statement;

pub use address::{Address, InvalidAddress};
pub use cursor::{Cursor, InvalidCursor};
pub use dead_letter::DeadLetterEntry;
pub use lead::{InvalidLeadStatus, InvalidMoment, LeadStatus, Moment, Selection, StoredLead};
pub use question::{MAX_PAGE_BYTES, Question};
pub use statement::{Statement, Term, Unwritable};

/// The columns of one row as text, in the order of the statement; `None` is NULL.
pub type Row = Vec<Option<String>>;
