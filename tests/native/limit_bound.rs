//! The worst case that the doc of `limit` derives, over random schedules: isolates start and end, their clocks differ and step
//! back, and they read parts of any age or none.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use formgate::clock::UnixMillis;
use formgate::limit::{
    Caller, CounterKey, CounterPart, Counters, FaultMode, Partition, RateLimitPolicy, Refusal,
};
use proptest::prelude::*;

/// What happens next; isolates and parts are chosen by remainder.
#[derive(Clone, Debug)]
enum Event {
    /// This many submissions at once.
    Submit { isolate: usize, count: u64 },
    /// The isolate publishes its part.
    Publish { isolate: usize },
    /// The isolate merges some of all parts ever published.
    Merge { isolate: usize, chosen: u64 },
    /// The isolate merges a part that no isolate published.
    MergeForged { isolate: usize, counts: [u32; 3] },
    /// The isolate ends, and another starts.
    End { isolate: usize },
    /// The isolate's clock is set, within the tolerance.
    SetClock { isolate: usize, skew_ms: i64 },
    /// Time passes.
    Pass { millis: u64 },
}

fn event() -> impl Strategy<Value = Event> {
    let isolate = 0_usize..6;
    let skew_ms = -SKEW_MS..=SKEW_MS;
    prop_oneof![
        8 => (isolate.clone(), 1_u64..80).prop_map(|(isolate, count)| Event::Submit { isolate, count }),
        3 => isolate.clone().prop_map(|isolate| Event::Publish { isolate }),
        3 => (isolate.clone(), any::<u64>()).prop_map(|(isolate, chosen)| Event::Merge { isolate, chosen }),
        1 => (isolate.clone(), any::<[u32; 3]>()).prop_map(|(isolate, counts)| Event::MergeForged { isolate, counts }),
        1 => isolate.clone().prop_map(|isolate| Event::End { isolate }),
        1 => (isolate, skew_ms).prop_map(|(isolate, skew_ms)| Event::SetClock { isolate, skew_ms }),
        6 => prop_oneof![1_u64..2_000, 1_u64..40_000].prop_map(|millis| Event::Pass { millis }),
    ]
}

const SKEW_MS: i64 = 2_000;

struct Isolate {
    /// The index among all isolates of the schedule.
    index: usize,
    counters: Counters,
    skew_ms: i64,
}

struct Schedule {
    policy: RateLimitPolicy,
    key: CounterKey,
    now: u64,
    isolates: Vec<Isolate>,
    started: usize,
    published: Vec<CounterPart>,
    /// The moment and the isolate of each admitted submission, and the moment of each submission.
    admitted: Vec<(u64, usize)>,
    requested: Vec<u64>,
}

impl Schedule {
    fn new(quota: u64, window_s: u64, isolates: usize) -> Self {
        let policy = RateLimitPolicy {
            name: "p".to_owned(),
            quota,
            window_s,
            partition: Partition::Form,
            on_fault: FaultMode::Open,
        };
        let key = CounterKey::new(&policy, "demo", &Caller::new(None, None, None)).unwrap();
        let mut schedule = Self {
            policy,
            key,
            now: 1_795_293_000_000,
            isolates: Vec::new(),
            started: 0,
            published: Vec::new(),
            admitted: Vec::new(),
            requested: Vec::new(),
        };
        for _ in 0..isolates {
            let started = schedule.start(0);
            schedule.isolates.push(started);
        }
        schedule
    }

    fn start(&mut self, skew_ms: i64) -> Isolate {
        self.started += 1;
        let name = format!("i{}", self.started);
        Isolate {
            index: self.started,
            counters: Counters::new(name, NonZeroUsize::MIN),
            skew_ms,
        }
    }

