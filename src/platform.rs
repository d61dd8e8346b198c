//! [`Platform`]: the trait for clock, randomness, log, stores and the core; and [`Isolate`], the state kept in memory.
//!
//! `cloudflare` implements it on Workers, `tests/sim/src/memory` in memory, with simulated faults if wanted. [`Database`] is also
//! implemented by `tools/leads.rs`.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::num::NonZeroUsize;
use std::rc::Rc;

use serde_json::Value;

use crate::access::{Failures, Jwk, Jwks, Jwt};
use crate::clock::UnixMillis;
use crate::config::{Bindings, Config, Keys, Waiting};
use crate::delivery::{
    Acknowledged, Breaker, CoreRequest, DeadLetter, MAX_RECEIPTS, QueuedLead, Receipts,
};
use crate::envelope::CoreResponse;
use crate::form::{FormCache, HostFacts, MAX_CACHED_FORMS};
use crate::inbox::{Query, Row};
use crate::limit::{CounterUpdate, Counters, MAX_COUNTERS};
use crate::problem::{Fault, SettingFault};
use crate::spam::{Efforts, Repeats};
use crate::usage::Usage;

/// Clock, randomness, log, stores and the core. Clones, made for background tasks, share all state.
#[expect(
    async_fn_in_trait,
    reason = "isolates have one thread; nothing here needs Send"
)]
pub trait Platform: Database + Clone + 'static {
    /// The isolate's state, the same value for all its requests and background tasks. A `borrow_mut` of a part of it must end
    /// before the next await.
    fn isolate(&self) -> Rc<Isolate>;

    /// The time of the last I/O (a Worker's clock does not advance in between).
    fn now(&self) -> UnixMillis;

    /// Unpredictable bytes, or the fault that prevents them.
    fn random(&self) -> Result<[u8; 16], Fault>;

    /// Writes one line to the log.
    fn log(&self, line: &str);

    /// Runs a task that may continue after the response; it may be cancelled after 30 seconds.
    fn wait_until(&self, task: impl Future<Output = ()> + 'static);

    /// Runs a task in the background after some milliseconds.
    fn run_later(&self, delay_ms: u64, task: impl Future<Output = ()> + 'static) {
        let platform = self.clone();
        self.wait_until(async move {
            if delay_ms > 0 {
                platform.sleep(delay_ms).await;
            }
            task.await;
        });
    }

    /// Waits for a number of milliseconds.
    async fn sleep(&self, millis: u64);

    /// Reads a stored form definition; `None` when there is none of this name.
    async fn stored_form(&self, kv_name: &str) -> Result<Option<String>, Fault>;

    /// Writes a form definition under a name. Fails when the same name was written within a second.
    async fn put_form(&self, kv_name: &str, json: &str) -> Result<(), Fault>;

    /// Deletes what is stored under a name.
    async fn delete_form(&self, kv_name: &str) -> Result<(), Fault>;

    /// Lists the names of stored forms that begin with `prefix`, at most 1,000, and up to a minute old; then the cursor of the
    /// next page, if any.
    async fn form_names(
        &self,
        prefix: &str,
        cursor: Option<String>,
    ) -> Result<(Vec<String>, Option<String>), Fault>;

    /// What the whole tables contain about hosts without control characters.
    async fn look_up_hosts(&self, hosts: Vec<String>) -> Vec<HostFacts>;

    /// The texts of a language, packed as `build.rs` does; `None` when they cannot be read.
    async fn texts(&self, tag: &str) -> Option<String>;

    /// Lists the parts of a counter that isolates have published, this one's included: names that begin with `prefix`, and the
    /// metadata of each. At most 1,000, and up to a minute old.
    async fn counter_parts(&self, prefix: &str) -> Result<Vec<(String, Option<Value>)>, Fault>;

    /// Publishes this isolate's part of a counter. Fails when the same name was written within a second.
    async fn publish_counter(&self, update: &CounterUpdate, ttl_s: u64) -> Result<(), Fault>;

    /// Sends one request to the core, following no redirect.
    async fn post_to_core(&self, request: CoreRequest) -> Result<CoreResponse, Fault>;

    /// Stores a lead in the inbox, or in the spam folder if it is spam, unless one with its form and idempotency key is in either;
    /// gives the one that is there now.
    async fn store_lead(&self, queued: &QueuedLead) -> Result<Acknowledged, Fault>;

    /// The e-mail address of the caller that Cloudflare Access let in, empty for one without (a service token); `None` when Access
    /// did not run for this request.
    async fn access_identity(&self) -> Option<String>;

    /// Fetches a set of keys, at most [`crate::access::MAX_JWKS_BYTES`] within [`crate::access::JWKS_TIMEOUT_MS`], following no
    /// redirect.
    async fn fetch_jwks(&self, url: &str) -> Result<Vec<u8>, Fault>;

    /// Whether the signature of a token is one of this key; not for a key that cannot be used.
    async fn verify(&self, key: &Jwk, token: &Jwt<'_>) -> bool;

    /// Puts a message into the outbox, to be delivered in `delay_s` seconds. `Ok` means that it is durably stored.
    async fn enqueue(&self, message: &str, delay_s: u32) -> Result<(), Fault>;

    /// Writes a dead letter; replaces the one of the same id.
    async fn put_dead_letter(&self, letter: &DeadLetter) -> Result<(), Fault>;
}

/// The database with leads and dead letters, for `admin` and for redriving. A trait of its own, since the operator's tool
/// queries it without a Worker.
#[expect(
    async_fn_in_trait,
    reason = "isolates have one thread; nothing here needs Send"
)]
pub trait Database {
    /// Runs a query, which may change rows; gives the resulting rows.
    async fn query(&self, query: &Query<'_>) -> Result<Vec<Row>, Fault>;
}

/// Names of stored forms, and the cursor of the next page, if any.
pub type NamesPage = (Vec<String>, Option<String>);

/// What one isolate keeps in memory between requests. An isolate may end at any moment, and there may be hundreds.
#[derive(Debug)]
pub struct Isolate {
    /// The settings, parsed when the isolate started.
    pub config: Result<Config, Vec<SettingFault>>,
    /// Which bindings are present.
    pub bindings: Bindings,
    /// Form definitions read from KV.
    pub forms: RefCell<FormCache>,
    /// Rate limit counters.
    pub counters: RefCell<Counters>,
    /// The most recent receipts, by idempotency key.
    pub receipts: RefCell<Receipts>,
    /// The texts that were sent lately.
    pub repeats: RefCell<Repeats>,
    /// How often visitors were challenged lately.
    pub efforts: RefCell<Efforts>,
    /// The counts of submissions by page that are not written yet.
    pub usage: RefCell<Usage>,
    /// The circuit breaker of the core.
    pub breaker: RefCell<Breaker>,
    /// The keys of the issuer of JSON Web Tokens.
    pub jwks: RefCell<Jwks>,
    /// The moment before which no texts of a language are loaded again.
    pub no_texts_until: Cell<UnixMillis>,
    /// How many tokens of each address were refused lately.
    pub failures: RefCell<Failures>,
    /// When a query last found the tables of the inbox and the dead letters, and how many leads wait there.
    pub tables_seen: Cell<Option<(UnixMillis, Waiting)>>,
}

impl Isolate {
    /// An isolate with empty caches; `id` distinguishes its counters from other isolates'.
    pub fn new(id: String, config: Result<Config, Vec<SettingFault>>, bindings: Bindings) -> Self {
        Self {
            config,
            bindings,
            forms: RefCell::new(FormCache::new(capacity(MAX_CACHED_FORMS))),
            counters: RefCell::new(Counters::new(id, capacity(MAX_COUNTERS))),
            receipts: RefCell::new(Receipts::new(capacity(MAX_RECEIPTS))),
            repeats: RefCell::default(),
            efforts: RefCell::default(),
            usage: RefCell::default(),
            breaker: RefCell::default(),
            jwks: RefCell::default(),
            no_texts_until: Cell::new(UnixMillis(0)),
            failures: RefCell::default(),
            tables_seen: Cell::default(),
        }
    }

    /// Whether forms are cached; yes when the settings are invalid.
    pub fn has_form_cache(&self) -> bool {
        let config = self.config.as_ref();
        config.map_or(true, |config| config.has_form_cache)
    }

    /// The keys derived from `SIGNING_KEY`; `None` when it is not set or the settings are invalid.
    pub fn keys(&self) -> Option<Rc<Keys>> {
        self.config.as_ref().ok()?.keys.clone()
    }
}

fn capacity(entries: usize) -> NonZeroUsize {
    NonZeroUsize::new(entries).unwrap_or(NonZeroUsize::MIN)
}
