//! One run: a load on some isolates, each submission decided by one algorithm, counted window by window.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::rc::Rc;

use formgate::clock::UnixMillis;
use formgate::limit::{Caller, CounterKey, Counters, FaultMode, Partition, RateLimitPolicy};
use serde_json::json;

use sim::kv::{Kv, Operations};
use sim::load::Arrival;
use sim::memory::{Memory, Stores};
use sim::peers::{Limiter, Verdict};
use sim::world::{Owner, Random, START_MS, World};

use crate::formgate::{form, start, submit};
use crate::scenario::{Counted, Scenario};

/// How many submissions of each counted key and window were asked for, and admitted.
pub type Counts = BTreeMap<(u64, u64), Count>;

/// Of one key in one window.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    /// Submissions sent.
    pub asked: u64,
    /// Submissions admitted.
    pub admitted: u64,
}

/// What came of a run.
pub struct Outcome {
    /// Over-admission, in quotas, mean over keys and windows.
    pub over_admission: f64,
    /// What an exact limiter would have admitted and this one did not, as a part of the former.
    pub wrongly_refused: f64,
    /// The worst window, in quotas.
    pub worst: f64,
    /// Submissions answered with an error of ours.
    pub failed: u64,
    /// Submissions sent in all.
    pub asked: u64,
    /// What it cost.
    pub operations: Operations,
}

/// Runs formgate.
pub fn run_formgate(scenario: &Scenario, seed: u64) -> Outcome {
    let stage = Stage::new(scenario, seed);
    let stores = Stores::new(&stage.world);
    stores.publish(&form(&json!([{
        "name": "sim",
        "quota": scenario.quota,
        "window_s": scenario.window_s,
        "partition": match scenario.counted {
            Counted::Form => "form",
            Counted::Visitor => "visitor",
        },
    }])));
    let driver = stage.clone();
    stage.world.spawn(DRIVER, async move {
        let mut running: BTreeMap<(usize, usize), Running> = BTreeMap::new();
        for arrival in driver.arrivals.iter().copied() {
            driver.wait_for(&arrival).await;
            let now_ms = driver.world.now_ms();
            let slot = (arrival.location, arrival.isolate);
            running.retain(|_, running| now_ms < running.ends_ms);
            let here = running.entry(slot).or_insert_with(|| {
                let (owner, ends_ms) = driver.new_owner();
                let kv = driver.kv.at(arrival.location);
                let skew_ms = driver.skew_ms();
                Running {
                    isolate: start(&stores, kv, owner, skew_ms),
                    owner,
                    ends_ms,
                }
            });
            let (isolate, stage) = (here.isolate.clone(), driver.clone());
            driver.world.spawn(here.owner, async move {
                match submit(&isolate, arrival.visitor).await {
                    Some(201) => stage.admit(&arrival),
                    Some(429) => {}
                    _ => stage.fail(),
                }
            });
        }
    });
    stage.finish()
}

/// Runs a peer.
pub fn run_peer(scenario: &Scenario, peer: impl Limiter + Clone + 'static, seed: u64) -> Outcome {
    let stage = Stage::new(scenario, seed);
    let driver = stage.clone();
    let (quota, window_ms) = (scenario.quota, scenario.window_ms());
    stage.world.spawn(DRIVER, async move {
        for arrival in driver.arrivals.iter().copied() {
            driver.wait_for(&arrival).await;
            let (stage, peer) = (driver.clone(), peer.clone());
            driver.world.spawn(DRIVER, async move {
                let kv = stage.kv.at(arrival.location);
                let key = format!("limit-{}", stage.key(&arrival));
                let now_ms = stage.world.now_ms();
                match peer.admit(&kv, &key, now_ms, quota, window_ms).await {
                    Verdict::Admitted => stage.admit(&arrival),
                    Verdict::Refused => {}
                    Verdict::Failed => stage.fail(),
                }
            });
        }
    });
    stage.finish()
}

/// An isolate while it lives.
struct Running {
    isolate: Memory,
    owner: Owner,
    ends_ms: u64,
}

/// What every run has: time, a store, the load and the counting.
#[derive(Clone)]
struct Stage {
    world: World,
    kv: Kv,
    scenario: Scenario,
    arrivals: Rc<[Arrival]>,
    counts: Rc<RefCell<Counts>>,
    failed: Rc<RefCell<u64>>,
    /// Draws of isolates' lives and clocks; the load and the store have their own.
    random: Rc<RefCell<Random>>,
    owners: Rc<RefCell<u64>>,
}

const DRIVER: Owner = Owner(0);

impl Stage {
    fn new(scenario: &Scenario, seed: u64) -> Self {
        let world = World::new(seed);
        let kv = Kv::new(&world, scenario.model.clone());
        kv.set_outage(scenario.outage);
        let mut load = Random::seeded(seed ^ LOAD_STREAM);
        let arrivals: Rc<[Arrival]> = scenario.load.arrivals(&mut load).into();
        let stage = Self {
            world,
            kv,
            scenario: scenario.clone(),
            arrivals,
            counts: Rc::default(),
            failed: Rc::default(),
            random: Rc::new(RefCell::new(Random::seeded(seed ^ LIVES_STREAM))),
            owners: Rc::default(),
        };
        for arrival in stage.arrivals.iter() {
            stage.count(arrival, |count| count.asked += 1);
        }
        stage
    }

