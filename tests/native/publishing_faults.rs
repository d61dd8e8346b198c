//! Publishing with one fault at every await: whatever is interrupted, visitors have a whole form, no version ever changes, and the
//! next change, or else the cron, makes KV and the database agree.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::future::pending;
use std::rc::Rc;

use formgate::admin::forms::{
    Refusal, delete_draft, find, finish_interrupted, publish, save_draft, unpublish,
};
use formgate::config::Bindings;
use formgate::form::{FormDefinition, FormKey};
use formgate::problem::{Fault, FaultKind};
use serde_json::json;
use sim::memory::{Direct, Memory, Operation, Outside};
use sim::world::Owner;

/// What goes wrong with one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    FailsBefore,
    FailsAfter,
    IsDoneTwice,
    EndsBefore,
    EndsAfter,
}

/// The calls of one event, of which the one with this number goes wrong.
#[derive(Clone)]
struct OneFault {
    wrong: Wrong,
    at: u32,
    calls: Rc<Cell<u32>>,
}

impl Outside for OneFault {
    async fn call<T>(
        &self,
        operation: Operation,
        mut apply: impl AsyncFnMut() -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.calls.set(self.calls.get() + 1);
        if self.calls.get() != self.at {
            return apply().await;
        }
        if self.wrong == Wrong::EndsBefore {
            pending::<()>().await;
        }
        let failed = || Fault::new(FaultKind::Store, format!("{operation:?} failed"));
        if self.wrong == Wrong::FailsBefore {
            return Err(failed());
        }
        let applied = apply().await;
        match self.wrong {
            Wrong::IsDoneTwice => apply().await,
            Wrong::EndsAfter => pending().await,
            Wrong::FailsAfter => Err(failed()),
            _ => applied,
        }
    }
}

fn key() -> FormKey {
    FormKey::parse("demo").unwrap()
}

/// What a call of the API does.
async fn find_and_publish<O: Outside>(memory: &Memory<O>) -> Result<u32, Refusal> {
    let record = find(memory, &key()).await?;
    publish(memory, &key(), &record).await
}

async fn find_and_unpublish<O: Outside>(memory: &Memory<O>) -> Result<(), Refusal> {
    let record = find(memory, &key()).await?;
    unpublish(memory, &key(), &record).await
}

fn definition(title: &str) -> String {
    let fields = json!([{ "name": "email", "type": "email" }]);
    json!({ "key": "demo", "title": title, "allowed_origins": ["https://example.com"], "fields": fields }).to_string()
}

fn save(memory: &Memory, title: &str) {
    let record = memory.block_on(find(memory, &key())).unwrap();
    let tag = (!record.draft_tag.is_empty()).then_some(record.draft_tag.as_str());
    let saved = memory.block_on(save_draft(memory, &key(), &record, &definition(title), tag));
    assert!(saved.is_ok());
}

/// Every version that KV had so far, with its content.
#[derive(Default)]
struct Versions(BTreeMap<String, String>);

impl Versions {
    /// Checks what must hold at any moment.
    fn check(&mut self, memory: &Memory, what: &str) {
        let forms = memory.stores.forms.borrow();
        for (name, json) in forms.iter() {
            FormDefinition::parse(json)
                .unwrap_or_else(|faults| panic!("{what}: {name} {faults:?}"));
            if name.contains("/v/") {
                let known = self.0.entry(name.clone()).or_insert_with(|| json.clone());
                assert_eq!(known, json, "{what}: {name} has changed");
            }
        }
        if let Some(current) = forms.get("form/demo") {
            let version = FormDefinition::parse(current).unwrap().version;
            let own = forms.get(&format!("form/demo/v/{version}"));
            assert_eq!(
                own,
                Some(current),
                "{what}: the current form has no version of its own"
            );
        }
    }

    /// Checks that KV matches the database, and nothing has begun.
    fn check_settled(&mut self, memory: &Memory, what: &str) {
        self.check(memory, what);
        let record = memory.block_on(find(memory, &key())).unwrap();
        assert_eq!(record.writing, None, "{what}");
        let forms = memory.stores.forms.borrow();
        let expected = record.version.filter(|_| record.is_published);
        let current = forms
            .get("form/demo")
            .map(|json| FormDefinition::parse(json).unwrap());
        assert_eq!(current.map(|form| form.version), expected, "{what}");
    }
}

/// Runs an event with one fault, as often as it has calls, with each kind of fault, and then each way out.
fn with_every_fault(
    prepare: impl Fn(&Memory),
    event: impl AsyncFn(&Memory<OneFault>) -> bool,
    expected_calls: u32,
) {
    for wrong in [
        Wrong::FailsBefore,
        Wrong::FailsAfter,
        Wrong::IsDoneTwice,
        Wrong::EndsBefore,
        Wrong::EndsAfter,
    ] {
        for at in 1..=expected_calls {
            for (way, then) in WAYS_OUT {
                let what = format!("{wrong:?} at {at}, then {way}");
                let memory = Memory::new(&[]);
                prepare(&memory);
                let mut versions = Versions::default();
                versions.check_settled(&memory, &what);
                let calls = Rc::new(Cell::new(0));
                let fault = OneFault { wrong, at, calls };
                let stores = memory.stores.clone();
                let faulty =
                    Memory::start_with(stores, Owner(1), &[], fault.clone(), Bindings::ALL);
                let outcome = memory.stores.world.block_on(event(&faulty));
                if wrong == Wrong::IsDoneTwice {
                    assert_eq!(outcome, Some(true), "{what}");
                    assert_eq!(
                        fault.calls.get(),
                        expected_calls + u32::from(at == expected_calls),
                        "{what}"
                    );
                }
                versions.check(&memory, &what);
                if outcome == Some(true) {
                    versions.check_settled(&memory, &what);
                }
                memory.pass(61_000);
                // Another isolate, which has nothing in memory.
                let next = Memory::on(memory.stores.clone(), &[]);
                then(&next, &mut versions, &what);
                versions.check_settled(&next, &what);
            }
        }
    }
}

