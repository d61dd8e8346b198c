//! What a location does: reads, writes, lists.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Value, json};

use super::model::{Operations, Outage, Span};
use super::{
    Cached, Entry, Inner, KvAt, KvError, MAX_METADATA_BYTES, MAX_NAME_BYTES, MIN_TTL_S, Write,
};

impl KvAt {
    /// Reads a name. `cache_ttl_s` is how long this location may serve it from now on: 30 seconds at least.
    ///
    /// # Errors
    /// What KV throws.
    pub async fn get(&self, name: &str, cache_ttl_s: u64) -> Result<Option<Entry>, KvError> {
        let inner = &self.kv.0;
        if cache_ttl_s.saturating_mul(1_000) < inner.model.min_cache_ms {
            return Err(self.fail("GET", &format!("400 Invalid cache_ttl of {cache_ttl_s}")));
        }
        check_name("GET", name)?;
        let is_cached = {
            let locations = inner.locations.borrow();
            let known = locations
                .get(&self.location)
                .and_then(|here| here.reads.get(name));
            known.is_some_and(|cached| inner.world.now_ms() < cached.until_ms)
        };
        let span = if is_cached {
            inner.model.cached_read
        } else {
            inner.model.read
        };
        self.take_time(span, !is_cached).await;
        self.may_fail("GET")?;
        self.bill(|operations| operations.reads += 1);
        let now_ms = inner.world.now_ms();
        let mut locations = inner.locations.borrow_mut();
        let here = locations.entry(self.location).or_default();
        let fresh = |cached: &&Cached<Option<Write>>| now_ms < cached.until_ms;
        let read = match here.reads.get(name).filter(fresh) {
            Some(cached) => cached.value.clone(),
            None => {
                let value = self.kv.central(name);
                let cached = Cached {
                    until_ms: now_ms + cache_ttl_s * 1_000,
                    value: value.clone(),
                };
                here.reads.insert(name.to_owned(), cached);
                value
            }
        };
        let own = here.own.get(name).cloned();
        let latest = [read, own]
            .into_iter()
            .flatten()
            .max_by_key(|write| write.at_ms);
        let live = latest.filter(|write| now_ms < write.expires_at_ms);
        let entry = live.map(|write| (*write.entry).clone());
        Ok(entry.map(|entry| match inner.outage.get() {
            Some(Outage::Garbage) => self.garbage(entry),
            _ => entry,
        }))
    }

    /// Writes a name; `ttl_s` is after how long it goes, 60 seconds at least.
    ///
    /// # Errors
    /// What KV throws: too long, too soon after the write before, or a failure, after which it may be written or not.
    pub async fn put(
        &self,
        name: &str,
        value: &str,
        metadata: Option<Value>,
        ttl_s: Option<u64>,
    ) -> Result<(), KvError> {
        let inner = &self.kv.0;
        check_name("PUT", name)?;
        if let Some(ttl_s) = ttl_s.filter(|ttl_s| *ttl_s < MIN_TTL_S) {
            let reason = format!(
                "400 Invalid expiration_ttl of {ttl_s}. Expiration TTL must be at least {MIN_TTL_S}."
            );
            return Err(self.fail("PUT", &reason));
        }
        let metadata_bytes = metadata
            .as_ref()
            .map_or(0, |metadata| metadata.to_string().len());
        if metadata_bytes > MAX_METADATA_BYTES {
            let reason = format!(
                "413 Metadata length of {metadata_bytes} exceeds limit of {MAX_METADATA_BYTES}."
            );
            return Err(self.fail("PUT", &reason));
        }
        self.take_time(inner.model.write, true).await;
        let fails = self.may_fail("PUT");
        if fails.is_err() && (inner.outage.get().is_some() || inner.world.chance(0.5)) {
            return fails;
        }
        let now_ms = inner.world.now_ms();
        let write = Write {
            at_ms: now_ms,
            visible_at_ms: now_ms + self.lag_ms(),
            expires_at_ms: ttl_s.map_or(u64::MAX, |ttl_s| now_ms + ttl_s * 1_000),
            entry: Rc::new(Entry {
                value: value.to_owned(),
                metadata,
            }),
        };
        {
            let mut central = inner.central.borrow_mut();
            let writes = central.entry(name.to_owned()).or_default();
            let interval_ms = inner.model.write_interval_ms;
            if writes
                .last()
                .is_some_and(|last| now_ms < last.at_ms + interval_ms)
            {
                return Err(self.fail("PUT", "429 Too Many Requests"));
            }
            // A later write that is seen hides all before it.
            if let Some(seen) = writes
                .iter()
                .rposition(|write| write.visible_at_ms <= now_ms)
            {
                writes.drain(..seen);
            }
            writes.push(write.clone());
        }
        if inner.world.chance(inner.model.own_writes_visible) {
            let mut locations = inner.locations.borrow_mut();
            let here = locations.entry(self.location).or_default();
            here.own.insert(name.to_owned(), write);
        }
        fails?;
        self.bill(|operations| operations.writes += 1);
        Ok(())
    }

