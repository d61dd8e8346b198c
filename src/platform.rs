//! [`Platform`]: everything that is not arithmetic. Two implementations: `cloudflare`, and one in memory for the native
//! tests. [`Database`] has a third, `tools/leads.rs`.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::num::NonZeroUsize;
use std::rc::Rc;

use serde_json::Value;

use crate::clock::UnixMillis;
use crate::config::{Bindings, Config, SigningKey};
use crate::delivery::{
    Acknowledged, Breaker, CoreRequest, DeadLetter, MAX_RECEIPTS, QueuedLead, Receipts,
};
use crate::envelope::CoreResponse;
use crate::form::{FormCache, MAX_CACHED_FORMS};
use crate::inbox::{Query, Row};
use crate::limit::{CounterUpdate, Counters, MAX_COUNTERS};
use crate::problem::{Fault, SettingFault};

/// Time, chance, stores and the core. Cloned into background tasks, so clones share everything.
#[expect(
    async_fn_in_trait,
    reason = "isolates have one thread; nothing here needs Send"
)]
pub trait Platform: Database + Clone + 'static {
    /// The isolate's state, the same value for all its requests and background tasks. A `borrow_mut` of a part of it must end
    /// before the next await.
    fn isolate(&self) -> Rc<Isolate>;

    /// The time of the last I/O (a Worker's clock does not run in between).
    fn now(&self) -> UnixMillis;

    /// Unpredictable bytes, or the reason there are none.
    fn random(&self) -> Result<[u8; 16], Fault>;

    /// Writes one line to the log.
    fn log(&self, line: &str);

    /// Lets a task run on after the answer; it may be cancelled after 30 seconds.
    fn wait_until(&self, task: impl Future<Output = ()> + 'static);

    /// Waits.
    async fn sleep(&self, millis: u64);

    /// Reads a stored form definition.
    async fn stored_form(&self, kv_name: &str) -> Result<Option<String>, Fault>;

    /// The names that begin with `prefix`, and the metadata of each: the parts of a counter that isolates have
    /// published, this one's among them; maybe a minute old. The first 1,000.
    async fn counter_parts(&self, prefix: &str) -> Result<Vec<(String, Option<Value>)>, Fault>;

    /// Publishes this isolate's part of a counter. Fails when the same name was written within a second.
    async fn publish_counter(&self, update: &CounterUpdate, ttl_s: u64) -> Result<(), Fault>;

    /// Sends one request to the core, following no redirect.
    async fn post_to_core(&self, request: CoreRequest) -> Result<CoreResponse, Fault>;

    /// Stores a lead in the inbox, unless one with its idempotency key is there; gives the one that is there now.
    async fn store_lead(&self, queued: &QueuedLead) -> Result<Acknowledged, Fault>;

    /// Puts a message into the outbox, to come out in so many seconds. `Ok` means that it is there.
    async fn enqueue(&self, message: &str, delay_s: u32) -> Result<(), Fault>;

    /// Writes a dead letter, over the one of the same id if there is one.
    async fn put_dead_letter(&self, letter: &DeadLetter) -> Result<(), Fault>;
}

/// The tables, for `admin` and for redriving: apart from the rest, since whoever runs the service asks them without a
/// Worker, too.
#[expect(
    async_fn_in_trait,
    reason = "isolates have one thread; nothing here needs Send"
)]
pub trait Database {
    /// Asks the tables, or changes them as asked; the rows that are the answer.
    async fn ask(&self, query: &Query<'_>) -> Result<Vec<Row>, Fault>;
}

/// What one isolate remembers between requests. It may be gone at any moment, and there may be hundreds.
#[derive(Debug)]
pub struct Isolate {
    /// The settings, parsed when the isolate began.
    pub config: Result<Config, Vec<SettingFault>>,
    /// Which bindings there are.
    pub bindings: Bindings,
    /// Definitions it has met.
    pub forms: RefCell<FormCache>,
    /// Counters it has met.
    pub counters: RefCell<Counters>,
    /// What it acknowledged lately.
    pub receipts: RefCell<Receipts>,
    /// What it thinks of the core.
    pub breaker: RefCell<Breaker>,
    /// When it last saw that the inbox and the dead letters have their tables.
    pub tables_seen_at: Cell<Option<UnixMillis>>,
}

impl Isolate {
    /// An isolate that remembers nothing yet; `id` tells its counters from others'.
    pub fn new(id: String, config: Result<Config, Vec<SettingFault>>, bindings: Bindings) -> Self {
        Self {
            config,
            bindings,
            forms: RefCell::new(FormCache::new(capacity(MAX_CACHED_FORMS))),
            counters: RefCell::new(Counters::new(id, capacity(MAX_COUNTERS))),
            receipts: RefCell::new(Receipts::new(capacity(MAX_RECEIPTS))),
            breaker: RefCell::default(),
            tables_seen_at: Cell::default(),
        }
    }

    /// Whether forms that were read lately are used again.
    pub fn has_form_cache(&self) -> bool {
        let config = self.config.as_ref();
        config.map_or(true, |config| config.has_form_cache)
    }

    /// The secret that keys hashes, if there is one.
    pub fn signing_key(&self) -> Option<&str> {
        let config = self.config.as_ref().ok();
        config.and_then(|config| config.signing_key.as_ref().map(SigningKey::as_str))
    }
}

fn capacity(entries: usize) -> NonZeroUsize {
    NonZeroUsize::new(entries).unwrap_or(NonZeroUsize::MIN)
}
