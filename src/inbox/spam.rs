//! [`SignalReport`]: a row of the report on signals of spam.

use super::Row;

/// How many leads show a signal of spam, and what became of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalReport {
    /// The name of the signal.
    pub signal: String,
    /// The leads that show it.
    pub hits: u64,
    /// Those of them that were put into the spam folder.
    pub spam: u64,
    /// Those of the latter that an owner took out again.
    pub not_spam: u64,
}

impl SignalReport {
    /// Parses a row of the report; `None` for a row of another query.
    pub fn read(row: &Row) -> Option<Self> {
        let [Some(signal), Some(hits), Some(spam), Some(not_spam)] = row.as_slice() else {
            return None;
        };
        Some(Self {
            signal: signal.clone(),
            hits: hits.parse().ok()?,
            spam: spam.parse().ok()?,
            not_spam: not_spam.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(columns: &[&str]) -> Row {
        let columns = columns.iter();
        columns.map(|text| Some((*text).to_owned())).collect()
    }

    #[test]
    fn reads_a_row_of_the_report() {
        let report = SignalReport::read(&row(&["links", "9", "4", "1"])).unwrap();
        assert_eq!((report.hits, report.spam, report.not_spam), (9, 4, 1));
        assert_eq!(SignalReport::read(&row(&["links", "x", "4", "1"])), None);
        assert_eq!(SignalReport::read(&row(&["links"])), None);
    }
}
