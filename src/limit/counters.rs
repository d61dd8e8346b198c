//! [`Counters`]: the counters that one isolate has in memory.

use std::num::NonZeroUsize;

use lru::LruCache;

use super::counter::{Counter, CurrentCounter, Headroom};
use super::decision::{Decision, QuotaStatus, Refusal};
use super::partition::CounterKey;
use super::policy::{FaultMode, Partition, RateLimitPolicy};
use crate::clock::{UnixMillis, ceil_seconds};

/// A policy, and the key of the counter that it has for a caller.
pub type Counted<'a> = (&'a RateLimitPolicy, CounterKey);

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
    pub fn decide(&mut self, counted: &[Counted<'_>], now: UnixMillis) -> Decision {
        self.decide_on(counted, now, false, |_| true)
    }

    /// Decides on a submission before its body is read: counts it if all policies admit it, but not against those of the
    /// form, for which [`Self::admit`] counts it once it is valid.
    pub fn arrive(&mut self, counted: &[Counted<'_>], now: UnixMillis) -> Decision {
        let mut visitors = counted
            .iter()
            .filter(|(policy, _)| policy.partition == Partition::Visitor);
        let is_known = visitors.any(|(policy, key)| self.at(*key, policy, now).is_used());
        self.decide_on(counted, now, is_known, |partition| {
            partition != Partition::Form
        })
    }

    /// Decides on a valid submission by the policies of the form, and counts it against them. `is_known` is that of the first
    /// decision.
    pub fn admit(&mut self, counted: &[Counted<'_>], now: UnixMillis, is_known: bool) -> Decision {
        let of_form: Vec<Counted<'_>> = counted
            .iter()
            .filter(|(policy, _)| policy.partition == Partition::Form)
            .copied()
            .collect();
        self.decide_on(&of_form, now, is_known, |_| true)
    }

    fn decide_on(
        &mut self,
        counted: &[Counted<'_>],
        now: UnixMillis,
        is_known: bool,
        is_counted: fn(Partition) -> bool,
    ) -> Decision {
        let checks: Vec<(Headroom, bool)> = counted
            .iter()
            .map(|(policy, key)| {
                let counter = self.at(*key, policy, now);
                (counter.headroom(is_known), counter.is_unknown())
            })
            .collect();
        let is_refused =
            |(headroom, is_unknown): &(Headroom, bool)| headroom.wait_ms > 0 || *is_unknown;
        let refused = checks.iter().filter(|check| is_refused(check)).count();
        let mut decision = Decision {
            is_known,
            ..Decision::default()
        };
        for ((policy, key), check) in counted.iter().zip(&checks) {
            let mut counter = self.at(*key, policy, now);
            let is_admitted = refused == 0 && is_counted(policy.partition);
            // A submission that another policy refuses is no demand on this one: a flood from one address must not reduce the
            // share of the other visitors.
            if is_admitted || (refused == 1 && is_refused(check)) {
                counter.count(is_admitted);
            }
            let (headroom, is_unknown) = check;
            let remaining = match is_admitted {
                true => headroom.remaining.saturating_sub(1),
                false => headroom.remaining,
            };
            let reset_ms = if is_admitted && remaining == 0 && headroom.wait_ms == 0 {
                counter.headroom(is_known).wait_ms
            } else {
                headroom.reset_ms()
            };
            decision.add(QuotaStatus::of(policy, remaining, ceil_seconds(reset_ms)));
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

    /// Whether a policy that needs no count of other isolates refuses, so that there is no need to read the others'.
    pub fn is_over(&mut self, counted: &[Counted<'_>], now: UnixMillis) -> bool {
        counted.iter().any(|(policy, key)| {
            policy.on_fault == FaultMode::Open
                && self.at(*key, policy, now).headroom(false).wait_ms > 0
        })
    }

    /// The status of each policy; counts nothing and refuses nothing.
    pub fn status(&mut self, counted: &[Counted<'_>], now: UnixMillis) -> Decision {
        let mut decision = Decision::default();
        for (policy, key) in counted {
            let headroom = self.at(*key, policy, now).headroom(false);
            let reset_s = ceil_seconds(headroom.reset_ms());
            decision.add(QuotaStatus::of(policy, headroom.remaining, reset_s));
        }
        decision
    }

    /// Uncounts one admitted submission that repeats one that was counted before.
    pub fn uncount<'a>(&mut self, counted: impl Iterator<Item = &'a Counted<'a>>, now: UnixMillis) {
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
