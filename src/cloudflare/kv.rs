//! Workers KV: form definitions and counters.

use serde_json::Value;
use wasm_bindgen::JsValue;

use super::binding::{self, Arguments};
use crate::limit::CounterUpdate;
use crate::platform::NamesPage;
use crate::problem::Fault;

/// The binding with form definitions.
pub(super) const FORMS: &str = "FORMS";
/// The binding with counters.
pub(super) const LIMITS: &str = "LIMITS";

pub(super) async fn read(env: &JsValue, name: &str) -> Result<Option<String>, Fault> {
    binding::invoke(env, FORMS, "get", Arguments::default().text(name)).await
}

/// Stores a definition under a name, or deletes what is there.
pub(super) async fn write(env: &JsValue, name: &str, json: Option<&str>) -> Result<(), Fault> {
    let arguments = Arguments::default().text(name);
    let (method, arguments) = match json {
        Some(json) => ("put", arguments.text(json)),
        None => ("delete", arguments),
    };
    binding::invoke(env, FORMS, method, arguments).await?;
    Ok(())
}

pub(super) async fn list_forms(
    env: &JsValue,
    prefix: &str,
    cursor: Option<String>,
) -> Result<NamesPage, Fault> {
    let page = list(env, FORMS, prefix, cursor.as_deref()).await?;
    let is_complete = page.get("list_complete").and_then(Value::as_bool);
    let next = page.get("cursor").and_then(Value::as_str);
    let next = next.filter(|_| is_complete != Some(true));
    let names = keys(&page).map(|(name, _)| name.to_owned()).collect();
    Ok((names, next.map(str::to_owned)))
}

/// Counts are stored as metadata, since a list returns it with the names. One page: 1,000 isolates.
pub(super) async fn list_counts(
    env: &JsValue,
    prefix: &str,
) -> Result<Vec<(String, Option<Value>)>, Fault> {
    let page = list(env, LIMITS, prefix, None).await?;
    let part = |(name, key): (&str, &Value)| {
        let metadata = key.get("metadata").filter(|value| !value.is_null());
        (name.to_owned(), metadata.cloned())
    };
    Ok(keys(&page).map(part).collect())
}

pub(super) async fn write_count(
    env: &JsValue,
    update: &CounterUpdate,
    ttl_s: u64,
) -> Result<(), Fault> {
    let arguments = Arguments::default().text(&update.name).text("");
    let arguments = arguments.options(|options| {
        options.array("metadata", update.part.metadata(), |text, count| {
            text.push_str(&count.to_string());
        });
        options.number("expirationTtl", ttl_s);
    });
    binding::invoke(env, LIMITS, "put", arguments).await?;
    Ok(())
}

async fn list(
    env: &JsValue,
    binding: &'static str,
    prefix: &str,
    cursor: Option<&str>,
) -> Result<Value, Fault> {
    let arguments = Arguments::default().options(|options| {
        options.text("prefix", prefix);
        options.given("cursor", cursor);
    });
    let page = binding::invoke(env, binding, "list", arguments).await?;
    binding::parse(page)
}

/// The keys of a page, each with its name.
fn keys(page: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let keys = page.get("keys").and_then(Value::as_array);
    let named = |key| Some((Value::get(key, "name")?.as_str()?, key));
    keys.into_iter().flatten().filter_map(named)
}
