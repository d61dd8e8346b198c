//! [`Stores`]: everything that outlives an isolate, in maps, with switches and counts for tests.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use formgate::clock::UnixMillis;
use formgate::delivery::{Acknowledged, CoreRequest, DeadLetter, DeadLetterBody, QueuedLead};
use formgate::envelope::{CoreResponse, ReceiptStatus};
use formgate::inbox::Row;
use formgate::problem::{Fault, FaultKind};
use serde_json::Value;

use super::forms::FormRow;
use super::outside::Store;
use crate::kv::MIN_TTL_S;
use crate::world::World;

pub(super) type Task = Pin<Box<dyn Future<Output = ()>>>;

/// The stores that isolates share.
pub struct Stores {
    /// Time and chance.
    pub world: World,
    /// Form definitions by their names in KV.
    pub forms: RefCell<BTreeMap<String, String>>,
    /// The table of forms, by key.
    pub form_rows: RefCell<BTreeMap<String, FormRow>>,
    /// How often a version of a form got other content.
    pub rewritten: Cell<u32>,
    /// How often a form was read.
    pub form_reads: Cell<u32>,
    /// The bytes of bodies that were read.
    pub body_bytes_read: Cell<usize>,
    /// The metadata of counters by name, unless an isolate has them elsewhere.
    pub counters: RefCell<BTreeMap<String, Value>>,
    /// How often counters were listed.
    pub counter_reads: Cell<u32>,
    /// Leads by form and idempotency key.
    pub inbox: RefCell<BTreeMap<(String, String), QueuedLead>>,
    /// The folder of leads that were moved, by id.
    pub folders: RefCell<BTreeMap<String, Folder>>,
    /// The ids of leads that were taken out of the spam folder.
    pub not_spam: RefCell<BTreeSet<String>>,
    /// The status of leads that are not new, by id.
    pub statuses: RefCell<BTreeMap<String, String>>,
    /// The ids of leads with a star.
    pub starred: RefCell<BTreeSet<String>>,
    /// What was noted on leads, by id.
    pub notes: RefCell<BTreeMap<String, String>>,
    /// Timelines by id.
    pub timelines: RefCell<BTreeMap<String, Timeline>>,
    /// The hashes of erased people, and when they were erased.
    pub erased: RefCell<Vec<(String, UnixMillis)>>,
    /// Messages, and the seconds until each is delivered.
    pub outbox: RefCell<VecDeque<(String, u32)>>,
    /// How many messages were refused for their size.
    pub too_large: Cell<u64>,
    /// Dead letters by id.
    pub dead: RefCell<BTreeMap<String, DeadLetter>>,
    /// The ids of dead letters that the operator asked to redrive.
    pub asked: RefCell<BTreeSet<String>>,
    /// The ids of dead letters whose message cannot be read.
    pub damaged: RefCell<BTreeSet<String>>,
    /// The number of queries to the tables.
    pub queries: Cell<u32>,
    /// The counts of usage, one value a write.
    pub usage: RefCell<Vec<Value>>,
    /// Background tasks that begin at a time, in milliseconds since 1970; [`super::Memory::pass`] begins them.
    pub(super) later: RefCell<Vec<(u64, Task)>>,
    /// Requests to the core, without a simulated one.
    pub core_requests: RefCell<Vec<CoreRequest>>,
    /// The core's next responses; without one there is no connection.
    pub core_response: RefCell<VecDeque<CoreResponse>>,
    /// API tokens: the values of their columns.
    pub tokens: RefCell<Vec<Row>>,
    /// The audit: the values of its columns.
    pub audit: RefCell<Vec<Row>>,
    /// The e-mail address of the caller that Cloudflare Access let in.
    pub signed_in: RefCell<Option<String>>,
    /// What the issuer's server answers with its keys; `None` while it is down.
    pub jwks: RefCell<Option<String>>,
    /// How often the keys were fetched.
    pub jwks_reads: Cell<u32>,
    /// Log lines, if they are kept.
    pub log: RefCell<Vec<String>>,
    /// The native tests keep log lines; the simulations would need a hundred megabytes for them.
    pub is_log_kept: Cell<bool>,
    /// Every store fails while this is set.
    pub is_down: Cell<bool>,
    /// The store of forms fails while this is set.
    pub is_forms_down: Cell<bool>,
    /// The counters' store fails while this is set.
    pub are_counters_down: Cell<bool>,
    /// The inbox and the dead letters fail while this is set.
    pub is_inbox_down: Cell<bool>,
    /// The outbox refuses everything while this is set.
    pub is_outbox_down: Cell<bool>,
    /// The core accepts no connection while this is set.
    pub is_core_down: Cell<bool>,
    /// The database was never set up.
    pub has_no_tables: Cell<bool>,
}