type WayOut = fn(&Memory, &mut Versions, &str);

/// What comes after an interruption.
const WAYS_OUT: [(&str, WayOut); 4] = [
    ("the same again", |memory, _, _| {
        // When it was done after all, there is nothing to publish.
        let _ = memory.block_on(find_and_publish(memory));
        memory.block_on(finish_interrupted(memory));
    }),
    ("another content", |memory, versions, what| {
        save(memory, "Another");
        let published = memory.block_on(find_and_publish(memory));
        assert!(published.is_ok(), "{what}: {published:?}");
        versions.check_settled(memory, what);
        let json = memory.stores.forms.borrow()["form/demo"].clone();
        assert!(json.contains("Another"), "{what}");
    }),
    ("the draft is thrown away", |memory, versions, what| {
        let record = memory.block_on(find(memory, &key())).unwrap();
        let _ = memory.block_on(delete_draft(memory, &key(), &record, None));
        memory.block_on(finish_interrupted(memory));
        versions.check_settled(memory, what);
    }),
    ("it is unpublished", |memory, _, what| {
        let record = memory.block_on(find(memory, &key())).unwrap();
        let done = memory.block_on(find_and_unpublish(memory));
        assert_eq!(
            done.is_ok(),
            record.version.is_some() || record.writing.is_some(),
            "{what}"
        );
        assert!(
            !memory.stores.forms.borrow().contains_key("form/demo"),
            "{what}"
        );
    }),
];

// One version is published, and another is a draft.
fn publish_and_draft(memory: &Memory) {
    save(memory, "One");
    memory.block_on(find_and_publish(memory)).unwrap();
    save(memory, "Two");
}

#[test]
fn the_first_publication_survives_a_fault_at_every_await() {
    let event = async |memory: &Memory<OneFault>| find_and_publish(memory).await.is_ok();
    with_every_fault(|memory| save(memory, "One"), event, 5);
}

#[test]
fn a_later_publication_survives_a_fault_at_every_await() {
    let event = async |memory: &Memory<OneFault>| find_and_publish(memory).await.is_ok();
    with_every_fault(publish_and_draft, event, 5);
}

#[test]
fn unpublishing_survives_a_fault_at_every_await() {
    let event = async |memory: &Memory<OneFault>| find_and_unpublish(memory).await.is_ok();
    with_every_fault(publish_and_draft, event, 4);
}

#[test]
fn the_cron_survives_a_fault_at_every_await() {
    let interrupted = |memory: &Memory| {
        publish_and_draft(memory);
        let stores = memory.stores.clone();
        let (wrong, at) = (Wrong::EndsAfter, 4);
        let calls = Rc::default();
        let fault = OneFault { wrong, at, calls };
        let faulty = Memory::start_with(stores, Owner(1), &[], fault, Bindings::ALL);
        assert!(
            memory
                .stores
                .world
                .block_on(find_and_publish(&faulty))
                .is_none()
        );
        memory.pass(61_000);
        assert!(memory.stores.forms.borrow()["form/demo"].contains("Two"));
    };
    for wrong in [
        Wrong::FailsBefore,
        Wrong::FailsAfter,
        Wrong::IsDoneTwice,
        Wrong::EndsBefore,
        Wrong::EndsAfter,
    ] {
        for at in 1..=7 {
            let what = format!("{wrong:?} at {at}");
            let memory = Memory::new(&[]);
            interrupted(&memory);
            let fault = OneFault {
                wrong,
                at,
                calls: Rc::default(),
            };
            let stores = memory.stores.clone();
            let faulty = Memory::start_with(stores, Owner(2), &[], fault, Bindings::ALL);
            let _ = memory.stores.world.block_on(finish_interrupted(&faulty));
            let mut versions = Versions::default();
            versions.check(&memory, &what);
            memory.pass(61_000);
            memory.block_on(finish_interrupted(&memory));
            versions.check_settled(&memory, &what);
            assert!(
                memory.stores.forms.borrow()["form/demo"].contains("One"),
                "{what}"
            );
        }
    }
}

#[test]
fn a_platform_without_faults_makes_few_calls() {
    let memory: Memory<Direct> = Memory::new(&[]);
    save(&memory, "One");
    let before = memory.stores.queries.get();
    memory.block_on(find_and_publish(&memory)).unwrap();
    assert_eq!(memory.stores.queries.get() - before, 3);
}
