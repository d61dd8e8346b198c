//! A request that ends at an await, because its visitor disconnected or its time is over.
//!
//! Workerd does not drop its future then, and does not poll it again; so nothing in the isolate's memory may wait for a future
//! to continue or to be dropped.

use std::cell::{Cell, RefCell};
use std::future::{Future, pending};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use formgate::clock::UnixMillis;
use formgate::config::MAX_CORE_TIMEOUT_MS;
use formgate::delivery::{Acknowledged, CoreRequest, DeadLetter, QueuedLead};
use formgate::envelope::{CoreResponse, Response};
use formgate::inbox::{Query, Row};
use formgate::limit::CounterUpdate;
use formgate::platform::{Database, Isolate, Platform};
use formgate::problem::Fault;
use formgate::service::handle;
use formgate::submission::{BodyFault, RequestBody};
use serde_json::{Value, json};

use crate::forms::demo;
use crate::memory::{Call, Memory, json};

/// The platform in memory, on which an event ends after a number of awaits.
#[derive(Clone)]
struct Ending {
    memory: Memory,
    awaits_left: Rc<Cell<u32>>,
    tasks: Rc<RefCell<Vec<Task>>>,
}

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// What the platform does with the future of an ended event.
#[derive(Clone, Copy, Debug)]
enum End {
    Dropped,
    NeverPolledAgain,
}

impl Ending {
    /// Runs one request and its background tasks for a number of awaits. Gives the response and after how many milliseconds it
    /// came, and whether the awaits were not enough.
    fn run(memory: &Memory, call: Call, awaits: u32, end: End) -> (Option<(Response, u64)>, bool) {
        let platform = Self {
            memory: memory.clone(),
            awaits_left: Rc::new(Cell::new(awaits)),
            tasks: Rc::default(),
        };
        let body = Body(call.body, platform.clone());
        let (request, event) = (call.request, platform.clone());
        let (answered, began) = (Rc::new(RefCell::new(None)), memory.now());
        let answer_here = answered.clone();
        platform.wait_until(async move {
            let answer = handle(&request, body, &event).await;
            *answer_here.borrow_mut() = Some((answer, event.now().since(began)));
        });
        let mut has_ended = false;
        loop {
            let task = platform.tasks.borrow_mut().pop();
            let Some(mut task) = task else {
                return (answered.borrow_mut().take(), has_ended);
            };
            let mut context = Context::from_waker(Waker::noop());
            if task.as_mut().poll(&mut context) == Poll::Pending {
                has_ended = true;
                match end {
                    End::Dropped => drop(task),
                    End::NeverPolledAgain => std::mem::forget(task),
                }
            }
        }
    }

    /// Counts an await; the one after the last never ends.
    async fn reach(&self) {
        let left = self.awaits_left.get();
        if left == 0 {
            pending::<()>().await;
        }
        self.awaits_left.set(left - 1);
    }

    /// A call to the platform: the event may end before it or after it.
    async fn call<T>(&self, call: impl Future<Output = T>) -> T {
        self.reach().await;
        let value = call.await;
        self.reach().await;
        value
    }
}

impl Platform for Ending {
    fn isolate(&self) -> Rc<Isolate> {
        self.memory.isolate()
    }

    fn now(&self) -> UnixMillis {
        self.memory.now()
    }

    fn random(&self) -> Result<[u8; 16], Fault> {
        self.memory.random()
    }

    fn log(&self, line: &str) {
        self.memory.log(line);
    }

    fn wait_until(&self, task: impl Future<Output = ()> + 'static) {
        self.tasks.borrow_mut().push(Box::pin(task));
    }

    async fn sleep(&self, millis: u64) {
        self.call(self.memory.sleep(millis)).await;
    }

    async fn stored_form(&self, kv_name: &str) -> Result<Option<String>, Fault> {
        self.call(self.memory.stored_form(kv_name)).await
    }

    async fn counter_parts(&self, prefix: &str) -> Result<Vec<(String, Option<Value>)>, Fault> {
        self.call(self.memory.counter_parts(prefix)).await
    }

    async fn publish_counter(&self, update: &CounterUpdate, ttl_s: u64) -> Result<(), Fault> {
        self.call(self.memory.publish_counter(update, ttl_s)).await
    }

    async fn post_to_core(&self, request: CoreRequest) -> Result<CoreResponse, Fault> {
        self.call(self.memory.post_to_core(request)).await
    }

    async fn store_lead(&self, queued: &QueuedLead) -> Result<Acknowledged, Fault> {
        self.call(self.memory.store_lead(queued)).await
    }

    async fn enqueue(&self, message: &str, delay_s: u32) -> Result<(), Fault> {
        self.call(self.memory.enqueue(message, delay_s)).await
    }

    async fn put_dead_letter(&self, letter: &DeadLetter) -> Result<(), Fault> {
        self.call(self.memory.put_dead_letter(letter)).await
    }
}

impl Database for Ending {
    async fn query(&self, query: &Query<'_>) -> Result<Vec<Row>, Fault> {
        self.call(Database::query(&self.memory, query)).await
    }
}

struct Body(Vec<u8>, Ending);