    fn run(&mut self, event: &Event) {
        let count = self.isolates.len();
        let (policy, key) = (self.policy.clone(), self.key);
        let clock = |isolate: &Isolate| UnixMillis(self.now.saturating_add_signed(isolate.skew_ms));
        match *event {
            Event::Pass { millis } => self.now += millis,
            Event::Submit {
                isolate,
                count: submissions,
            } => {
                let isolate = &mut self.isolates[isolate % count];
                let now = UnixMillis(self.now.saturating_add_signed(isolate.skew_ms));
                for _ in 0..submissions {
                    self.requested.push(self.now);
                    let decision = isolate.counters.decide(&[(&policy, key)], now);
                    match decision.refusal {
                        None => self.admitted.push((self.now, isolate.index)),
                        Some(Refusal::Over { retry_after_s, .. }) => assert!(retry_after_s >= 1),
                        Some(Refusal::Unknown) => panic!("the policy is open"),
                    }
                }
            }
            Event::Publish { isolate } => {
                let now = clock(&self.isolates[isolate % count]);
                let counters = &mut self.isolates[isolate % count].counters;
                if let Some(mut counter) = counters.peek(key, &policy, now) {
                    let update = counter.update();
                    counter.write_ended(&update, true);
                    self.published.push(update.part);
                }
            }
            Event::Merge { isolate, chosen } => {
                let parts: Vec<CounterPart> = self
                    .published
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| chosen >> (index % 64) & 1 == 1)
                    .map(|(_, part)| part.clone())
                    .collect();
                self.merge(isolate % count, &parts);
            }
            Event::MergeForged {
                isolate,
                counts: [current, previous, demand],
            } => {
                let forged = CounterPart {
                    writer: "forged-1".to_owned(),
                    at: UnixMillis(self.now),
                    current: u64::from(current % 50),
                    previous: u64::from(previous),
                    demand: u64::from(demand),
                };
                self.merge(isolate % count, &[forged]);
            }
            Event::End { isolate } => {
                let skew_ms = self.isolates[isolate % count].skew_ms;
                self.isolates[isolate % count] = self.start(skew_ms);
            }
            Event::SetClock { isolate, skew_ms } => {
                self.isolates[isolate % count].skew_ms = skew_ms;
            }
        }
    }

    fn merge(&mut self, isolate: usize, parts: &[CounterPart]) {
        let isolate = &mut self.isolates[isolate];
        let now = UnixMillis(self.now.saturating_add_signed(isolate.skew_ms));
        isolate
            .counters
            .at(self.key, &self.policy, now)
            .merge(parts);
    }

    /// In every true window at most `min(S, d)` quotas; what was admitted within `skew_ms` of its ends may belong to another
    /// window, and is left out. With it, a true window overlaps at most two windows of each isolate.
    fn check(&self, skew_ms: u64) -> Result<(), TestCaseError> {
        let window_ms = self.policy.window_s * 1_000;
        let is_inside = |at: u64| {
            let elapsed_ms = at % window_ms;
            elapsed_ms >= skew_ms && elapsed_ms < window_ms.saturating_sub(skew_ms)
        };
        let mut windows: BTreeMap<u64, (u64, u64, BTreeSet<usize>)> = BTreeMap::new();
        for (at, isolate) in &self.admitted {
            let (all, inside, isolates) = windows.entry(at / window_ms).or_default();
            *all += 1;
            *inside += u64::from(is_inside(*at));
            isolates.insert(*isolate);
        }
        for (window, (all, inside, isolates)) in windows {
            let requested = self
                .requested
                .iter()
                .filter(|&&at| at / window_ms == window);
            prop_assert!(all <= u64::try_from(requested.count()).unwrap());
            let most = u64::try_from(isolates.len()).unwrap() * self.policy.quota;
            prop_assert!(inside <= most, "{inside} inside, at most {most}");
            let of_two = if skew_ms == 0 { most } else { 2 * most };
            prop_assert!(all <= of_two, "{all} in all, at most {of_two}");
        }
        Ok(())
    }
}

