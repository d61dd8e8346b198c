//! What becomes of leads while everything goes wrong: visitors who try again or go away, isolates that end, a core that
//! comes and goes or is still busy with the first request, an outbox that delivers twice. After each run every promise is
//! checked.

mod check;
mod cloud;
mod faulty;
mod owner;
mod visitor;

pub use check::Counter;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use formgate::admin::forms::finish_interrupted;
use formgate::admin::{erase, leads, not_spam, request_redrive};
use formgate::dispatch::{AGAIN_S, Disposition, deliver_queued, redrive, store_exhausted};
use formgate::inbox::{Address, Selection};
use serde_json::{Value, json};

use sim::memory::{Build, Stores};
use sim::world::{Owner, START_MS, World};

use cloud::{Cloud, Message, PLATFORM, email_of};
use faulty::FaultyIsolate;
use owner::Published;
use visitor::{Gone, NO_SPAM};

use crate::formgate::form;

/// One run: so many visitors within ten minutes, and then quiet until the outbox is empty.
pub fn run(seed: u64, visitors: u64) -> Counter {
    run_as(Build::RunsToCompletion, seed, visitors)
}

fn run_as(build: Build, seed: u64, visitors: u64) -> Counter {
    let world = World::new(seed);
    let cloud = Cloud::new(&world, FAULT_RATE);
    // Every fourth run has no core: leads go to the inbox. Another fourth has no operator who sends dead letters again.
    let has_core = !seed.is_multiple_of(4);
    let has_operator = !matches!(seed % 8, 6 | 7);
    cloud.0.stores.publish(&form(&json!([{
        "name": "form", "quota": 1_000_000, "window_s": 60, "partition": "form",
    }])));
    let stage = Stage {
        world: world.clone(),
        cloud,
        has_core,
        has_operator,
        isolates: Rc::default(),
        owners: Rc::new(Cell::new(0)),
        acknowledged: Rc::default(),
        refused: Rc::default(),
        gone: Rc::default(),
        published: Rc::default(),
        erased: Rc::default(),
        to_erase: Rc::default(),
        build,
    };
    stage.start_world();
    stage.start_owners();
    for visitor in 0..visitors {
        let stage_then = stage.clone();
        let at_ms = world.between(0, VISITS_MS);
        world.spawn(PLATFORM, async move {
            stage_then.world.sleep(at_ms).await;
            stage_then.visit(visitor).await;
        });
    }
    let mut end_ms = START_MS + VISITS_MS + 3_600_000;
    if seed % DISASTER_EVERY == 1 {
        world.run_until(START_MS + VISITS_MS / 2);
        stage.cloud.0.is_disaster.set(true);
        end_ms += DISASTER_MS;
    }
    world.run_until(end_ms);
    // Nothing goes wrong any more: what is still on its way has to arrive.
    stage.cloud.0.is_disaster.set(false);
    stage.cloud.0.fault_rate.set(0.0);
    for is_down in PARTS {
        is_down(&stage.cloud.0.stores).set(false);
    }
    world.run_until(end_ms + DRAIN_MS);
    stage.check(visitors)
}

#[derive(Clone)]
struct Stage {
    world: World,
    cloud: Cloud,
    has_core: bool,
    has_operator: bool,
    isolates: Rc<RefCell<Vec<FaultyIsolate>>>,
    owners: Rc<Cell<u64>>,
    /// Ids that some response called accepted, with the status it had.
    acknowledged: Rc<RefCell<BTreeMap<String, String>>>,
    /// Visitors whose values were refused as invalid.
    refused: Rc<RefCell<BTreeSet<u64>>>,
    /// Visitors who went away before the response and did not come back.
    gone: Rc<RefCell<Vec<Gone>>>,
    /// What owners have published.
    published: Rc<RefCell<Published>>,
    /// When each erased person was: after that nothing of before may be delivered or stored.
    erased: Rc<RefCell<BTreeMap<String, u64>>>,
    /// Visitors who asked to be erased, and are not yet.
    to_erase: Rc<RefCell<BTreeSet<String>>>,
    build: Build,
}

