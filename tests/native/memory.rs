//! [`Memory`]: the platform in memory. Time advances only when a test moves it; stores keep everything in maps.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use formgate::clock::UnixMillis;
use formgate::config::{Bindings, Config};
use formgate::delivery::{Acknowledged, CoreRequest, DeadLetter, QueuedLead};
use formgate::dispatch::{Disposition, deliver_queued};
use formgate::envelope::{CoreResponse, ReceiptStatus, Response};
use formgate::limit::CounterUpdate;
use formgate::platform::{Isolate, Platform};
use formgate::problem::{Fault, FaultKind};
use formgate::route::{HEADERS_READ, Method, Request};
use formgate::service::handle;
use formgate::submission::{BodyFault, RequestBody};
use futures_executor::block_on;
use serde_json::{Value, json};

/// One isolate on stores that other isolates may share.
#[derive(Clone)]
pub struct Memory {
    isolate: Rc<Isolate>,
    pub stores: Rc<Stores>,
}

/// The stores that isolates share, and switches and counts for tests.
#[derive(Default)]
pub struct Stores {
    pub now: Cell<UnixMillis>,
    pub forms: RefCell<BTreeMap<String, String>>,
    pub form_reads: Cell<u32>,
    /// The bytes of bodies that were read.
    pub body_bytes_read: Cell<usize>,
    pub counters: RefCell<BTreeMap<String, Value>>,
    pub counter_reads: Cell<u32>,
    /// Leads by form and idempotency key.
    pub inbox: RefCell<BTreeMap<(String, String), QueuedLead>>,
    /// Messages, and the seconds until each is delivered.
    pub outbox: RefCell<VecDeque<(String, u32)>>,
    /// The folder of leads that were moved, by id.
    pub folders: RefCell<BTreeMap<String, Folder>>,
    /// The status of leads that are not new, by id.
    pub statuses: RefCell<BTreeMap<String, String>>,
    /// Dead letters by id.
    pub dead: RefCell<BTreeMap<String, DeadLetter>>,
    /// The ids of dead letters that the operator asked to redrive.
    pub asked: RefCell<BTreeSet<String>>,
    /// The ids of dead letters whose message cannot be read.
    pub damaged: RefCell<BTreeSet<String>>,
    /// The outbox refuses everything while this is set.
    pub is_outbox_down: Cell<bool>,
    pub core_requests: RefCell<Vec<CoreRequest>>,
    /// The core's next responses; without one there is no connection.
    pub core_response: RefCell<VecDeque<CoreResponse>>,
    pub log: RefCell<Vec<String>>,
    /// Every store fails while this is set.
    pub is_down: Cell<bool>,
    /// Only the inbox and the dead letters fail while this is set.
    pub is_inbox_down: Cell<bool>,
    /// Only the store of forms fails while this is set.
    pub is_forms_down: Cell<bool>,
    /// The database was never set up.
    pub has_no_tables: Cell<bool>,
    /// The number of queries to the tables.
    pub questions: Cell<u32>,
    /// Only the counters' store fails while this is set.
    pub are_counters_down: Cell<bool>,
    tasks: RefCell<VecDeque<Pin<Box<dyn Future<Output = ()>>>>>,
    drawn: Cell<u8>,
}

/// Where a lead of the table is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Folder {
    Inbox,
    Spam,
    Released,
}

impl Memory {
    /// An isolate with these settings, on empty stores.
    pub fn new(settings: &[(&str, &str)]) -> Self {
        let stores = Rc::new(Stores::default());
        stores.now.set(UnixMillis(1_795_293_000_000));
        Self::on(stores, settings)
    }

    /// Another isolate on the same stores.
    pub fn on(stores: Rc<Stores>, settings: &[(&str, &str)]) -> Self {
        Self::with_bindings(stores, settings, Bindings::ALL)
    }

