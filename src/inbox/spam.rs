//! Rows of the queries for the spam folder.

use super::Row;
use crate::delivery::QueuedLead;

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

/// Parses a row of a lead that was taken out of the spam folder, to be delivered as if it were new; `None` for a row of another
/// query.
pub fn released_lead(row: &Row) -> Option<QueuedLead> {
    let [
        Some(id),
        Some(form),
        Some(idempotency_key),
        Some(received_at_ms),
        request_id,
        Some(lead),
    ] = row.as_slice()
    else {
        return None;
    };
    Some(QueuedLead {
        id: id.clone(),
        form: form.clone(),
        idempotency_key: idempotency_key.clone(),
        request_id: request_id.clone().unwrap_or_default(),
        received_at_ms: received_at_ms.parse().ok()?,
        attempts: 0,
        is_spam: false,
        lead: lead.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(columns: &[&str]) -> Row {
        let columns = columns.iter();
        columns.map(|text| Some((*text).to_owned())).collect()
    }

    #[test]
    fn a_released_lead_is_queued_as_it_was_submitted() {
        let mut released = row(&["a", "demo", "k", "7", "r", "{}"]);
        let message = r#"{"id":"a","form":"demo","idempotency_key":"k","request_id":"r","received_at_ms":7,"attempts":0}
{}"#;
        assert_eq!(released_lead(&released).unwrap().to_json(), message);
        released[4] = None;
        assert_eq!(released_lead(&released).unwrap().request_id, "");
        released[3] = Some("-1".to_owned());
        assert_eq!(released_lead(&released), None);
        assert_eq!(released_lead(&row(&["a"])), None);
    }

    #[test]
    fn reads_a_row_of_the_report() {
        let report = SignalReport::read(&row(&["links", "9", "4", "1"])).unwrap();
        assert_eq!((report.hits, report.spam, report.not_spam), (9, 4, 1));
        assert_eq!(SignalReport::read(&row(&["links", "x", "4", "1"])), None);
        assert_eq!(SignalReport::read(&row(&["links"])), None);
    }
}