impl Stage {
    /// The core and the stores that come and go, the isolates that end, the queue's consumer, the cron.
    fn start_world(&self) {
        for is_down in PARTS {
            self.come_and_go(is_down);
        }
        let stage = self.clone();
        self.world.spawn(PLATFORM, async move {
            while stage.cloud.0.fault_rate.get() > 0.0 {
                let longest_ms = match stage.cloud.0.is_disaster.get() {
                    true => 100_000,
                    false => 5_000,
                };
                stage
                    .world
                    .sleep(stage.world.between(100, longest_ms))
                    .await;
                let isolate = stage.isolate();
                stage.cloud.fault();
                stage.cloud.0.ended.borrow_mut().insert(isolate.owner.0);
                stage.world.kill(isolate.owner);
            }
        });
        let stage = self.clone();
        self.world.spawn(PLATFORM, async move {
            loop {
                // When all is quiet, looking less often does not change what is found.
                let is_quiet = stage.cloud.0.fault_rate.get() == 0.0;
                stage.world.sleep(if is_quiet { 10_000 } else { 500 }).await;
                let messages = std::mem::take(&mut *stage.cloud.0.arrived.borrow_mut());
                for message in messages {
                    let consumer = stage.clone();
                    stage
                        .world
                        .spawn(PLATFORM, async move { consumer.consume(message).await });
                }
            }
        });
        let stage = self.clone();
        self.world.spawn(PLATFORM, async move {
            loop {
                stage.world.sleep(300_000).await;
                let isolate = stage.isolate();
                // Now and then the operator looks after the dead letters.
                let is_looked_after = stage.world.chance(0.1) && stage.has_operator;
                stage.world.spawn(isolate.owner, async move {
                    if is_looked_after {
                        // When it fails, the operator asks again another time.
                        let _ = request_redrive(&isolate, None).await;
                    }
                    redrive(&isolate).await;
                    finish_interrupted(&isolate).await;
                });
                let (owner, operator) = (stage.clone(), stage.isolate());
                stage.world.spawn(operator.owner, async move {
                    if owner.world.chance(0.5) {
                        take_out_of_spam(&operator).await;
                    }
                    owner.erase_people(&operator).await;
                });
            }
        });
    }

    /// The owner erases everyone who asks for it, again and again until all of it was done.
    async fn erase_people(&self, operator: &FaultyIsolate) {
        let to_erase: Vec<String> = self.to_erase.borrow().iter().cloned().collect();
        for email in to_erase {
            let Ok(address) = Address::parse(&email) else {
                continue;
            };
            if erase(operator, &address, &[]).await.is_ok() {
                self.to_erase.borrow_mut().remove(&email);
                let now_ms = self.world.now_ms();
                self.erased.borrow_mut().insert(email, now_ms);
            }
        }
    }

    /// Takes a part of the cloud down now and then.
    fn come_and_go(&self, is_down: Part) {
        let (world, cloud) = (self.world.clone(), self.cloud.clone());
        self.world.spawn(PLATFORM, async move {
            while cloud.0.fault_rate.get() > 0.0 {
                world.sleep(world.between(1_000, 60_000)).await;
                let is_down = is_down(&cloud.0.stores);
                is_down.set(true);
                cloud.fault();
                // Some crashes take longer than the first retries.
                let long = if world.chance(0.01) {
                    1_200_000
                } else {
                    20_000
                };
                world.sleep(world.between(200, long)).await;
                // The queue is what is left in a disaster.
                let is_lost = cloud.0.is_disaster.get()
                    && !std::ptr::eq(is_down, &cloud.0.stores.is_outbox_down);
                is_down.set(is_lost);
            }
        });
    }

    /// One of a few isolates, which are there when they are needed.
    fn isolate(&self) -> FaultyIsolate {
        let mut isolates = self.isolates.borrow_mut();
        isolates.retain(|isolate| !self.cloud.0.ended.borrow().contains(&isolate.owner.0));
        while isolates.len() < ISOLATES {
            self.owners.set(self.owners.get() + 1);
            let owner = Owner(self.owners.get());
            isolates.push(faulty::start(&self.cloud, owner, self.has_core));
        }
        let most = u64::try_from(ISOLATES - 1).unwrap_or(0);
        let index = usize::try_from(self.world.between(0, most)).unwrap_or(0);
        let isolate = isolates.swap_remove(index);
        isolates.push(isolate.clone());
        isolate.for_event()
    }

    /// What the platform does with a message: delivers it to isolates until one acknowledges it.
    async fn consume(&self, mut message: Message) {
        message.deliveries += 1;
        let is_old = self.world.now_ms() - message.sent_ms > RETENTION_MS;
        let is_too_often = message.deliveries > MAX_DELIVERIES;
        if is_old || is_too_often && message.is_given_up {
            // The platform drops it.
            self.cloud.0.in_outbox.set(self.cloud.0.in_outbox.get() - 1);
            return;
        }
        if is_too_often {
            message.is_given_up = true;
            message.deliveries = 1;
        }
        let isolate = self.isolate();
        let disposition = Rc::new(Cell::new(None));
        let (result, text) = (disposition.clone(), message.text.clone());
        let is_given_up = message.is_given_up;
        self.world.spawn(isolate.owner, async move {
            result.set(Some(match is_given_up {
                true => store_exhausted(&isolate, &text).await,
                false => deliver_queued(&isolate, &text).await,
            }));
        });
        let mut waited_ms = 0;
        while disposition.get().is_none() && waited_ms < VISIBILITY_MS {
            self.world.sleep(1_000).await;
            waited_ms += 1_000;
        }
        let is_lost = self.cloud.0.fault_rate.get() > 0.0 && self.world.chance(LOST_ACKS);
        match disposition.get() {
            Some(Disposition::Done) if is_lost => {
                self.cloud.fault();
                self.cloud.arrive(message, 0);
            }
            Some(Disposition::Done) => {
                self.cloud.0.in_outbox.set(self.cloud.0.in_outbox.get() - 1);
            }
            Some(Disposition::Again) => {
                self.cloud.arrive(message, u64::from(AGAIN_S) * 1_000);
            }
            // The isolate has ended.
            None => self.cloud.arrive(message, 0),
        }
    }
}