impl RequestBody for Body {
    async fn read_little(self, limit: usize, _drained: usize) -> Result<Vec<u8>, BodyFault> {
        self.read(limit).await
    }

    async fn read(self, _limit_bytes: usize) -> Result<Vec<u8>, BodyFault> {
        self.1.call(std::future::ready(())).await;
        Ok(self.0)
    }
}

/// The state of the isolate before the request that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// Empty caches.
    Cold,
    /// A form that is due for a refresh, and counters that are due for publishing.
    Stale,
    /// The core is down, and the next attempt is due.
    BreakerOpen,
}

#[test]
fn an_ended_request_blocks_no_later_one() {
    let core = [("CORE_URL", "https://core.test/v1/forms/{form}/submissions")];
    for before in [Before::Cold, Before::Stale, Before::BreakerOpen] {
        for settings in [&core[..], &[]] {
            for end in [End::Dropped, End::NeverPolledAgain] {
                let mut awaits = 0;
                while ends_well(settings, before, awaits, end) {
                    awaits += 1;
                }
                // The body, the form or its refresh, the core or the inbox, two counters.
                assert!(awaits >= 10, "{awaits} awaits with {before:?}");
            }
        }
    }
}

#[test]
fn the_longest_wait_for_a_core_leaves_time_for_the_outbox_when_the_visitor_is_gone() {
    let outbox_ms = 5_000;
    assert!(MAX_CORE_TIMEOUT_MS + outbox_ms <= RUNS_ON_MS);
}

/// Ends a request after a number of awaits and asserts what the isolate does afterwards. False when the request has fewer awaits.
fn ends_well(settings: &[(&str, &str)], before: Before, awaits: u32, end: End) -> bool {
    let memory = Memory::new(settings);
    let case = format!("{end:?} after {awaits} awaits, {before:?}, {settings:?}");
    let has_core = !settings.is_empty();
    let mut form = demo();
    form["rate_limits"] = json!([
        { "name": "form", "quota": 20, "window_s": 60, "partition": "form", "on_fault": "closed" },
        { "name": "visitor", "quota": 20, "window_s": 60, "partition": "visitor" },
    ]);
    memory.publish(&form);
    match before {
        Before::Cold => {}
        Before::Stale => {
            core_accepts(&memory);
            memory.ask(submit("first"));
            memory.pass(FRESH_MS);
        }
        Before::BreakerOpen => {
            for key in ["a", "b", "c"] {
                memory.ask(submit(key));
            }
            memory.pass(FRESH_MS);
        }
    }
    let requests = || memory.stores.core_requests.borrow().len();
    core_accepts(&memory);
    memory.stores.counters.borrow_mut().clear();
    let (_, has_ended) = Ending::run(&memory, submit("k-1"), awaits, end);
    if !has_ended {
        return false;
    }

    // Other keys are answered at once; the same key waits, but not longer than documented.
    for (key, at_most_ms) in [("k-2", 0), ("k-1", MAX_KEY_MS)] {
        core_accepts(&memory);
        let (answered, _) = Ending::run(&memory, submit(key), ENDLESS, end);
        let (answer, waited_ms) = answered.unwrap();
        assert!(answer.status < 300, "{case}: {}", answer.body);
        assert!(
            waited_ms <= at_most_ms,
            "{case}: {key} after {waited_ms} ms"
        );
    }

    // A minute later the request has no effect any more: the core is tried, the form read, the counters published.
    memory.pass(FRESH_MS);
    form["version"] = json!(4);
    memory.publish(&form);
    memory.stores.counters.borrow_mut().clear();
    let asked = requests();
    core_accepts(&memory);
    let answer = memory.ask(submit("k-3"));
    let expected = if has_core { "delivered" } else { "stored" };
    assert_eq!(json(&answer)["submission"]["status"], expected, "{case}");
    assert_eq!(requests(), asked + usize::from(has_core), "{case}");
    memory.ask(submit("k-4"));
    let definition = memory.ask(Call::new("GET", "/v1/forms/demo"));
    assert_eq!(json(&definition)["version"], 4, "{case}");
    assert_eq!(memory.stores.counters.borrow().len(), 2, "{case}");
    true
}

fn submit(key: &str) -> Call {
    Call::submit(r#"{"name":"Ada","email":"ada@example.com"}"#).with("idempotency-key", key)
}

fn core_accepts(memory: &Memory) {
    let mut answers = memory.stores.core_response.borrow_mut();
    answers.clear();
    answers.push_back(CoreResponse {
        status: 201,
        body: b"{}".to_vec(),
        ..CoreResponse::default()
    });
}

/// After this time a form is read again, and everything that was in progress counts as ended: milliseconds.
const FRESH_MS: u64 = 60_000;
/// How long a repetition waits for a request that never ends, with the default `CORE_TIMEOUT_MS`: milliseconds.
const MAX_KEY_MS: u64 = 15_050;
/// More awaits than a request needs that waits for its key for the maximum time.
const ENDLESS: u32 = 2_000;
/// How long a request continues after its visitor disconnected: milliseconds.
/// <https://developers.cloudflare.com/workers/runtime-apis/context/#waituntil>
const RUNS_ON_MS: u64 = 30_000;
