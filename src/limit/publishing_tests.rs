//! What counters publish, and when.

use super::*;

#[test]
fn one_submission_is_not_published_unless_it_is_the_quota() {
    for (quota, step) in [(1, 1), (2, 2), (3, 2), (10, 2), (40, 2), (60, 3), (600, 30)] {
        let (policy, mut counters) = (policy(quota, 60), counters());
        for count in 1..=step {
            assert_eq!(admitted(&mut counters, &policy, NOW, 1), 1);
            let due = counters.at(key(&policy), &policy, NOW).start_sync();
            assert_eq!(due, (count == step).then_some(0), "{count} of {quota}");
        }
    }
}

#[test]
fn publishes_at_most_once_a_second_and_only_new_counts() {
    let (policy, mut counters) = (policy(40, 60), counters());
    let key = key(&policy);
    admitted(&mut counters, &policy, NOW, 2);
    assert_eq!(counters.at(key, &policy, NOW).start_sync(), Some(0));
    admitted(&mut counters, &policy, NOW, 2);
    assert_eq!(
        counters.at(key, &policy, NOW).start_sync(),
        None,
        "one at a time"
    );
    let update = counters.at(key, &policy, NOW).update();
    assert_eq!(update.part, part("me-1", NOW, [4, 0, 80]));
    assert_eq!(update.name, format!("{}me-1", key.prefix()));
    admitted(&mut counters, &policy, NOW, 2);
    let read = counters.at(key, &policy, NOW).write_ended(&update, true);
    assert_eq!(read, Some(6_000), "other isolates write first");
    let soon = NOW.plus(400);
    assert_eq!(counters.at(key, &policy, soon).end_sync(), Some(600));
    let then = NOW.plus(PUBLISH_INTERVAL_MS);
    assert_eq!(sync(&mut counters, &policy, then).current, 6);
    assert_eq!(counters.at(key, &policy, then).start_sync(), None);
    admitted(&mut counters, &policy, then, 2);
    assert_eq!(counters.at(key, &policy, then).start_sync(), Some(1_000));
    assert_eq!(
        counters.at(key, &policy, then.plus(29_999)).start_sync(),
        None
    );
    let task_timed_out = then.plus(30_000);
    assert_eq!(
        counters.at(key, &policy, task_timed_out).start_sync(),
        Some(0)
    );
}

#[test]
fn what_was_not_written_is_published_again() {
    let (policy, mut counters) = (policy(40, 60), counters());
    let key = key(&policy);
    admitted(&mut counters, &policy, NOW, 2);
    counters.at(key, &policy, NOW).start_sync();
    let update = counters.at(key, &policy, NOW).update();
    counters.at(key, &policy, NOW).write_ended(&update, false);
    counters.at(key, &policy, NOW).read_failed();
    assert_eq!(counters.at(key, &policy, NOW).end_sync(), Some(1_000));
}

#[test]
fn the_last_submissions_of_a_used_quota_are_published() {
    let (policy, mut counters) = (policy(5, 60), counters());
    let key = key(&policy);
    admitted(&mut counters, &policy, NOW, 4);
    counters.at(key, &policy, NOW).start_sync();
    assert_eq!(sync(&mut counters, &policy, NOW).current, 4);
    admitted(&mut counters, &policy, NOW, 100);
    assert_eq!(counters.at(key, &policy, NOW).start_sync(), Some(1_000));
    let then = NOW.plus(1_000);
    assert_eq!(sync(&mut counters, &policy, then).current, 5);
    admitted(&mut counters, &policy, then, 100);
    assert_eq!(
        counters.at(key, &policy, then.plus(9_000)).start_sync(),
        None
    );
}
