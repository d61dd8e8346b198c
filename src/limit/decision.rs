//! [`Decision`]: whether a submission is admitted, and what is left of each quota.

use super::policy::RateLimitPolicy;

/// Whether one submission is admitted, and the status of each policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// One for each policy, in the form's order.
    pub statuses: Vec<QuotaStatus>,
    /// Why the submission is refused; `None` when it is admitted.
    pub refusal: Option<Refusal>,
    /// Whether the visitor has sent something in the window or the one before.
    pub is_known: bool,
}

impl Decision {
    /// Adds the status of a policy, or lowers that of a policy of the same name: networks have the visitor's.
    pub(super) fn add(&mut self, status: QuotaStatus) {
        match self
            .statuses
            .iter_mut()
            .find(|known| known.policy == status.policy)
        {
            None => self.statuses.push(status),
            Some(known) if status.remaining < known.remaining => {
                known.remaining = status.remaining;
                known.reset_s = status.reset_s;
            }
            Some(_) => {}
        }
    }

    /// Replaces the status of each policy that `later` has, and takes its refusal.
    pub fn update(&mut self, later: Self) {
        self.refusal = later.refusal;
        for status in later.statuses {
            let known = self
                .statuses
                .iter_mut()
                .find(|known| known.policy == status.policy);
            if let Some(known) = known {
                *known = status;
            }
        }
    }
}

/// Why a submission is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The quota is used: the policy with the longest wait.
    Over {
        /// Its name.
        policy: String,
        /// Seconds after which the caller is admitted, if no other submission is admitted meanwhile; at least 1.
        retry_after_s: u64,
    },
    /// A `closed` policy lacks the counts of the other isolates.
    Unknown,
}

impl Refusal {
    /// The one to report of two: a used quota is certain, and only the longer wait leads to success.
    pub(super) fn stricter(known: Option<Self>, new: Self) -> Option<Self> {
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
    pub(super) fn of(policy: &RateLimitPolicy, remaining: u64, reset_s: u64) -> Self {
        Self {
            policy: policy.name.clone(),
            quota: policy.quota,
            window_s: policy.window_s,
            remaining,
            reset_s: reset_s.max(1),
        }
    }
}
