//! [`Ticket`]: proves on which page a form was opened, and when.
//!
//! A submission brings it back as a token: it shows a page's origin where the browser sends none, and the time that the visitor
//! took. It is no secret of the visitor and identifies none. A token may be used more than once; the quotas bound that.

use super::Origin;
use crate::clock::UnixMillis;
use crate::hash::{Key, base64url, first_half, from_base64url};
use crate::problem::EmbedReason;

/// What a token contains. Only a verified token becomes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The origin of the page that the form was opened on.
    pub origin: Origin,
    /// When the first ticket of this visit was issued; a renewed ticket keeps it.
    pub opened_at: UnixMillis,
    /// When this ticket was issued.
    pub issued_at: UnixMillis,
}

/// The keys of tickets, derived from `SIGNING_KEY` and `SIGNING_KEY_PREVIOUS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketKeys {
    /// Signs, and verifies.
    pub current: Key,
    /// Verifies tickets that were issued before the key was changed.
    pub previous: Option<Key>,
}

impl Ticket {
    /// The ticket of a page that opens a form at `now`. `former` is the token it had before, if any: the time that the visitor
    /// took goes on from there, however old that token is and whichever page of the form had it. Without one, a form that
    /// `is_filled` already was opened at an unknown time, which counts as long ago.
    pub fn open(
        origin: Origin,
        former: Option<&str>,
        is_filled: bool,
        form_key: &str,
        keys: &TicketKeys,
        now: UnixMillis,
    ) -> Self {
        let former = former.and_then(|token| Self::authentic(token, form_key, keys));
        let opened_at = if is_filled { UnixMillis(0) } else { now };
        Self {
            origin,
            opened_at: former.map_or(opened_at, |former| former.opened_at.min(now)),
            issued_at: now,
        }
    }

    /// The token that [`Self::read`] reads: base64url of the version, two times, a nonce, the first half of an HMAC-SHA-256
    /// (RFC 2104 section 5), and the origin. The form key is signed, and not in the token.
    pub fn token(&self, form_key: &str, keys: &TicketKeys, random: [u8; 16]) -> String {
        let mut bytes = Vec::with_capacity(MAX_TOKEN_BYTES);
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.opened_at.0.to_be_bytes());
        bytes.extend_from_slice(&self.issued_at.0.to_be_bytes());
        let (nonce, _) = random.split_at_checked(NONCE_BYTES).unwrap_or_default();
        bytes.extend_from_slice(nonce);
        let origin = self.origin.to_string();
        let tag = first_half(keys.current.hash(&signed(&bytes, form_key, &origin)));
        bytes.extend_from_slice(&tag);
        bytes.extend_from_slice(origin.as_bytes());
        base64url(&bytes)
    }

    /// Reads the token of a submission to a form. `origin` is the page that sends it, if its browser names it: it must be the
    /// page that got the ticket.
    ///
    /// # Errors
    /// [`EmbedReason::TicketMissing`], [`EmbedReason::TicketInvalid`] or [`EmbedReason::TicketExpired`].
    pub fn read(
        token: Option<&str>,
        form_key: &str,
        origin: Option<&Origin>,
        keys: &TicketKeys,
        now: UnixMillis,
    ) -> Result<Self, EmbedReason> {
        let token = token
            .filter(|token| !token.is_empty())
            .ok_or(EmbedReason::TicketMissing)?;
        let ticket = Self::authentic(token, form_key, keys).ok_or(EmbedReason::TicketInvalid)?;
        let is_elsewhere = origin.is_some_and(|origin| *origin != ticket.origin);
        if is_elsewhere || ticket.issued_at.since(now) > MAX_CLOCK_SKEW_MS {
            Err(EmbedReason::TicketInvalid)
        } else if now.since(ticket.expires_at()) > MAX_CLOCK_SKEW_MS {
            Err(EmbedReason::TicketExpired)
        } else {
            Ok(ticket)
        }
    }

    /// The moment until which it may be used.
    pub fn expires_at(&self) -> UnixMillis {
        self.issued_at.plus(TICKET_VALID_MS)
    }

    /// The time since the visitor opened the form: milliseconds.
    pub fn age_ms(&self, now: UnixMillis) -> u64 {
        now.since(self.opened_at)
    }

    /// What a token contains, if it is signed for this form; of any age.
    fn authentic(token: &str, form_key: &str, keys: &TicketKeys) -> Option<Self> {
        if token.len() > MAX_TOKEN_CHARS {
            return None;
        }
        let bytes = from_base64url(token)?;
        let (head, rest) = bytes.split_first_chunk::<HEAD_BYTES>()?;
        let (tag, origin) = rest.split_first_chunk()?;
        let origin = std::str::from_utf8(origin).ok()?;
        let signed = signed(head, form_key, origin);
        let is_signed = keys.current.verifies(&signed, tag)
            || (keys.previous.as_ref()).is_some_and(|key| key.verifies(&signed, tag));
        let (version, times) = head.split_first()?;
        if !is_signed || *version != VERSION {
            return None;
        }
        let (opened_at, times) = times.split_first_chunk()?;
        let (issued_at, _nonce) = times.split_first_chunk()?;
        Some(Self {
            origin: Origin::parse(origin).ok()?,
            opened_at: UnixMillis(u64::from_be_bytes(*opened_at)),
            issued_at: UnixMillis(u64::from_be_bytes(*issued_at)),
        })
    }
}

/// The bytes that are signed. A form key has no zero byte, so they are unambiguous.
fn signed(head: &[u8], form_key: &str, origin: &str) -> Vec<u8> {
    [head, form_key.as_bytes(), b"\0", origin.as_bytes()].concat()
}

/// The first byte of a token; another layout gets another number.
const VERSION: u8 = 1;
const NONCE_BYTES: usize = 8;
/// Version, two times and the nonce.
const HEAD_BYTES: usize = 1 + 8 + 8 + NONCE_BYTES;
/// With the tag and the longest origin: `https://`, 253 characters, `:65535`.
const MAX_TOKEN_BYTES: usize = HEAD_BYTES + 16 + 267;
/// The longest token: characters of base64url.
pub const MAX_TOKEN_CHARS: usize = MAX_TOKEN_BYTES.div_ceil(3) * 4;
/// How long a ticket may be used: milliseconds, two hours.
pub const TICKET_VALID_MS: u64 = 7_200_000;
/// The most by which the clocks of two machines may differ: milliseconds. A ticket may come this much before its time of issue and
/// after its end.
pub const MAX_CLOCK_SKEW_MS: u64 = 60_000;

#[cfg(test)]
#[path = "ticket_tests.rs"]
mod tests;
