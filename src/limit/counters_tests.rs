//! What one isolate counts, publishes and merges.

use super::*;
use crate::limit::{Caller, CounterPart, FaultMode, PUBLISH_INTERVAL_MS, Partition};

#[path = "publishing_tests.rs"]
mod publishing;

fn policy(quota: u64, window_s: u64) -> RateLimitPolicy {
    RateLimitPolicy {
        name: format!("q{quota}"),
        quota,
        window_s,
        partition: Partition::Form,
        on_fault: FaultMode::Open,
    }
}

fn key(policy: &RateLimitPolicy) -> CounterKey {
    CounterKey::new(policy, "demo", &Caller::new(None, None, None)).unwrap()
}

fn counters() -> Counters {
    Counters::new("me".to_owned(), NonZeroUsize::new(4).unwrap())
}

/// Ten whole minutes after the epoch.
const NOW: UnixMillis = UnixMillis(600_000);

/// A part published at `at`: admitted in that window, in the one before, and demand.
fn part(writer: &str, at: UnixMillis, [current, previous, demand]: [u64; 3]) -> CounterPart {
    CounterPart {
        writer: writer.to_owned(),
        at,
        current,
        previous,
        demand,
    }
}

/// Submits `attempts` times; gives how many were admitted.
fn admitted(
    counters: &mut Counters,
    policy: &RateLimitPolicy,
    now: UnixMillis,
    attempts: u64,
) -> u64 {
    let counted = [(policy, key(policy))];
    (0..attempts)
        .map(|_| u64::from(counters.decide(&counted, now).refusal.is_none()))
        .sum()
}

fn wait_s(decision: &Decision) -> u64 {
    match decision.refusal {
        Some(Refusal::Over { retry_after_s, .. }) => retry_after_s,
        _ => panic!("not refused: {decision:?}"),
    }
}

/// Runs and ends a synchronisation at `now`; gives what was written.
fn sync(counters: &mut Counters, policy: &RateLimitPolicy, now: UnixMillis) -> CounterPart {
    let update = counters.at(key(policy), policy, now).update();
    counters
        .at(key(policy), policy, now)
        .write_ended(&update, true);
    counters.at(key(policy), policy, now).merge(&[]);
    counters.at(key(policy), policy, now).end_sync();
    update.part
}

#[test]
fn admits_the_quota_and_not_one_more() {
    let (policy, mut counters) = (policy(3, 60), counters());
    let counted = [(&policy, key(&policy))];
    for remaining in [2, 1, 0] {
        let decision = counters.decide(&counted, NOW);
        assert_eq!(decision.refusal, None);
        assert_eq!(decision.statuses[0].remaining, remaining);
    }
    let wait_s = wait_s(&counters.decide(&counted, NOW));
    let just_before = NOW.plus(wait_s * 1_000 - 1_000);
    assert!(counters.decide(&counted, just_before).refusal.is_some());
    let then = NOW.plus(wait_s * 1_000);
    assert_eq!(counters.decide(&counted, then).refusal, None);
}

#[test]
fn a_refused_submission_counts_against_no_policy() {
    let (strict, wide, mut counters) = (policy(1, 60), policy(100, 60), counters());
    let counted = [(&wide, key(&wide)), (&strict, key(&strict))];
    for _ in 0..5 {
        counters.decide(&counted, NOW);
    }
    let decision = counters.decide(&counted, NOW);
    assert_eq!(decision.statuses[0].remaining, 99);
    let part = counters.at(key(&wide), &wide, NOW).update().part;
    assert_eq!(
        (part.current, part.demand),
        (1, 20),
        "one, in a twentieth of a window"
    );
    let part = counters.at(key(&strict), &strict, NOW).update().part;
    assert_eq!((part.current, part.demand), (1, 120));
}

#[test]
fn what_two_policies_refuse_is_demand_on_neither() {
    let (small, large, mut counters) = (policy(1, 60), policy(2, 60), counters());
    let both = [(&small, key(&small)), (&large, key(&large))];
    counters.decide(&both, NOW);
    admitted(&mut counters, &large, NOW, 1);
    for _ in 0..5 {
        assert!(counters.decide(&both, NOW).refusal.is_some());
    }
    // One and two, in a twentieth of a window.
    for (policy, demand) in [(&small, 20), (&large, 40)] {
        let part = counters.at(key(policy), policy, NOW).update().part;
        assert_eq!(part.demand, demand, "{}", policy.name);
    }
}

