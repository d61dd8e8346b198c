//! [`Share`]: divides a quota among isolates while the demand exceeds it.
//!
//! The counts of other isolates are known a minute late; their demand changes more slowly. So while demand exceeds the quota,
//! isolates divide the quota by demand instead of competing for what is left: max-min fairly, as a network divides a link
//! (Bertsekas and Gallager, Data Networks, section 6.5.2). Each isolate whose demand is above a level gets the level, each
//! other one gets its demand, and the sum is the quota. Isolates that read the same parts compute the same division without
//! further communication; for demands far above the level even the exact numbers do not matter.

use crate::clock::UnixMillis;

/// One isolate's share of a quota. Amounts are thousandths of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Share {
    /// The sum of the shares of all isolates whose names sort before this one's.
    before: u64,
    /// The share of this isolate.
    own: u64,
    /// Whether the share is at most its demand.
    is_short: bool,
    /// When the division expires.
    pub(super) until: UnixMillis,
}

/// The demand of one isolate: its name as a writer, and submissions per window.
pub(super) type Demand<'a> = (&'a str, u64);

impl Share {
    /// Divides `quota` between `own` and `peers`; `None` when the demands do not exceed it.
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
            // An isolate with less demand may admit up to the level if its demand grows.
            own: level,
            is_short: amount(own.1) >= level,
            until,
        })
    }

    /// Whole submissions this isolate may admit in the window of this index.
    ///
    /// The shares lie side by side on the line from 0 to the quota, and each isolate gets the whole numbers its part covers:
    /// together exactly the quota. The line's origin moves from window to window, so that an isolate whose share is less than 1
    /// gets a submission in some windows.
    pub(super) fn quota_in(self, window: u64) -> u64 {
        if !self.is_short {
            return self.own.div_ceil(THOUSANDTHS);
        }
        let start = self
            .before
            .saturating_add(window.wrapping_mul(SHIFT) % THOUSANDTHS);
        start.saturating_add(self.own) / THOUSANDTHS - start / THOUSANDTHS
    }
}

/// The largest share, such that all shares together are `quota`; `None` when every demand is met.
fn level(quota: u64, mut amounts: Vec<u64>) -> Option<u64> {
    amounts.sort_unstable();
    let mut left = quota;
    let mut claimants = u64::try_from(amounts.len()).unwrap_or(u64::MAX);
    for amount in amounts {
        let level = left / claimants.max(1);
        if amount > level {
            return Some(level);
        }
        left = left.saturating_sub(amount);
        claimants = claimants.saturating_sub(1);
    }
    None
}

const THOUSANDTHS: u64 = 1_000;
/// The golden section of a thousand: its multiples modulo 1,000 spread evenly after few windows.
const SHIFT: u64 = 618;

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
    fn a_quota_that_meets_all_demands_is_not_divided() {
        assert_eq!(quotas(100, &[("a", 60), ("b", 40)], 7), [None, None]);
        assert_eq!(quotas(100, &[("a", 500)], 0), [Some(100)]);
    }

    #[test]
    fn a_small_demand_is_met_and_the_rest_is_divided_evenly() {
        let demands = [("a", 500), ("b", 10), ("c", 300)];
        assert_eq!(quotas(100, &demands, 0), [Some(45), Some(45), Some(45)]);
    }

    #[test]
    fn a_share_below_one_is_a_submission_in_some_windows() {
        let names: Vec<String> = (0..50).map(|index| format!("{index:02}")).collect();
        let demands: Vec<Demand<'_>> = names.iter().map(|name| (name.as_str(), 9)).collect();
        let mut totals = vec![0; demands.len()];
        for window in 0..200 {
            for (total, quota) in totals.iter_mut().zip(quotas(10, &demands, window)) {
                *total += quota.unwrap();
            }
        }
        assert_eq!(totals.iter().sum::<u64>(), 200 * 10);
        assert!(
            totals.iter().all(|&total| (30..=50).contains(&total)),
            "{totals:?}"
        );
    }

    proptest! {
        /// Isolates that read the same parts admit the quota together: not one more, and less only by rounding.
        #[test]
        fn the_shares_add_up_to_the_quota(
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
