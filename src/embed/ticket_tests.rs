//! Which tickets are taken, and when.

use proptest::prelude::*;

use super::*;
use crate::problem::EmbedReason::{TicketExpired, TicketInvalid, TicketMissing};

const NOW: UnixMillis = UnixMillis(1_795_293_000_000);

fn keys(current: &str, previous: Option<&str>) -> TicketKeys {
    TicketKeys {
        current: Key::derive(current, "tickets"),
        previous: previous.map(|secret| Key::derive(secret, "tickets")),
    }
}

fn origin(text: &str) -> Origin {
    Origin::parse(text).unwrap()
}

fn issue(origin_text: &str, at: UnixMillis) -> String {
    let keys = keys("a", None);
    Ticket::open(origin(origin_text), None, false, "demo", &keys, at).token("demo", &keys, [7; 16])
}

fn read(token: &str, now: UnixMillis) -> Result<Ticket, EmbedReason> {
    Ticket::read(Some(token), "demo", None, &keys("a", None), now)
}

#[test]
fn a_token_says_the_page_and_the_time() {
    let token = issue("https://example.com", NOW);
    let ticket = read(&token, NOW.plus(5_000)).unwrap();
    assert_eq!(ticket.origin, origin("https://example.com"));
    assert_eq!((ticket.opened_at, ticket.issued_at), (NOW, NOW));
    assert_eq!(ticket.expires_at(), NOW.plus(2 * 60 * 60 * 1_000));
    assert_eq!(ticket.age_ms(NOW.plus(5_000)), 5_000);
    assert_eq!(token.len(), 80);
    assert!(
        token
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)),
        "needs no escaping in an address, in HTML or in JSON: {token}"
    );
}

#[test]
fn a_ticket_is_taken_for_two_hours_give_or_take_the_clock_skew() {
    let token = issue("https://example.com", NOW);
    for (now, expected) in [
        (NOW.0 - 60_001, Some(TicketInvalid)),
        (NOW.0 - 60_000, None),
        (NOW.0, None),
        (NOW.0 + 7_200_000, None),
        (NOW.0 + 7_260_000, None),
        (NOW.0 + 7_260_001, Some(TicketExpired)),
        (u64::MAX, Some(TicketExpired)),
        (0, Some(TicketInvalid)),
    ] {
        assert_eq!(read(&token, UnixMillis(now)).err(), expected, "{now}");
    }
    let early = read(&token, UnixMillis(NOW.0 - 60_000)).unwrap();
    assert_eq!(early.age_ms(UnixMillis(NOW.0 - 60_000)), 0);
}

#[test]
fn a_ticket_is_of_one_form_and_one_page() {
    let token = issue("https://example.com", NOW);
    let keys = keys("a", None);
    let read = |form: &str, page: Option<&str>| {
        let page = page.map(origin);
        Ticket::read(Some(&token), form, page.as_ref(), &keys, NOW).map(|_| ())
    };
    for (form, page, expected) in [
        ("demo", None, Ok(())),
        ("demo", Some("https://example.com"), Ok(())),
        ("demo", Some("http://example.com"), Err(TicketInvalid)),
        ("demo", Some("https://www.example.com"), Err(TicketInvalid)),
        ("demo", Some("https://example.com:8443"), Err(TicketInvalid)),
        ("dem", None, Err(TicketInvalid)),
        ("demo2", None, Err(TicketInvalid)),
        ("Demo", None, Err(TicketInvalid)),
    ] {
        assert_eq!(read(form, page), expected, "{form} {page:?}");
    }
}

#[test]
fn what_is_not_a_token_is_missing_or_invalid() {
    let token = issue("https://example.com", NOW);
    let none = Ticket::read(None, "demo", None, &keys("a", None), NOW);
    assert_eq!(none, Err(TicketMissing));
    assert_eq!(read("", NOW), Err(TicketMissing));
    for text in [
        "x",
        "null",
        token.get(1..).unwrap(),
        token.get(..token.len() - 1).unwrap(),
        &format!("{token}A"),
        &format!("{token}="),
        &format!(" {token}"),
        &token.to_lowercase(),
        &"A".repeat(MAX_TOKEN_CHARS),
        &"A".repeat(1_000_000),
    ] {
        assert_eq!(read(text, NOW), Err(TicketInvalid), "{text:.100}");
    }
}

