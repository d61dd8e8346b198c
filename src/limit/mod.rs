//! Is this caller within quota?
//!
//! Every isolate counts what it admits exactly, publishes its own count under a KV key of its own (so no write is ever
//! lost to another isolate's), and adds what the others published. Decisions are arithmetic on what is in memory;
//! reading and writing KV is `warmth`'s. What this does *not* promise yet: a bound on the error while counts travel,
//! which for KV can take a minute or more.

mod counter;
mod headers;
mod policy;
mod tally;
mod window;

pub use counter::{CounterKey, CounterPart, Visitor};
pub use headers::rate_limit_headers;
pub use policy::{MAX_QUOTA, MAX_WINDOW_S, Partition, RateLimitPolicy};
pub use tally::{PUBLISH_INTERVAL_MS, Publication, Tallies};
pub use window::Window;

/// Whether one submission is admitted, and where the caller stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// One for each policy, in the form's order.
    pub standings: Vec<Standing>,
    /// The policy that refuses the longest, and for how many seconds; `None` when admitted.
    pub refusal: Option<(String, u64)>,
}

/// What is left of one policy's quota.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
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

impl Standing {
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
    visitor: &Visitor,
) -> Vec<(&'a RateLimitPolicy, CounterKey)> {
    policies
        .iter()
        .map(|policy| (policy, CounterKey::new(policy, form_key, visitor)))
        .collect()
}

/// Seconds a published count has to outlive: until it no longer weighs in any window, and KV's minimum.
pub fn counter_ttl_s(window_s: u64) -> u64 {
    window_s.saturating_mul(2).saturating_add(MIN_KV_TTL_S)
}

/// KV refuses a shorter expiry: seconds.
const MIN_KV_TTL_S: u64 = 60;
/// Counters one isolate keeps, about 150 bytes each: entries.
pub const MAX_TALLIES: usize = 10_000;
