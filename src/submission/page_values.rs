//! What the page adds to a submission by itself, under names that begin with `_`.

use super::raw::{RawSubmission, RawValue};
use crate::problem::WarningCode;

impl RawSubmission {
    /// The version of the form that the page showed, under [`VERSION_NAME`].
    ///
    /// # Errors
    /// [`WarningCode::VersionMalformed`].
    pub fn version(&self) -> Result<Option<u32>, WarningCode> {
        match self.values(VERSION_NAME) {
            [] => Ok(None),
            [RawValue::Text(text)] if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                match text.parse() {
                    Ok(version) if version > 0 => Ok(Some(version)),
                    _ => Err(WarningCode::VersionMalformed),
                }
            }
            _ => Err(WarningCode::VersionMalformed),
        }
    }

    /// The idempotency key of a form without a script, under [`KEY_NAME`].
    pub fn idempotency_key(&self) -> Option<&str> {
        match self.values(KEY_NAME) {
            [RawValue::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The token of the ticket, under [`TICKET_NAME`]; for anything but one text, a text that is no token.
    pub fn ticket(&self) -> Option<&str> {
        match self.values(TICKET_NAME) {
            [] => None,
            [RawValue::Text(text)] => Some(text),
            _ => Some("?"),
        }
    }

    /// Whether the sender marked it as a test, under [`TEST_NAME`].
    pub fn is_test(&self) -> bool {
        let values = self.values(TEST_NAME).iter();
        let mut texts = values.map(RawValue::text);
        texts.any(|text| !["", "0", "false", "off", "no"].contains(&text))
    }

    /// What it brings to pass a challenge, under [`PROOF_NAME`].
    pub fn proofs(&self) -> impl Iterator<Item = &str> {
        let texts = self.values(PROOF_NAME).iter().map(RawValue::text);
        texts.filter(|text| !text.is_empty()).take(MAX_PROOFS)
    }
}

/// The name under which pages send the version of the form they show.
pub const VERSION_NAME: &str = "_version";
/// The name under which a form without a script sends its idempotency key.
pub const KEY_NAME: &str = "_key";
/// The name under which pages send their ticket.
pub const TICKET_NAME: &str = "_ticket";
/// The name under which pages mark a test submission.
pub const TEST_NAME: &str = "_test";
/// The name under which pages send what passes a challenge.
pub const PROOF_NAME: &str = "_proof";
/// The most proofs that are looked at: the wait of a page, and the token of Turnstile beside it.
const MAX_PROOFS: usize = 2;
