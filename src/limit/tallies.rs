//! [`Tallies`]: every counter one isolate has met lately, and what to tell the others of each.

use std::num::NonZeroUsize;

use lru::LruCache;

use super::counter::{CounterKey, CounterPart};
use super::policy::{FaultMode, RateLimitPolicy};
use super::tally::{Stand, Tally};
use super::{Decision, Refusal, Standing};
use crate::clock::{UnixMillis, ceil_seconds};

/// The counters of one isolate, the least recently used forgotten first.
#[derive(Debug)]
pub struct Tallies {
    isolate: String,
    tallies: LruCache<CounterKey, Tally>,
    /// How many tallies there ever were.
    lives: u64,
    fault_logged_at: Option<UnixMillis>,
    faults_unlogged: u64,
}

/// What to write to KV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The part.
    pub part: CounterPart,
    /// The name to write it under.
    pub name: String,
    /// How many submissions the others learn of by it.
    untold: u64,
}

impl Tallies {
    /// Room for `capacity` counters; `isolate` tells this isolate's from others'.
    pub fn new(isolate: String, capacity: NonZeroUsize) -> Self {
        Self {
            isolate,
            tallies: LruCache::new(capacity),
            lives: 0,
            fault_logged_at: None,
            faults_unlogged: 0,
        }
    }

