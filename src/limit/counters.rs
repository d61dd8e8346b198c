//! [`Counters`]: every counter one isolate has met lately, and what to tell the others of each.

use std::num::NonZeroUsize;

use lru::LruCache;

use super::counter::{Counter, Headroom};
use super::partition::{CounterKey, CounterPart};
use super::policy::{FaultMode, RateLimitPolicy};
use super::{Decision, QuotaStatus, Refusal};
use crate::clock::{UnixMillis, ceil_seconds};

/// The counters of one isolate, the least recently used forgotten first.
#[derive(Debug)]
pub struct Counters {
    isolate: String,
    counters: LruCache<CounterKey, Counter>,
    /// How many tallies there ever were.
    lives: u64,
    fault_logged_at: Option<UnixMillis>,
    faults_unlogged: u64,
}

/// What to write to KV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterUpdate {
    /// The part.
    pub part: CounterPart,
    /// The name to write it under.
    pub name: String,
    /// How many submissions the others learn of by it.
    untold: u64,
}

impl Counters {
    /// Room for `capacity` counters; `isolate` tells this isolate's from others'.
    pub fn new(isolate: String, capacity: NonZeroUsize) -> Self {
        Self {
            isolate,
            counters: LruCache::new(capacity),
            lives: 0,
            fault_logged_at: None,
            faults_unlogged: 0,
        }
    }

