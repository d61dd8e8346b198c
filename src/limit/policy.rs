//! [`RateLimitPolicy`]: the quota of submissions in a window, per form, visitor or API key.

/// A quota over a sliding window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimitPolicy {
    /// Shown in headers and refusals.
    pub name: String,
    /// Submissions admitted per window, 1 to [`MAX_QUOTA`].
    pub quota: u64,
    /// The window in seconds, 1 to [`MAX_WINDOW_S`].
    pub window_s: u64,
    /// What has a counter of its own.
    pub partition: Partition,
    /// What applies while KV fails and the counts of other isolates are unknown.
    pub on_fault: FaultMode,
}

/// What has a counter of its own under a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partition {
    /// All submissions of the form together.
    Form,
    /// The submissions of one visitor to the form.
    Visitor,
    /// Those of all visitors in a network of this many bits that includes an IPv6 visitor's; see [`NETWORKS`]. No definition
    /// names it.
    Network(u32),
    /// The submissions to the form that carry one API key; the policy does not apply to those that carry none.
    ApiKey,
}

impl Partition {
    const ALL: [Self; 3] = [Self::Form, Self::Visitor, Self::ApiKey];

    /// The partition of this name in a form definition.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|partition| partition.as_str() == name)
    }

    /// The name in a form definition.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Visitor | Self::Network(_) => "visitor",
            Self::ApiKey => "api_key",
        }
    }
}

/// What applies while KV fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FaultMode {
    /// Each isolate continues to count its own submissions; no request waits for KV.
    #[default]
    Open,
    /// No submission is admitted without the counts of other isolates: the first one in an isolate waits for KV, and while KV
    /// fails, submissions are refused with `Retry-After`.
    Closed,
}

impl FaultMode {
    /// The mode of this name in a form definition.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Open, Self::Closed]
            .into_iter()
            .find(|mode| mode.as_str() == name)
    }

    /// The name in a form definition.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

impl RateLimitPolicy {
    /// What applies to a form that names no policies: 600 a minute for the form, 10 a minute for each visitor.
    pub fn defaults() -> Vec<Self> {
        [(Partition::Form, 600), (Partition::Visitor, 10)]
            .map(|(partition, quota)| Self {
                name: partition.as_str().to_owned(),
                quota,
                window_s: 60,
                partition,
                on_fault: FaultMode::Open,
            })
            .into()
    }

    /// Adds to each policy for visitors one for each of the [`NETWORKS`], under the same name.
    pub fn with_networks(policies: Vec<Self>) -> Vec<Self> {
        let networks = |policy: &Self| {
            let of = |(bits, quotas): &(u32, u64)| Self {
                quota: policy.quota.saturating_mul(*quotas),
                partition: Partition::Network(*bits),
                ..policy.clone()
            };
            NETWORKS.iter().map(of).collect::<Vec<_>>()
        };
        let visitors = policies
            .iter()
            .filter(|policy| policy.partition == Partition::Visitor);
        let added: Vec<Self> = visitors.flat_map(networks).collect();
        [policies, added].concat()
    }

    /// Submissions an isolate admits before it publishes its count; at least 2 unless the quota is 1, so that a visitor who
    /// submits once causes no KV write.
    pub(super) fn step(&self) -> u64 {
        match self.on_fault {
            FaultMode::Open => (self.quota / STEPS_A_QUOTA).max(2).min(self.quota),
            FaultMode::Closed => 1,
        }
    }
}

/// The networks of an IPv6 visitor, a /64, that are counted too, each with its quota in quotas of one visitor. A line gets a /56
/// or a /48, which have 256 and 65,536 visitors: <https://www.ripe.net/publications/docs/ripe-690/>. Mobile networks have a
/// /64 for each phone, so a whole /48 is not one visitor either.
pub const NETWORKS: [(u32, u64); 2] = [(56, 4), (48, 16)];
/// The largest quota of a policy: submissions.
pub const MAX_QUOTA: u64 = 1_000_000;
/// The longest window of a policy, a day: seconds.
pub const MAX_WINDOW_S: u64 = 86_400;
/// An isolate may leave a twentieth of the quota unpublished while the quota is far from used.
const STEPS_A_QUOTA: u64 = 20;
