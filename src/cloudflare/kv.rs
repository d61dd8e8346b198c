//! Workers KV: form definitions and counters.

use serde_json::Value;
use worker::Env;
use worker::kv::{KvError, KvStore, ListResponse};

use super::boundary;
use super::task::call;
use crate::limit::CounterUpdate;
use crate::problem::{Fault, FaultKind};

/// The binding with form definitions.
pub(super) const FORMS: &str = "FORMS";
/// The binding with counters.
pub(super) const LIMITS: &str = "LIMITS";

pub(super) async fn read(env: &Env, name: &str) -> Result<Option<String>, Fault> {
    store(env, FORMS)?
        .get(name)
        .text()
        .await
        .map_err(|error| fault("get", FORMS, error))
}

/// Stores a definition under a name, or deletes what is there.
pub(super) async fn write(env: &Env, name: &str, json: Option<&str>) -> Result<(), Fault> {
    let reply = call(|call, task| boundary::write_form(call, task, env.as_ref(), name, json)).await;
    match reply.code {
        boundary::OK => Ok(()),
        _ => Err(Fault::new(FaultKind::Store, reply.text)),
    }
}

pub(super) async fn list_forms(
    env: &Env,
    prefix: &str,
    cursor: Option<String>,
) -> Result<(Vec<String>, Option<String>), Fault> {
    let page = list(env, FORMS, prefix, cursor).await?;
    let next = page.cursor.filter(|_| !page.list_complete);
    Ok((page.keys.into_iter().map(|key| key.name).collect(), next))
}

/// Counts are stored as metadata, since a list returns it with the names. One page: 1,000 isolates.
pub(super) async fn list_counts(
    env: &Env,
    prefix: &str,
) -> Result<Vec<(String, Option<Value>)>, Fault> {
    let page = list(env, LIMITS, prefix, None).await?;
    let parts = page.keys.into_iter().map(|key| (key.name, key.metadata));
    Ok(parts.collect())
}

pub(super) async fn write_count(
    env: &Env,
    update: &CounterUpdate,
    ttl_s: u64,
) -> Result<(), Fault> {
    let write = store(env, LIMITS)?
        .put(&update.name, "")
        .and_then(|put| put.metadata(update.part.metadata()))
        .map_err(|error| fault("put", LIMITS, error))?;
    write
        .expiration_ttl(ttl_s)
        .execute()
        .await
        .map_err(|error| fault("put", LIMITS, error))
}

async fn list(
    env: &Env,
    binding: &'static str,
    prefix: &str,
    cursor: Option<String>,
) -> Result<ListResponse, Fault> {
    let mut list = store(env, binding)?.list().prefix(prefix.to_owned());
    if let Some(cursor) = cursor {
        list = list.cursor(cursor);
    }
    let page = list.execute().await;
    page.map_err(|error| fault("list", binding, error))
}

fn store(env: &Env, binding: &'static str) -> Result<KvStore, Fault> {
    env.kv(binding)
        .map_err(|_| Fault::new(FaultKind::Setting, format!("{binding} is not bound")))
}

fn fault(operation: &str, binding: &str, error: KvError) -> Fault {
    let error = worker::Error::from(error);
    Fault::new(
        FaultKind::Store,
        format!("KV {operation} on {binding}: {error}"),
    )
}
