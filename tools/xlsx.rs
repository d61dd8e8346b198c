//! Writes leads as an Excel workbook. Every cell is text, so that `06641234567`, `01234` and `1-10` stay as typed, and none is a
//! formula.

use std::mem;

use rust_xlsxwriter::{Format, IgnoreError, Workbook, Worksheet, XlsxError};

/// A sheet: a row with the names of the columns, then one row for each lead.
pub struct Sheet {
    sheet: Worksheet,
    text: Format,
    rows: u32,
    columns: u16,
    /// The number of cells whose text was cut at [`MAX_CELL_UNITS`].
    pub cut: usize,
}

impl Sheet {
    /// Starts a sheet with these columns.
    pub fn new(names: &[String]) -> Result<Self, String> {
        let mut sheet = Self {
            sheet: Worksheet::new(),
            // The format "text" also applies to what a user types into the cell later.
            text: Format::new().set_num_format("@"),
            rows: 0,
            columns: u16::try_from(names.len())
                .map_err(|_| message(XlsxError::RowColumnLimitError))?,
            cut: 0,
        };
        let text = mem::replace(&mut sheet.text, Format::new().set_bold());
        sheet.add(names)?;
        sheet.text = text;
        sheet.sheet.set_freeze_panes(1, 0).map_err(message)?;
        Ok(sheet)
    }

    /// Adds a row.
    pub fn add(&mut self, cells: &[String]) -> Result<(), String> {
        for (column, cell) in (0..).zip(cells) {
            let fitting = beginning(cell);
            self.cut += usize::from(fitting.len() < cell.len());
            if !fitting.is_empty() {
                let format = &self.text;
                let written = self
                    .sheet
                    .write_string_with_format(self.rows, column, fitting, format);
                written.map_err(message)?;
            }
        }
        self.rows += 1;
        Ok(())
    }

    /// The bytes of the file.
    pub fn finish(mut self) -> Result<Vec<u8>, String> {
        let (last_row, last_column) = (self.rows.saturating_sub(1), self.columns.saturating_sub(1));
        // Otherwise Excel marks every number stored as text with a green corner.
        let as_text = IgnoreError::NumberStoredAsText;
        let ignored = self
            .sheet
            .ignore_error_range(0, 0, last_row, last_column, as_text);
        ignored.map_err(message)?;
        let mut workbook = Workbook::new();
        workbook.push_worksheet(self.sheet);
        workbook.save_to_buffer().map_err(message)
    }
}

/// The beginning of a text that fits into a cell.
fn beginning(text: &str) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > MAX_CELL_UNITS
    });
    end.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

fn message(error: XlsxError) -> String {
    match error {
        XlsxError::RowColumnLimitError => {
            "more leads than a sheet has rows (1,048,576): give FROM and TO, or take FORMAT=csv"
                .to_owned()
        }
        error => error.to_string(),
    }
}

/// The longest text of a cell: UTF-16 units.
/// <https://support.microsoft.com/en-us/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3>
pub const MAX_CELL_UNITS: usize = 32_767;
