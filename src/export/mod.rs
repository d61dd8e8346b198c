//! Writes leads as [CSV](Format::Csv) for spreadsheets, as [JSON lines](Format::JsonLines) for programs, and as
//! [rows for a terminal](row).
//!
//! Every lead has its line, also one that is not valid JSON: then the line contains its text.

mod columns;
mod csv;
mod json_lines;
mod screen;

pub use columns::{cells, head, scored_spam, spam};
pub use screen::{row, visible, visible_json};

use crate::inbox::StoredLead;

/// The format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, with formulas made text, so that a spreadsheet runs none.
    Csv,
    /// A JSON object on each line. <https://jsonlines.org>
    JsonLines,
}

/// The text is not the name of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidFormat;

impl Format {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::Csv, Self::JsonLines];

    /// The name of the format, also used as file extension.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// Parses a name.
    ///
    /// # Errors
    /// [`InvalidFormat`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidFormat> {
        let mut all = Self::ALL.into_iter();
        all.find(|format| format.as_str() == text)
            .ok_or(InvalidFormat)
    }

    /// The text before the first lead; `fields` are the names of the fields that have a column.
    pub fn head(self, fields: &[String]) -> String {
        match self {
            Self::Csv => format!("{}{}", csv::BOM, csv::record(&columns::head(fields))),
            Self::JsonLines => String::new(),
        }
    }

    /// The line of one lead, with its line end.
    pub fn line(self, fields: &[String], lead: &StoredLead) -> String {
        match self {
            Self::Csv => csv::record(&columns::cells(fields, lead)),
            Self::JsonLines => json_lines::line(lead),
        }
    }
}
