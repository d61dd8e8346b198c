//! formgate itself in the simulation of the limiter: whole requests through its own code.

use std::rc::Rc;

use serde_json::{Value, json};

use sim::kv::KvAt;
use sim::memory::{Call, Direct, Memory, Stores};
use sim::world::Owner;

/// An isolate with empty caches at one location.
pub fn start(stores: &Rc<Stores>, kv: KvAt, owner: Owner, skew_ms: i64) -> Memory {
    Memory::start(stores.clone(), owner, &[], Direct).at(kv, skew_ms)
}

/// Sends one submission of a visitor; its status, if the platform lets it be sent.
pub async fn submit(isolate: &Memory, visitor: u64) -> Option<u16> {
    let [_, b, c, d] = u32::try_from(visitor % (1 << 24))
        .unwrap_or(0)
        .to_be_bytes();
    let call = Call::submit(r#"{"email":"ada@example.com"}"#)
        .at("/v1/forms/sim/submissions")
        .with("cf-connecting-ip", &format!("10.{b}.{c}.{d}"));
    let response = isolate.for_event().send(call).await;
    response.map(|response| response.status)
}

/// The definition of the form `sim` with these policies.
pub fn form(policies: &Value) -> Value {
    json!({
        "key": "sim",
        "version": 1,
        "allowed_origins": ["https://example.com"],
        "fields": [{ "name": "email", "type": "email", "label": "E-mail" }],
        "rate_limits": policies,
    })
}
