//! The rate limit headers of a response.

use super::decision::{Decision, QuotaStatus, Refusal};
use crate::clock::{UnixMillis, ceil_seconds};

/// `X-RateLimit-*` for the policy with the least left, `RateLimit-Policy` and `RateLimit` for all of them.
///
/// `X-RateLimit-Reset` is in epoch seconds. The other two follow draft-ietf-httpapi-ratelimit-headers-10, sections 3
/// and 4, where `t` is in seconds from now.
pub fn rate_limit_headers(decision: &Decision, now: UnixMillis) -> Vec<(&'static str, String)> {
    let Some(tightest) = tightest(decision) else {
        return Vec::new();
    };
    // Both are rounded up, so that a caller who waits until then is admitted.
    let reset = ceil_seconds(now.0).saturating_add(tightest.reset_s);
    vec![
        ("X-RateLimit-Limit", tightest.quota.to_string()),
        ("X-RateLimit-Remaining", tightest.remaining.to_string()),
        ("X-RateLimit-Reset", reset.to_string()),
        (
            "RateLimit-Policy",
            list(decision, |s| {
                format!("\"{}\";q={};w={}", s.policy, s.quota, s.window_s)
            }),
        ),
        (
            "RateLimit",
            list(decision, |s| {
                format!("\"{}\";r={};t={}", s.policy, s.remaining, s.reset_s)
            }),
        ),
    ]
}

/// The policy that refused, else the one with the smallest share of its quota left.
fn tightest(decision: &Decision) -> Option<&QuotaStatus> {
    if let Some(Refusal::Over { policy, .. }) = &decision.refusal {
        return decision.statuses.iter().find(|s| s.policy == *policy);
    }
    decision
        .statuses
        .iter()
        .min_by(|a, b| (a.remaining * b.quota).cmp(&(b.remaining * a.quota)))
}

/// A structured field list, RFC 9651 section 3.1. Policy names contain no quotes (`form` refuses them).
fn list(decision: &Decision, item: impl Fn(&QuotaStatus) -> String) -> String {
    let items: Vec<String> = decision.statuses.iter().map(item).collect();
    items.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::{FaultMode, Partition, RateLimitPolicy};

    fn status(name: &str, quota: u64, remaining: u64) -> QuotaStatus {
        let policy = RateLimitPolicy {
            name: name.to_owned(),
            quota,
            window_s: 60,
            partition: Partition::Form,
            on_fault: FaultMode::Open,
        };
        QuotaStatus::of(&policy, remaining, 30)
    }

    #[test]
    fn shows_every_policy_and_counts_down_the_tightest() {
        let decision = Decision {
            statuses: vec![status("form", 600, 599), status("visitor", 10, 9)],
            ..Decision::default()
        };
        let headers = rate_limit_headers(&decision, UnixMillis(100_500));
        assert_eq!(
            headers,
            vec![
                ("X-RateLimit-Limit", "10".to_owned()),
                ("X-RateLimit-Remaining", "9".to_owned()),
                ("X-RateLimit-Reset", "131".to_owned()),
                (
                    "RateLimit-Policy",
                    "\"form\";q=600;w=60, \"visitor\";q=10;w=60".to_owned()
                ),
                (
                    "RateLimit",
                    "\"form\";r=599;t=30, \"visitor\";r=9;t=30".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn counts_down_the_policy_that_refused() {
        let decision = Decision {
            statuses: vec![status("form", 600, 0), status("visitor", 10, 0)],
            refusal: Some(Refusal::Over {
                policy: "visitor".to_owned(),
                retry_after_s: 30,
            }),
            ..Decision::default()
        };
        let headers = rate_limit_headers(&decision, UnixMillis(0));
        assert_eq!(headers[0].1, "10");
    }

    #[test]
    fn a_form_without_policies_has_no_headers() {
        assert!(rate_limit_headers(&Decision::default(), UnixMillis(0)).is_empty());
    }
}
