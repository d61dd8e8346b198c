//! Scores by a policy: the verdict at each threshold, and what each mode makes of it.

use super::*;
use crate::spam::content::Nature;
use crate::spam::policy::DEFAULT_POLICY;

fn evidence() -> Evidence<'static> {
    Evidence {
        is_trap_filled: false,
        ticket: TicketState::NotExpected,
        is_repeated: false,
        content: Content::default(),
        client: Client {
            user_agent: Some("Opera/9.80"),
            has_fetch_metadata: false,
            is_secure: true,
        },
    }
}

fn content(nature: Nature, value: &str) -> Evidence<'static> {
    let mut content = Content::default();
    content.add(nature, value);
    Evidence {
        content,
        ..evidence()
    }
}

fn ticket(age_ms: u64) -> Evidence<'static> {
    Evidence {
        ticket: TicketState::Issued { age_ms },
        ..evidence()
    }
}

fn client(user_agent: Option<&'static str>) -> Evidence<'static> {
    let client = Client {
        user_agent,
        ..evidence().client
    };
    Evidence {
        client,
        ..evidence()
    }
}

#[test]
fn each_signal_adds_its_weight_and_its_name() {
    let policy = SpamPolicy {
        min_fill_ms: 3_000,
        ..DEFAULT_POLICY
    };
    let links = |count: usize| content(Nature::Text, &"see https://a.example ".repeat(count));
    let trap = Evidence {
        is_trap_filled: true,
        ..evidence()
    };
    let missing = Evidence {
        ticket: TicketState::Missing,
        ..evidence()
    };
    let repeated = Evidence {
        is_repeated: true,
        ..evidence()
    };
    for (evidence, score, reason) in [
        (evidence(), 0, None),
        (trap, 2, Some("honeypot")),
        (missing, 2, Some("ticket_missing")),
        (ticket(0), 4, Some("filled_at_once")),
        (ticket(999), 4, Some("filled_at_once")),
        (ticket(1_000), 2, Some("filled_fast")),
        (ticket(2_999), 2, Some("filled_fast")),
        (ticket(3_000), 0, None),
        (repeated, 2, Some("repeated")),
        (links(2), 0, None),
        (links(3), 1, Some("links")),
        (links(4), 2, Some("links")),
        (links(50), 2, Some("links")),
        (
            content(Nature::Text, "uKguQGoDbyxINzxieQkVUmII"),
            4,
            Some("gibberish"),
        ),
        (
            content(Nature::Email, "a.b.c.d.e.f@gmail.com"),
            1,
            Some("gmail_dots"),
        ),
        (
            content(Nature::Email, "a@mailinator.com"),
            1,
            Some("disposable"),
        ),
        (client(None), 2, Some("no_fetch_metadata")),
        (client(Some("curl/8.5.0")), 5, Some("automation")),
    ] {
        let found = assess(&policy, &evidence);
        assert_eq!(found.score, score, "{evidence:?}");
        assert_eq!(found.reasons(), Vec::from_iter(reason), "{evidence:?}");
    }
}

#[test]
fn a_verdict_begins_at_its_threshold_and_only_enforcing_acts_on_it() {
    use Verdict::{Challenge, Inbox, Spam};
    let with = |weight: u8, mode| {
        let mut policy = SpamPolicy {
            mode,
            ..DEFAULT_POLICY
        };
        policy.weights[Signal::Automation as usize] = weight;
        let found = assess(&policy, &client(Some("curl/8.5.0")));
        (found.scored, found.verdict, found.reasons().len())
    };
    for (weight, verdict) in [
        (1, Inbox),
        (2, Inbox),
        (3, Challenge),
        (4, Challenge),
        (5, Spam),
        (100, Spam),
    ] {
        let scored = Some(verdict);
        assert_eq!(with(weight, Mode::Enforce), (scored, verdict, 1));
        assert_eq!(with(weight, Mode::Shadow), (scored, Inbox, 1));
        assert_eq!(with(weight, Mode::Off), (None, Inbox, 0));
    }
    // A weight of 0 turns a signal off, so it is no reason either.
    assert_eq!(with(0, Mode::Enforce), (Some(Inbox), Inbox, 0));
}

#[test]
fn signals_add_up() {
    let all = Evidence {
        is_trap_filled: true,
        ticket: TicketState::Missing,
        is_repeated: true,
        client: Client {
            user_agent: None,
            is_secure: true,
            has_fetch_metadata: false,
        },
        ..content(Nature::Email, "a.b.c.d.e.f@gmail.com")
    };
    let found = assess(&DEFAULT_POLICY, &all);
    assert_eq!(
        (found.score, found.verdict),
        (2 + 2 + 2 + 1 + 2, Verdict::Spam)
    );
    assert_eq!(
        found.reasons(),
        [
            "honeypot",
            "ticket_missing",
            "repeated",
            "gmail_dots",
            "no_fetch_metadata"
        ]
    );
}
