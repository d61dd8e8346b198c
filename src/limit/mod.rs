//! Rate limits: decides whether a caller is within the quotas of a form.
//!
//! Every isolate counts what it admits exactly, publishes its own count in KV under a name that only it writes (so no write
//! overwrites another isolate's), and adds the counts that the other isolates published. Decisions are arithmetic on what is
//! in memory; `background` reads and writes KV. The counts of other isolates are a minute old or older, so an isolate applies
//! two limits: the known use of the quota ([`Window`], a sliding window over wall-clock windows), and, while the demand on all
//! isolates together exceeds the quota, its share of the quota (`share`).
//!
//! A submission is counted in two steps: [`Counters::arrive`], before its body is read, counts it for visitor and API key;
//! [`Counters::admit`] counts it for the form once it is valid, so that invalid submissions do not use up the form's quota. Each
//! step decides and counts at once, so the following holds for each counter. A quarter of a form's quota is for visitors
//! who have sent nothing in the window and the one before.
//!
//! # Guarantees
//!
//! `L` is the quota, `W` the window, `S` the number of isolates that admit anything in it, `d` the demand as a multiple of
//! the quota.
//!
//! **One isolate is exact.** It admits at most `L` in each of its windows: it admits only while the number it has admitted
//! itself is below `L`.
//!
//! **The worst case is `min(S, d) · L`** in a window, for every load and every failure of KV: each isolate is exact, and
//! only what is requested is admitted. A limiter whose isolates do not communicate cannot do better if each isolate alone
//! must be able to admit the whole quota; here the worst case takes a burst that ends before the first published count
//! arrives. Over-admission, in quotas, is then `min(S, d) - 1`.
//!
//! **Clocks that differ by `s` move submissions within `s` of a window's end** into the window before or after: each isolate
//! keeps the limits above by its own clock. For an even load that is `s / W` of the submissions, 3.4 % for two seconds in a
//! minute. The maximum is one more quota for each isolate: a true window overlaps two windows of an isolate.
//!
//! **An isolate that drops** a counter ([`MAX_COUNTERS`]), or ends, counts as another isolate from then on; its published
//! counts remain valid, and at most [`RateLimitPolicy`]'s step of its admitted submissions is unpublished.
//!
//! `tests/native/limit_bound.rs` property-tests the worst case over random schedules; `make sim` measures how far ordinary
//! loads are from it.

mod counter;
mod counters;
mod decision;
mod headers;
mod partition;
mod policy;
mod share;
mod visitor;
mod window;

pub use counter::{CounterUpdate, CurrentCounter, PUBLISH_INTERVAL_MS};
pub use counters::{Counted, Counters, MAX_COUNTERS};
pub use decision::{Decision, QuotaStatus, Refusal};
pub use headers::rate_limit_headers;
pub use partition::{Caller, CounterKey, CounterPart};
pub use policy::{FaultMode, MAX_QUOTA, MAX_WINDOW_S, NETWORKS, Partition, RateLimitPolicy};
pub use visitor::Visitor;
pub use window::Window;

/// The policies that apply to a caller, each with the key of its counter.
pub fn counters<'a>(
    policies: &'a [RateLimitPolicy],
    form_key: &str,
    caller: &Caller,
) -> Vec<Counted<'a>> {
    policies
        .iter()
        .filter_map(|policy| Some((policy, CounterKey::new(policy, form_key, caller)?)))
        .collect()
}

/// How long KV keeps a published count, in seconds: as long as it has weight in a window, and KV's minimum.
pub fn counter_ttl_s(window_s: u64) -> u64 {
    window_s.saturating_mul(2).saturating_add(MIN_KV_TTL_S)
}

/// `Retry-After` while a `closed` policy lacks the counts of the other isolates: seconds.
pub const UNKNOWN_RETRY_AFTER_S: u64 = 5;
/// KV refuses a shorter expiry: seconds.
const MIN_KV_TTL_S: u64 = 60;
