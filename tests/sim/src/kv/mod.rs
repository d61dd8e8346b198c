//! [`Kv`]: a store in many locations.
//!
//! A write goes to the central store, where others can see it after a while; a location serves what it has read, misses
//! too, until that runs out; what a location has written it usually sees itself.

mod at;
mod model;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use serde_json::Value;

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

/// The value and metadata of a name.
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

/// The longest name: bytes. <https://developers.cloudflare.com/kv/platform/limits/>
pub const MAX_NAME_BYTES: usize = 512;
/// The most metadata of a name: bytes of JSON.
pub const MAX_METADATA_BYTES: usize = 1_024;
/// The shortest expiry: seconds.
pub const MIN_TTL_S: u64 = 60;

#[cfg(test)]
#[path = "kv_tests.rs"]
mod tests;
