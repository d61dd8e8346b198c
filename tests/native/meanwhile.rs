//! What an owner does at any moment of a delivery, or of what another owner does: a person is erased, a lead is taken out of the spam
//! folder, a form is published. The action is begun and ended at one await, at each of them in turn, so that no race is left to chance.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use formgate::admin::forms::{
    MAX_CHANGE_S, Refusal, find, finish_interrupted, publish, save_draft,
};
use formgate::admin::{erase, not_spam};
use formgate::dispatch::{Disposition, deliver_queued, redrive, store_exhausted};
use formgate::form::FormKey;
use formgate::inbox::Address;
use formgate::problem::Fault;
use serde_json::json;
use sim::world::Owner;

use crate::forms::{core_answers, demo};
use crate::memory::{Call, Memory, Operation, Outside, Store};

const ADA: &str = r#"{"name":"Ada","email":"ada@example.com"}"#;
const CORE: &[(&str, &str)] = &[("CORE_URL", "https://core.test/leads")];
/// Whose tasks those of the delivery are.
const DELIVERY: Owner = Owner(1);
/// More awaits than a delivery has.
const NEVER: u32 = 1_000;

type Action = Rc<dyn Fn(Memory) -> Pin<Box<dyn Future<Output = ()>>>>;

/// Acts at one await.
#[derive(Clone)]
struct Meanwhile {
    awaits_left: Rc<Cell<u32>>,
    act: Action,
    memory: Memory,
}

impl Meanwhile {
    async fn reach(&self) {
        let left = self.awaits_left.get();
        self.awaits_left.set(left.saturating_sub(1));
        if left == 1 {
            (self.act)(self.memory.clone()).await;
        }
    }
}

impl Outside for Meanwhile {
    async fn call<T>(
        &self,
        operation: Operation,
        mut apply: impl AsyncFnMut() -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        // A write to KV that has begun ends within the time that a change has for it.
        if operation.store() != Store::Forms {
            self.reach().await;
        }
        let value = apply().await;
        self.reach().await;
        value
    }
}

/// Runs a delivery with an action at one of its awaits, counted from 1. Gives the result, and whether it had so many awaits.
fn with_action<T: 'static, F: Future<Output = T>>(
    memory: &Memory,
    at: u32,
    act: &Action,
    deliver: impl FnOnce(Memory<Meanwhile>) -> F + 'static,
) -> (T, bool) {
    let awaits_left = Rc::new(Cell::new(at));
    let outside = Meanwhile {
        awaits_left: awaits_left.clone(),
        act: act.clone(),
        memory: memory.clone(),
    };
    let event = memory.for_event_with(DELIVERY, outside);
    let result = Rc::new(RefCell::new(None));
    let then = result.clone();
    memory.stores.world.spawn(DELIVERY, async move {
        *then.borrow_mut() = Some(deliver(event).await);
    });
    memory.stores.world.run();
    (result.take().unwrap(), awaits_left.get() == 0)
}

fn service(settings: &[(&str, &str)]) -> Memory {
    let memory = Memory::new(settings);
    memory.publish(&demo());
    memory
}

/// How often the core was sent the lead of Ada.
fn posts(memory: &Memory) -> usize {
    let requests = memory.stores.core_requests.borrow();
    let of_ada = |body: &str| body.contains("ada@example.com");
    requests
        .iter()
        .filter(|request| of_ada(&request.body))
        .count()
}

/// Delivers all that waits, while the core and the stores are there.
fn drain(memory: &Memory) {
    for _ in 0..5 {
        memory.stores.is_outbox_down.set(false);
        memory.stores.is_inbox_down.set(false);
        memory.pass(1_000_000);
        core_answers(memory, 201);
        memory.block_on(redrive(memory));
        while !memory.stores.outbox.borrow().is_empty() {
            core_answers(memory, 201);
            assert_eq!(memory.deliver_next(), Some(Disposition::Done));
        }
        memory.stores.world.run();
    }
}

/// Takes the only message out of the outbox and delivers it with an action at one of its awaits; puts it back if it is to be
/// delivered again.
fn deliver_with(memory: &Memory, at: u32, act: &Action) -> bool {
    let (message, _) = memory.stores.outbox.borrow_mut().pop_front().unwrap();
    let text = message.clone();
    let (disposition, has_acted) = with_action(memory, at, act, |event| async move {
        deliver_queued(&event, &text).await
    });
    if disposition == Disposition::Again {
        memory.stores.outbox.borrow_mut().push_back((message, 300));
    }
    has_acted
}

