//! [`Memory`]: formgate's platform in memory, on virtual time. The native tests and both simulations run on it.
//!
//! What differs between them is configuration: the switches of [`Stores`], a [`KvAt`] for the counters, how far the clock is
//! off, and an [`Outside`], which decides how each call is carried out.

mod access;
mod changes;
mod event;
mod forms;
mod outside;
mod queries;
mod request;
mod stores;

pub use access::signature;
pub use event::{BACKGROUND_MS, Build};
pub use forms::FormRow;
pub use outside::{Direct, Operation, Outside, Store};
pub use request::{Body, Call, code, json};
pub use stores::{Folder, Stores, Timeline};

use std::future::{Future, ready};
use std::rc::Rc;

use formgate::access::{Jwk, Jwt};
use formgate::clock::UnixMillis;
use formgate::config::{Bindings, Config};
use formgate::delivery::{Acknowledged, CoreRequest, DeadLetter, QueuedLead};
use formgate::dispatch::{Disposition, deliver_queued};
use formgate::envelope::{CoreResponse, Response};
use formgate::form::HostFacts;
use formgate::inbox::{Query, Row};
use formgate::limit::CounterUpdate;
use formgate::platform::{Database, Isolate, Platform};
use formgate::problem::{Fault, FaultKind};
use formgate::service::handle;
use serde_json::{Value, json};

use crate::kv::{KvAt, KvError};
use crate::world::{Owner, World};

use event::Ends;

/// An event in one isolate, on stores that other isolates may share. Clones are the same event; see [`Memory::for_event`].
#[derive(Clone)]
pub struct Memory<O = Direct> {
    isolate: Rc<Isolate>,
    /// The stores.
    pub stores: Rc<Stores>,
    /// Whose its background tasks are.
    pub owner: Owner,
    outside: O,
    /// Where the counters are, with its delays and stale reads; without it they are in `stores`, which are consistent.
    kv: Option<KvAt>,
    /// How far the isolate's clock is from the true time: milliseconds.
    skew_ms: i64,
    ends: Rc<Ends>,
}

impl Memory {
    /// An isolate with these settings, on empty stores.
    pub fn new(settings: &[(&str, &str)]) -> Self {
        let world = World::new(SEED);
        world.run_until(NATIVE_START_MS);
        let stores = Stores::new(&world);
        stores.is_log_kept.set(true);
        Self::on(stores, settings)
    }

    /// Another isolate on the same stores.
    pub fn on(stores: Rc<Stores>, settings: &[(&str, &str)]) -> Self {
        Self::start(stores, Owner(0), settings, Direct)
    }
}

impl<O: Outside> Memory<O> {
    /// An isolate with empty caches and these settings.
    pub fn start(stores: Rc<Stores>, owner: Owner, settings: &[(&str, &str)], outside: O) -> Self {
        Self::start_with(stores, owner, settings, outside, Bindings::ALL)
    }

    /// The same with these bindings.
    pub fn start_with(
        stores: Rc<Stores>,
        owner: Owner,
        settings: &[(&str, &str)],
        outside: O,
        bindings: Bindings,
    ) -> Self {
        let lookup = |name: &str| {
            let found = settings.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let id = format!("{:016x}", stores.world.random());
        let isolate = Isolate::new(id, Config::parse(lookup, bindings), bindings);
        Self {
            isolate: Rc::new(isolate),
            stores,
            owner,
            outside,
            kv: None,
            skew_ms: 0,
            ends: Ends::never(),
        }
    }

    /// The same isolate, whose counters are in `kv` and whose clock is off by `skew_ms`.
    #[must_use]
    pub fn at(self, kv: KvAt, skew_ms: i64) -> Self {
        let kv = Some(kv);
        Self {
            kv,
            skew_ms,
            ..self
        }
    }

    /// The same isolate, for another event.
    #[must_use]
    pub fn for_event(&self) -> Self {
        self.for_event_with(self.owner, self.outside.clone())
    }

    /// The same isolate, for an event whose calls are carried out in another way.
    #[must_use]
    pub fn for_event_with<P>(&self, owner: Owner, outside: P) -> Memory<P> {
        Memory {
            isolate: self.isolate.clone(),
            stores: self.stores.clone(),
            owner,
            outside,
            kv: self.kv.clone(),
            skew_ms: self.skew_ms,
            ends: Ends::never(),
        }
    }

    /// Responds to a request, then runs its background tasks.
    #[expect(clippy::expect_used, reason = "a test reports by panicking")]
    pub fn ask(&self, call: Call) -> Response {
        let response = self.block_on(self.for_event().send(call));
        self.stores.world.run();
        response.expect("the event has ended before its response")
    }

    /// Responds to a request as one event; `None` when the platform ends the event before that.
    pub async fn send(&self, call: Call) -> Option<Response> {
        let body = Body::new(call.body, self);
        self.run_request(handle(&call.request, body, self)).await
    }

    /// Runs a future to its end; other tasks run while it waits.
    #[expect(clippy::expect_used, reason = "a test reports by panicking")]
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        let value = self.stores.world.block_on(future);
        value.expect("it waits for what never comes")
    }

