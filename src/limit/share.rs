//! [`Share`]: how much of a quota is this isolate's while more is asked for than there is.
//!
//! What the others admitted is known a minute late; what they are asked for changes more slowly. So while demand is above
//! the quota, isolates do not race for what is left, they divide it: max-min fairly, as a network divides a link
//! (Bertsekas and Gallager, Data Networks, section 6.5.2). All who ask for more than the level get the level, the others
//! what they ask for, and the sum is the quota. Isolates that see the same parts compute the same division without another
//! word, and those that ask for far more than the level need not even agree on how much they ask for.

use crate::clock::UnixMillis;

/// A division of one quota, from one isolate's point of view. Amounts are thousandths of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Share {
    /// What those get whose names stand before this isolate's.
    before: u64,
    /// What this isolate gets.
    own: u64,
    /// Whether that is less than it asks for.
    is_short: bool,
    /// When the division is too old to go by.
    pub(super) until: UnixMillis,
}

/// Who asks for how much: the writer's name, and submissions a window.
pub(super) type Demand<'a> = (&'a str, u64);

impl Share {
    /// Divides `quota` between `own` and `peers`; `None` when there is enough for all.
    pub(super) fn of(
        quota: u64,
        own: Demand<'_>,
        peers: &[Demand<'_>],
        until: UnixMillis,
    ) -> Option<Self> {
        let amount = |demand: u64| demand.saturating_mul(THOUSANDTHS);
        let mut amounts: Vec<u64> = peers.iter().map(|(_, demand)| amount(*demand)).collect();
        amounts.push(amount(own.1));
        let level = level(amount(quota), amounts)?;
        let before = peers.iter().filter(|(name, _)| *name < own.0);
        Some(Self {
            before: before.fold(0, |sum, (_, demand)| {
                sum.saturating_add(amount(*demand).min(level))
            }),
            // Who asks for less may still rise to the level.
            own: level,
            is_short: amount(own.1) >= level,
            until,
        })
    }

    /// Whole submissions this isolate may admit in the window of this index.
    ///
    /// Each gets the whole numbers that its part of the line from 0 to the quota covers: together exactly the quota. The
    /// line's beginning moves from window to window, so that who gets less than one has a turn.
    pub(super) fn quota_in(self, window: u64) -> u64 {
        if !self.is_short {
            return self.own.div_ceil(THOUSANDTHS);
        }
        let start = self
            .before
            .saturating_add(window.wrapping_mul(TURN) % THOUSANDTHS);
        start.saturating_add(self.own) / THOUSANDTHS - start / THOUSANDTHS
    }
}

/// The most anybody gets, so that everybody's together are `quota`; `None` when all get what they ask for.
fn level(quota: u64, mut amounts: Vec<u64>) -> Option<u64> {
    amounts.sort_unstable();
    let mut left = quota;
    let mut takers = u64::try_from(amounts.len()).unwrap_or(u64::MAX);
    for amount in amounts {
        let level = left / takers.max(1);
        if amount > level {
            return Some(level);
        }
        left = left.saturating_sub(amount);
        takers = takers.saturating_sub(1);
    }
    None
}

const THOUSANDTHS: u64 = 1_000;
/// The golden section of a thousand: its multiples come near every beginning soon.
const TURN: u64 = 618;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quotas(quota: u64, demands: &[Demand<'_>], window: u64) -> Vec<Option<u64>> {
        let share = |index: usize| {
            let mut peers = demands.to_vec();
            let own = peers.remove(index);
            Share::of(quota, own, &peers, UnixMillis(0))
        };
        (0..demands.len())
            .map(|index| share(index).map(|share| share.quota_in(window)))
            .collect()
    }

    #[test]
    fn nothing_is_divided_while_there_is_enough() {
        assert_eq!(quotas(100, &[("a", 60), ("b", 40)], 7), [None, None]);
        assert_eq!(quotas(100, &[("a", 500)], 0), [Some(100)]);
    }

    #[test]
    fn who_asks_for_little_gets_it_and_the_rest_is_divided_evenly() {
        let demands = [("a", 500), ("b", 10), ("c", 300)];
        assert_eq!(quotas(100, &demands, 0), [Some(45), Some(45), Some(45)]);
    }

    #[test]
    fn who_gets_less_than_one_has_a_turn() {
        let names: Vec<String> = (0..50).map(|index| format!("{index:02}")).collect();
        let demands: Vec<Demand<'_>> = names.iter().map(|name| (name.as_str(), 9)).collect();
        let mut turns = vec![0; demands.len()];
        for window in 0..200 {
            for (turn, quota) in turns.iter_mut().zip(quotas(10, &demands, window)) {
                *turn += quota.unwrap();
            }
        }
        assert_eq!(turns.iter().sum::<u64>(), 200 * 10);
        assert!(
            turns.iter().all(|&turns| (30..=50).contains(&turns)),
            "{turns:?}"
        );
    }

    proptest! {
        /// Isolates that see the same admit the quota together: not one more, and no less than rounding takes.
        #[test]
        fn the_shares_of_all_who_are_short_are_the_quota(
            quota in 1_u64..2_000,
            demands in prop::collection::vec(0_u64..3_000, 1..40),
            window: u64,
        ) {
            let names: Vec<String> = (0..demands.len()).map(|index| format!("{index:03}")).collect();
            let named: Vec<Demand<'_>> =
                names.iter().zip(&demands).map(|(name, &demand)| (name.as_str(), demand)).collect();
            let shares = quotas(quota, &named, window);
            if demands.iter().sum::<u64>() <= quota {
                prop_assert!(shares.iter().all(Option::is_none));
            } else {
                let taken: u64 = shares
                    .iter()
                    .zip(&demands)
                    .map(|(share, &demand)| share.unwrap().min(demand))
                    .sum();
                prop_assert!(taken <= quota, "{} of {}", taken, quota);
                prop_assert!(taken + 2 >= quota, "{} of {}", taken, quota);
            }
        }

        #[test]
        fn never_panics(quota: u64, own: u64, peers in prop::collection::vec(any::<u64>(), 0..5), window: u64) {
            let peers: Vec<Demand<'_>> = peers.iter().map(|&demand| ("p", demand)).collect();
            if let Some(share) = Share::of(quota, ("own", own), &peers, UnixMillis(0)) {
                share.quota_in(window);
            }
        }
    }
}
