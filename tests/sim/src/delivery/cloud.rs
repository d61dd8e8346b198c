//! Everything outside an isolate, and what goes wrong with it: the core, the outbox, the inbox, the dead letters.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::pending;
use std::rc::Rc;

use formgate::problem::{Fault, FaultKind};
use serde_json::Value;

use sim::memory::{Operation, Store, Stores};
use sim::world::{Owner, World};

/// What outlives every isolate. Clones are the same cloud.
#[derive(Clone)]
pub struct Cloud(pub Rc<State>);

/// Its parts.
pub struct State {
    /// Time and chance.
    pub world: World,
    /// The stores.
    pub stores: Rc<Stores>,
    /// How likely each call goes wrong.
    pub fault_rate: Cell<f64>,
    /// How often something went wrong.
    pub faults: Cell<u64>,
    /// While it is set, neither the core nor D1 comes back.
    pub is_disaster: Cell<bool>,
    /// What the core has taken, by idempotency key.
    pub core: RefCell<BTreeMap<String, Taken>>,
    /// Idempotency keys of requests the core is still working on.
    pub core_in_progress: RefCell<BTreeSet<String>>,
    /// Leads the core has refused.
    pub refused_by_core: RefCell<Vec<String>>,
    /// Isolates that have ended.
    pub ended: RefCell<BTreeSet<u64>>,
    /// Messages that wait for an isolate to take them.
    pub arrived: RefCell<VecDeque<Message>>,
    /// Messages in the outbox, waiting or on their way.
    pub in_outbox: Cell<u64>,
}

/// A lead the core has taken.
pub struct Taken {
    /// Its id.
    pub id: String,
    /// What a person would know it by.
    pub email: String,
    /// When the core took it.
    pub at_ms: u64,
}

/// A response of the core: status and body; empty while it works.
pub type CoreReply = Rc<Cell<Option<(u16, &'static str)>>>;

/// A message of the outbox.
#[derive(Clone)]
pub struct Message {
    /// Its text.
    pub text: Rc<str>,
    /// When it was sent.
    pub sent_ms: u64,
    /// How often it was taken.
    pub deliveries: u32,
    /// Whether it is in the queue of those that were taken too often.
    pub is_given_up: bool,
}

/// Where a call goes wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrong {
    /// Nothing was done.
    Before,
    /// It was done, and the response is lost.
    After,
    /// It is done twice, as when something on the way sends a request again.
    Twice,
    /// The isolate ends just before it.
    EndsBefore,
    /// The isolate ends just after it.
    EndsAfter,
}

impl Cloud {
    /// An empty cloud in this world.
    pub fn new(world: &World, fault_rate: f64) -> Self {
        Self(Rc::new(State {
            world: world.clone(),
            stores: Stores::new(world),
            fault_rate: Cell::new(fault_rate),
            faults: Cell::new(0),
            is_disaster: Cell::new(false),
            core: RefCell::default(),
            core_in_progress: RefCell::default(),
            refused_by_core: RefCell::default(),
            ended: RefCell::default(),
            arrived: RefCell::default(),
            in_outbox: Cell::new(0),
        }))
    }

    /// Notes that something went wrong.
    pub fn fault(&self) {
        self.0.faults.set(self.0.faults.get() + 1);
    }

    /// Whether something goes wrong this time; it is noted if so.
    pub fn goes_wrong(&self) -> bool {
        let rate = match self.0.is_disaster.get() {
            // A message is put off a hundred times, and at each of them may be there twice afterwards: at the full rate, the outbox
            // would grow by the factor 10,000, which no run ends.
            true => self.0.fault_rate.get() / 10.0,
            false => self.0.fault_rate.get(),
        };
        let wrong = self.0.world.chance(rate);
        if wrong {
            self.fault();
        }
        wrong
    }

    /// One call across the platform: takes a while, and may fail before or after `apply`, apply twice, or be the last thing the
    /// isolate does.
    pub async fn call<T>(
        &self,
        owner: Owner,
        operation: Operation,
        mut apply: impl AsyncFnMut() -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let world = &self.0.world;
        let failed = |how| Fault::new(FaultKind::Store, format!("{operation:?} {how}"));
        world.sleep(world.between(1, 60)).await;
        // A core that is down does not get so far.
        if operation.store() != Store::Core {
            let is_up = self.0.stores.check(operation.store());
            is_up.inspect_err(|_| self.fault())?;
        }
        let wrong = self.goes_wrong().then(|| match world.between(0, 9) {
            0 => Wrong::EndsBefore,
            1 => Wrong::EndsAfter,
            2 => Wrong::Twice,
            3..=5 => Wrong::After,
            _ => Wrong::Before,
        });
        if wrong == Some(Wrong::EndsBefore) {
            self.end(owner).await;
        }
        if wrong == Some(Wrong::Before) {
            return Err(failed("failed"));
        }
        let mut value = apply().await;
        self.send_queued();
        if wrong == Some(Wrong::Twice) {
            value = apply().await;
            self.send_queued();
        }
        if wrong == Some(Wrong::EndsAfter) {
            self.end(owner).await;
        }
        world.sleep(world.between(1, 60)).await;
        if wrong == Some(Wrong::After) {
            world.sleep(world.between(1_000, 10_000)).await;
            return Err(failed("timed out"));
        }
        value
    }

