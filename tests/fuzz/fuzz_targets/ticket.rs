//! Only a token that was signed for the form is read, and only in its time.
//!
//! The input is a time offset in milliseconds, the index of a byte to change and what to, and text that is sent as a token.

#![no_main]

use formgate::clock::UnixMillis;
use formgate::embed::{MAX_CLOCK_SKEW_MS, Origin, TICKET_VALID_MS, Ticket, TicketKeys};
use formgate::hash::{Key, base64url, from_base64url};
use formgate::problem::EmbedReason;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (i64, usize, u8, [u8; 16], Vec<u8>, String)| {
    let (offset_ms, index, byte, random, bytes, text) = input;
    if let Some(read) = from_base64url(&text) {
        assert_eq!(base64url(&read), text, "one text for each token");
    }
    assert_eq!(from_base64url(&base64url(&bytes)), Some(bytes.clone()));
    let keys = TicketKeys {
        current: Key::derive("a", "tickets"),
        previous: Some(Key::derive("b", "tickets")),
    };
    let read = |token: &str, now| Ticket::read(Some(token), FORM, None, &keys, now);
    for made_up in [&text, &base64url(&bytes)] {
        assert!(read(made_up, ISSUED_AT).is_err());
        let opened = |is_filled| Ticket::open(page(), Some(made_up), is_filled, FORM, &keys, ISSUED_AT);
        assert_eq!(opened(false).opened_at, ISSUED_AT);
        assert_eq!(opened(true).opened_at, UnixMillis(0), "an unknown time");
    }
    let ticket = Ticket::open(page(), None, false, FORM, &keys, ISSUED_AT);
    let token = ticket.token(FORM, &keys, random);
    let now = UnixMillis(ISSUED_AT.0.saturating_add_signed(offset_ms));
    let expected = if ISSUED_AT.since(now) > MAX_CLOCK_SKEW_MS {
        Err(EmbedReason::TicketInvalid)
    } else if now.since(ISSUED_AT) > TICKET_VALID_MS + MAX_CLOCK_SKEW_MS {
        Err(EmbedReason::TicketExpired)
    } else {
        Ok(ticket)
    };
    assert_eq!(read(&token, now), expected);
    let mut changed = from_base64url(&token).expect("a token");
    let index = index % changed.len();
    if changed[index] != byte {
        changed[index] = byte;
        assert_eq!(read(&base64url(&changed), ISSUED_AT), Err(EmbedReason::TicketInvalid));
    }
    if text != FORM {
        let elsewhere = Ticket::read(Some(&token), &text, None, &keys, ISSUED_AT);
        assert_eq!(elsewhere, Err(EmbedReason::TicketInvalid));
    }
});

fn page() -> Origin {
    Origin::parse("https://example.com").expect("an origin")
}

const FORM: &str = "demo";
const ISSUED_AT: UnixMillis = UnixMillis(1_795_293_000_000);