/// The row of a timeline.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// When it began.
    pub since_ms: u64,
    /// The name of the last event.
    pub state: String,
    /// Its lines.
    pub events: String,
    /// Hashes of addresses.
    pub people: String,
}

/// Where a lead of the table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folder {
    /// It is in the inbox.
    Inbox,
    /// It is in the spam folder.
    Spam,
}

impl Stores {
    /// Empty stores in this world.
    pub fn new(world: &World) -> Rc<Self> {
        Rc::new(Self {
            world: world.clone(),
            forms: RefCell::default(),
            form_rows: RefCell::default(),
            rewritten: Cell::default(),
            form_reads: Cell::default(),
            body_bytes_read: Cell::default(),
            counters: RefCell::default(),
            counter_reads: Cell::default(),
            inbox: RefCell::default(),
            folders: RefCell::default(),
            not_spam: RefCell::default(),
            statuses: RefCell::default(),
            starred: RefCell::default(),
            notes: RefCell::default(),
            timelines: RefCell::default(),
            erased: RefCell::default(),
            outbox: RefCell::default(),
            too_large: Cell::default(),
            dead: RefCell::default(),
            asked: RefCell::default(),
            damaged: RefCell::default(),
            queries: Cell::default(),
            usage: RefCell::default(),
            later: RefCell::default(),
            tokens: RefCell::default(),
            audit: RefCell::default(),
            signed_in: RefCell::default(),
            jwks: RefCell::default(),
            jwks_reads: Cell::default(),
            core_requests: RefCell::default(),
            core_response: RefCell::default(),
            log: RefCell::default(),
            is_log_kept: Cell::default(),
            is_down: Cell::default(),
            is_forms_down: Cell::default(),
            are_counters_down: Cell::default(),
            is_inbox_down: Cell::default(),
            is_outbox_down: Cell::default(),
            is_core_down: Cell::default(),
            has_no_tables: Cell::default(),
        })
    }

    /// The true time.
    pub fn now(&self) -> UnixMillis {
        UnixMillis(self.world.now_ms())
    }

    /// Stores a definition under its key and under its version.
    pub fn publish(&self, definition: &Value) {
        let member = |name: &str| definition.get(name);
        let key = member("key").and_then(Value::as_str).unwrap_or_default();
        let version = member("version").and_then(Value::as_u64).unwrap_or(1);
        let mut forms = self.forms.borrow_mut();
        forms.insert(format!("form/{key}/v/{version}"), definition.to_string());
        forms.insert(format!("form/{key}"), definition.to_string());
    }

    /// The lead of this id in the inbox.
    #[expect(clippy::unwrap_used, reason = "a test reports by panicking")]
    pub fn lead(&self, id: &str) -> Value {
        let inbox = self.inbox.borrow();
        let queued = inbox.values().find(|queued| queued.id == id).unwrap();
        serde_json::from_str(&queued.lead).unwrap()
    }

    /// The folder of a lead of the table: where it was moved to, else where it was stored.
    pub fn folder(&self, id: &str) -> Option<Folder> {
        let inbox = self.inbox.borrow();
        let queued = inbox.values().find(|queued| queued.id == id)?;
        let stored = match queued.is_spam {
            true => Folder::Spam,
            false => Folder::Inbox,
        };
        Some(*self.folders.borrow().get(id).unwrap_or(&stored))
    }