    /// The same with these bindings.
    pub fn with_bindings(
        stores: Rc<Stores>,
        settings: &[(&str, &str)],
        bindings: Bindings,
    ) -> Self {
        let lookup = |name: &str| {
            let found = settings.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let id = format!("isolate{}", stores.drawn.replace(stores.drawn.get() + 1));
        let isolate = Rc::new(Isolate::new(id, Config::parse(lookup, bindings), bindings));
        Self { isolate, stores }
    }

    /// Stores a definition under its key and under its version.
    pub fn publish(&self, definition: &Value) {
        let name = format!("form/{}", definition["key"].as_str().unwrap());
        let version = definition["version"].as_u64().unwrap_or(1);
        let mut forms = self.stores.forms.borrow_mut();
        forms.insert(format!("{name}/v/{version}"), definition.to_string());
        forms.insert(name, definition.to_string());
    }

    /// Responds to a request, then runs its background tasks.
    pub fn ask(&self, call: Call) -> Response {
        let body = Body(call.body, self.stores.clone());
        let answer = block_on(handle(&call.request, body, self));
        while let Some(task) = { self.stores.tasks.borrow_mut().pop_front() } {
            block_on(task);
        }
        answer
    }

    /// The lead of this id in the inbox.
    pub fn lead(&self, id: &str) -> Value {
        let inbox = self.stores.inbox.borrow();
        let queued = inbox.values().find(|queued| queued.id == id).unwrap();
        serde_json::from_str(&queued.lead).unwrap()
    }

    /// The folder of a lead of the table: where it was moved to, else where it was stored.
    pub fn folder(&self, id: &str) -> Option<Folder> {
        let inbox = self.stores.inbox.borrow();
        let queued = inbox.values().find(|queued| queued.id == id)?;
        let stored = match queued.is_spam {
            true => Folder::Spam,
            false => Folder::Inbox,
        };
        Some(*self.stores.folders.borrow().get(id).unwrap_or(&stored))
    }

    /// Takes the next message out of the outbox and delivers it; `None` when the outbox is empty.
    pub fn deliver_next(&self) -> Option<Disposition> {
        let (message, delay_s) = self.stores.outbox.borrow_mut().pop_front()?;
        self.pass(u64::from(delay_s) * 1_000);
        Some(block_on(deliver_queued(self, &message)))
    }

    /// Moves the clock.
    pub fn pass(&self, millis: u64) {
        self.stores.now.set(self.stores.now.get().plus(millis));
    }

    /// All log lines, as one text.
    pub fn logged(&self) -> String {
        self.stores.log.borrow().join("\n")
    }

    fn unless_counters_down<T>(&self, value: T) -> Result<T, Fault> {
        if self.stores.are_counters_down.get() {
            Err(Fault::new(FaultKind::Store, "counters down"))
        } else {
            self.unless_down(value)
        }
    }

    fn unless_inbox_down(&self) -> Result<(), Fault> {
        if self.stores.is_inbox_down.get() {
            return Err(Fault::new(FaultKind::Store, "inbox down"));
        }
        self.unless_down(())
    }

    /// The value, unless the stores are down.
    pub fn unless_down<T>(&self, value: T) -> Result<T, Fault> {
        if self.stores.is_down.get() {
            Err(Fault::new(FaultKind::Store, "down"))
        } else {
            Ok(value)
        }
    }
}

impl Platform for Memory {
    fn isolate(&self) -> Rc<Isolate> {
        self.isolate.clone()
    }

    fn now(&self) -> UnixMillis {
        self.stores.now.get()
    }

    fn random(&self) -> Result<[u8; 16], Fault> {
        let drawn = self.stores.drawn.get();
        self.stores.drawn.set(drawn.wrapping_add(1));
        Ok([drawn; 16])
    }

    fn log(&self, line: &str) {
        self.stores.log.borrow_mut().push(line.to_owned());
    }

    fn wait_until(&self, task: impl Future<Output = ()> + 'static) {
        self.stores.tasks.borrow_mut().push_back(Box::pin(task));
    }

    async fn sleep(&self, millis: u64) {
        self.pass(millis);
    }

    async fn stored_form(&self, kv_name: &str) -> Result<Option<String>, Fault> {
        self.stores.form_reads.set(self.stores.form_reads.get() + 1);
        if self.stores.is_forms_down.get() {
            return Err(Fault::new(FaultKind::Store, "forms down"));
        }
        self.unless_down(self.stores.forms.borrow().get(kv_name).cloned())
    }

    async fn counter_parts(&self, prefix: &str) -> Result<Vec<(String, Option<Value>)>, Fault> {
        self.stores
            .counter_reads
            .set(self.stores.counter_reads.get() + 1);
        let counters = self.stores.counters.borrow();
        let parts = counters.iter().filter(|(name, _)| name.starts_with(prefix));
        self.unless_counters_down(
            parts
                .map(|(name, metadata)| (name.clone(), Some(metadata.clone())))
                .collect(),
        )
    }

