//! A request that ends at an await, because its visitor disconnected or its time is over.
//!
//! Workerd does not drop its future then, and does not poll it again; so nothing in the isolate's memory may wait for a future
//! to continue or to be dropped.

use std::cell::{Cell, RefCell};
use std::future::{Future, pending};
use std::rc::Rc;

use crate::memory::{BACKGROUND_MS, Call, Memory, Operation, Outside, json};
use formgate::config::MAX_CORE_TIMEOUT_MS;
use formgate::envelope::{CoreResponse, Response};
use formgate::platform::Platform;
use formgate::problem::Fault;
use serde_json::json;
use sim::world::Owner;

use crate::forms::demo;

/// Ends an event after a number of awaits.
#[derive(Clone)]
struct Ending {
    awaits_left: Rc<Cell<u32>>,
    has_ended: Rc<Cell<bool>>,
}

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
        let ending = Self {
            awaits_left: Rc::new(Cell::new(awaits)),
            has_ended: Rc::default(),
        };
        let has_ended = ending.has_ended.clone();
        let event = memory.for_event_with(ENDING, ending);
        let result = Rc::new(RefCell::new(None));
        let (world, result_here) = (&memory.stores.world, result.clone());
        world.spawn(ENDING, async move {
            let began = event.now();
            let response = event.send(call).await.unwrap();
            *result_here.borrow_mut() = Some((response, event.now().since(began)));
        });
        world.run();
        match end {
            End::Dropped => world.kill(ENDING),
            End::NeverPolledAgain => {}
        }
        (result.take(), has_ended.get())
    }

    /// Counts an await; the one after the last never ends.
    async fn reach(&self) {
        let left = self.awaits_left.get();
        if left == 0 {
            self.has_ended.set(true);
            pending::<()>().await;
        }
        self.awaits_left.set(left - 1);
    }
}

/// The event may end before a call or after it.
impl Outside for Ending {
    async fn call<T>(
        &self,
        _operation: Operation,
        mut apply: impl AsyncFnMut() -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.wait(apply()).await
    }

    async fn wait<T>(&self, waiting: impl Future<Output = T>) -> T {
        self.reach().await;
        let value = waiting.await;
        self.reach().await;
        value
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
    assert!(MAX_CORE_TIMEOUT_MS + outbox_ms <= BACKGROUND_MS);
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
        let (result, _) = Ending::run(&memory, submit(key), ENDLESS, end);
        let (response, waited_ms) = result.unwrap();
        assert!(response.status < 300, "{case}: {}", response.body);
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
    let response = memory.ask(submit("k-3"));
    let expected = if has_core { "delivered" } else { "stored" };
    assert_eq!(json(&response)["submission"]["status"], expected, "{case}");
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
    let mut responses = memory.stores.core_response.borrow_mut();
    responses.clear();
    responses.push_back(CoreResponse {
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
/// Whose tasks an event's are that ends.
const ENDING: Owner = Owner(1);
