//! Prints leads and dead letters as tables or JSON.

use formgate::export;
use formgate::inbox::{DeadLetterEntry, SignalReport, StoredLead};
use serde_json::{Value, json};

use crate::protocol::print;

/// Prints a row for each lead.
pub fn print_leads(leads: &[StoredLead]) {
    for lead in leads {
        let spam = export::scored_spam(&as_json(&lead.lead));
        print_lead([
            &lead.received_at,
            &lead.form,
            &lead.status,
            &spam,
            &lead.id,
            &lead.lead,
        ]);
    }
}

/// Prints one row of the table of leads, or its head.
pub fn print_lead([received_at, form, status, spam, id, lead]: [&str; 6]) {
    print(&export::row(&[
        (received_at, 24),
        (form, 16),
        (status, 6),
        (spam, 10),
        (id, 32),
        (lead, 0),
    ]));
}

/// Prints a row for each signal of spam, with its shares in percent.
pub fn print_signals(signals: &[SignalReport]) {
    print_signal(["signal", "hits", "spam", "not spam"]);
    for signal in signals {
        let share = |part: u64, whole: u64| match whole {
            0 => "-".to_owned(),
            whole => format!("{part} ({} %)", part * 100 / whole),
        };
        print_signal([
            &export::visible(&signal.signal),
            &signal.hits.to_string(),
            &share(signal.spam, signal.hits),
            &share(signal.not_spam, signal.spam),
        ]);
    }
}

fn print_signal([signal, hits, spam, not_spam]: [&str; 4]) {
    print(&export::row(&[
        (signal, 18),
        (hits, 8),
        (spam, 16),
        (not_spam, 0),
    ]));
}

/// Prints a row for each dead letter.
pub fn print_dead_letters(letters: &[DeadLetterEntry]) {
    for letter in letters {
        let is_requested = letter.is_to_be_redriven;
        print_dead_letter([
            &letter.id,
            &letter.died_at.to_rfc3339(),
            letter.form.as_deref().unwrap_or("-"),
            &letter.attempts.to_string(),
            if is_requested { "asked" } else { "-" },
            &letter.reason,
        ]);
    }
}

/// Prints one row of the table of dead letters, or its head.
pub fn print_dead_letter([id, died_at, form, attempts, redrive, reason]: [&str; 6]) {
    print(&export::row(&[
        (id, 32),
        (died_at, 24),
        (form, 16),
        (attempts, 8),
        (redrive, 7),
        (reason, 0),
    ]));
}

/// Prints a value as indented JSON.
pub fn show(value: &Value) {
    print(&format!(
        "{}\n",
        export::visible_json(&format!("{value:#}"))
    ));
}

/// A lead as JSON; as a JSON string when it is not valid JSON.
pub fn as_json(lead: &str) -> Value {
    serde_json::from_str(lead).unwrap_or_else(|_| json!(lead))
}
