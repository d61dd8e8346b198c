//! Calls of the bindings KV, Queue and D1: the arguments cross as one text, and so does the result.

use serde_json::Value;
use wasm_bindgen::JsValue;

use super::boundary::{self, MISSING, OK, UNBOUND};
use super::task::{Called, call};
use crate::json::{self, Object, push_text};
use crate::problem::{Fault, FaultKind};

/// The arguments of a call, or the values of a statement, as a JSON array.
#[derive(Clone, Default)]
pub(super) struct Arguments(String);

impl Arguments {
    pub(super) fn text(self, value: &str) -> Self {
        self.add(|text| push_text(text, value))
    }

    pub(super) fn optional(self, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(value),
            None => self.add(|text| text.push_str("null")),
        }
    }

    pub(super) fn number(self, value: u64) -> Self {
        self.add(|text| text.push_str(&value.to_string()))
    }

    pub(super) fn options(self, members: impl FnOnce(&mut Object<'_>)) -> Self {
        self.add(|text| Object::write(text, members))
    }

    fn add(mut self, write: impl FnOnce(&mut String)) -> Self {
        self.0.push(if self.0.is_empty() { '[' } else { ',' });
        write(&mut self.0);
        self
    }

    /// The array; of no arguments as well.
    fn into_json(mut self) -> String {
        if self.0.is_empty() {
            self.0.push('[');
        }
        self.0.push(']');
        self.0
    }
}

/// Calls a method of a binding. Gives a text as it is, anything else as JSON.
pub(super) async fn invoke(
    env: &JsValue,
    binding: &'static str,
    method: &'static str,
    arguments: Arguments,
) -> Result<Option<String>, Fault> {
    let json = arguments.into_json();
    let called = call(|call, task| boundary::invoke(call, task, env, binding, method, &json));
    let found = result(called, binding).await;
    // Error messages of KV and Queues name sizes and limits and contain no value.
    found.map_err(|fault| Fault {
        detail: format!("{binding} {method}: {}", fault.detail),
        ..fault
    })
}

/// Runs a statement of a database; gives its rows.
pub(super) async fn query(
    env: &JsValue,
    binding: &'static str,
    sql: &str,
    values: Arguments,
) -> Result<Value, Fault> {
    let json = values.into_json();
    let called = call(|call, task| boundary::query(call, task, env, binding, sql, &json));
    parse(result(called, binding).await?)
}

/// JSON that a binding gave.
pub(super) fn parse(json: Option<String>) -> Result<Value, Fault> {
    let parsed = json::parse(&json.unwrap_or_default());
    parsed.map_err(|_| Fault::new(FaultKind::Store, "the result is not JSON"))
}

async fn result(called: Called, binding: &str) -> Result<Option<String>, Fault> {
    let reply = called.await;
    match reply.code {
        OK => Ok(Some(reply.text).filter(|text| text != MISSING)),
        UNBOUND => {
            let detail = format!("{binding} is not bound");
            Err(Fault::new(FaultKind::Setting, detail))
        }
        _ => Err(Fault::new(FaultKind::Store, reply.text)),
    }
}
