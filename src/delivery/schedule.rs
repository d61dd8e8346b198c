//! The retry schedule: when the next attempt is, and when a queued lead becomes a dead letter.

use crate::clock::{MILLIS_PER_SECOND, UnixMillis};
use crate::envelope::Outcome;

/// What follows a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Another attempt.
    Retry {
        /// Seconds from now, 1 to [`MAX_DELAY_S`].
        delay_s: u32,
        /// Whether this attempt counts.
        counts: bool,
    },
    /// No attempt: the queued lead becomes a dead letter.
    GiveUp,
}

/// What follows an outcome other than success. `attempts` is the number of failed attempts that count, before this one;
/// `random` adds jitter to leads that failed together; `delays_s` is the setting `RETRY_DELAYS_S`.
pub fn next(
    outcome: &Outcome,
    attempts: u32,
    received_at: UnixMillis,
    now: UnixMillis,
    random: u64,
    delays_s: &[u32],
) -> Next {
    let is_old = now.since(received_at) >= MAX_AGE_MS;
    let (delay_s, retry_after_s, counts) = match outcome {
        // The visitor can no longer correct it; an operator who reads the dead letters can.
        Outcome::Invalid(_) | Outcome::Refused { .. } => return Next::GiveUp,
        // The lead is not the cause: the core recovers by itself, or an operator has to act.
        Outcome::Throttled { .. } | Outcome::Blocked { .. } if is_old => return Next::GiveUp,
        Outcome::Throttled { retry_after_s, .. } => {
            let delay_s = backoff_s(received_at, now, THROTTLED_DELAY_S);
            (delay_s, *retry_after_s, false)
        }
        Outcome::Blocked { .. } => (backoff_s(received_at, now, BLOCKED_DELAY_S), None, false),
        Outcome::Accepted | Outcome::Duplicate => return Next::GiveUp,
        Outcome::Unavailable { retry_after_s, .. } => {
            let index = usize::try_from(attempts).unwrap_or(usize::MAX);
            let Some(delay_s) = delays_s.get(index) else {
                return Next::GiveUp;
            };
            (*delay_s, *retry_after_s, true)
        }
    };
    // Not before the core's `Retry-After`, and up to a fifth later.
    let asked_s = retry_after_s.map_or(0, |seconds| u32::try_from(seconds).unwrap_or(u32::MAX));
    let least_s = delay_s.max(asked_s).min(MAX_DELAY_S);
    let spread_s = u64::from(least_s / JITTER).saturating_add(1);
    let jitter_s = u32::try_from(random % spread_s).unwrap_or(0);
    Next::Retry {
        delay_s: least_s.saturating_add(jitter_s).clamp(1, MAX_DELAY_S),
        counts,
    }
}

/// How long to wait for the end of a failure of unknown duration: an eighth of the time it has lasted, at least `least_s`
/// seconds. So a week has at most a hundred attempts. Few attempts matter because a message that is sent to a queue again can
/// arrive twice, and each of the two again.
pub fn backoff_s(since: UnixMillis, now: UnixMillis, least_s: u32) -> u32 {
    let age_s = now.since(since) / MILLIS_PER_SECOND;
    let eighth_s = u32::try_from(age_s / 8).unwrap_or(u32::MAX);
    eighth_s.max(least_s).min(MAX_DELAY_S)
}

