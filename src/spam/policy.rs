//! [`SpamPolicy`]: a form's mode, thresholds and weights.

use super::signal::Signal;

/// What a form does with scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Verdicts have an effect.
    #[default]
    Enforce,
    /// Leads have their score; it has no effect.
    Shadow,
    /// Nothing is scored.
    Off,
}

/// How a form judges its submissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpamPolicy {
    /// What scores do.
    pub mode: Mode,
    /// The lowest score of spam: 1 to [`MAX_THRESHOLD`].
    pub spam_at: u8,
    /// The lowest score that is challenged: 1 to `spam_at`.
    pub challenge_at: u8,
    /// Links that the texts of a submission may have together.
    pub max_links: u8,
    /// The shortest time a visitor needs: milliseconds. 0 for none.
    pub min_fill_ms: u32,
    /// The weight of each signal, in the order of [`Signal::ALL`].
    pub weights: [u8; Signal::ALL.len()],
}

/// The policy of a form whose definition has no `spam`.
pub const DEFAULT_POLICY: SpamPolicy = SpamPolicy {
    mode: Mode::Enforce,
    spam_at: 5,
    challenge_at: 3,
    max_links: 2,
    min_fill_ms: 0,
    weights: default_weights(),
};

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn default_weights() -> [u8; Signal::ALL.len()] {
    let mut weights = [0; Signal::ALL.len()];
    let mut index = 0;
    while index < weights.len() {
        weights[index] = Signal::ALL[index].2;
        index += 1;
    }
    weights
}

impl Mode {
    /// The mode of this name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "enforce" => Some(Self::Enforce),
            "shadow" => Some(Self::Shadow),
            "off" => Some(Self::Off),
            _ => None,
        }
    }
}

/// The largest threshold, weight and `max_links`.
pub const MAX_THRESHOLD: u8 = 100;
/// The largest `min_fill_ms`: milliseconds.
pub const MIN_FILL_LIMIT_MS: u32 = 60_000;
/// Programs fill in a form in less than this after its ticket was issued: milliseconds.
pub(super) const AT_ONCE_MS: u64 = 1_000;
/// Each link above `max_links` has the weight of the signal, up to this many: links alone do not reach a default threshold,
/// since a request for an offer may have a list of them.
pub(super) const MAX_LINKS_COUNTED: u32 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_default_only_what_no_visitor_causes_reaches_a_threshold_alone() {
        for (signal, name, weight) in Signal::ALL {
            let times = match signal {
                Signal::Links => MAX_LINKS_COUNTED,
                _ => 1,
            };
            let alone = u32::from(weight) * times;
            let is_certain = matches!(
                signal,
                Signal::FilledAtOnce | Signal::Gibberish | Signal::Automation
            );
            let challenge_at = u32::from(DEFAULT_POLICY.challenge_at);
            assert_eq!(alone >= challenge_at, is_certain, "{name}");
        }
    }
}