    /// Ends an isolate, and with it the task that calls this for its own isolate.
    pub async fn end(&self, owner: Owner) {
        self.0.ended.borrow_mut().insert(owner.0);
        self.0.world.kill(owner);
        pending::<()>().await;
    }

    /// Takes what a call put into the outbox.
    fn send_queued(&self) {
        let queued = std::mem::take(&mut *self.0.stores.outbox.borrow_mut());
        for (text, delay_s) in queued {
            self.put(&text, delay_s);
        }
    }

    /// Sends a message of the outbox. It arrives after its delay, sometimes later than others, sometimes twice.
    fn put(&self, text: &str, delay_s: u32) {
        let message = Message {
            text: text.into(),
            sent_ms: self.0.world.now_ms(),
            deliveries: 0,
            is_given_up: false,
        };
        let copies = if self.0.fault_rate.get() > 0.0 && self.0.world.chance(DUPLICATES) {
            self.fault();
            2
        } else {
            1
        };
        for _ in 0..copies {
            self.0.in_outbox.set(self.0.in_outbox.get() + 1);
            self.arrive(message.clone(), u64::from(delay_s) * 1_000);
        }
    }

    /// Lets a message arrive after a while.
    pub fn arrive(&self, message: Message, delay_ms: u64) {
        let (cloud, world) = (self.clone(), self.0.world.clone());
        self.0.world.spawn(PLATFORM, async move {
            world.sleep(delay_ms + world.between(0, 5_000)).await;
            cloud.0.arrived.borrow_mut().push_back(message);
        });
    }

    /// What the core does with a request: answers at once, or works on it for longer than the edge waits, and then may fail.
    /// While it works it refuses others with the same key, as draft-ietf-httpapi-idempotency-key-header, section 2.6, asks.
    pub fn core_asked(&self, key: &str, lead: &str) -> CoreReply {
        let reply = CoreReply::default();
        let state = &self.0;
        if state.core_in_progress.borrow().contains(key) {
            reply.set(Some((409, OUTSTANDING)));
            return reply;
        }
        if !state.world.chance(state.fault_rate.get() * SLOW_CORE) {
            reply.set(Some(self.core_takes(key, lead)));
            return reply;
        }
        self.fault();
        state.core_in_progress.borrow_mut().insert(key.to_owned());
        let (cloud, response) = (self.clone(), reply.clone());
        let (key, lead) = (key.to_owned(), lead.to_owned());
        // The core does not notice that the caller has given up.
        state.world.spawn(PLATFORM, async move {
            let world = &cloud.0.world;
            world.sleep(world.between(100, MAX_CORE_WORK_MS)).await;
            cloud.0.core_in_progress.borrow_mut().remove(&key);
            let fails = world.chance(0.5);
            response.set(Some(match fails {
                true => (500, ""),
                false => cloud.core_takes(&key, &lead),
            }));
        });
        reply
    }

    /// What the core does with a lead: its status and body. Durable before it answers.
    fn core_takes(&self, key: &str, lead: &str) -> (u16, &'static str) {
        let lead: Value = serde_json::from_str(lead).unwrap_or_default();
        let id = lead.get("id").and_then(Value::as_str).unwrap_or_default();
        let email = email_of(&lead);
        if email.starts_with("refused") {
            self.0.refused_by_core.borrow_mut().push(id.to_owned());
            return (422, REFUSAL);
        }
        let mut core = self.0.core.borrow_mut();
        match core.get(key) {
            Some(taken) if taken.id == id => (409, EXISTS),
            // draft-ietf-httpapi-idempotency-key-header, section 2.7: another content under a key.
            Some(_) => (422, ""),
            None => {
                let (id, email) = (id.to_owned(), email.to_owned());
                let at_ms = self.0.world.now_ms();
                core.insert(key.to_owned(), Taken { id, email, at_ms });
                (201, "{}")
            }
        }
    }
}

/// What a person would know a lead by.
pub fn email_of(lead: &Value) -> &str {
    let email = lead.pointer("/fields/email").and_then(Value::as_str);
    email.unwrap_or_default()
}

const REFUSAL: &str = r#"{"error":{"details":{"errors":[{"field":"email","code":"type_mismatch","message":"No such mailbox"}]}}}"#;
const EXISTS: &str =
    r#"{"error":{"code":"LG_1001","message":"This lead exists already","http":409}}"#;
/// The example of draft-ietf-httpapi-idempotency-key-header, section 2.7, for a request that comes again too early.
const OUTSTANDING: &str = r#"{"type":"https://developer.example.com/idempotency","title":"A request is outstanding for this Idempotency-Key","detail":"A request with the same Idempotency-Key for the same operation is being processed or is outstanding."}"#;
/// Of the calls that go wrong, how many the core works on slowly; those that go wrong otherwise come before.
const SLOW_CORE: f64 = 0.25;
/// The longest such work, several times what the edge waits and longer than its first retries: milliseconds.
const MAX_CORE_WORK_MS: u64 = 60_000;
/// How many messages a queue delivers twice, far more than Cloudflare's "rare occasions".
/// <https://developers.cloudflare.com/queues/reference/delivery-guarantees/>
const DUPLICATES: f64 = 0.02;
/// What no isolate owns.
pub const PLATFORM: Owner = Owner(0);
