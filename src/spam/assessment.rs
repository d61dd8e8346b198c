//! [`assess`]: adds up the weights of the signals that a submission shows.

use super::client::Client;
use super::content::Content;
use super::policy::{AT_ONCE_MS, MAX_LINKS_COUNTED, Mode, SpamPolicy};
use super::signal::Signal;

/// What is known of a submission that may be spam.
#[derive(Clone, Debug)]
pub struct Evidence<'a> {
    /// Whether the honeypot has a value.
    pub is_trap_filled: bool,
    /// Its ticket.
    pub ticket: TicketState,
    /// Whether other visitors sent the same text lately.
    pub is_repeated: bool,
    /// What its values show.
    pub content: Content,
    /// What its headers show.
    pub client: Client<'a>,
}

/// The ticket of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketState {
    /// Tickets are off, or the page that sent it has no script that gets one.
    NotExpected,
    /// It has none, or an invalid one.
    Missing,
    /// It has a valid one.
    Issued {
        /// The time since it was issued, by the edge's clock: milliseconds.
        age_ms: u64,
    },
}

/// What is to be done with a submission.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// Deliver it.
    #[default]
    Inbox,
    /// Have the client prove that it is none of many, then deliver it. Without a key to sign a challenge with, store it in the
    /// spam folder.
    Challenge,
    /// Store it in the spam folder.
    Spam,
}

/// The score of a submission, with its reasons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Assessment {
    /// The sum of the weights.
    pub score: u32,
    /// What follows from the score; `None` when the form scores nothing.
    pub scored: Option<Verdict>,
    /// What is to be done: `scored` if the form enforces it.
    pub verdict: Verdict,
    /// Whether it was challenged.
    is_challenged: bool,
    /// A bit for each signal of [`Signal::ALL`] that it shows.
    shown: u16,
}

impl Verdict {
    /// The name in a lead.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Challenge => "challenge",
            Self::Spam => "spam",
        }
    }
}

impl Assessment {
    /// The same with what came of a challenge; [`Verdict::Challenge`] if there was none.
    pub fn challenged(self, verdict: Verdict) -> Self {
        Self {
            verdict,
            scored: Some(verdict),
            is_challenged: verdict != Verdict::Challenge,
            ..self
        }
    }

    /// The names of the signals shown, and `challenged`.
    pub fn reasons(&self) -> Vec<&'static str> {
        let all = Signal::ALL.iter();
        all.filter(|(signal, ..)| self.shown & bit(*signal) != 0)
            .map(|(_, name, _)| *name)
            .chain(self.is_challenged.then_some(CHALLENGED))
            .collect()
    }
}

/// Scores a submission by a form's policy.
pub fn assess(policy: &SpamPolicy, evidence: &Evidence<'_>) -> Assessment {
    if policy.mode == Mode::Off {
        return Assessment::default();
    }
    let age_ms = match evidence.ticket {
        TicketState::Issued { age_ms } => age_ms,
        TicketState::NotExpected | TicketState::Missing => u64::MAX,
    };
    let content = &evidence.content;
    let links = content
        .links()
        .saturating_sub(u32::from(policy.max_links))
        .min(MAX_LINKS_COUNTED);
    let is_at_once = age_ms < AT_ONCE_MS;
    let is_fast = !is_at_once && age_ms < u64::from(policy.min_fill_ms);
    // In the order of `Signal::ALL`: how often each is shown.
    let times: [u32; Signal::ALL.len()] = [
        evidence.is_trap_filled.into(),
        (evidence.ticket == TicketState::Missing).into(),
        is_fast.into(),
        is_at_once.into(),
        evidence.is_repeated.into(),
        links,
        content.is_gibberish().into(),
        content.is_dotted().into(),
        content.is_disposable().into(),
        evidence.client.lacks_fetch_metadata().into(),
        evidence.client.is_automation().into(),
    ];
    let (mut score, mut shown) = (0_u32, 0);
    for (((signal, ..), weight), times) in Signal::ALL.iter().zip(policy.weights).zip(times) {
        // A form ignores a signal by its weight of 0.
        let added = u32::from(weight).saturating_mul(times);
        if added > 0 {
            score = score.saturating_add(added);
            shown |= bit(*signal);
        }
    }
    let scored = if score >= u32::from(policy.spam_at) {
        Verdict::Spam
    } else if score >= u32::from(policy.challenge_at) {
        Verdict::Challenge
    } else {
        Verdict::Inbox
    };
    Assessment {
        score,
        scored: Some(scored),
        verdict: match policy.mode {
            Mode::Enforce => scored,
            Mode::Shadow | Mode::Off => Verdict::Inbox,
        },
        is_challenged: false,
        shown,
    }
}

fn bit(signal: Signal) -> u16 {
    1_u16.checked_shl(signal as u32).unwrap_or_default()
}

/// Among the reasons of a lead that was challenged, so that the report shows what came of those.
const CHALLENGED: &str = "challenged";

#[cfg(test)]
#[path = "assessment_tests.rs"]
mod tests;
