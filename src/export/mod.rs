//! Leads for whoever works with them: as [CSV](Format::Csv) for a spreadsheet, as [JSON lines](Format::JsonLines) for a
//! program, and [on a screen](row).
//!
//! Every lead has its line, also one that cannot be read: then the line holds its text.

mod columns;
mod csv;
mod json_lines;
mod screen;

pub use columns::{cells, head, spam};
pub use screen::{row, visible, visible_json};

use crate::inbox::StoredLead;

/// How leads are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, and nothing in it that a spreadsheet takes for a formula.
    Csv,
    /// A JSON object on each line. <https://jsonlines.org>
    JsonLines,
}

/// The text is no format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidFormat;

impl Format {
    /// All there are.
    pub const ALL: [Self; 2] = [Self::Csv, Self::JsonLines];

    /// Its name, also that of a file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// Reads a name.
    ///
    /// # Errors
    /// [`InvalidFormat`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidFormat> {
        let mut all = Self::ALL.into_iter();
        all.find(|format| format.as_str() == text)
            .ok_or(InvalidFormat)
    }

    /// What comes before the first lead; `fields` are the names of the fields that have a column.
    pub fn head(self, fields: &[String]) -> String {
        match self {
            Self::Csv => format!("{}{}", csv::BOM, csv::record(&columns::head(fields))),
            Self::JsonLines => String::new(),
        }
    }

    /// One lead.
    pub fn line(self, fields: &[String], lead: &StoredLead) -> String {
        match self {
            Self::Csv => csv::record(&columns::cells(fields, lead)),
            Self::JsonLines => json_lines::line(lead),
        }
    }
}