#[test]
fn the_longest_origin_has_a_token_within_the_limit() {
    let longest = format!("https://{}com:65535", "a.".repeat(125));
    let token = issue(&longest, NOW);
    assert_eq!(read(&token, NOW).unwrap().origin, origin(&longest));
    assert_eq!((token.len(), MAX_TOKEN_CHARS), (411, 412));
}

#[test]
fn while_the_key_is_rotated_tickets_of_both_keys_are_taken() {
    let (old, new) = (keys("a", None), keys("b", None));
    let page = || origin("https://example.com");
    let before = Ticket::open(page(), None, false, "demo", &old, NOW).token("demo", &old, [1; 16]);
    let after = Ticket::open(page(), None, false, "demo", &new, NOW).token("demo", &new, [2; 16]);
    for (token, current, previous, is_taken) in [
        (&before, "a", None, true),
        (&after, "a", None, false),
        // Announced everywhere before it signs.
        (&before, "a", Some("b"), true),
        (&after, "a", Some("b"), true),
        // Rotated: the old key only verifies.
        (&before, "b", Some("a"), true),
        (&after, "b", Some("a"), true),
        (&before, "b", None, false),
        (&after, "b", None, true),
    ] {
        let keys = keys(current, previous);
        let read = Ticket::read(Some(token), "demo", None, &keys, NOW);
        assert_eq!(read.is_ok(), is_taken, "{current} {previous:?}");
        let signed =
            Ticket::open(page(), None, false, "demo", &keys, NOW).token("demo", &keys, [3; 16]);
        let by_current = TicketKeys {
            previous: None,
            ..keys
        };
        assert!(Ticket::read(Some(&signed), "demo", None, &by_current, NOW).is_ok());
    }
}

#[test]
fn a_renewed_ticket_keeps_the_time_at_which_the_form_was_opened() {
    let keys = keys("a", None);
    let first = issue("https://example.com", NOW);
    let later = NOW.plus(30 * 60 * 60 * 1_000);
    let open = |former: &str, is_filled| {
        let page = origin("https://forms.test");
        Ticket::open(page, Some(former), is_filled, "demo", &keys, later)
    };
    let renew = |former: &str| open(former, false);
    let renewed = renew(&first);
    assert_eq!(open(&first, true), renewed, "filled in or not");
    assert_eq!((renewed.opened_at, renewed.issued_at), (NOW, later));
    let token = renewed.token("demo", &keys, [7; 16]);
    assert_eq!(read(&token, later.plus(1)), Ok(renewed));
    for former in ["", "x", first.get(1..).unwrap()] {
        assert_eq!(renew(former).opened_at, later, "{former}");
        assert_eq!(open(former, true).opened_at, UnixMillis(0), "{former}");
    }
    let ahead = issue("https://example.com", later.plus(5_000));
    assert_eq!(renew(&ahead).opened_at, later, "of a clock that is ahead");
}

#[test]
fn another_version_is_another_layout() {
    let token = issue("https://example.com", NOW);
    let mut bytes = from_base64url(&token).unwrap();
    bytes[0] = 2;
    let page = "https://example.com";
    let tag = keys("a", None)
        .current
        .hash(&signed(&bytes[..HEAD_BYTES], "demo", page));
    bytes[HEAD_BYTES..HEAD_BYTES + 16].copy_from_slice(&first_half(tag));
    assert_eq!(read(&base64url(&bytes), NOW), Err(TicketInvalid));
}

proptest! {
    #[test]
    fn a_token_with_any_change_is_invalid(index in 0_usize..80, letter in any::<u8>()) {
        let token = issue("https://example.com", NOW);
        let mut changed = token.clone().into_bytes();
        changed[index] = letter;
        let changed = String::from_utf8_lossy(&changed).into_owned();
        prop_assume!(changed != token);
        prop_assert_eq!(read(&changed, NOW), Err(TicketInvalid));
    }

    #[test]
    fn nothing_that_was_not_signed_is_taken(token in "[A-Za-z0-9_-]{0,120}|\\PC{0,120}") {
        prop_assert!(read(&token, NOW).is_err());
    }
}