/// Where the lead of Ada waits when it is delivered again.
#[derive(Clone, Copy, Debug)]
enum Waits {
    /// In the outbox, for a core that answers so.
    InOutbox(u16),
    /// In the outbox, for the inbox of a service without a core.
    ForInbox,
    /// Among the dead letters, for an outbox that is down and a core that answers so.
    OutboxDown(u16),
}

impl Waits {
    fn prepare(self) -> Memory {
        let memory = service(if matches!(self, Self::ForInbox) {
            &[]
        } else {
            CORE
        });
        let is_down = &memory.stores;
        match self {
            Self::InOutbox(_) => {}
            Self::ForInbox => is_down.is_inbox_down.set(true),
            Self::OutboxDown(_) => is_down.is_outbox_down.set(true),
        }
        assert_eq!(memory.ask(Call::submit(ADA)).status, 202);
        memory.stores.is_inbox_down.set(false);
        memory.pass(10_000);
        memory
    }

    fn deliver(self, memory: &Memory, at: u32, act: &Action) -> bool {
        if let Self::InOutbox(status) | Self::OutboxDown(status) = self {
            core_answers(memory, status);
        }
        match self {
            Self::InOutbox(_) | Self::ForInbox => deliver_with(memory, at, act),
            Self::OutboxDown(_) => {
                with_action(
                    memory,
                    at,
                    act,
                    |event| async move { redrive(&event).await },
                )
                .1
            }
        }
    }
}

#[test]
fn a_person_who_is_erased_at_any_moment_of_a_delivery_is_nowhere_after_it() {
    let posts_then = Rc::new(Cell::new(0));
    let noted = posts_then.clone();
    let erase_ada: Action = Rc::new(move |memory| {
        let noted = noted.clone();
        Box::pin(async move {
            let address = Address::parse("ada@example.com").unwrap();
            erase(&memory, &address, &[]).await.unwrap();
            noted.set(posts(&memory));
        })
    });
    for waits in [
        Waits::InOutbox(201),
        Waits::InOutbox(503),
        Waits::InOutbox(422),
        Waits::InOutbox(401),
        Waits::ForInbox,
        Waits::OutboxDown(201),
        Waits::OutboxDown(503),
        Waits::OutboxDown(422),
        Waits::OutboxDown(401),
    ] {
        let (mut moments, mut late) = (0, 0);
        for at in 1..NEVER {
            let memory = waits.prepare();
            let case = format!("{waits:?}, await {at}");
            if !waits.deliver(&memory, at, &erase_ada) {
                break;
            }
            moments = at;
            let before = posts(&memory);
            late += before - posts_then.get();
            drain(&memory);
            assert_eq!(
                posts(&memory),
                before,
                "{case}: delivered after it was erased"
            );
            assert!(
                memory.stores.inbox.borrow().is_empty(),
                "{case}: in the inbox"
            );
            assert!(
                memory.stores.dead.borrow().is_empty(),
                "{case}: a dead letter"
            );
        }
        // The check, the attempt and what follows it, before and after each.
        assert!(moments >= 6, "{waits:?}: {moments}");
        // Only what had been looked up was still sent: after the query, and before the request.
        assert!(late <= 2, "{waits:?}: {late}");
    }
}

/// A service whose spam folder has one lead, with the copy that the outbox delivered and its id.
fn with_spam() -> (Memory, String, String) {
    let memory = service(CORE);
    memory.stores.is_inbox_down.set(true);
    let robot = Call::submit(ADA).with("user-agent", "curl/8.5.0");
    assert_eq!(memory.ask(robot).status, 202);
    memory.stores.is_inbox_down.set(false);
    let (copy, _) = memory.stores.outbox.borrow()[0].clone();
    assert_eq!(memory.deliver_next(), Some(Disposition::Done));
    let id = memory
        .stores
        .inbox
        .borrow()
        .values()
        .next()
        .unwrap()
        .id
        .clone();
    (memory, copy, id)
}