    async fn publish_counter(&self, update: &CounterUpdate, ttl_s: u64) -> Result<(), Fault> {
        assert!(ttl_s >= 60, "KV refuses a shorter expiry");
        self.unless_counters_down(())?;
        self.stores
            .counters
            .borrow_mut()
            .insert(update.name.clone(), json!(update.part.metadata()));
        Ok(())
    }

    async fn post_to_core(&self, request: CoreRequest) -> Result<CoreResponse, Fault> {
        self.stores.core_requests.borrow_mut().push(request);
        let answer = self.stores.core_response.borrow_mut().pop_front();
        answer.ok_or_else(|| Fault::new(FaultKind::CoreUnreachable, "no connection"))
    }

    async fn store_lead(&self, queued: &QueuedLead) -> Result<Acknowledged, Fault> {
        self.unless_inbox_down()?;
        let key = (queued.form.clone(), queued.idempotency_key.clone());
        let mut inbox = self.stores.inbox.borrow_mut();
        let stored = inbox.entry(key).or_insert_with(|| queued.clone());
        Ok(Acknowledged {
            id: stored.id.clone(),
            status: ReceiptStatus::Stored,
            received_at: stored.received_at(),
        })
    }

    async fn enqueue(&self, message: &str, delay_s: u32) -> Result<(), Fault> {
        self.unless_down(())?;
        if self.stores.is_outbox_down.get() || message.len() > MAX_MESSAGE_BYTES {
            return Err(Fault::new(FaultKind::Store, "outbox down"));
        }
        let message = (message.to_owned(), delay_s);
        self.stores.outbox.borrow_mut().push_back(message);
        Ok(())
    }

    async fn put_dead_letter(&self, letter: &DeadLetter) -> Result<(), Fault> {
        self.unless_inbox_down()?;
        let mut dead = self.stores.dead.borrow_mut();
        dead.insert(letter.id.clone(), letter.clone());
        self.stores.asked.borrow_mut().remove(&letter.id);
        self.stores.damaged.borrow_mut().remove(&letter.id);
        Ok(())
    }
}

/// The largest message of a queue: <https://developers.cloudflare.com/queues/platform/limits/>.
const MAX_MESSAGE_BYTES: usize = 128_000;

/// A request to make.
#[derive(Clone)]
pub struct Call {
    pub request: Request,
    pub body: Vec<u8>,
}

impl Call {
    pub fn new(method: &str, path: &str) -> Self {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        Self {
            request: Request {
                method: Method::parse(method),
                own_origin: "https://forms.test".to_owned(),
                path: path.to_owned(),
                query: query.to_owned(),
                country: Some("AT".to_owned()),
                headers: Vec::new(),
            },
            body: Vec::new(),
        }
    }

    /// A submission of JSON to the form `demo` from an allowed page.
    pub fn submit(body: impl AsRef<[u8]>) -> Self {
        Self::new("POST", "/v1/forms/demo/submissions")
            .with("origin", "https://example.com")
            .with("content-type", "application/json")
            .with("cf-connecting-ip", "192.0.2.1")
            .with("user-agent", "formgate-tests/1")
            .body(body)
    }

    /// Sets a header, replacing what it was.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        assert!(HEADERS_READ.contains(&name), "{name} is not read");
        self.request.headers.retain(|(known, _)| *known != name);
        self.request.headers.push((name, value.to_owned()));
        self
    }

    /// The same, sent to another path.
    pub fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.request.path);
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.request.headers.retain(|(known, _)| *known != name);
        self
    }

    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_vec();
        self
    }
}

struct Body(Vec<u8>, Rc<Stores>);

impl RequestBody for Body {
    async fn read(self, limit_bytes: usize) -> Result<Vec<u8>, BodyFault> {
        self.read_little(limit_bytes, 33_554_432).await
    }

    async fn read_little(
        self,
        limit_bytes: usize,
        drained_bytes: usize,
    ) -> Result<Vec<u8>, BodyFault> {
        let Self(body, stores) = self;
        let read = body.len().min(limit_bytes.saturating_add(drained_bytes));
        let before = stores.body_bytes_read.get();
        stores.body_bytes_read.set(before + read);
        if body.len() > limit_bytes {
            Err(BodyFault::TooLarge)
        } else {
            Ok(body)
        }
    }
}

/// The body of a response as JSON.
pub fn json(answer: &Response) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("not JSON: {}", answer.body))
}

/// The code of a refusal.
pub fn code(answer: &Response) -> String {
    json(answer)["error"]["code"].as_str().unwrap().to_owned()
}
