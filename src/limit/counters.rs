//! [`Counters`]: the counters that one isolate has in memory.

use std::num::NonZeroUsize;

use lru::LruCache;

use super::counter::{Counter, CurrentCounter, Headroom};
use super::decision::{Decision, QuotaStatus, Refusal};
use super::partition::CounterKey;
use super::policy::RateLimitPolicy;
use crate::clock::{UnixMillis, ceil_seconds};

/// The counters of one isolate; the least recently used is dropped first.
#[derive(Debug)]
pub struct Counters {
    isolate: String,
    counters: LruCache<CounterKey, Counter>,
    /// How many counters were ever made.
    generations: u64,
    fault_logged_at: Option<UnixMillis>,
    faults_unlogged: u64,
}

impl Counters {
    /// At most `capacity` counters; `isolate` is a name no other isolate has.
    pub fn new(isolate: String, capacity: NonZeroUsize) -> Self {
        Self {
            isolate,
            counters: LruCache::new(capacity),
            generations: 0,
            fault_logged_at: None,
            faults_unlogged: 0,
        }
    }

    /// The counter at `now`; a new one if there is none in memory.
    pub fn at<'a>(
        &'a mut self,
        key: CounterKey,
        policy: &'a RateLimitPolicy,
        now: UnixMillis,
    ) -> CurrentCounter<'a> {
        let generations = &mut self.generations;
        let counter = self.counters.get_or_insert_mut(key, || {
            *generations = generations.saturating_add(1);
            Counter::new(*generations, now, policy)
        });
        CurrentCounter::new(counter, &self.isolate, key, policy, now)
    }

    /// The counter at `now`, if it is in memory; does not count as a use of it.
    pub fn peek<'a>(
        &'a mut self,
        key: CounterKey,
        policy: &'a RateLimitPolicy,
        now: UnixMillis,
    ) -> Option<CurrentCounter<'a>> {
        let counter = self.counters.peek_mut(&key)?;
        Some(CurrentCounter::new(
            counter,
            &self.isolate,
            key,
            policy,
            now,
        ))
    }

    /// Decides on one submission, and counts it against every policy if all of them admit it.
    pub fn decide(
        &mut self,
        counted: &[(&RateLimitPolicy, CounterKey)],
        now: UnixMillis,
    ) -> Decision {
        let checks: Vec<(Headroom, bool)> = counted
            .iter()
            .map(|(policy, key)| {
                let counter = self.at(*key, policy, now);
                (counter.headroom(), counter.is_unknown())
            })
            .collect();
        let is_refused =
            |(headroom, is_unknown): &(Headroom, bool)| headroom.wait_ms > 0 || *is_unknown;
        let refused = checks.iter().filter(|check| is_refused(check)).count();
        let mut decision = Decision::default();
        for ((policy, key), check) in counted.iter().zip(&checks) {
            let mut counter = self.at(*key, policy, now);
            // A submission that another policy refuses is no demand on this one: a flood from one address must not reduce the
            // share of the other visitors.
            if refused == 0 || (refused == 1 && is_refused(check)) {
                counter.count(refused == 0);
            }
            let (headroom, is_unknown) = check;
            let remaining = match refused {
                0 => headroom.remaining.saturating_sub(1),
                _ => headroom.remaining,
            };
            let reset_ms = if refused == 0 && remaining == 0 && headroom.wait_ms == 0 {
                counter.headroom().wait_ms
            } else {
                headroom.reset_ms()
            };
            let status = QuotaStatus::of(policy, remaining, ceil_seconds(reset_ms));
            decision.statuses.push(status);
            let refusal = if *is_unknown {
                Refusal::Unknown
            } else if headroom.wait_ms > 0 {
                Refusal::Over {
                    policy: policy.name.clone(),
                    retry_after_s: ceil_seconds(headroom.wait_ms),
                }
            } else {
                continue;
            };
            decision.refusal = Refusal::stricter(decision.refusal.take(), refusal);
        }
        decision
    }

    /// The status of each policy; counts nothing and refuses nothing.
    pub fn status(
        &mut self,
        counted: &[(&RateLimitPolicy, CounterKey)],
        now: UnixMillis,
    ) -> Decision {
        let status = |(policy, key): &(&RateLimitPolicy, CounterKey)| {
            let headroom = self.at(*key, policy, now).headroom();
            QuotaStatus::of(
                policy,
                headroom.remaining,
                ceil_seconds(headroom.reset_ms()),
            )
        };
        Decision {
            statuses: counted.iter().map(status).collect(),
            refusal: None,
        }
    }

    /// Uncounts one admitted submission that repeats one that was counted before.
    pub fn uncount(&mut self, counted: &[(&RateLimitPolicy, CounterKey)], now: UnixMillis) {
        for (policy, key) in counted {
            self.at(*key, policy, now).uncount();
        }
    }

    /// Records a fault of KV. At most once a minute gives how many there were since it last did, for one line in the log.
    pub fn note_fault(&mut self, now: UnixMillis) -> Option<u64> {
        self.faults_unlogged = self.faults_unlogged.saturating_add(1);
        let logged_lately = |at: UnixMillis| now.since(at) < FAULT_LOG_INTERVAL_MS;
        if self.fault_logged_at.is_some_and(logged_lately) {
            return None;
        }
        self.fault_logged_at = Some(now);
        Some(std::mem::take(&mut self.faults_unlogged))
    }
}

/// Counters that one isolate keeps, about 250 bytes each.
pub const MAX_COUNTERS: usize = 10_000;
/// An isolate logs faults of KV at most this often: milliseconds.
const FAULT_LOG_INTERVAL_MS: u64 = 60_000;

#[cfg(test)]
#[path = "counters_tests.rs"]
mod tests;