proptest! {
    /// With equal clocks: not one more than the isolates' quotas.
    #[test]
    fn no_schedule_admits_more_than_each_isolate_its_quota(
        quota in 1_u64..60, window_s in 5_u64..90, isolates in 1_usize..6,
        events in prop::collection::vec(event(), 1..120),
    ) {
        let mut schedule = Schedule::new(quota, window_s, isolates);
        for event in events.iter().filter(|event| !matches!(event, Event::SetClock { .. })) {
            schedule.run(event);
        }
        schedule.check(0)?;
    }

    /// With clocks that differ by up to two seconds, and change.
    #[test]
    fn clocks_that_differ_only_move_what_is_near_a_windows_end(
        quota in 1_u64..60, window_s in 5_u64..90, isolates in 1_usize..6,
        events in prop::collection::vec(event(), 1..120),
    ) {
        let mut schedule = Schedule::new(quota, window_s, isolates);
        for event in &events {
            schedule.run(event);
        }
        schedule.check(SKEW_MS.unsigned_abs())?;
    }

    /// One isolate alone admits the quota, and refuses nothing below it.
    #[test]
    fn one_isolate_admits_the_whole_quota(quota in 1_u64..60, window_s in 5_u64..90, count in 1_u64..100) {
        let mut schedule = Schedule::new(quota, window_s, 1);
        schedule.run(&Event::Submit { isolate: 0, count });
        prop_assert_eq!(schedule.admitted.len(), usize::try_from(count.min(quota)).unwrap());
    }

    /// A caller who waits for `Retry-After` is admitted if no other submits, whatever was merged before.
    #[test]
    fn a_caller_who_waits_for_retry_after_is_admitted(
        quota in 1_u64..60, window_s in 5_u64..90,
        events in prop::collection::vec(event(), 1..60),
    ) {
        let mut schedule = Schedule::new(quota, window_s, 3);
        for event in &events {
            schedule.run(event);
        }
        let isolate = &mut schedule.isolates[0];
        let at = |millis: u64| UnixMillis(millis.saturating_add_signed(isolate.skew_ms));
        let counters = [(&schedule.policy, schedule.key)];
        let first = isolate.counters.decide(&counters, at(schedule.now));
        if let Some(Refusal::Over { retry_after_s, .. }) = first.refusal {
            let then = at(schedule.now + retry_after_s * 1_000);
            let second = isolate.counters.decide(&counters, then);
            prop_assert_eq!(second.refusal, None, "after {} s", retry_after_s);
        }
    }

    /// The same for a visitor who has sent something, for whom a part of the form's quota is kept from; together with other
    /// visitors never more than the quota is admitted.
    #[test]
    fn the_part_kept_for_new_visitors_keeps_both(
        quota in 1_u64..60, window_s in 5_u64..90,
        events in prop::collection::vec(event(), 1..60),
        visitors in prop::collection::vec(any::<bool>(), 0..80),
    ) {
        let mut schedule = Schedule::new(quota, window_s, 3);
        for event in &events {
            schedule.run(event);
        }
        let isolate = &mut schedule.isolates[0];
        let at = |millis: u64| UnixMillis(millis.saturating_add_signed(isolate.skew_ms));
        let counters = [(&schedule.policy, schedule.key)];
        for is_known in visitors {
            let decision = isolate.counters.admit(&counters, at(schedule.now), is_known);
            if decision.refusal.is_none() {
                schedule.admitted.push((schedule.now, isolate.index));
            }
            schedule.requested.push(schedule.now);
        }
        let first = isolate.counters.admit(&counters, at(schedule.now), true);
        if let Some(Refusal::Over { retry_after_s, .. }) = first.refusal {
            let then = at(schedule.now + retry_after_s * 1_000);
            let second = isolate.counters.admit(&counters, then, true);
            prop_assert_eq!(second.refusal, None, "after {} s", retry_after_s);
        }
        schedule.check(SKEW_MS.unsigned_abs())?;
    }
}
