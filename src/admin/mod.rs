//! What an owner does, with `make` and through the API: leads, dead letters, forms, API tokens, the audit.
//!
//! Lists are read in pages, newest first; each page has a cursor for the next one.

mod audit;
mod change;
mod dead_letters;
mod erase;
pub mod forms;
mod leads;
mod tokens;

use crate::inbox::{Cursor, Row};
use crate::problem::{Fault, FaultKind};

pub use audit::*;
pub use change::*;
pub use dead_letters::*;
pub use erase::{Erased, erase};
pub use leads::*;
pub use tokens::*;

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The leads or dead letters on the page.
    pub entries: Vec<T>,
    /// The position after this page; `None` when it is the last. The next page may be empty.
    pub next: Option<Cursor>,
}

/// Parses all rows; a row that cannot be parsed is a fault, never skipped.
fn read_all<T>(rows: &[Row], read: impl Fn(&Row) -> Option<T>) -> Result<Vec<T>, Fault> {
    let read: Option<Vec<T>> = rows.iter().map(read).collect();
    read.ok_or_else(|| Fault::new(FaultKind::Store, "a row is not what was asked for"))
}

fn is_full<T>(entries: &[T], limit: u32) -> bool {
    u32::try_from(entries.len()).is_ok_and(|count| count >= limit)
}

/// The maximum number of leads, dead letters or counts on a page; fewer when the leads are larger than a page of the inbox may be.
pub const MAX_LISTED: u32 = 1_000;