    /// Takes the next message out of the outbox and delivers it; `None` when the outbox is empty.
    pub fn deliver_next(&self) -> Option<Disposition> {
        let (message, delay_s) = self.stores.outbox.borrow_mut().pop_front()?;
        self.pass(u64::from(delay_s) * 1_000);
        Some(self.block_on(deliver_queued(self, &message)))
    }

    /// Moves the clock.
    pub fn pass(&self, millis: u64) {
        let world = &self.stores.world;
        world.run_until(world.now_ms() + millis);
        self.begin_later();
        world.run_until(world.now_ms());
    }

    /// Begins the tasks of `run_later` that are due.
    fn begin_later(&self) {
        let now_ms = self.stores.world.now_ms();
        let mut later = self.stores.later.borrow_mut();
        for (_, task) in later.extract_if(.., |(at_ms, _)| *at_ms <= now_ms) {
            self.stores.world.spawn(self.owner, task);
        }
    }

    /// Stores a definition under its key and under its version.
    pub fn publish(&self, definition: &Value) {
        self.stores.publish(definition);
    }

    /// The lead of this id in the inbox.
    pub fn lead(&self, id: &str) -> Value {
        self.stores.lead(id)
    }

    /// All log lines, as one text.
    pub fn logged(&self) -> String {
        self.stores.log.borrow().join("\n")
    }
}

impl<O: Outside> Platform for Memory<O> {
    fn isolate(&self) -> Rc<Isolate> {
        self.isolate.clone()
    }

    fn now(&self) -> UnixMillis {
        let now_ms = self.stores.world.now_ms();
        UnixMillis(now_ms.saturating_add_signed(self.skew_ms))
    }

    fn random(&self) -> Result<[u8; 16], Fault> {
        let world = &self.stores.world;
        let bits = u128::from(world.random()) << 64 | u128::from(world.random());
        Ok(bits.to_be_bytes())
    }

    fn log(&self, line: &str) {
        if self.stores.is_log_kept.get() {
            self.stores.log.borrow_mut().push(line.to_owned());
        }
    }

    fn wait_until(&self, task: impl Future<Output = ()> + 'static) {
        let event = self.clone();
        let task = async move { event.run_background(task).await };
        self.stores.world.spawn(self.owner, task);
    }

    /// Does not move the clock, as a `wait_until` that sleeps would: it begins when the test's clock has passed its time.
    fn run_later(&self, delay_ms: u64, task: impl Future<Output = ()> + 'static) {
        if delay_ms == 0 {
            return self.wait_until(task);
        }
        let at_ms = self.stores.world.now_ms() + delay_ms;
        self.stores.later.borrow_mut().push((at_ms, Box::pin(task)));
    }

    async fn sleep(&self, millis: u64) {
        let slept = self.stores.world.sleep(millis);
        self.outside.wait(slept).await;
    }

    async fn stored_form(&self, kv_name: &str) -> Result<Option<String>, Fault> {
        let read = async || self.stores.stored_form(kv_name);
        self.outside.call(Operation::ReadForm, read).await
    }