    /// Decides on one submission, and counts it against every policy if all of them admit it.
    pub fn decide(
        &mut self,
        counted: &[(&RateLimitPolicy, CounterKey)],
        now: UnixMillis,
    ) -> Decision {
        let stands: Vec<(Headroom, bool)> = counted
            .iter()
            .map(|(policy, key)| {
                let counter = self.counter(*key, policy, now);
                let window = counter.forward(now, policy);
                let is_unknown = policy.on_fault == FaultMode::Closed && counter.is_blind();
                (counter.headroom(now, window, policy.quota), is_unknown)
            })
            .collect();
        let is_refused =
            |(headroom, is_unknown): &(Headroom, bool)| headroom.wait_ms > 0 || *is_unknown;
        let refused = stands
            .iter()
            .filter(|headroom| is_refused(headroom))
            .count();
        let mut decision = Decision::default();
        for ((policy, key), headroom) in counted.iter().zip(&stands) {
            let is_own_refusal = is_refused(headroom);
            // What another policy refuses is no demand on this one: a flood from one address takes no other's share.
            if refused == 0 || (refused == 1 && is_own_refusal) {
                self.counter(*key, policy, now).count(refused == 0);
            }
            let (headroom, is_unknown) = headroom;
            let remaining = match refused {
                0 => headroom.remaining.saturating_sub(1),
                _ => headroom.remaining,
            };
            let reset_ms = match headroom.wait_ms {
                0 if refused == 0 && remaining == 0 => self.wait_ms(*key, policy, now),
                0 => headroom.until_next_ms,
                wait_ms => wait_ms,
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

    /// Where a caller stands, with nothing counted and nobody refused.
    pub fn look(
        &mut self,
        counted: &[(&RateLimitPolicy, CounterKey)],
        now: UnixMillis,
    ) -> Decision {
        let status = |(policy, key): &(&RateLimitPolicy, CounterKey)| {
            let counter = self.counter(*key, policy, now);
            let window = counter.forward(now, policy);
            let headroom = counter.headroom(now, window, policy.quota);
            let reset_ms = match headroom.wait_ms {
                0 => headroom.until_next_ms,
                wait_ms => wait_ms,
            };
            QuotaStatus::of(policy, headroom.remaining, ceil_seconds(reset_ms))
        };
        Decision {
            statuses: counted.iter().map(status).collect(),
            refusal: None,
        }
    }

    /// Uncounts one submission that turned out to be a repetition of one that was counted.
    pub fn give_back(&mut self, counted: &[(&RateLimitPolicy, CounterKey)], now: UnixMillis) {
        for (policy, key) in counted {
            let counter = self.counter(*key, policy, now);
            counter.forward(now, policy);
            counter.uncount();
        }
    }

    fn wait_ms(&mut self, key: CounterKey, policy: &RateLimitPolicy, now: UnixMillis) -> u64 {
        let counter = self.counter(key, policy, now);
        let window = counter.forward(now, policy);
        counter.headroom(now, window, policy.quota).wait_ms
    }

    /// Whether the caller has to wait for the others' counts, since the policy admits nobody without them.
    pub fn must_ask(&mut self, key: CounterKey, policy: &RateLimitPolicy, now: UnixMillis) -> bool {
        if policy.on_fault == FaultMode::Open {
            return false;
        }
        let counter = self.counter(key, policy, now);
        counter.forward(now, policy);
        counter.should_ask()
    }

    /// Whether somebody should tell the others of a counter, and in how many milliseconds; the caller then does.
    pub fn start_sync(
        &mut self,
        key: CounterKey,
        policy: &RateLimitPolicy,
        now: UnixMillis,
    ) -> Option<u64> {
        let counter = self.counter(key, policy, now);
        counter.forward(now, policy);
        let delay_ms = counter.due(policy)?;
        counter.start_sync();
        Some(delay_ms)
    }

    /// What to tell the others; `None` when the counter was forgotten meanwhile.
    pub fn update(
        &mut self,
        key: CounterKey,
        policy: &RateLimitPolicy,
        now: UnixMillis,
    ) -> Option<CounterUpdate> {
        let isolate = self.isolate.clone();
        let counter = self.counters.peek_mut(&key)?;
        let window = counter.forward(now, policy);
        let writer = format!("{isolate}-{}", counter.life);
        Some(CounterUpdate {
            name: format!("{}{writer}", key.prefix()),
            part: counter.part(writer, window),
            untold: counter.untold(),
        })
    }

    /// Takes in whether it was written. Gives the milliseconds to wait before the others' parts are read, if they are to
    /// be.
    pub fn wrote(
        &mut self,
        key: CounterKey,
        policy: &RateLimitPolicy,
        update: &CounterUpdate,
        is_written: bool,
        now: UnixMillis,
    ) -> Option<u64> {
        let counter = self.counters.peek_mut(&key)?;
        let window = counter.forward(now, policy);
        counter.wrote(update.untold, is_written);
        counter.read_due(window)
    }

    /// Takes in the parts that were read; `None` when they could not be.
    pub fn read(
        &mut self,
        key: CounterKey,
        policy: &RateLimitPolicy,
        parts: Option<&[CounterPart]>,
        now: UnixMillis,
    ) {
        let isolate = self.isolate.clone();
        let counter = self.counter(key, policy, now);
        let window = counter.forward(now, policy);
        let writer = format!("{isolate}-{}", counter.life);
        match parts {
            Some(parts) => counter.learn(parts, &writer, window, policy),
            None => counter.failed_to_read(),
        }
    }

    /// Notes the end of an exchange; the milliseconds to wait before the next, if there is more to tell already.
    pub fn end_sync(
        &mut self,
        key: CounterKey,
        policy: &RateLimitPolicy,
        now: UnixMillis,
    ) -> Option<u64> {
        let counter = self.counters.peek_mut(&key)?;
        counter.forward(now, policy);
        counter.end_sync();
        let delay_ms = counter.due(policy)?;
        counter.start_sync();
        Some(delay_ms)
    }

    /// Notes a fault of KV. Once a minute it is to be logged: then gives how many there were since the last time.
    pub fn note_fault(&mut self, now: UnixMillis) -> Option<u64> {
        self.faults_unlogged = self.faults_unlogged.saturating_add(1);
        let logged_lately = |at: UnixMillis| now.since(at) < FAULT_LOG_INTERVAL_MS;
        if self.fault_logged_at.is_some_and(logged_lately) {
            return None;
        }
        self.fault_logged_at = Some(now);
        Some(std::mem::take(&mut self.faults_unlogged))
    }

    fn counter(
        &mut self,
        key: CounterKey,
        policy: &RateLimitPolicy,
        now: UnixMillis,
    ) -> &mut Counter {
        let lives = &mut self.lives;
        self.counters.get_or_insert_mut(key, || {
            *lives = lives.saturating_add(1);
            Counter::new(*lives, now, policy)
        })
    }
}

/// A fault of KV is logged at most this often by an isolate: milliseconds.
const FAULT_LOG_INTERVAL_MS: u64 = 60_000;

#[cfg(test)]
#[path = "counters_tests.rs"]
mod tests;