#[test]
fn the_longest_wait_is_reported() {
    let (short, long, mut counters) = (policy(1, 60), policy(2, 3_600), counters());
    let counted = [(&long, key(&long)), (&short, key(&short))];
    counters.decide(&counted, NOW);
    let refusal = |decision: Decision| match decision.refusal {
        Some(Refusal::Over { policy, .. }) => policy,
        other => panic!("{other:?}"),
    };
    assert_eq!(refusal(counters.decide(&counted, NOW)), "q1");
    let later = NOW.plus(120_000);
    assert_eq!(counters.decide(&counted, later).refusal, None);
    assert_eq!(refusal(counters.decide(&counted, later)), "q2");
}

#[test]
fn counts_what_other_isolates_published() {
    let (policy, mut counters) = (policy(20, 60), counters());
    counters.decide(&[(&policy, key(&policy))], NOW);
    let before = UnixMillis(NOW.0 - 1);
    let parts = [
        part("peer-1", NOW, [7, 1, 7]),
        part("me-1", NOW, [90, 90, 90]),
        part("peer-2", before, [2, 9, 2]),
        part("gone-1", UnixMillis(60_000), [90, 90, 90]),
    ];
    counters.at(key(&policy), &policy, NOW).merge(&parts);
    let decision = counters.decide(&[(&policy, key(&policy))], NOW);
    assert_eq!(
        decision.statuses[0].remaining,
        20 - 7 - 3 - 2,
        "of the peers, carried, own"
    );
    counters.at(key(&policy), &policy, NOW).merge(&[]);
    let decision = counters.decide(&[(&policy, key(&policy))], NOW);
    assert_eq!(decision.statuses[0].remaining, 20 - 7 - 3 - 3, "never less");
}

#[test]
fn merges_a_part_of_a_writer_whose_clock_is_ahead() {
    let (policy, mut counters) = (policy(20, 60), counters());
    let just_before = UnixMillis(NOW.0 - 1);
    counters.decide(&[(&policy, key(&policy))], just_before);
    let parts = [part("peer-1", NOW.plus(1_000), [3, 9, 9])];
    counters
        .at(key(&policy), &policy, just_before)
        .merge(&parts);
    let decision = counters.decide(&[(&policy, key(&policy))], just_before);
    assert_eq!(decision.statuses[0].remaining, 20 - 9 - 2);
}

#[test]
fn more_than_the_quota_weighs_no_more_than_the_quota() {
    let (policy, mut counters) = (policy(10, 60), counters());
    counters.decide(&[(&policy, key(&policy))], NOW);
    let parts = [part("peer-1", NOW, [500, 0, 1])];
    counters.at(key(&policy), &policy, NOW).merge(&parts);
    let decision = counters.decide(&[(&policy, key(&policy))], NOW);
    assert_eq!(wait_s(&decision), 66);
}

#[test]
fn keeps_the_counter_when_the_clock_steps_back() {
    let (policy, mut counters) = (policy(2, 60), counters());
    let (counted, before) = ([(&policy, key(&policy))], UnixMillis(NOW.0 - 1_000));
    counters.decide(&counted, NOW);
    counters.decide(&counted, before);
    assert_eq!(wait_s(&counters.decide(&counted, before)), 1 + 60 + 30);
    assert!(counters.decide(&counted, NOW).refusal.is_some());
}