    async fn put_form(&self, kv_name: &str, json: &str) -> Result<(), Fault> {
        let put = async || self.stores.put_form(kv_name, json);
        self.outside.call(Operation::PutForm, put).await
    }

    async fn delete_form(&self, kv_name: &str) -> Result<(), Fault> {
        let delete = async || self.stores.delete_form(kv_name);
        self.outside.call(Operation::DeleteForm, delete).await
    }

    async fn form_names(
        &self,
        prefix: &str,
        cursor: Option<String>,
    ) -> Result<(Vec<String>, Option<String>), Fault> {
        let list = async || {
            self.stores
                .form_names(prefix, cursor.as_deref(), MAX_LISTED)
        };
        self.outside.call(Operation::ListForms, list).await
    }

    async fn look_up_hosts(&self, hosts: Vec<String>) -> Vec<HostFacts> {
        hosts.into_iter().map(HostFacts::whole).collect()
    }

    async fn texts(&self, _tag: &str) -> Option<String> {
        // All are built in.
        None
    }

    async fn counter_parts(&self, prefix: &str) -> Result<Vec<(String, Option<Value>)>, Fault> {
        let list = async || match &self.kv {
            Some(kv) => kv.list(prefix, MAX_LISTED).await.map_err(kv_fault),
            None => self.stores.counter_parts(prefix),
        };
        self.outside.call(Operation::ListCounters, list).await
    }

    async fn publish_counter(&self, update: &CounterUpdate, ttl_s: u64) -> Result<(), Fault> {
        let metadata = json!(update.part.metadata());
        let put = async || {
            let metadata = metadata.clone();
            match &self.kv {
                Some(kv) => {
                    let put = kv.put(&update.name, "", Some(metadata), Some(ttl_s));
                    put.await.map_err(kv_fault)
                }
                None => self.stores.publish_counter(&update.name, metadata, ttl_s),
            }
        };
        self.outside.call(Operation::PutCounter, put).await
    }

    async fn post_to_core(&self, request: CoreRequest) -> Result<CoreResponse, Fault> {
        self.outside.post_to_core(&self.stores, request).await
    }

    async fn store_lead(&self, queued: &QueuedLead) -> Result<Acknowledged, Fault> {
        let store = async || self.stores.store_lead(queued);
        self.outside.call(Operation::StoreLead, store).await
    }

    async fn access_identity(&self) -> Option<String> {
        self.stores.signed_in.borrow().clone()
    }

    async fn fetch_jwks(&self, url: &str) -> Result<Vec<u8>, Fault> {
        let fetched = self.stores.fetch_jwks(url);
        self.outside.wait(ready(())).await;
        fetched
    }

    /// No cryptography: a signature is the hash of the key and the text, see [`signature`].
    async fn verify(&self, key: &Jwk, token: &Jwt<'_>) -> bool {
        token.signature == signature(&key.json, token.signed)
    }

    async fn enqueue(&self, message: &str, delay_s: u32) -> Result<(), Fault> {
        self.stores.check_message(message)?;
        let send = async || self.stores.enqueue(message, delay_s);
        self.outside.call(Operation::Enqueue, send).await
    }

    async fn put_dead_letter(&self, letter: &DeadLetter) -> Result<(), Fault> {
        let put = async || self.stores.put_dead_letter(letter);
        self.outside.call(Operation::PutDeadLetter, put).await
    }
}

impl<O: Outside> Database for Memory<O> {
    async fn query(&self, query: &Query<'_>) -> Result<Vec<Row>, Fault> {
        if let Query::Usage(query) = query {
            return self.stores.query_usage(query);
        }
        let run = async || match query {
            Query::Forms(query) => self.stores.query_forms(query),
            query => self.stores.query(query),
        };
        self.outside.call(Operation::Query, run).await
    }
}

fn kv_fault(error: KvError) -> Fault {
    Fault::new(FaultKind::Store, error.to_string())
}

/// The seed of the native tests.
const SEED: u64 = 1;
/// When the native tests begin: milliseconds since 1970, 2026-11-22.
const NATIVE_START_MS: u64 = 1_795_293_000_000;
/// KV lists so many keys a page.
const MAX_LISTED: usize = 1_000;
