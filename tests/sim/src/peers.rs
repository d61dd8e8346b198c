//! What is used on KV today, in the same store: [`Naive`] and [`SlidingLog`].
//!
//! Both read with KV's default `cacheTtl` of 60 seconds, as their sources do.

use std::collections::BTreeMap;

use crate::kv::KvAt;

/// What a visitor gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Admitted.
    Admitted,
    /// Refused: 429.
    Refused,
    /// The store threw, and so does the limiter: 500.
    Failed,
}

/// A rate limiter on KV.
#[expect(
    async_fn_in_trait,
    reason = "simulations have one thread; nothing here needs Send"
)]
pub trait Limiter {
    /// Its name in a report.
    fn name(&self) -> &'static str;

    /// Decides on one submission at `now_ms`, of `quota` in `window_ms`.
    async fn admit(&self, kv: &KvAt, key: &str, now_ms: u64, quota: u64, window_ms: u64)
    -> Verdict;
}

/// Get, compare, put one more: what most tutorials show. A write that KV refuses is passed over, so that no visitor suffers
/// from it.
#[derive(Clone, Copy, Debug)]
pub struct Naive;

impl Limiter for Naive {
    fn name(&self) -> &'static str {
        "get, add one, put"
    }

    async fn admit(
        &self,
        kv: &KvAt,
        key: &str,
        now_ms: u64,
        quota: u64,
        window_ms: u64,
    ) -> Verdict {
        let name = format!("{key}/{}", now_ms / window_ms.max(1));
        let Ok(entry) = kv.get(&name, DEFAULT_CACHE_TTL_S).await else {
            return Verdict::Admitted;
        };
        let count: u64 = entry
            .and_then(|entry| entry.value.parse().ok())
            .unwrap_or(0);
        if count >= quota {
            return Verdict::Refused;
        }
        let ttl_s = (window_ms / 1_000).max(60);
        let more = count.saturating_add(1).to_string();
        // Refused or not, the visitor is in.
        let _ = kv.put(&name, &more, None, Some(ttl_s)).await;
        Verdict::Admitted
    }
}

/// The crate `worker-ratelimit` 0.5, <https://github.com/kpcyrd/worker-ratelimit>, `src/lib.rs` at a37023d: a log of seconds
/// and counts under one name, read to decide and read again to add one. What KV throws comes back as an error of `redeem`.
#[derive(Clone, Copy, Debug)]
pub struct SlidingLog;

impl Limiter for SlidingLog {
    fn name(&self) -> &'static str {
        "worker-ratelimit"
    }

    async fn admit(
        &self,
        kv: &KvAt,
        key: &str,
        now_ms: u64,
        quota: u64,
        window_ms: u64,
    ) -> Verdict {
        let (now_s, window_s) = (now_ms / 1_000, window_ms / 1_000);
        let Some(log) = read_log(kv, key).await else {
            return Verdict::Failed;
        };
        let since_s = now_s.saturating_sub(window_s);
        let count = log
            .range(since_s..=now_s)
            .fold(0, |sum: u64, (_, count)| sum.saturating_add(*count));
        if count >= quota {
            return Verdict::Refused;
        }
        let Some(mut log) = read_log(kv, key).await else {
            return Verdict::Failed;
        };
        log = log.split_off(&since_s);
        let now = log.entry(now_s).or_default();
        *now = now.saturating_add(1);
        let Ok(json) = serde_json::to_string(&log) else {
            return Verdict::Failed;
        };
        match kv.put(key, &json, None, Some(window_s + 1)).await {
            Ok(()) => Verdict::Admitted,
            Err(_) => Verdict::Failed,
        }
    }
}

async fn read_log(kv: &KvAt, key: &str) -> Option<BTreeMap<u64, u64>> {
    match kv.get(key, DEFAULT_CACHE_TTL_S).await.ok()? {
        Some(entry) => serde_json::from_str(&entry.value).ok(),
        None => Some(BTreeMap::new()),
    }
}

/// <https://developers.cloudflare.com/kv/api/read-key-value-pairs/#cachettl-parameter>
const DEFAULT_CACHE_TTL_S: u64 = 60;

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;
    use crate::kv::{Kv, KvModel};
    use crate::world::{Owner, World};

    /// `count` submissions, `gap_ms` apart or all at once.
    fn verdicts(
        limiter: impl Limiter + Copy + 'static,
        model: KvModel,
        count: u64,
        gap_ms: u64,
    ) -> Vec<Verdict> {
        let world = World::new(3);
        let kv = Kv::new(&world, model).at(0);
        let found = Rc::new(RefCell::new(Vec::new()));
        for number in 0..count {
            let (world_then, kv, found) = (world.clone(), kv.clone(), found.clone());
            world.spawn(Owner(1), async move {
                world_then.sleep(number * gap_ms).await;
                let now_ms = world_then.now_ms();
                let verdict = limiter.admit(&kv, "key", now_ms, 5, 60_000).await;
                found.borrow_mut().push(verdict);
            });
        }
        world.run();
        found.take()
    }

    fn admitted(verdicts: &[Verdict]) -> usize {
        verdicts
            .iter()
            .filter(|verdict| **verdict == Verdict::Admitted)
            .count()
    }

    #[test]
    fn each_admits_its_quota_where_nothing_goes_wrong() {
        assert_eq!(admitted(&verdicts(Naive, KvModel::ideal(), 20, 100)), 5);
        assert_eq!(
            admitted(&verdicts(SlidingLog, KvModel::ideal(), 20, 100)),
            5
        );
    }

    #[test]
    fn each_admits_too_many_or_fails_in_a_real_store() {
        let at_once = verdicts(Naive, KvModel::documented(), 20, 0);
        assert_eq!(admitted(&at_once), 20);
        let at_once = verdicts(SlidingLog, KvModel::documented(), 20, 0);
        assert_eq!(admitted(&at_once), 1);
        assert_eq!(
            at_once
                .iter()
                .filter(|verdict| **verdict == Verdict::Failed)
                .count(),
            19
        );
    }
}
