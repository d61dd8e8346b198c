//! [`World`]: virtual time, chance, and tasks that run one at a time.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// When every world begins: milliseconds since 1970, a whole day, so that windows of any usual length begin with it.
pub const START_MS: u64 = 20_000 * 86_400_000;

/// The number of no task: the first is 1.
const NO_TASK: u64 = 0;

/// Whose tasks: for example an isolate's. All of one owner's can be ended at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Owner(pub u64);

/// An executor in virtual time. Time passes only while every task sleeps; tasks due at the same time run in the order in
/// which they went to sleep. Clones are the same world.
#[derive(Clone)]
pub struct World(Rc<Inner>);

type Task = Pin<Box<dyn Future<Output = ()>>>;

struct Inner {
    now_ms: Cell<u64>,
    random: RefCell<Random>,
    tasks: RefCell<BTreeMap<u64, (Owner, Option<Task>)>>,
    ready: RefCell<VecDeque<u64>>,
    /// When, which was set first, which task.
    timers: RefCell<BinaryHeap<Reverse<(u64, u64, u64)>>>,
    /// Numbers of tasks and timers.
    drawn: Cell<u64>,
    running: Cell<u64>,
}

impl World {
    /// A world at [`START_MS`]. The same seed gives the same run.
    pub fn new(seed: u64) -> Self {
        Self(Rc::new(Inner {
            now_ms: Cell::new(START_MS),
            random: RefCell::new(Random::seeded(seed)),
            tasks: RefCell::default(),
            ready: RefCell::default(),
            timers: RefCell::default(),
            drawn: Cell::new(0),
            running: Cell::new(0),
        }))
    }

    /// Milliseconds since 1970.
    pub fn now_ms(&self) -> u64 {
        self.0.now_ms.get()
    }

    /// Waits for so many milliseconds of virtual time; even for 0 lets all others that are ready go first.
    pub fn sleep(&self, ms: u64) -> Sleep {
        Sleep {
            world: self.clone(),
            until_ms: self.now_ms().saturating_add(ms),
            is_set: false,
        }
    }

    /// Begins a task; it runs when all that are ready have run.
    pub fn spawn(&self, owner: Owner, task: impl Future<Output = ()> + 'static) {
        let number = self.draw();
        let task: Task = Box::pin(task);
        self.0
            .tasks
            .borrow_mut()
            .insert(number, (owner, Some(task)));
        self.0.ready.borrow_mut().push_back(number);
    }

    /// Ends all tasks of an owner where they wait, as when an isolate is evicted. The one that is running ends when it
    /// next waits.
    pub fn kill(&self, owner: Owner) {
        let mut tasks = self.0.tasks.borrow_mut();
        let killed: Vec<u64> = tasks
            .iter()
            .filter(|(_, (of, _))| *of == owner)
            .map(|(number, _)| *number)
            .collect();
        let dropped: Vec<_> = killed
            .iter()
            .filter_map(|number| tasks.remove(number))
            .collect();
        // What a task drops may come back here.
        drop(tasks);
        drop(dropped);
    }

    /// Runs until no task is left.
    pub fn run(&self) {
        self.run_until(u64::MAX);
    }

    /// Runs all that is due until `ms` since 1970; then it is that time, or the time of the last task if none is left.
    pub fn run_until(&self, ms: u64) {
        while self.run_next(ms) {}
        if ms < u64::MAX {
            self.0.now_ms.set(ms.max(self.now_ms()));
        }
    }

    /// Runs a future that is no task, and tasks while it waits. `None` when no timer is left and it still waits.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            self.0.running.set(NO_TASK);
            if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
                return Some(value);
            }
            if !self.run_next(u64::MAX) {
                return None;
            }
        }
    }

    /// Runs all tasks that are ready, then makes the next one ready that is due until `ms` since 1970; whether there is one.
    fn run_next(&self, ms: u64) -> bool {
        self.run_ready();
        let due = {
            let mut timers = self.0.timers.borrow_mut();
            match timers.peek() {
                Some(Reverse((at, _, _))) if *at <= ms => timers.pop(),
                _ => None,
            }
        };
        let Some(Reverse((at, _, task))) = due else {
            return false;
        };
        self.0.now_ms.set(at.max(self.now_ms()));
        self.0.ready.borrow_mut().push_back(task);
        true
    }

    fn run_ready(&self) {
        let mut context = Context::from_waker(Waker::noop());
        loop {
            let Some(number) = self.0.ready.borrow_mut().pop_front() else {
                return;
            };
            let task = self
                .0
                .tasks
                .borrow_mut()
                .get_mut(&number)
                .and_then(|(_, task)| task.take());
            let Some(mut task) = task else { continue };
            self.0.running.set(number);
            let polled = task.as_mut().poll(&mut context);
            let mut tasks = self.0.tasks.borrow_mut();
            match polled {
                Poll::Ready(()) => {
                    tasks.remove(&number);
                }
                Poll::Pending => {
                    // It may have been killed meanwhile, by itself even.
                    if let Some((_, place)) = tasks.get_mut(&number) {
                        *place = Some(task);
                    }
                }
            }
        }
    }

    fn draw(&self) -> u64 {
        let drawn = self.0.drawn.get() + 1;
        self.0.drawn.set(drawn);
        drawn
    }

    /// 64 random bits.
    pub fn random(&self) -> u64 {
        self.0.random.borrow_mut().next()
    }

    /// Whether something of this probability happens.
    pub fn chance(&self, probability: f64) -> bool {
        self.0.random.borrow_mut().chance(probability)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&self, low: u64, high: u64) -> u64 {
        self.0.random.borrow_mut().between(low, high)
    }
}

