//! What is simulated: each load on each kind of store, and what is promised of formgate under it.

use std::ops::Range;

use sim::kv::{KvModel, Outage};
use sim::load::{Load, Shape};

/// One row of the report for each algorithm.
#[derive(Clone)]
pub struct Scenario {
    /// In the report.
    pub name: &'static str,
    /// Submissions a window.
    pub quota: u64,
    /// The window: seconds.
    pub window_s: u64,
    /// Who sends what, where and when.
    pub load: Load,
    /// What the quota is of.
    pub counted: Counted,
    /// Windows that count for the report, from 0.
    pub windows_counted: Range<u64>,
    /// The store.
    pub model: KvModel,
    /// What is wrong with it.
    pub outage: Option<Outage>,
    /// Isolates' clocks are off by up to so much, either way: milliseconds.
    pub skew_ms: u64,
    /// How long an isolate lives, on average: milliseconds; for ever when `None`.
    pub isolate_life_ms: Option<f64>,
    /// What is asked of formgate.
    pub target: Target,
}

/// What a quota is of.
#[derive(Clone, Copy)]
pub enum Counted {
    /// All submissions.
    Form,
    /// Each visitor's.
    Visitor,
}

/// The most that may be, as parts of the quota and of what an exact limiter admits; `None` where nothing is asked.
#[derive(Clone, Copy, Default)]
pub struct Target {
    /// Over-admission.
    pub over_admission: Option<f64>,
    /// Wrongly refused.
    pub wrongly_refused: Option<f64>,
    /// Operations of KV for a thousand submissions.
    pub kv_ops_per_1000: Option<f64>,
}

impl Scenario {
    /// The window in milliseconds.
    pub fn window_ms(&self) -> u64 {
        self.window_s * 1_000
    }

    fn of(name: &'static str, locations: usize, isolates: usize, demand: f64) -> Self {
        let quota = 100;
        let windows = 10;
        Self {
            name,
            quota,
            window_s: 60,
            load: Load {
                shape: Shape::Poisson,
                per_window: demand * crate::run::as_f64(quota),
                window_ms: 60_000,
                windows,
                locations,
                isolates,
            },
            counted: Counted::Form,
            windows_counted: 0..windows,
            model: KvModel::documented(),
            outage: None,
            skew_ms: 2_000,
            isolate_life_ms: None,
            target: Target::default(),
        }
    }

    fn shape(mut self, shape: Shape) -> Self {
        self.load.shape = shape;
        self
    }

    fn after_first(mut self) -> Self {
        self.windows_counted.start = 1;
        self
    }

    fn first(mut self) -> Self {
        self.windows_counted.end = 1;
        self
    }

    fn model(mut self, model: KvModel) -> Self {
        self.model = model;
        self
    }

    fn outage(mut self, outage: Outage) -> Self {
        self.outage = Some(outage);
        self
    }

    fn lives(mut self, mean_ms: f64) -> Self {
        self.isolate_life_ms = Some(mean_ms);
        self
    }

    fn quota(mut self, quota: u64, window_s: u64, windows: u64) -> Self {
        let demand = self.load.per_window / crate::run::as_f64(self.quota);
        self.quota = quota;
        self.window_s = window_s;
        self.load.per_window = demand * crate::run::as_f64(quota);
        self.load.window_ms = window_s * 1_000;
        self.load.windows = windows;
        self.windows_counted = 0..windows;
        self
    }

    fn skew(mut self, skew_ms: u64) -> Self {
        self.skew_ms = skew_ms;
        self
    }

    fn demand(mut self, per_window: f64) -> Self {
        self.load.per_window = per_window;
        self
    }

    fn visitors(mut self) -> Self {
        self.counted = Counted::Visitor;
        self
    }

    fn asks(mut self, over_admission: f64, wrongly_refused: f64) -> Self {
        self.target.over_admission = Some(over_admission);
        self.target.wrongly_refused = Some(wrongly_refused);
        self
    }

    fn asks_operations(mut self, most: f64) -> Self {
        self.target.kv_ops_per_1000 = Some(most);
        self
    }
}

