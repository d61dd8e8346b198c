//! [`Signal`]: what a submission may show of spam, as one table of names and weights.

/// A sign of spam. The discriminant is the index in [`Signal::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The honeypot, an input hidden from visitors, has a value. Programs that fill in forms for people fill it, too.
    Honeypot,
    /// A script sent it without a valid ticket, although tickets are issued.
    TicketMissing,
    /// Filled in faster than the form's `min_fill_ms`.
    FilledFast,
    /// Filled in within a second. Replaces [`Self::FilledFast`].
    FilledAtOnce,
    /// Two other visitors sent the same text within an hour.
    Repeated,
    /// More links in its texts than the form allows.
    Links,
    /// Every text is a word of random letters.
    Gibberish,
    /// A Gmail address with five dots or more, which Gmail ignores.
    GmailDots,
    /// A mail domain that gives addresses away for minutes.
    Disposable,
    /// A client that calls itself a current browser, or does not name itself, sent no `Sec-Fetch-*` header.
    NoFetchMetadata,
    /// A client that calls itself an HTTP library or a browser without a screen.
    Automation,
}

impl Signal {
    /// Every signal with its name in leads and definitions, and its weight. With the thresholds of
    /// `DEFAULT_POLICY`, 5 and more is spam alone, 3 and more is challenged alone.
    pub const ALL: [(Self, &'static str, u8); 11] = [
        (Self::Honeypot, "honeypot", 2),
        (Self::TicketMissing, "ticket_missing", 2),
        (Self::FilledFast, "filled_fast", 2),
        (Self::FilledAtOnce, "filled_at_once", 4),
        (Self::Repeated, "repeated", 2),
        (Self::Links, "links", 1),
        (Self::Gibberish, "gibberish", 4),
        (Self::GmailDots, "gmail_dots", 1),
        (Self::Disposable, "disposable", 1),
        (Self::NoFetchMetadata, "no_fetch_metadata", 2),
        (Self::Automation, "automation", 5),
    ];

    /// The signal of this name.
    pub fn parse(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|(_, known, _)| *known == name)
            .map(|(signal, ..)| *signal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signal_is_at_its_index_and_found_by_its_name() {
        for (index, (signal, name, weight)) in Signal::ALL.into_iter().enumerate() {
            assert_eq!(signal as usize, index);
            assert_eq!(Signal::parse(name), Some(signal));
            assert!(weight > 0);
        }
        assert_eq!(Signal::parse("Honeypot"), None);
    }
}