#[test]
fn divides_a_quota_that_demand_exceeds() {
    let (policy, mut counters) = (policy(100, 60), counters());
    assert_eq!(admitted(&mut counters, &policy, NOW, 10), 10);
    let parts = [
        part("a-1", NOW, [3, 0, 600]),
        part("z-1", NOW, [3, 0, 600]),
        part("small-1", NOW, [3, 0, 20]),
    ];
    counters.at(key(&policy), &policy, NOW).merge(&parts);
    let share = admitted(&mut counters, &policy, NOW, 100) + 10;
    assert_eq!(share, 27, "a third of the 80 that the small demand leaves");
    let counted = [(&policy, key(&policy))];
    let decision = counters.decide(&counted, NOW);
    assert_eq!(decision.statuses[0].remaining, 0);
    let then = NOW.plus(wait_s(&decision) * 1_000);
    assert_eq!(counters.decide(&counted, then).refusal, None);
    let expired = NOW.plus(110_000);
    assert!(
        admitted(&mut counters, &policy, expired, 200) > 60,
        "the peers have expired"
    );
}

#[test]
fn a_share_below_one_admits_after_retry_after() {
    let (policy, mut counters) = (policy(2, 60), counters());
    assert_eq!(admitted(&mut counters, &policy, NOW, 3), 2);
    let then = NOW.plus(120_000);
    assert_eq!(admitted(&mut counters, &policy, then, 1), 1);
    let parts: Vec<_> = (0..9)
        .map(|peer| part(&format!("p{peer}-1"), then, [0, 0, 600]))
        .collect();
    counters.at(key(&policy), &policy, then).merge(&parts);
    let decision = counters.decide(&[(&policy, key(&policy))], then);
    let wait_s = wait_s(&decision);
    assert!((30..=110).contains(&wait_s), "{wait_s}");
    assert_eq!(
        admitted(&mut counters, &policy, then.plus(wait_s * 1_000), 1),
        1
    );
}

#[test]
fn a_closed_policy_admits_nothing_while_other_counts_are_unknown() {
    let closed = RateLimitPolicy {
        on_fault: FaultMode::Closed,
        ..policy(10, 60)
    };
    let (key, mut counters) = (key(&closed), counters());
    let counted = [(&closed, key)];
    let unknown = Some(Refusal::Unknown);
    assert!(counters.at(key, &closed, NOW).must_read_first());
    counters.at(key, &closed, NOW).read_failed();
    assert_eq!(counters.decide(&counted, NOW).refusal, unknown);
    assert!(
        !counters.at(key, &closed, NOW.plus(999)).must_read_first(),
        "once a second"
    );
    assert!(counters.at(key, &closed, NOW.plus(1_000)).must_read_first());
    let then = NOW.plus(1_000);
    counters.at(key, &closed, then).merge(&[]);
    assert_eq!(counters.decide(&counted, then).refusal, None);
    assert_eq!(
        counters.at(key, &closed, then).start_sync(),
        Some(0),
        "every submission is published"
    );
    counters.at(key, &closed, then).read_failed();
    let lately = then.plus(59_999);
    assert_eq!(counters.decide(&counted, lately).refusal, None);
    let long_ago = then.plus(60_000);
    assert_eq!(counters.decide(&counted, long_ago).refusal, unknown);
    let open = policy(10, 60);
    assert!(!counters.at(self::key(&open), &open, NOW).must_read_first());
}

#[test]
fn drops_the_least_recently_used_counter_but_not_what_it_published() {
    let mut counters = counters();
    let policies: Vec<_> = (3..=7).map(|quota| policy(quota, 60)).collect();
    let first = &policies[0];
    assert_eq!(admitted(&mut counters, first, NOW, 2), 2);
    let published = sync(&mut counters, first, NOW);
    assert_eq!(published.writer, "me-1");
    for policy in &policies[1..] {
        admitted(&mut counters, policy, NOW, 1);
    }
    assert_eq!(admitted(&mut counters, first, NOW, 1), 1);
    counters.at(key(first), first, NOW).merge(&[published]);
    assert_eq!(admitted(&mut counters, first, NOW, 1), 0);
    let again = counters.at(key(first), first, NOW).update();
    assert_eq!(again.part.writer, "me-6", "another generation");
}

#[test]
fn faults_are_logged_once_a_minute() {
    let mut counters = counters();
    assert_eq!(counters.note_fault(NOW), Some(1));
    for second in 1..60 {
        assert_eq!(counters.note_fault(NOW.plus(second * 1_000)), None);
    }
    assert_eq!(counters.note_fault(NOW.plus(60_000)), Some(60));
}