/// All of them. Quota 100, window 60 s, ten windows, arrivals at random, clocks off by up to 2 s, unless a
/// scenario sets others; the rows with targets come first.
pub fn scenarios() -> Vec<Scenario> {
    let of = Scenario::of;
    vec![
        // The only isolate's clock is right.
        of("1 location, 1 isolate, 5x", 1, 1, 5.0)
            .skew(0)
            .asks(0.0, 0.0),
        of("1 location, 4 isolates, 5x", 1, 4, 5.0).asks(0.03, 0.01),
        of("5 locations, 5x, after the first window", 5, 1, 5.0)
            .after_first()
            .asks(0.04, 0.02),
        of("5 locations, 1,000 an hour, 5x", 5, 1, 5.0)
            .quota(1_000, 3_600, 4)
            .asks(0.01, 0.01),
        of("5 locations, 0.8x", 5, 1, 0.8)
            .shape(Shape::Steady)
            .asks(0.0, 0.01),
        of("distinct visitors, 10 a minute each", 5, 4, 5.0)
            .shape(Shape::DistinctVisitors)
            .quota(10, 60, 10)
            .visitors()
            .demand(2_000.0)
            .asks(0.0, 0.0)
            .asks_operations(0.0),
        // Far from its quota, as most forms are; an hour of it.
        of(
            "5 locations x 2 isolates, 600 a minute, 24 sent",
            5,
            2,
            0.04,
        )
        .quota(600, 60, 60),
        of(
            "1 location, 1 isolate, 5x, its clock off by up to 2 s",
            1,
            1,
            5.0,
        ),
        // What tests/worker/limit-shared.test.mjs does with four processes of workerd.
        of("1 location, 4 isolates, 5x, 12 s windows", 1, 4, 5.0)
            .quota(100, 12, 3)
            .skew(0),
        of("5 locations, 5x, the first window", 5, 1, 5.0).first(),
        of(
            "5 locations x 4 isolates, 5x, after the first window",
            5,
            4,
            5.0,
        )
        .after_first(),
        of("5 locations, 1.2x", 5, 1, 1.2),
        of("5 locations, 2x", 5, 1, 2.0),
        of("5 locations, 20x", 5, 1, 20.0),
        of("5 locations, 5x, 80 % at one of them", 5, 1, 5.0).shape(Shape::Skewed),
        of(
            "5 locations, 5x, slow propagation, after the first window",
            5,
            1,
            5.0,
        )
        .after_first()
        .model(KvModel::slow()),
        of("5 locations, 5x, all in the first second", 5, 1, 5.0).shape(Shape::Burst),
        of("5 locations, ramp to 10x", 5, 1, 5.0).shape(Shape::Ramp),
        of("5 locations, 5x, another location each window", 5, 1, 5.0).shape(Shape::Rotating),
        of("5 locations x 2 isolates, 5x, living 5 minutes", 5, 2, 5.0).lives(300_000.0),
        of("one visitor, 10 a minute, 5x, 4 isolates", 1, 4, 5.0).quota(10, 60, 10),
        of("1 location, 4 isolates, 5x, KV down", 1, 4, 5.0).outage(Outage::Down),
        of("1 location, 4 isolates, 5x, KV takes 5 s", 1, 4, 5.0)
            .outage(Outage::Slow { ms: 5_000 }),
        of("1 location, 4 isolates, 5x, every write 429", 1, 4, 5.0).outage(Outage::Throttled),
        of("1 location, 4 isolates, 5x, garbage", 1, 4, 5.0).outage(Outage::Garbage),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{Outcome, as_f64, run_formgate};

    /// `make sim` takes twenty seeds; a few show whether something is badly wrong.
    #[test]
    fn every_target_is_met() {
        for scenario in scenarios() {
            let Target {
                over_admission: Some(over_admission),
                wrongly_refused: Some(wrongly_refused),
                kv_ops_per_1000,
            } = scenario.target
            else {
                continue;
            };
            let outcomes: Vec<Outcome> = (1..=SEEDS)
                .map(|seed| run_formgate(&scenario, seed))
                .collect();
            let mean =
                |of: fn(&Outcome) -> f64| outcomes.iter().map(of).sum::<f64>() / as_f64(SEEDS);
            let over = mean(|outcome| outcome.over_admission);
            assert!(over <= over_admission, "{}: {over} over", scenario.name);
            let refused = mean(|outcome| outcome.wrongly_refused);
            assert!(
                refused <= wrongly_refused,
                "{}: {refused} refused",
                scenario.name
            );
            assert!(
                outcomes.iter().all(|outcome| outcome.failed == 0),
                "{}",
                scenario.name
            );
            if kv_ops_per_1000 == Some(0.0) {
                let is_free = |outcome: &Outcome| outcome.operations == Default::default();
                assert!(outcomes.iter().all(is_free), "{}", scenario.name);
            }
        }
    }

    /// However the store fails, no visitor sees it, and each isolate keeps to the quota.
    #[test]
    fn no_outage_fails_a_visitor_or_lets_an_isolate_go_beyond_the_quota() {
        let outages = scenarios()
            .into_iter()
            .filter(|scenario| scenario.outage.is_some());
        let mut count = 0;
        for scenario in outages {
            count += 1;
            let outcome = run_formgate(&scenario, 1);
            assert_eq!(outcome.failed, 0, "{}", scenario.name);
            let isolates = u32::try_from(scenario.load.locations * scenario.load.isolates).unwrap();
            // Two seconds of clock skew move a thirtieth of an even load.
            let worst = f64::from(isolates) * 1.04 - 1.0;
            assert!(
                outcome.worst <= worst,
                "{}: {}",
                scenario.name,
                outcome.worst
            );
        }
        assert_eq!(count, 4);
    }

    #[test]
    fn a_seed_is_seen_again() {
        let scenario = &scenarios()[1];
        let figures = |seed| {
            let outcome = run_formgate(scenario, seed);
            (
                outcome.over_admission.to_bits(),
                outcome.asked,
                outcome.operations,
            )
        };
        assert_eq!(figures(5), figures(5));
        assert_ne!(figures(5), figures(6));
    }

    const SEEDS: u64 = 3;
}
