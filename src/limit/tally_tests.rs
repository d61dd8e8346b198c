//! What one isolate counts, learns and publishes.

use super::*;
use crate::limit::{Partition, Visitor};

fn policy(quota: u64, window_s: u64) -> RateLimitPolicy {
    RateLimitPolicy {
        name: format!("q{quota}"),
        quota,
        window_s,
        partition: Partition::Form,
    }
}

fn key(policy: &RateLimitPolicy) -> CounterKey {
    CounterKey::new(policy, "demo", &Visitor::from_address(None))
}

fn tallies() -> Tallies {
    Tallies::new(NonZeroUsize::new(4).unwrap())
}

fn part(key: CounterKey, window: u64, isolate: &str, count: u64) -> CounterPart {
    CounterPart {
        name: key.name(window, isolate),
        count,
    }
}

#[test]
fn admits_the_quota_and_not_one_more() {
    let (policy, mut tallies) = (policy(3, 60), tallies());
    let counters = [(&policy, key(&policy))];
    let now = UnixMillis(600_000);
    for remaining in [2, 1, 0] {
        let decision = tallies.decide(&counters, now);
        assert_eq!(decision.refusal, None);
        assert_eq!(decision.standings[0].remaining, remaining);
    }
    let (name, retry_after_s) = tallies.decide(&counters, now).refusal.unwrap();
    assert_eq!(name, "q3");
    let later = now.plus(retry_after_s * 1000);
    assert_eq!(
        tallies.decide(&counters, later).refusal,
        None,
        "who waits is admitted"
    );
}

#[test]
fn a_refused_submission_counts_against_no_policy() {
    let (strict, wide, mut tallies) = (policy(1, 60), policy(100, 60), tallies());
    let counters = [(&wide, key(&wide)), (&strict, key(&strict))];
    let now = UnixMillis(600_000);
    for _ in 0..5 {
        tallies.decide(&counters, now);
    }
    assert_eq!(tallies.decide(&counters, now).standings[0].remaining, 99);
}

#[test]
fn counts_what_other_isolates_published() {
    let (policy, mut tallies) = (policy(10, 60), tallies());
    let key = key(&policy);
    let now = UnixMillis(600_000);
    assert!(tallies.is_cold(key));
    let parts = [
        part(key, 10, "peer", 7),
        part(key, 10, "me", 90),
        part(key, 9, "peer", 1),
        part(key, 3, "peer", 90),
    ];
    tallies.learn(key, 60, now, &parts, "me");
    assert!(!tallies.is_cold(key));
    let decision = tallies.decide(&[(&policy, key)], now);
    assert_eq!(
        decision.standings[0].remaining,
        10 - 7 - 1 - 1,
        "peers, carried, own"
    );
    assert!(tallies.is_stale(key, now.plus(30_000)) && !tallies.is_stale(key, now));
}

#[test]
fn keeps_the_counter_when_the_clock_steps_back() {
    let (policy, mut tallies) = (policy(2, 60), tallies());
    let counters = [(&policy, key(&policy))];
    tallies.decide(&counters, UnixMillis(600_000));
    tallies.decide(&counters, UnixMillis(599_000));
    assert!(
        tallies
            .decide(&counters, UnixMillis(600_000))
            .refusal
            .is_some()
    );
}

#[test]
fn publishes_at_most_once_a_second_and_only_what_is_new() {
    let (policy, mut tallies) = (policy(100, 60), tallies());
    let key = key(&policy);
    let now = UnixMillis(600_000);
    assert_eq!(
        tallies.start_publishing(key, 60, now),
        None,
        "nothing to say"
    );
    tallies.decide(&[(&policy, key)], now);
    let first = tallies.start_publishing(key, 60, now).unwrap();
    assert_eq!((first.count, first.delay_ms), (1, 0));
    tallies.decide(&[(&policy, key)], now);
    assert_eq!(
        tallies.start_publishing(key, 60, now),
        None,
        "one at a time"
    );
    tallies.finish_publishing(key, Some((first.window, 1)), now);
    let second = tallies.start_publishing(key, 60, now.plus(400)).unwrap();
    assert_eq!((second.count, second.delay_ms), (2, 600));
    assert_eq!(tallies.latest(key, second.window), Some(2));
    let much_later = now.plus(10_400);
    assert!(
        tallies.start_publishing(key, 60, much_later).is_some(),
        "the task died"
    );
}

#[test]
fn forgets_the_least_recently_used_counter() {
    let mut tallies = tallies();
    let policies: Vec<_> = (1..=5).map(|quota| policy(quota, 60)).collect();
    for policy in &policies {
        tallies.learn(key(policy), 60, UnixMillis(0), &[], "me");
    }
    assert!(tallies.is_cold(key(&policies[0])));
    assert!(!tallies.is_cold(key(&policies[4])));
}