    /// # Errors
    /// The store is switched off.
    pub fn check(&self, store: Store) -> Result<(), Fault> {
        let (is_down, detail) = match store {
            Store::Forms => (&self.is_forms_down, "forms down"),
            Store::Counters => (&self.are_counters_down, "counters down"),
            Store::Database => (&self.is_inbox_down, "inbox down"),
            Store::Outbox => (&self.is_outbox_down, "outbox down"),
            Store::Core if self.is_core_down.get() => return Err(no_connection()),
            Store::Core => return Ok(()),
        };
        if is_down.get() {
            Err(Fault::new(FaultKind::Store, detail))
        } else if self.is_down.get() {
            Err(Fault::new(FaultKind::Store, "down"))
        } else {
            Ok(())
        }
    }

    pub(super) fn stored_form(&self, kv_name: &str) -> Result<Option<String>, Fault> {
        self.form_reads.set(self.form_reads.get() + 1);
        self.check(Store::Forms)?;
        Ok(self.forms.borrow().get(kv_name).cloned())
    }

    pub(super) fn counter_parts(
        &self,
        prefix: &str,
    ) -> Result<Vec<(String, Option<Value>)>, Fault> {
        self.counter_reads.set(self.counter_reads.get() + 1);
        self.check(Store::Counters)?;
        let counters = self.counters.borrow();
        let parts = counters.iter().filter(|(name, _)| name.starts_with(prefix));
        Ok(parts
            .map(|(name, metadata)| (name.clone(), Some(metadata.clone())))
            .collect())
    }

    pub(super) fn publish_counter(
        &self,
        name: &str,
        metadata: Value,
        ttl_s: u64,
    ) -> Result<(), Fault> {
        assert!(ttl_s >= MIN_TTL_S, "KV refuses a shorter expiry");
        self.check(Store::Counters)?;
        self.counters.borrow_mut().insert(name.to_owned(), metadata);
        Ok(())
    }

    pub(super) fn post_to_core(&self, request: &CoreRequest) -> Result<CoreResponse, Fault> {
        self.core_requests.borrow_mut().push(request.clone());
        self.check(Store::Core)?;
        let response = self.core_response.borrow_mut().pop_front();
        response.ok_or_else(no_connection)
    }

    pub(super) fn store_lead(&self, queued: &QueuedLead) -> Result<Acknowledged, Fault> {
        self.check(Store::Database)?;
        let key = (queued.form.clone(), queued.idempotency_key.clone());
        let mut inbox = self.inbox.borrow_mut();
        let is_released = queued.is_spam && self.not_spam.borrow().contains(&queued.id);
        let stored = match is_released {
            true => inbox.get(&key).unwrap_or(queued),
            false => inbox.entry(key).or_insert_with(|| queued.clone()),
        };
        Ok(Acknowledged {
            id: stored.id.clone(),
            status: ReceiptStatus::Stored,
            received_at: stored.received_at(),
        })
    }

    /// # Errors
    /// The message is larger than a queue takes.
    pub(super) fn check_message(&self, message: &str) -> Result<(), Fault> {
        if message.len() <= MAX_MESSAGE_BYTES {
            return Ok(());
        }
        self.too_large.set(self.too_large.get() + 1);
        Err(Fault::new(FaultKind::Store, "outbox: message too large"))
    }

    pub(super) fn enqueue(&self, message: &str, delay_s: u32) -> Result<(), Fault> {
        self.check(Store::Outbox)?;
        let message = (message.to_owned(), delay_s);
        self.outbox.borrow_mut().push_back(message);
        Ok(())
    }

    pub(super) fn put_dead_letter(&self, letter: &DeadLetter) -> Result<(), Fault> {
        self.check(Store::Database)?;
        // A late copy of spam whose lead was taken out of the spam folder.
        let is_spam = matches!(&letter.body, DeadLetterBody::Lead(queued) if queued.is_spam);
        if is_spam && self.not_spam.borrow().contains(&letter.id) {
            return Ok(());
        }
        let mut dead = self.dead.borrow_mut();
        dead.insert(letter.id.clone(), letter.clone());
        self.asked.borrow_mut().remove(&letter.id);
        self.damaged.borrow_mut().remove(&letter.id);
        Ok(())
    }
}

fn no_connection() -> Fault {
    Fault::new(FaultKind::CoreUnreachable, "no connection")
}

/// The largest message of a queue: <https://developers.cloudflare.com/queues/platform/limits/>.
const MAX_MESSAGE_BYTES: usize = 128_000;