    /// Decides on one submission, and counts it against every policy if all of them admit it.
    pub fn decide(
        &mut self,
        counters: &[(&RateLimitPolicy, CounterKey)],
        now: UnixMillis,
    ) -> Decision {
        let stands: Vec<(Stand, bool)> = counters
            .iter()
            .map(|(policy, key)| {
                let tally = self.tally(*key, policy, now);
                let window = tally.forward(now, policy);
                let is_unknown = policy.on_fault == FaultMode::Closed && tally.is_blind();
                (tally.stand(now, window, policy.quota), is_unknown)
            })
            .collect();
        let is_refused = |(stand, is_unknown): &(Stand, bool)| stand.wait_ms > 0 || *is_unknown;
        let refused = stands.iter().filter(|stand| is_refused(stand)).count();
        let mut decision = Decision::default();
        for ((policy, key), stand) in counters.iter().zip(&stands) {
            let is_own_refusal = is_refused(stand);
            // What another policy refuses is no demand on this one: a flood from one address takes no other's share.
            if refused == 0 || (refused == 1 && is_own_refusal) {
                self.tally(*key, policy, now).count(refused == 0);
            }
            let (stand, is_unknown) = stand;
            let remaining = match refused {
                0 => stand.remaining.saturating_sub(1),
                _ => stand.remaining,
            };
            let reset_ms = match stand.wait_ms {
                0 if refused == 0 && remaining == 0 => self.wait_ms(*key, policy, now),
                0 => stand.until_next_ms,
                wait_ms => wait_ms,
            };
            let standing = Standing::of(policy, remaining, ceil_seconds(reset_ms));
            decision.standings.push(standing);
            let refusal = if *is_unknown {
                Refusal::Unknown
            } else if stand.wait_ms > 0 {
                Refusal::Over {
                    policy: policy.name.clone(),
                    retry_after_s: ceil_seconds(stand.wait_ms),
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
        counters: &[(&RateLimitPolicy, CounterKey)],
        now: UnixMillis,
    ) -> Decision {
        let standing = |(policy, key): &(&RateLimitPolicy, CounterKey)| {
            let tally = self.tally(*key, policy, now);
            let window = tally.forward(now, policy);
            let stand = tally.stand(now, window, policy.quota);
            let reset_ms = match stand.wait_ms {
                0 => stand.until_next_ms,
                wait_ms => wait_ms,
            };
            Standing::of(policy, stand.remaining, ceil_seconds(reset_ms))
        };
        Decision {
            standings: counters.iter().map(standing).collect(),
            refusal: None,
        }
    }

    /// Uncounts one submission that turned out to be a repetition of one that was counted.
    pub fn give_back(&mut self, counters: &[(&RateLimitPolicy, CounterKey)], now: UnixMillis) {
        for (policy, key) in counters {
            let tally = self.tally(*key, policy, now);
            tally.forward(now, policy);
            tally.uncount();
        }
    }

    fn wait_ms(&mut self, key: CounterKey, policy: &RateLimitPolicy, now: UnixMillis) -> u64 {
        let tally = self.tally(key, policy, now);
        let window = tally.forward(now, policy);
        tally.stand(now, window, policy.quota).wait_ms
    }

    /// Whether the caller has to wait for the others' counts, since the policy admits nobody without them.
    pub fn must_ask(&mut self, key: CounterKey, policy: &RateLimitPolicy, now: UnixMillis) -> bool {
        if policy.on_fault == FaultMode::Open {
            return false;
        }
        let tally = self.tally(key, policy, now);
        tally.forward(now, policy);
        tally.should_ask()
    }

    /// Whether somebody should tell the others of a counter, and in how many milliseconds; the caller then does.
    pub fn start_exchange(
        &mut self,
        key: CounterKey,
        policy: &RateLimitPolicy,
        now: UnixMillis,
    ) -> Option<u64> {
        let tally = self.tally(key, policy, now);
        tally.forward(now, policy);
        let delay_ms = tally.due(policy)?;
        tally.start_exchange();
        Some(delay_ms)
    }

    /// What to tell the others; `None` when the counter was forgotten meanwhile.
    pub fn publication(
        &mut self,
        key: CounterKey,
        policy: &RateLimitPolicy,
        now: UnixMillis,
    ) -> Option<Publication> {
        let isolate = self.isolate.clone();
        let tally = self.tallies.peek_mut(&key)?;
        let window = tally.forward(now, policy);
        let writer = format!("{isolate}-{}", tally.life);
        Some(Publication {
            name: format!("{}{writer}", key.prefix()),
            part: tally.part(writer, window),
            untold: tally.untold(),
        })
    }

    /// Takes in whether it was written. Gives the milliseconds to wait before the others' parts are read, if they are to
    /// be.
    pub fn wrote(
        &mut self,
        key: CounterKey,
        policy: &RateLimitPolicy,
        publication: &Publication,
        is_written: bool,
        now: UnixMillis,
    ) -> Option<u64> {
        let tally = self.tallies.peek_mut(&key)?;
        let window = tally.forward(now, policy);
        tally.wrote(publication.untold, is_written);
        tally.read_due(window)
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
        let tally = self.tally(key, policy, now);
        let window = tally.forward(now, policy);
        let writer = format!("{isolate}-{}", tally.life);
        match parts {
            Some(parts) => tally.learn(parts, &writer, window, policy),
            None => tally.failed_to_read(),
        }
    }

    /// Notes the end of an exchange; the milliseconds to wait before the next, if there is more to tell already.
    pub fn end_exchange(
        &mut self,
        key: CounterKey,
        policy: &RateLimitPolicy,
        now: UnixMillis,
    ) -> Option<u64> {
        let tally = self.tallies.peek_mut(&key)?;
        tally.forward(now, policy);
        tally.end_exchange();
        let delay_ms = tally.due(policy)?;
        tally.start_exchange();
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

    fn tally(&mut self, key: CounterKey, policy: &RateLimitPolicy, now: UnixMillis) -> &mut Tally {
        let lives = &mut self.lives;
        self.tallies.get_or_insert_mut(key, || {
            *lives = lives.saturating_add(1);
            Tally::new(*lives, now, policy)
        })
    }
}

/// A fault of KV is logged at most this often by an isolate: milliseconds.
const FAULT_LOG_INTERVAL_MS: u64 = 60_000;

#[cfg(test)]
#[path = "tallies_tests.rs"]
mod tests;
