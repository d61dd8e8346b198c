//! [`QueuedLead`]: a lead in the outbox, the inbox or the dead letters. [`DeadLetter`]: one that is not delivered any more.

use serde_json::{Value, json};

use super::lead::Lead;
use crate::clock::UnixMillis;
use crate::json;
use crate::spam::Verdict;

/// An accepted lead with everything a later attempt needs. `Debug` shows no value.
#[derive(Clone, PartialEq, Eq)]
pub struct QueuedLead {
    /// The submission id.
    pub id: String,
    /// The key of the form.
    pub form: String,
    /// The `Idempotency-Key` of every attempt.
    pub idempotency_key: String,
    /// The id of the request that submitted it.
    pub request_id: String,
    /// When it was received: milliseconds since 1970.
    pub received_at_ms: u64,
    /// Failed attempts that count; those of a throttled or blocked core do not.
    pub attempts: u32,
    /// Whether it is stored in the spam folder instead of delivered.
    pub is_spam: bool,
    /// Whether it is a test: stored in the inbox and never forwarded.
    pub is_test: bool,
    /// Whether only a copy of it is to be stored in the inbox: the core has the lead, or gets it by another message.
    pub is_copy: bool,
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
            is_spam: lead.spam.verdict != Verdict::Inbox,
            is_test: false,
            is_copy: false,
            lead: lead.to_json(),
        }
    }

    /// The queued lead after this many failed attempts that count.
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// When it was received.
    pub fn received_at(&self) -> UnixMillis {
        UnixMillis(self.received_at_ms)
    }

    /// The message in the outbox. The lead is its end, unchanged, so that every attempt sends the same bytes.
    pub fn to_json(&self) -> String {
        let mut head = json!({
            "id": self.id,
            "form": self.form,
            "idempotency_key": self.idempotency_key,
            "request_id": self.request_id,
            "received_at_ms": self.received_at_ms,
            "attempts": self.attempts,
        });
        if let Some(members) = head.as_object_mut() {
            for (name, is_so) in [
                (SPAM, self.is_spam),
                (TEST, self.is_test),
                (COPY, self.is_copy),
            ] {
                if is_so {
                    members.insert(name.to_owned(), Value::Bool(true));
                }
            }
        }
        format!("{head}{SEPARATOR}{}", self.lead)
    }

    /// Parses a message of the outbox; `None` when it is not a queued lead.
    pub fn parse(message: &str) -> Option<Self> {
        let (head, lead) = message.split_once(SEPARATOR)?;
        let head = json::parse(head).ok()?;
        let text = |name| head.get(name).and_then(Value::as_str).map(str::to_owned);
        let number = |name| head.get(name).and_then(Value::as_u64);
        let flag = |name| head.get(name).and_then(Value::as_bool).unwrap_or(false);
        Some(Self {
            id: text("id")?,
            form: text("form")?,
            idempotency_key: text("idempotency_key")?,
            request_id: text("request_id")?,
            received_at_ms: number("received_at_ms")?,
            attempts: u32::try_from(number("attempts")?).ok()?,
            is_spam: flag(SPAM),
            is_test: flag(TEST),
            is_copy: flag(COPY),
            lead: lead.to_owned(),
        })
    }
}

/// A message of the outbox that is not attempted any more, unless an operator redrives it.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// The id of the queued lead; for an unreadable message a hash of it.
    pub id: String,
    /// Why: a keyword and details. Never a value.
    pub reason: String,
    /// When it became a dead letter.
    pub died_at: UnixMillis,
    /// When it is tried again by itself, since the core blocks it; `None` when it waits for an owner.
    pub retry_at: Option<UnixMillis>,
    /// The message.
    pub body: DeadLetterBody,
}

/// The message of a dead letter.
#[derive(Clone, Debug)]
pub enum DeadLetterBody {
    /// A queued lead.
    Lead(QueuedLead),
    /// A message that is not a queued lead, unchanged.
    Unreadable(String),
}

/// Separates the head from the lead. JSON on one line does not contain it; RFC 7464 separates JSON texts by a similar control
/// character.
const SEPARATOR: char = '\n';
/// Members of the head that mark spam, a test and a copy; other leads have none.
const SPAM: &str = "spam";
const TEST: &str = "test";
const COPY: &str = "copy";

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = r#"{"id":"a","form":"demo","idempotency_key":"k","request_id":"r","received_at_ms":7,"attempts":3}
{"fields":{"email":"ada@example.com"}}"#;

    #[test]
    fn is_parsed_as_it_was_rendered() {
        let queued = QueuedLead::parse(MESSAGE).unwrap();
        assert_eq!(queued.to_json(), MESSAGE);
        assert_eq!(queued.lead, r#"{"fields":{"email":"ada@example.com"}}"#);
        assert_eq!((queued.received_at(), queued.attempts), (UnixMillis(7), 3));
        let marks = |queued: &QueuedLead| (queued.is_spam, queued.is_test, queued.is_copy);
        assert_eq!(marks(&queued), (false, false, false));
        for (mark, expected) in [
            ("spam", (true, false, false)),
            ("test", (false, true, false)),
            ("copy", (false, false, true)),
        ] {
            let marked = MESSAGE.replace("3}", &format!(r#"3,"{mark}":true}}"#));
            let queued = QueuedLead::parse(&marked).unwrap();
            assert_eq!(marks(&queued), expected);
            assert_eq!(queued.to_json(), marked);
        }
    }

    #[test]
    fn any_other_message_is_not_a_queued_lead() {
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
