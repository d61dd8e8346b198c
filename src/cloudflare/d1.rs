//! D1: the inbox (when no core is configured) and the dead letters.

use worker::js_sys::Array;
use worker::wasm_bindgen::JsValue;
use worker::{D1PreparedStatement, Env};

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

pub(super) async fn store(env: &Env, queued: &QueuedLead) -> Result<Acknowledged, Fault> {
    let received_at = queued.received_at().to_rfc3339();
    let search = search_text(&queued.lead);
    let mut values: Vec<JsValue> = [
        &queued.id,
        &queued.form,
        &queued.idempotency_key,
        &received_at,
        &queued.lead,
        &search,
    ]
    .map(|text| JsValue::from_str(text))
    .into();
    values.push(JsValue::from_f64(f64::from(u8::from(queued.is_test))));
    let store = if queued.is_spam { STORE_SPAM } else { STORE };
    match run(env, store, &values).await {
        // A test that is not marked as one would look like a lead.
        Err(fault) if fault.kind == FaultKind::Setting && store == STORE && !queued.is_test => {
            values.truncate(5);
            run(env, STORE_IN_FORMER, &values).await?;
        }
        stored => stored?,
    }
    let key = [&queued.form, &queued.idempotency_key].map(|text| JsValue::from_str(text));
    let found = rows(env, FIND, &key).await?;
    let stored = found.first().and_then(|row| {
        Some(Acknowledged {
            id: row.get(0).as_string()?,
            status: ReceiptStatus::Stored,
            received_at: UnixMillis(row.get(1).as_string()?.parse().ok()?),
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

pub(super) async fn put_dead_letter(env: &Env, letter: &DeadLetter) -> Result<(), Fault> {
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
    let text = |text: Option<&str>| text.map_or(JsValue::NULL, JsValue::from_str);
    let mut values = vec![
        JsValue::from_str(&letter.id),
        millis(letter.died_at),
        JsValue::from_str(&letter.reason),
        JsValue::from_f64(f64::from(attempts)),
        text(form),
        text(key),
        JsValue::from_str(&queued),
    ];
    let (put, last) = match letter.retry_at {
        Some(retry_at) => (PUT_BLOCKED, millis(retry_at)),
        None => (
            PUT_DEAD_LETTER,
            JsValue::from_f64(f64::from(u8::from(is_spam))),
        ),
    };
    values.push(last);
    run(env, put, &values).await
}

/// Runs a statement without rows. One that fails throws, so every result is success.
async fn run(env: &Env, sql: &str, values: &[JsValue]) -> Result<(), Fault> {
    let done = statement(env, sql, values)?.run().await;
    done.map(|_| ()).map_err(fault)
}

/// Runs a query of `inbox`; gives each column as text.
pub(super) async fn query(env: &Env, query: &Query<'_>) -> Result<Vec<Row>, Fault> {
    let statement = query.statement();
    let values: Vec<JsValue> = statement
        .values
        .into_iter()
        .map(|value| match value {
            Param::Text(text) => JsValue::from_str(text),
            Param::Number(number) => JsValue::from_f64(f64::from(number)),
        })
        .collect();
    let found = rows(env, statement.sql, &values).await?;
    let texts = |row: &Array| row.iter().map(|column| column.as_string()).collect();
    Ok(found.iter().map(texts).collect())
}

/// A time as a JavaScript number. Exact: the milliseconds exceed 2^53 only after the year 287396.
#[expect(clippy::cast_precision_loss, reason = "see above")]
fn millis(at: UnixMillis) -> JsValue {
    JsValue::from_f64(at.0 as f64)
}

/// Rows as arrays, in the order of the columns.
async fn rows(env: &Env, sql: &str, values: &[JsValue]) -> Result<Vec<Array>, Fault> {
    let rows = statement(env, sql, values)?.raw_js_value().await;
    let rows = rows.map_err(fault)?;
    Ok(rows.into_iter().map(|row| Array::from(&row)).collect())
}

fn statement(env: &Env, sql: &str, values: &[JsValue]) -> Result<D1PreparedStatement, Fault> {
    let database = env.d1(LEADS).map_err(fault)?;
    database.prepare(sql).bind(values).map_err(fault)
}

/// D1's messages name tables and columns and contain no bound value.
#[expect(clippy::needless_pass_by_value, reason = "map_err passes it")]
fn fault(error: worker::Error) -> Fault {
    let error = error.to_string();
    // `no such table`, `no such column`, `table leads has no column named`.
    if ["no such ", " has no column "]
        .iter()
        .any(|words| error.contains(words))
    {
        return Fault::new(FaultKind::Setting, format!("{LEADS} {NO_TABLES}"));
    }
    Fault::new(FaultKind::Store, format!("D1 {LEADS}: {error}"))
}