/// The delays after the first failed attempt, the second, and so on: seconds. One more attempt follows the last delay, 15 hours
/// and 42 minutes after the first attempt.
pub const RETRY_DELAYS_S: [u32; 9] = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800];
/// The longest delay of a message in a queue, 12 hours: seconds.
/// <https://developers.cloudflare.com/queues/platform/limits/>
pub const MAX_DELAY_S: u32 = 43_200;
/// How long a queued lead waits for a core that is throttled or blocked, from when it was received: seven days, milliseconds.
pub const MAX_AGE_MS: u64 = 604_800_000;
/// The first delay while the core throttles: seconds. It grows with time.
const THROTTLED_DELAY_S: u32 = 60;
/// The first delay while an operator has to act: seconds. It grows with time.
const BLOCKED_DELAY_S: u32 = 900;
/// Jitter: delays are longer by up to a fifth.
const JITTER: u32 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    fn next(
        outcome: &Outcome,
        attempts: u32,
        received_at: UnixMillis,
        now: UnixMillis,
        random: u64,
    ) -> Next {
        super::next(outcome, attempts, received_at, now, random, &RETRY_DELAYS_S)
    }

    const NOW: UnixMillis = UnixMillis(1_795_293_000_000);

    fn unavailable(retry_after_s: Option<u64>) -> Outcome {
        Outcome::Unavailable {
            reason: "status 503".to_owned(),
            retry_after_s,
        }
    }

    fn delay_s(next: Next) -> u32 {
        match next {
            Next::Retry { delay_s, .. } => delay_s,
            Next::GiveUp => panic!("given up"),
        }
    }

    #[test]
    fn waits_longer_each_time_and_gives_up_in_the_end() {
        for (attempts, &least_s) in (0..).zip(&RETRY_DELAYS_S) {
            for random in [0, 1, u64::MAX, 987_654_321] {
                let next = next(&unavailable(None), attempts, NOW, NOW, random);
                assert!((least_s..=least_s + least_s / 5).contains(&delay_s(next)));
                assert!(matches!(next, Next::Retry { counts: true, .. }));
            }
        }
        assert_eq!(next(&unavailable(None), 9, NOW, NOW, 0), Next::GiveUp);
        assert_eq!(
            next(&unavailable(None), u32::MAX, NOW, NOW, 0),
            Next::GiveUp
        );
    }

    #[test]
    fn the_delay_is_at_least_retry_after_and_at_most_what_a_queue_allows() {
        assert_eq!(delay_s(next(&unavailable(Some(45)), 0, NOW, NOW, 0)), 45);
        assert_eq!(delay_s(next(&unavailable(Some(3)), 0, NOW, NOW, 0)), 5);
        assert_eq!(
            delay_s(next(&unavailable(Some(u64::MAX)), 0, NOW, NOW, 7)),
            MAX_DELAY_S
        );
    }

    #[test]
    fn throttled_and_blocked_attempts_do_not_count_for_seven_days() {
        let throttled = Outcome::Throttled {
            reason: "429".to_owned(),
            retry_after_s: Some(90),
        };
        let blocked = Outcome::Blocked {
            reason: "401".to_owned(),
        };
        let just_before = NOW.plus(MAX_AGE_MS - 1);
        for (outcome, delay_s) in [(&throttled, 90), (&blocked, 900)] {
            let retry = |delay_s| Next::Retry {
                delay_s,
                counts: false,
            };
            assert_eq!(next(outcome, 9, NOW, NOW, 0), retry(delay_s));
            assert_eq!(next(outcome, 9, NOW, just_before, 0), retry(MAX_DELAY_S));
            assert_eq!(next(outcome, 0, NOW, NOW.plus(MAX_AGE_MS), 0), Next::GiveUp);
        }
    }

    #[test]
    fn a_week_has_at_most_a_hundred_attempts() {
        let (mut age_ms, mut tries) = (0, 0);
        while age_ms < MAX_AGE_MS {
            let delay_s = backoff_s(NOW, NOW.plus(age_ms), THROTTLED_DELAY_S);
            age_ms += u64::from(delay_s) * MILLIS_PER_SECOND;
            tries += 1;
        }
        assert!((50..100).contains(&tries), "{tries}");
        assert_eq!(backoff_s(NOW, UnixMillis(u64::MAX), 1), MAX_DELAY_S);
        assert_eq!(backoff_s(NOW, UnixMillis(0), 7), 7);
    }

    #[test]
    fn a_refused_lead_is_not_tried_again() {
        for outcome in [
            Outcome::Refused {
                reason: "x".to_owned(),
            },
            Outcome::Invalid(Vec::new()),
        ] {
            assert_eq!(next(&outcome, 0, NOW, NOW, 0), Next::GiveUp);
        }
    }
}
