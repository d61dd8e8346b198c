//! D1: the inbox (when no core is configured) and the dead letters.

use serde_json::Value;
use wasm_bindgen::JsValue;

use super::binding::{self, Arguments};
use crate::clock::UnixMillis;
use crate::config::NO_TABLES;
use crate::delivery::{Acknowledged, DeadLetter, DeadLetterBody, QueuedLead};
use crate::envelope::ReceiptStatus;
use crate::inbox::{Param, Query, Row, search_text};
use crate::problem::{Fault, FaultKind};

/// The binding with the inbox and the dead letters; their schema is in `migrations/`.
pub(super) const LEADS: &str = "LEADS";

/// A lead of the same id, or of the same form and idempotency key, is left as it is, in whatever folder it is.
const STORE: &str = "INSERT INTO leads (id, form_key, idempotency_key, received_at, lead, search, is_test) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
/// The same, in the spam folder, unless the lead was taken out of it: the outbox may deliver a copy late.
const STORE_SPAM: &str = "INSERT INTO leads (id, form_key, idempotency_key, received_at, lead, search, is_test, folder) \
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, 'spam' WHERE NOT EXISTS (SELECT 1 FROM not_spam WHERE id = ?1) ON CONFLICT DO NOTHING";
/// [`STORE`] into the columns that every schema has: a Worker may be deployed a minute before its migration.
const STORE_IN_FORMER: &str = "INSERT INTO leads (id, form_key, idempotency_key, received_at, lead) \
    VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
const FIND: &str = "SELECT id, \
    CAST(CAST(ROUND((julianday(received_at) - 2440587.5) * 86400000) AS INTEGER) AS TEXT) \
    FROM leads WHERE form_key = ?1 AND idempotency_key = ?2";
/// The column `parcel` is the message of the outbox; `inbox/sql.rs` reads it. A late copy of spam does not replace the dead letter
/// that its lead became when it was taken out of the spam folder.
const PUT_DEAD_LETTER: &str = "INSERT OR REPLACE INTO dead_letters \
    (id, died_at_ms, reason, attempts, form_key, idempotency_key, parcel) \
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE ?8 = 0 OR NOT EXISTS (SELECT 1 FROM not_spam WHERE id = ?1)";
/// The same for one that is tried again by itself, which is no spam. Others do not name the column, which the schema may not have yet.
const PUT_BLOCKED: &str = "INSERT OR REPLACE INTO dead_letters \
    (id, died_at_ms, reason, attempts, form_key, idempotency_key, parcel, retry_at_ms) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

pub(super) async fn store(env: &JsValue, queued: &QueuedLead) -> Result<Acknowledged, Fault> {
    let received_at = queued.received_at().to_rfc3339();
    let search = search_text(&queued.lead);
    let former = Arguments::default()
        .text(&queued.id)
        .text(&queued.form)
        .text(&queued.idempotency_key)
        .text(&received_at)
        .text(&queued.lead);
    let values = former.clone().text(&search);
    let values = values.number(queued.is_test.into());
    let store = if queued.is_spam { STORE_SPAM } else { STORE };
    match rows(env, store, values).await {
        // A test that is not marked as one would look like a lead.
        Err(fault) if fault.kind == FaultKind::Setting && store == STORE && !queued.is_test => {
            rows(env, STORE_IN_FORMER, former).await?
        }
        stored => stored?,
    };
    let key = Arguments::default()
        .text(&queued.form)
        .text(&queued.idempotency_key);
    let found = rows(env, FIND, key).await?;
    let stored = found.first().and_then(|row| {
        Some(Acknowledged {
            id: row.first()?.clone()?,
            status: ReceiptStatus::Stored,
            received_at: UnixMillis(row.get(1)?.as_deref()?.parse().ok()?),
        })
    });
    // Spam that is not there was taken out of the spam folder.
    let released = queued.is_spam.then(|| Acknowledged {
        id: queued.id.clone(),
        status: ReceiptStatus::Stored,
        received_at: queued.received_at(),
    });
    stored
        .or(released)
        .ok_or_else(|| Fault::new(FaultKind::Store, "D1: a lead is not there"))
}

pub(super) async fn put_dead_letter(env: &JsValue, letter: &DeadLetter) -> Result<(), Fault> {
    let (attempts, form, key, queued, is_spam) = match &letter.body {
        DeadLetterBody::Lead(queued) => (
            queued.attempts,
            Some(queued.form.as_str()),
            Some(queued.idempotency_key.as_str()),
            queued.to_json(),
            queued.is_spam,
        ),
        DeadLetterBody::Unreadable(message) => (0, None, None, message.clone(), false),
    };
    let values = Arguments::default()
        .text(&letter.id)
        .number(letter.died_at.0)
        .text(&letter.reason)
        .number(attempts.into())
        .optional(form)
        .optional(key)
        .text(&queued);
    let (put, values) = match letter.retry_at {
        Some(at) => (PUT_BLOCKED, values.number(at.0)),
        None => (PUT_DEAD_LETTER, values.number(is_spam.into())),
    };
    rows(env, put, values).await?;
    Ok(())
}

/// Runs a query of `inbox`; gives each column as text.
pub(super) async fn query(env: &JsValue, query: &Query<'_>) -> Result<Vec<Row>, Fault> {
    let statement = query.statement();
    let values = statement.values.iter();
    let values = values.fold(Arguments::default(), |values, value| match *value {
        Param::Text(text) => values.text(text),
        Param::Number(number) => values.number(number.into()),
    });
    rows(env, statement.sql, values).await
}

/// Runs a statement; gives its rows, each column as text.
async fn rows(env: &JsValue, sql: &str, values: Arguments) -> Result<Vec<Row>, Fault> {
    let found = binding::query(env, LEADS, sql, values).await;
    let Value::Array(rows) = found.map_err(fault)? else {
        return Ok(Vec::new());
    };
    let text = |column| match column {
        Value::String(text) => Some(text),
        _ => None,
    };
    let row = |row| match row {
        Value::Array(columns) => columns.into_iter().map(text).collect(),
        _ => Row::new(),
    };
    Ok(rows.into_iter().map(row).collect())
}

/// D1's messages name tables and columns and contain no bound value.
#[expect(clippy::needless_pass_by_value, reason = "map_err passes it")]
fn fault(fault: Fault) -> Fault {
    let error = &fault.detail;
    // `no such table`, `no such column`, `table leads has no column named`.
    if ["no such ", " has no column "]
        .iter()
        .any(|words| error.contains(words))
    {
        return Fault::new(FaultKind::Setting, format!("{LEADS} {NO_TABLES}"));
    }
    Fault::new(FaultKind::Store, format!("D1 {LEADS}: {error}"))
}
