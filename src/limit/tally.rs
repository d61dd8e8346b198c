//! [`Tallies`]: what one isolate knows of every counter it has met lately.

use std::num::NonZeroUsize;

use lru::LruCache;

use super::counter::{CounterKey, CounterPart};
use super::policy::RateLimitPolicy;
use super::window::Window;
use super::{Decision, Standing};
use crate::clock::{UnixMillis, ceil_seconds};

/// The counters of one isolate, the least recently used forgotten first.
#[derive(Debug)]
pub struct Tallies {
    tallies: LruCache<CounterKey, Tally>,
}

/// One counter: exact for this isolate, as last published for the others.
#[derive(Clone, Debug)]
struct Tally {
    window: u64,
    current: Count,
    previous: Count,
    /// When the other isolates' parts were last read; `None` until then.
    read_at: Option<UnixMillis>,
    /// The own count of the current window that KV already has.
    published: u64,
    published_at: Option<UnixMillis>,
    /// Set while a background task is publishing this counter.
    publishing_since: Option<UnixMillis>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    own: u64,
    peers: u64,
}

impl Count {
    fn total(self) -> u64 {
        self.own.saturating_add(self.peers)
    }
}

/// What to write to KV, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The window the count belongs to.
    pub window: u64,
    /// The count to write.
    pub count: u64,
    /// Milliseconds to wait first, so that a key is written at most once in [`PUBLISH_INTERVAL_MS`].
    pub delay_ms: u64,
}

impl Tallies {
    /// Room for `capacity` counters.
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self {
            tallies: LruCache::new(capacity),
        }
    }

    /// Whether the other isolates' parts were never read, so that a decision would be blind to them.
    pub fn is_cold(&self, key: CounterKey) -> bool {
        self.tallies
            .peek(&key)
            .is_none_or(|tally| tally.read_at.is_none())
    }

    /// Whether the other isolates' parts were read so long ago that they should be read again in the background.
    pub fn is_stale(&self, key: CounterKey, now: UnixMillis) -> bool {
        self.tallies
            .peek(&key)
            .and_then(|tally| tally.read_at)
            .is_some_and(|read_at| now.since(read_at) >= READ_INTERVAL_MS)
    }

    /// Takes in the parts read from KV at `now`; parts of this isolate and of older windows are passed over.
    pub fn learn(
        &mut self,
        key: CounterKey,
        window_s: u64,
        now: UnixMillis,
        parts: &[CounterPart],
        own_isolate: &str,
    ) {
        let tally = self.tally(key, Window::at(now, window_s));
        let peers_in = |window: u64| {
            parts
                .iter()
                .filter(|part| {
                    part.window_and_isolate()
                        .is_some_and(|(of, isolate)| of == window && isolate != own_isolate)
                })
                .fold(0_u64, |sum, part| sum.saturating_add(part.count))
        };
        // A list may be staler than the one before it; a grow-only counter only ever grows.
        tally.current.peers = tally.current.peers.max(peers_in(tally.window));
        let before = tally.window.checked_sub(1);
        tally.previous.peers = tally.previous.peers.max(before.map_or(0, peers_in));
        tally.read_at = Some(now);
    }

    /// Decides on one submission, and counts it against every policy if all of them admit it.
    pub fn decide(
        &mut self,
        counters: &[(&RateLimitPolicy, CounterKey)],
        now: UnixMillis,
    ) -> Decision {
        let mut refusal: Option<(String, u64)> = None;
        for (policy, key) in counters {
            let window = Window::at(now, policy.window_s);
            let tally = self.tally(*key, window);
            let (current, previous) = (tally.current.total(), tally.previous.total());
            let wait_ms = window.wait_ms(current, previous, policy.quota);
            let retry_after_s = ceil_seconds(wait_ms);
            let is_strictest = refusal
                .as_ref()
                .is_none_or(|(_, known)| retry_after_s > *known);
            if wait_ms > 0 && is_strictest {
                refusal = Some((policy.name.clone(), retry_after_s));
            }
        }
        let standings = counters
            .iter()
            .map(|(policy, key)| {
                let window = Window::at(now, policy.window_s);
                let tally = self.tally(*key, window);
                if refusal.is_none() {
                    tally.current.own = tally.current.own.saturating_add(1);
                }
                let (current, previous) = (tally.current.total(), tally.previous.total());
                let remaining = policy.quota.saturating_sub(window.used(current, previous));
                let reset_ms = match window.wait_ms(current, previous, policy.quota) {
                    0 => window.remaining_ms(),
                    wait_ms => wait_ms,
                };
                Standing::of(policy, remaining, ceil_seconds(reset_ms))
            })
            .collect();
        Decision { standings, refusal }
    }

    /// What this isolate should publish of a counter, if anything and if nobody is at it; the caller then is.
    pub fn start_publishing(
        &mut self,
        key: CounterKey,
        window_s: u64,
        now: UnixMillis,
    ) -> Option<Publication> {
        let window = Window::at(now, window_s);
        let tally = self.tally(key, window);
        let is_busy = tally
            .publishing_since
            .is_some_and(|since| now.since(since) < PUBLISHING_PRESUMED_DEAD_MS);
        if is_busy || tally.current.own <= tally.published {
            return None;
        }
        tally.publishing_since = Some(now);
        let since_last = tally.published_at.map_or(u64::MAX, |at| now.since(at));
        Some(Publication {
            window: tally.window,
            count: tally.current.own,
            delay_ms: PUBLISH_INTERVAL_MS.saturating_sub(since_last),
        })
    }

    /// The own count to write once the delay of a [`Publication`] is over.
    pub fn latest(&mut self, key: CounterKey, window: u64) -> Option<u64> {
        let tally = self.tallies.peek(&key)?;
        (tally.window == window).then_some(tally.current.own)
    }

    /// Notes the end of a publication, so that the next may start.
    /// `written` is the window and the count that KV took.
    pub fn finish_publishing(
        &mut self,
        key: CounterKey,
        written: Option<(u64, u64)>,
        now: UnixMillis,
    ) {
        let Some(tally) = self.tallies.peek_mut(&key) else {
            return;
        };
        tally.publishing_since = None;
        tally.published_at = Some(now);
        if let Some((window, count)) = written
            && window == tally.window
        {
            tally.published = tally.published.max(count);
        }
    }

    /// The tally, brought forward to `window`. A clock that stepped back changes nothing.
    fn tally(&mut self, key: CounterKey, window: Window) -> &mut Tally {
        let tally = self.tallies.get_or_insert_mut(key, || Tally {
            window: window.index,
            current: Count::default(),
            previous: Count::default(),
            read_at: None,
            published: 0,
            published_at: None,
            publishing_since: None,
        });
        if window.index > tally.window {
            let is_next = window.index - tally.window == 1;
            tally.previous = if is_next {
                tally.current
            } else {
                Count::default()
            };
            tally.current = Count::default();
            tally.window = window.index;
            tally.published = 0;
        }
        tally
    }
}

/// KV takes one write a second a key; the next one throws: milliseconds.
pub const PUBLISH_INTERVAL_MS: u64 = 1_000;
/// KV serves a read from its cache for at least this long, so reading more often shows nothing new: milliseconds.
const READ_INTERVAL_MS: u64 = 30_000;
/// A background task that has not finished by now was cancelled with its request: milliseconds.
const PUBLISHING_PRESUMED_DEAD_MS: u64 = 10_000;

#[cfg(test)]
#[path = "tally_tests.rs"]
mod tests;