    /// The first page of the names that begin with `prefix`, with their metadata: at most `limit`, in order.
    ///
    /// # Errors
    /// What KV throws.
    pub async fn list(
        &self,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, Option<Value>)>, KvError> {
        let inner = &self.kv.0;
        self.take_time(inner.model.read, true).await;
        self.may_fail("LIST")?;
        self.bill(|operations| operations.lists += 1);
        let now_ms = inner.world.now_ms();
        let mut locations = inner.locations.borrow_mut();
        let here = locations.entry(self.location).or_default();
        let is_fresh = here
            .lists
            .get(prefix)
            .is_some_and(|cached| now_ms < cached.until_ms);
        if !is_fresh {
            let cached = Cached {
                until_ms: now_ms + inner.model.list_cache_ms,
                value: self.list_central(prefix),
            };
            here.lists.insert(prefix.to_owned(), cached);
        }
        let mut found = here
            .lists
            .get(prefix)
            .map(|cached| cached.value.clone())
            .unwrap_or_default();
        for (name, write) in begins_with(&here.own, prefix) {
            let newer = |known: &Write| known.at_ms >= write.at_ms;
            if !found.get(name).is_some_and(newer) {
                found.insert(name.clone(), write.clone());
            }
        }
        let live = found
            .into_iter()
            .filter(|(_, write)| now_ms < write.expires_at_ms);
        let is_garbage = inner.outage.get() == Some(Outage::Garbage);
        Ok(live
            .take(limit)
            .map(|(name, write)| match is_garbage {
                true => (name, self.garbage((*write.entry).clone()).metadata),
                false => (name, write.entry.metadata.clone()),
            })
            .collect())
    }

    fn list_central(&self, prefix: &str) -> BTreeMap<String, Write> {
        let names: Vec<String> = {
            let central = self.kv.0.central.borrow();
            begins_with(&central, prefix)
                .map(|(name, _)| name.clone())
                .collect()
        };
        let seen = |name: String| Some((name.clone(), self.kv.central(&name)?));
        names.into_iter().filter_map(seen).collect()
    }

    async fn take_time(&self, usual: Span, may_be_slow: bool) {
        let Inner {
            world,
            model,
            outage,
            ..
        } = &*self.kv.0;
        let is_slow = may_be_slow && world.chance(model.slow_chance);
        let (low, high) = if is_slow { model.slow } else { usual };
        let more_ms = match outage.get() {
            Some(Outage::Slow { ms }) => ms,
            _ => 0,
        };
        world.sleep(world.between(low, high) + more_ms).await;
    }

    fn may_fail(&self, method: &str) -> Result<(), KvError> {
        let inner = &self.kv.0;
        match inner.outage.get() {
            Some(Outage::Down) => Err(self.fail(method, "500 Internal Server Error")),
            Some(Outage::Throttled) if method == "PUT" => {
                Err(self.fail(method, "429 Too Many Requests"))
            }
            _ if inner.world.chance(inner.model.failure_rate) => {
                Err(self.fail(method, "503 Service Unavailable"))
            }
            _ => Ok(()),
        }
    }

    fn lag_ms(&self) -> u64 {
        let Inner { world, model, .. } = &*self.kv.0;
        for (index, (chance, (low, high))) in model.propagation.iter().enumerate() {
            if world.chance(*chance) || index + 1 == model.propagation.len() {
                return world.between(*low, *high);
            }
        }
        0
    }

    fn garbage(&self, entry: Entry) -> Entry {
        let half = entry
            .value
            .chars()
            .take(entry.value.chars().count() / 2)
            .collect();
        let (value, metadata) = match self.kv.0.world.between(0, 5) {
            0 => (String::new(), None),
            1 => (half, Some(json!("garbage"))),
            2 => ("-1".to_owned(), Some(json!([-1, -1, -1, -1]))),
            3 => (
                "1e99".to_owned(),
                Some(json!([u64::MAX, u64::MAX, u64::MAX, u64::MAX])),
            ),
            4 => ("{\"".to_owned(), Some(json!({ "a": [null] }))),
            _ => ("[[]]".to_owned(), Some(json!([1.5, "2", null]))),
        };
        Entry { value, metadata }
    }

    fn bill(&self, note: impl FnOnce(&mut Operations)) {
        let mut operations = self.kv.0.operations.get();
        note(&mut operations);
        self.kv.0.operations.set(operations);
    }

    fn fail(&self, method: &str, reason: &str) -> KvError {
        self.bill(|operations| operations.failed += 1);
        KvError(format!("KV {method} failed: {reason}"))
    }
}

fn check_name(method: &str, name: &str) -> Result<(), KvError> {
    if name.len() <= MAX_NAME_BYTES {
        return Ok(());
    }
    let length = name.len();
    let reason = format!("414 UTF-8 encoded length of {length} exceeds key length limit of 512.");
    Err(KvError(format!("KV {method} failed: {reason}")))
}

fn begins_with<'a, T>(
    names: &'a BTreeMap<String, T>,
    prefix: &'a str,
) -> impl Iterator<Item = (&'a String, &'a T)> {
    names
        .range(prefix.to_owned()..)
        .take_while(move |(name, _)| name.starts_with(prefix))
}