/// See [`World::sleep`].
pub struct Sleep {
    world: World,
    until_ms: u64,
    is_set: bool,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<()> {
        let inner = &self.world.0;
        if self.is_set && inner.now_ms.get() >= self.until_ms {
            return Poll::Ready(());
        }
        if !self.is_set {
            let timer = (self.until_ms, self.world.draw(), inner.running.get());
            inner.timers.borrow_mut().push(Reverse(timer));
            self.is_set = true;
        }
        Poll::Pending
    }
}

/// A stream of chance: `SplitMix64`, <https://doi.org/10.1145/2714064.2660195>.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The stream of this seed.
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    #[expect(
        clippy::should_implement_trait,
        reason = "a stream without an end is no iterator"
    )]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number from 0 to below 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something of this probability happens.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        let span = high.saturating_sub(low).saturating_add(1);
        low.saturating_add(self.next() % span.max(1))
    }

    /// The time until something that happens every `mean_ms` on average, whatever happened before.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and cut to what fits"
    )]
    pub fn exponential_ms(&mut self, mean_ms: f64) -> u64 {
        (-(1.0 - self.unit()).ln() * mean_ms).round() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_passes_only_while_all_sleep_and_in_order() {
        let world = World::new(1);
        let seen = Rc::new(RefCell::new(Vec::new()));
        for (name, ms) in [("c", 30), ("a", 10), ("b", 20), ("a too", 10)] {
            let (then, seen) = (world.clone(), seen.clone());
            world.spawn(Owner(1), async move {
                then.sleep(ms).await;
                seen.borrow_mut().push((name, then.now_ms() - START_MS));
            });
        }
        world.run_until(START_MS + 20);
        assert_eq!(*seen.borrow(), [("a", 10), ("a too", 10), ("b", 20)]);
        assert_eq!(world.now_ms(), START_MS + 20);
        world.run();
        assert_eq!(seen.borrow().len(), 4);
    }

    #[test]
    fn a_future_that_is_no_task_sees_what_tasks_do_while_it_waits() {
        let world = World::new(1);
        let ticks = Rc::new(Cell::new(0));
        let (then, ticked) = (world.clone(), ticks.clone());
        world.spawn(Owner(1), async move {
            loop {
                then.sleep(10).await;
                ticked.set(ticked.get() + 1);
            }
        });
        let waited = async {
            world.sleep(35).await;
            (ticks.get(), world.now_ms() - START_MS)
        };
        assert_eq!(world.block_on(waited), Some((3, 35)));
        world.kill(Owner(1));
        assert_eq!(world.block_on(std::future::pending::<()>()), None);
    }

    #[test]
    fn an_owner_that_is_killed_does_nothing_more() {
        let world = World::new(1);
        let steps = Rc::new(Cell::new(0));
        for owner in [1, 2] {
            let (then, steps) = (world.clone(), steps.clone());
            world.spawn(Owner(owner), async move {
                steps.set(steps.get() + 1);
                then.sleep(10).await;
                if owner == 2 {
                    then.kill(Owner(2));
                }
                steps.set(steps.get() + 1);
                then.sleep(10).await;
                steps.set(steps.get() + 100);
            });
        }
        world.run_until(START_MS + 5);
        world.kill(Owner(1));
        world.run();
        assert_eq!(steps.get(), 3);
    }

    #[test]
    fn chance_is_of_the_seed_alone_and_even() {
        let draws = |seed| {
            let mut random = Random::seeded(seed);
            (0..1_000).map(|_| random.between(1, 6)).collect::<Vec<_>>()
        };
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
        for face in 1..=6 {
            let count = draws(7).iter().filter(|&&drawn| drawn == face).count();
            assert!((120..215).contains(&count), "{face}: {count}");
        }
        let mut random = Random::seeded(7);
        let mean = (0..10_000)
            .map(|_| random.exponential_ms(500.0))
            .sum::<u64>()
            / 10_000;
        assert!((480..520).contains(&mean), "{mean}");
    }
}
