//! [`QueuedLead`]: a lead as it waits, in the outbox, in the inbox or among the dead letters.

use serde_json::{Value, json};

use super::lead::Lead;
use crate::clock::UnixMillis;

/// An accepted lead with all it takes to hand it over later, or again. Prints no value.
#[derive(Clone, PartialEq, Eq)]
pub struct QueuedLead {
    /// The submission id.
    pub id: String,
    /// Under which key the form is published.
    pub form: String,
    /// What the core is given as `Idempotency-Key`, at every attempt.
    pub idempotency_key: String,
    /// The request that brought it.
    pub request_id: String,
    /// When it was received: milliseconds since 1970.
    pub received_at_ms: u64,
    /// Attempts that failed, those left out that failed for a reason that passes by itself.
    pub attempts: u32,
    /// The lead as the core gets it: JSON.
    pub lead: String,
}

impl std::fmt::Debug for QueuedLead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "QueuedLead({}, {} attempts)", self.id, self.attempts)
    }
}

impl QueuedLead {
    /// The lead, not yet attempted.
    pub fn of(lead: &Lead<'_>, idempotency_key: &str) -> Self {
        Self {
            id: lead.id.clone(),
            form: lead.form_key.clone(),
            idempotency_key: idempotency_key.to_owned(),
            request_id: lead.provenance.observed.request_id.clone(),
            received_at_ms: lead.received_at.0,
            attempts: 0,
            lead: lead.to_json(),
        }
    }

    /// The queued lead after so many attempts that count.
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// When it was received.
    pub fn received_at(&self) -> UnixMillis {
        UnixMillis(self.received_at_ms)
    }

    /// As it stands in the outbox. The lead comes last and as it is, so that every attempt sends the same bytes.
    pub fn to_json(&self) -> String {
        let head = json!({
            "id": self.id,
            "form": self.form,
            "idempotency_key": self.idempotency_key,
            "request_id": self.request_id,
            "received_at_ms": self.received_at_ms,
            "attempts": self.attempts,
        });
        format!("{head}{SEPARATOR}{}", self.lead)
    }

    /// Reads what stands in the outbox; `None` when that is no queued lead.
    pub fn parse(message: &str) -> Option<Self> {
        let (head, lead) = message.split_once(SEPARATOR)?;
        let head: Value = serde_json::from_str(head).ok()?;
        let text = |name| head.get(name).and_then(Value::as_str).map(str::to_owned);
        let number = |name| head.get(name).and_then(Value::as_u64);
        Some(Self {
            id: text("id")?,
            form: text("form")?,
            idempotency_key: text("idempotency_key")?,
            request_id: text("request_id")?,
            received_at_ms: number("received_at_ms")?,
            attempts: u32::try_from(number("attempts")?).ok()?,
            lead: lead.to_owned(),
        })
    }
}

/// A queued lead that will not be handed over any more, unless somebody says so.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// Its id: the queued lead's, or of its own if that cannot be read.
    pub id: String,
    /// Why: a word, and what exactly. Never a value.
    pub reason: String,
    /// When it died.
    pub died_at: UnixMillis,
    /// What it was.
    pub remains: DeadLetterBody,
}

/// What is left in a dead letter.
#[derive(Clone, Debug)]
pub enum DeadLetterBody {
    /// The queued lead, whole.
    Lead(QueuedLead),
    /// A message that nobody can read, as it was.
    Unreadable(String),
}

/// Between what we need to know of a lead and the lead: no JSON written on one line has it. RFC 7464 has records of JSON
/// apart by a like character.
const SEPARATOR: char = '\n';

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = r#"{"id":"a","form":"demo","idempotency_key":"k","request_id":"r","received_at_ms":7,"attempts":3}
{"fields":{"email":"ada@example.com"}}"#;

    #[test]
    fn is_read_as_it_was_written() {
        let queued = QueuedLead::parse(MESSAGE).unwrap();
        assert_eq!(queued.to_json(), MESSAGE);
        assert_eq!(queued.lead, r#"{"fields":{"email":"ada@example.com"}}"#);
        assert_eq!((queued.received_at(), queued.attempts), (UnixMillis(7), 3));
    }

    #[test]
    fn anything_else_is_no_parcel() {
        for message in [
            "",
            "null",
            "{}",
            "[1]",
            "\u{0}",
            &MESSAGE.replace("\"k\"", "7"),
        ] {
            assert!(QueuedLead::parse(message).is_none(), "{message}");
        }
    }

    #[test]
    fn prints_no_value() {
        let printed = format!("{:?}", QueuedLead::parse(MESSAGE).unwrap());
        assert!(!printed.contains("ada"), "{printed}");
    }
}
