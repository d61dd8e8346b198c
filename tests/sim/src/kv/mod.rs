//! [`Kv`]: a store in many locations.
//!
//! A write goes to the central store, where others can see it after a while; a location serves what it has read, misses
//! too, until that runs out; what a location has written it usually sees itself.

mod model;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use serde_json::{Value, json};

pub use model::{KvModel, Operations, Outage, Span};

use crate::world::World;

/// The store. Clones are the same store.
#[derive(Clone)]
pub struct Kv(Rc<Inner>);

/// The store as one location sees it.
#[derive(Clone)]
pub struct KvAt {
    kv: Kv,
    location: usize,
}

/// What stands under a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The value.
    pub value: String,
    /// What a list brings along.
    pub metadata: Option<Value>,
}

/// Why an operation failed, in KV's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KvError(String);

impl fmt::Display for KvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for KvError {}

struct Inner {
    world: World,
    model: KvModel,
    outage: Cell<Option<Outage>>,
    operations: Cell<Operations>,
    /// All writes of a name that still matter, in the order they were made.
    central: RefCell<BTreeMap<String, Vec<Write>>>,
    locations: RefCell<BTreeMap<usize, Location>>,
}

#[derive(Default)]
struct Location {
    /// What this location wrote and sees at once.
    own: BTreeMap<String, Write>,
    reads: BTreeMap<String, Cached<Option<Write>>>,
    lists: BTreeMap<String, Cached<BTreeMap<String, Write>>>,
}

#[derive(Clone)]
struct Write {
    at_ms: u64,
    visible_at_ms: u64,
    expires_at_ms: u64,
    entry: Rc<Entry>,
}

struct Cached<T> {
    until_ms: u64,
    value: T,
}

impl Kv {
    /// An empty store.
    pub fn new(world: &World, model: KvModel) -> Self {
        Self(Rc::new(Inner {
            world: world.clone(),
            model,
            outage: Cell::new(None),
            operations: Cell::default(),
            central: RefCell::default(),
            locations: RefCell::default(),
        }))
    }

    /// The store as seen from a location.
    pub fn at(&self, location: usize) -> KvAt {
        KvAt {
            kv: self.clone(),
            location,
        }
    }

    /// Begins an outage, or ends it.
    pub fn set_outage(&self, outage: Option<Outage>) {
        self.0.outage.set(outage);
    }

    /// What has been done so far.
    pub fn operations(&self) -> Operations {
        self.0.operations.get()
    }

    /// What is seen of a name where nothing is cached.
    fn central(&self, name: &str) -> Option<Write> {
        let central = self.0.central.borrow();
        let now_ms = self.0.world.now_ms();
        let mut writes = central.get(name)?.iter();
        writes.rfind(|write| write.visible_at_ms <= now_ms).cloned()
    }
}

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

/// The longest name: bytes. <https://developers.cloudflare.com/kv/platform/limits/>
pub const MAX_NAME_BYTES: usize = 512;
/// The most metadata of a name: bytes of JSON.
pub const MAX_METADATA_BYTES: usize = 1_024;
/// The shortest expiry: seconds.
pub const MIN_TTL_S: u64 = 60;

#[cfg(test)]
#[path = "kv_tests.rs"]
mod tests;
