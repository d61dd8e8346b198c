//! Is this caller within quota?
//!
//! Every isolate counts what it admits exactly, tells the others of its own count under a KV name of its own (so no write
//! is ever lost to another's), and adds what the others told. Decisions are arithmetic on what is in memory; reading and
//! writing KV is `background`'s, in the background. What is known of others is a minute old or more, so two things stop an
//! isolate: what is known to be used ([`Window`], a sliding window over wall-clock windows), and, while all together are
//! asked for more than the quota, its share of it (`share`).
//!
//! # What it promises
//!
//! `L` is the quota, `W` the window, `S` how many isolates admit anything in it, `d` how many times the quota is asked
//! for.
//!
//! **One isolate is exact.** It admits at most `L` in each of its windows: it admits only while what it has admitted
//! itself is below `L`.
//!
//! **The worst case is `min(S, d) · L`** in a window, whatever the load, whatever KV does: all isolates are exact, and
//! nobody admits what was not asked for. No limiter without a word between isolates can do better, if each alone must be
//! able to admit the whole quota; here it takes a burst that is over before the first word arrives. Over-admission, in
//! quotas, is then `min(S, d) - 1`.
//!
//! **Clocks that differ by `s` move what is within `s` of a window's end** into the window before or after: by its own
//! clock every isolate keeps to the above. For an even load that is the part `s / W` of it, 3.4 % for two seconds in a
//! minute. The most it can be is another quota of each isolate: a true window touches two of an isolate's own.
//!
//! **An isolate that forgets** a counter ([`MAX_COUNTERS`]), or dies, counts as another one from then on; what it had told
//! still counts, at most [`RateLimitPolicy`]'s step of what it had admitted was not told.
//!
//! The worst case is property-tested over random schedules in `tests/native/limit_bound.rs`; how far from it ordinary
//! loads stay is what `make sim` measures.

mod counter;
mod counters;
mod headers;
mod partition;
mod policy;
mod share;
mod window;

pub use counter::PUBLISH_INTERVAL_MS;
pub use counters::{CounterUpdate, Counters};
pub use headers::rate_limit_headers;
pub use partition::{Caller, CounterKey, CounterPart, Visitor};
pub use policy::{FaultMode, MAX_QUOTA, MAX_WINDOW_S, Partition, RateLimitPolicy};
pub use window::Window;

/// Whether one submission is admitted, and where the caller stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// One for each policy, in the form's order.
    pub statuses: Vec<QuotaStatus>,
    /// Why not; `None` when admitted.
    pub refusal: Option<Refusal>,
}

/// Why a submission is not admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The quota is used: the policy that refuses the longest.
    Over {
        /// Its name.
        policy: String,
        /// Seconds after which the caller is admitted, if nobody else submits meanwhile; at least 1.
        retry_after_s: u64,
    },
    /// A policy that is `closed` does not know what others have admitted.
    Unknown,
}

impl Refusal {
    /// The stricter of two: a quota that is used is certain, and the longer wait is the one that helps.
    fn stricter(known: Option<Self>, new: Self) -> Option<Self> {
        let wait_s = |refusal: &Self| match refusal {
            Self::Over { retry_after_s, .. } => *retry_after_s,
            Self::Unknown => 0,
        };
        match known {
            Some(known) if wait_s(&known) >= wait_s(&new) => Some(known),
            _ => Some(new),
        }
    }
}

/// What is left of one policy's quota.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaStatus {
    /// The policy's name.
    pub policy: String,
    /// Its quota.
    pub quota: u64,
    /// Its window in seconds.
    pub window_s: u64,
    /// Submissions left now.
    pub remaining: u64,
    /// Seconds until more is left, at least 1.
    pub reset_s: u64,
}

impl QuotaStatus {
    fn of(policy: &RateLimitPolicy, remaining: u64, reset_s: u64) -> Self {
        Self {
            policy: policy.name.clone(),
            quota: policy.quota,
            window_s: policy.window_s,
            remaining,
            reset_s: reset_s.max(1),
        }
    }
}

/// The counters a submission is counted under.
pub fn counters<'a>(
    policies: &'a [RateLimitPolicy],
    form_key: &str,
    caller: &Caller,
) -> Vec<(&'a RateLimitPolicy, CounterKey)> {
    policies
        .iter()
        .filter_map(|policy| Some((policy, CounterKey::new(policy, form_key, caller)?)))
        .collect()
}

/// Seconds a published count has to outlive: until it no longer weighs in any window, and KV's minimum.
pub fn counter_ttl_s(window_s: u64) -> u64 {
    window_s.saturating_mul(2).saturating_add(MIN_KV_TTL_S)
}

/// When to come back while a `closed` policy does not know enough: seconds.
pub const UNKNOWN_RETRY_AFTER_S: u64 = 5;
/// KV refuses a shorter expiry: seconds.
const MIN_KV_TTL_S: u64 = 60;
/// Counters one isolate keeps, about 250 bytes each: entries.
pub const MAX_COUNTERS: usize = 10_000;