/// The owner looks through the first page of the spam folder and takes out what is none.
async fn take_out_of_spam(operator: &FaultyIsolate) {
    let spam = Selection {
        is_spam: Some(true),
        ..Selection::default()
    };
    let Ok(page) = leads(operator, &spam, &spam.start()).await else {
        return;
    };
    for stored in &page.entries {
        let lead: Value = serde_json::from_str(&stored.lead).unwrap_or_default();
        if email_of(&lead).starts_with(NO_SPAM) {
            // When it fails, the owner finds the lead there another time.
            let _ = not_spam(operator, &[&stored.id], &[]).await;
        }
    }
}

/// How many calls go wrong.
const FAULT_RATE: f64 = 0.2;
/// What comes and goes.
type Part = fn(&Stores) -> &Cell<bool>;
const PARTS: [Part; 3] = [
    |stores| &stores.is_core_down,
    |stores| &stores.is_inbox_down,
    |stores| &stores.is_outbox_down,
];
/// In one of so many runs neither the core nor D1 is there for three days: longer than the retry schedule and the hundred
/// deliveries after which a queue gives a message up, twice.
const DISASTER_EVERY: u64 = 200;
const DISASTER_MS: u64 = 72 * 3_600_000;
/// The share of acknowledgements that get lost on the way to the platform.
const LOST_ACKS: f64 = 0.02;
const ISOLATES: usize = 4;
/// How long visitors come.
const VISITS_MS: u64 = 600_000;
/// How long the outbox has to empty: the whole retry schedule, twice.
const DRAIN_MS: u64 = 48 * 3_600_000;
/// After so long a message that was not acknowledged is delivered again: milliseconds.
const VISIBILITY_MS: u64 = 120_000;
/// How long a queue of a free account keeps a message: <https://developers.cloudflare.com/queues/platform/limits/>.
const RETENTION_MS: u64 = 24 * 3_600_000;
/// `max_retries` in wrangler.toml.
const MAX_DELIVERIES: u32 = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_lead_is_lost_or_duplicated_whatever_fails() {
        for seed in 1..=8 {
            let counter = run(seed, 200);
            assert_eq!((counter.lost, counter.duplicated), (0, 0), "seed {seed}");
            assert_eq!(counter.broken, [] as [&str; 0], "seed {seed}");
            // The disaster of the first run begins while visitors come.
            assert!(
                counter.faults > 200 && counter.acknowledged > 120,
                "seed {seed}: {counter:?}"
            );
            assert!(counter.published > 0, "seed {seed}: {counter:?}");
            assert!(counter.erased > 5, "seed {seed}: {counter:?}");
            assert!(
                counter.gone > 0 && counter.gone_unheard == 0,
                "seed {seed}: {counter:?}"
            );
        }
    }

    /// Runs that showed it when one of these was left out: the look at who was erased before a lead is delivered (2, 3), the dead
    /// letter before a lead leaves the spam folder (all), the note that it was taken out of it (16), an acknowledgement only after
    /// a blocked lead is stored (2, 3), the time by which a dead letter is deleted (5), the permission to publish (2, 5), the end of
    /// a publishing that was interrupted (3, 5). `tests/native/meanwhile.rs` has the races that are left.
    #[test]
    fn nothing_is_delivered_or_kept_of_the_erased_and_nothing_is_lost_or_half_published() {
        for seed in [2, 3, 4, 5, 16] {
            let counter = run(seed, 80);
            assert_eq!((counter.lost, counter.duplicated), (0, 0), "seed {seed}");
            assert_eq!(counter.broken, [] as [&str; 0], "seed {seed}");
            assert!(
                counter.erased > 1 && counter.published > 20,
                "seed {seed}: {counter:?}"
            );
        }
    }

    #[test]
    fn a_build_that_ends_with_the_visitor_drops_leads_without_a_log_line() {
        let counter = run_as(Build::EndsWithVisitor, 2, 400);
        assert_eq!((counter.lost, counter.duplicated), (0, 0));
        assert!(counter.gone_unheard > 0, "{counter:?}");
    }

    #[test]
    fn the_same_seed_gives_the_same_run() {
        let figures = |seed| {
            let counter = run(seed, 100);
            (counter.faults, counter.acknowledged)
        };
        assert_eq!(figures(3), figures(3));
        assert_ne!(figures(3), figures(5));
    }
}