/// The outbox delivers a copy of spam twice, the second time when the owner has taken the lead out of the folder, or is just about to.
#[test]
fn what_is_taken_out_of_the_spam_folder_at_any_moment_is_delivered_once_and_not_put_back() {
    let mut moments = 0;
    for at in 1..NEVER {
        let (memory, copy, id) = with_spam();
        let act: Action = Rc::new(move |memory| {
            let id = id.clone();
            Box::pin(async move {
                assert_eq!(not_spam(&memory, &[id], &[]).await.unwrap(), 1);
            })
        });
        memory
            .stores
            .outbox
            .borrow_mut()
            .push_back((copy.clone(), 0));
        if !deliver_with(&memory, at, &act) {
            break;
        }
        moments = at;
        drain(&memory);
        memory.stores.outbox.borrow_mut().push_back((copy, 0));
        drain(&memory);
        assert!(
            memory.stores.inbox.borrow().is_empty(),
            "await {at}: put back"
        );
        assert!(memory.stores.dead.borrow().is_empty(), "await {at}");
        assert_eq!(posts(&memory), 1, "await {at}");
    }
    assert!(moments >= 4, "{moments}");
}

/// The dead letter that the lead has become has its id: a copy of the spam that is given up late must not take its place, because
/// the copy is not delivered.
#[test]
fn a_late_copy_of_spam_does_not_replace_the_lead_that_was_taken_out_of_the_folder() {
    let (memory, copy, id) = with_spam();
    let released = memory.block_on(not_spam(&memory, &[id], &[]));
    assert_eq!(released.unwrap(), 1);
    let given_up = memory.block_on(store_exhausted(&memory, &copy));
    assert_eq!(given_up, Disposition::Done);
    drain(&memory);
    assert_eq!(posts(&memory), 1);
    assert!(memory.stores.dead.borrow().is_empty());
    assert!(memory.stores.inbox.borrow().is_empty());
}

fn definition(title: &str) -> String {
    let fields = json!([{ "name": "email", "type": "email" }]);
    let form = json!({ "key": "owned", "title": title, "allowed_origins": [], "fields": fields });
    form.to_string()
}

/// Saves a draft of this title and publishes it, as one owner.
async fn publish_title<O: Outside>(memory: &Memory<O>, title: &str) -> Result<u32, Refusal> {
    let key = FormKey::parse("owned").unwrap();
    let record = find(memory, &key).await?;
    let tag = Some(record.draft_tag.as_str()).filter(|tag| !tag.is_empty());
    let (_, _) = save_draft(memory, &key, &record, &definition(title), tag).await?;
    let record = find(memory, &key).await?;
    publish(memory, &key, &record).await
}

/// An owner's isolate pauses for longer than it may write, at each moment of publishing, and another owner publishes.
#[test]
fn who_was_overtaken_while_publishing_publishes_nothing_any_more() {
    let (mut moments, mut overtaken) = (0, 0);
    for at in 1..NEVER {
        let memory = service(CORE);
        let was_published = Rc::new(Cell::new(false));
        let noted = was_published.clone();
        let act: Action = Rc::new(move |memory| {
            let noted = noted.clone();
            Box::pin(async move {
                memory
                    .stores
                    .world
                    .sleep(u64::from(MAX_CHANGE_S) * 1_000 + 1)
                    .await;
                let key = FormKey::parse("owned").unwrap();
                let record = find(&memory, &key).await.unwrap();
                noted.set(record.version.is_some());
                publish_title(&memory, "second").await.unwrap();
            })
        });
        let (first, has_acted) = with_action(&memory, at, &act, |event| async move {
            publish_title(&event, "first").await
        });
        if !has_acted {
            break;
        }
        moments = at;
        if !was_published.get() {
            overtaken += 1;
            // Before its draft is stored, it is the one that overtakes.
            let is_later = matches!(first, Ok(version) if version > 1);
            assert!(first.is_err() || is_later, "await {at}");
        }
        memory.pass(u64::from(MAX_CHANGE_S) * 1_000);
        memory.block_on(finish_interrupted(&memory));
        let forms = memory.stores.forms.borrow();
        let rows = memory.stores.form_rows.borrow();
        let row = &rows["owned"];
        let version = row.version.unwrap();
        let current = &forms["form/owned"];
        assert_eq!(
            current,
            &forms[&format!("form/owned/v/{version}")],
            "await {at}"
        );
        assert!(row.writing.is_none(), "await {at}");
        assert_eq!(memory.stores.rewritten.get(), 0, "await {at}");
        if first.is_err() {
            assert!(current.contains("second"), "await {at}: {current}");
        }
    }
    assert!(moments >= 10 && overtaken >= 6, "{moments} {overtaken}");
}