    async fn wait_for(&self, arrival: &Arrival) {
        let at_ms = START_MS + arrival.at_ms;
        let wait_ms = at_ms.saturating_sub(self.world.now_ms());
        if wait_ms > 0 {
            self.world.sleep(wait_ms).await;
        }
    }

    /// An isolate's tasks, and when the isolate ends: then they end, too, wherever they are.
    fn new_owner(&self) -> (Owner, u64) {
        let owner = {
            let mut owners = self.owners.borrow_mut();
            *owners += 1;
            Owner(*owners)
        };
        let Some(mean_ms) = self.scenario.isolate_life_ms else {
            return (owner, u64::MAX);
        };
        let life_ms = self.random.borrow_mut().exponential_ms(mean_ms).max(1);
        let world = self.world.clone();
        self.world.spawn(DRIVER, async move {
            world.sleep(life_ms).await;
            world.kill(owner);
        });
        (owner, self.world.now_ms() + life_ms)
    }

    fn skew_ms(&self) -> i64 {
        let most = self.scenario.skew_ms;
        let skew = self.random.borrow_mut().between(0, 2 * most);
        skew.cast_signed() - most.cast_signed()
    }

    fn key(&self, arrival: &Arrival) -> u64 {
        match self.scenario.counted {
            Counted::Form => 0,
            Counted::Visitor => arrival.visitor,
        }
    }

    fn count(&self, arrival: &Arrival, note: impl FnOnce(&mut Count)) {
        let window = arrival.at_ms / self.scenario.window_ms();
        let key = (self.key(arrival), window);
        note(self.counts.borrow_mut().entry(key).or_default());
    }

    fn admit(&self, arrival: &Arrival) {
        self.count(arrival, |count| count.admitted += 1);
    }

    fn fail(&self) {
        *self.failed.borrow_mut() += 1;
    }

    fn finish(self) -> Outcome {
        self.world.run();
        let counts = self.counts.borrow();
        let exact = exact(&self.scenario, &self.arrivals);
        let quota = as_f64(self.scenario.quota);
        let (mut windows, mut over, mut worst) = (0_u64, 0.0, 0.0_f64);
        let (mut due, mut missing) = (0_u64, 0_u64);
        for (key, count) in counts.iter() {
            if !self.scenario.windows_counted.contains(&key.1) {
                continue;
            }
            let surplus = count.admitted.saturating_sub(self.scenario.quota);
            let surplus = as_f64(surplus) / quota;
            let admitted_exactly = exact.get(key).map_or(0, |count| count.admitted);
            windows += 1;
            over += surplus;
            worst = worst.max(surplus);
            due += admitted_exactly;
            missing += admitted_exactly.saturating_sub(count.admitted);
        }
        Outcome {
            over_admission: over / as_f64(windows.max(1)),
            wrongly_refused: as_f64(missing) / as_f64(due.max(1)),
            worst,
            failed: *self.failed.borrow(),
            asked: u64::try_from(self.arrivals.len()).unwrap_or(u64::MAX),
            operations: self.kv.operations(),
        }
    }
}

/// What one limiter admits that sees every submission at once: formgate's own window, with no other isolate.
fn exact(scenario: &Scenario, arrivals: &[Arrival]) -> Counts {
    let policy = RateLimitPolicy {
        name: "exact".to_owned(),
        quota: scenario.quota,
        window_s: scenario.window_s,
        partition: Partition::Visitor,
        on_fault: FaultMode::Open,
    };
    let keys = NonZeroUsize::new(arrivals.len()).unwrap_or(NonZeroUsize::MIN);
    let mut counters = Counters::new("exact".to_owned(), keys);
    let mut counts = Counts::new();
    for arrival in arrivals {
        let key = match scenario.counted {
            Counted::Form => 0,
            Counted::Visitor => arrival.visitor,
        };
        let [a, b, c, d] = u32::try_from(key).unwrap_or(0).to_be_bytes();
        let caller = Caller::new(Some(&format!("{a}.{b}.{c}.{d}")), None, None);
        let Some(counter) = CounterKey::new(&policy, "", &caller) else {
            continue;
        };
        let now = UnixMillis(START_MS + arrival.at_ms);
        let window = arrival.at_ms / scenario.window_ms();
        let count = counts.entry((key, window)).or_default();
        count.asked += 1;
        if counters
            .decide(&[(&policy, counter)], now)
            .refusal
            .is_none()
        {
            count.admitted += 1;
        }
    }
    counts
}

/// Counts here are far below the 2^53 that a float holds exactly.
#[expect(clippy::cast_precision_loss, reason = "see above")]
pub fn as_f64(count: u64) -> f64 {
    count as f64
}

/// Streams of chance that do not depend on one another.
const LOAD_STREAM: u64 = 0x6c6f_6164;
const LIVES_STREAM: u64 = 0x6c69_7665;
