//! [`RateLimitPolicy`]: how many submissions, in what window, counted per what.

/// A quota over a sliding window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimitPolicy {
    /// Shown in headers and refusals.
    pub name: String,
    /// Submissions admitted per window, 1 to [`MAX_QUOTA`].
    pub quota: u64,
    /// The window in seconds, 1 to [`MAX_WINDOW_S`].
    pub window_s: u64,
    /// What is counted apart.
    pub partition: Partition,
}

/// What a policy counts apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partition {
    /// All submissions of the form together.
    Form,
    /// The submissions of one visitor to the form.
    Visitor,
}

impl Partition {
    /// The partition of this name in a form definition.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Form, Self::Visitor]
            .into_iter()
            .find(|partition| partition.as_str() == name)
    }

    /// The name in a form definition.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Visitor => "visitor",
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
            })
            .into()
    }
}

/// The largest quota of a policy: submissions.
pub const MAX_QUOTA: u64 = 1_000_000;
/// The longest window of a policy, a day: seconds.
pub const MAX_WINDOW_S: u64 = 86_400;
