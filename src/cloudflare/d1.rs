//! D1: the inbox, for as long as there is no core.

use worker::Env;
use worker::wasm_bindgen::JsValue;

use crate::delivery::Lead;
use crate::problem::{Fault, FaultKind};

/// The binding with the inbox; its schema is in `migrations/`.
pub(super) const LEADS: &str = "LEADS";

/// A lead that is there already is left as it is: the same id means the same values.
const INSERT: &str = "INSERT INTO leads (id, form_key, idempotency_key, received_at, lead) \
    VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO NOTHING";

pub(super) async fn insert(env: &Env, lead: &Lead<'_>, idempotency_key: &str) -> Result<(), Fault> {
    let values = [
        &lead.id,
        &lead.form_key,
        idempotency_key,
        &lead.received_at.to_rfc3339(),
        &lead.to_json(),
    ]
    .map(JsValue::from_str);
    let database = env.d1(LEADS).map_err(fault)?;
    let statement = database.prepare(INSERT).bind(&values).map_err(fault)?;
    // A statement that failed throws, so whatever comes back is success.
    statement.run().await.map_err(fault)?;
    Ok(())
}

/// D1's messages name tables and columns, and repeat no bound value.
#[expect(clippy::needless_pass_by_value, reason = "map_err passes it")]
fn fault(error: worker::Error) -> Fault {
    Fault::new(FaultKind::Store, format!("D1 insert into {LEADS}: {error}"))
}
