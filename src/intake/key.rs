//! The client's idempotency key: of the `Idempotency-Key` header, else of the body.

use crate::delivery::parse_idempotency_key;
use crate::problem::{Warning, WarningCode};
use crate::submission::{KEY_NAME, RawSubmission};

/// The `Idempotency-Key` header, parsed once a request.
#[derive(Clone, Copy)]
pub(super) enum HeaderKey<'a> {
    Missing,
    Unusable,
    Usable(&'a str),
}

impl<'a> HeaderKey<'a> {
    pub(super) fn parse(header: Option<&'a str>) -> Self {
        match header.map(parse_idempotency_key) {
            None => Self::Missing,
            Some(None) => Self::Unusable,
            Some(Some(key)) => Self::Usable(key),
        }
    }

    pub(super) fn usable(self) -> Option<&'a str> {
        match self {
            Self::Usable(key) => Some(key),
            Self::Missing | Self::Unusable => None,
        }
    }

    /// The key of the header, or else of the body; adds a warning for each of the two that is present and cannot be used.
    pub(super) fn or_in_body<'t>(
        self,
        values: &'t RawSubmission,
        warnings: &mut Vec<Warning>,
    ) -> Option<&'t str>
    where
        'a: 't,
    {
        match self {
            Self::Usable(key) => return Some(key),
            Self::Unusable => {
                warnings.push(Warning::of("Idempotency-Key", WarningCode::KeyUnusable));
            }
            Self::Missing => {}
        }
        let mut in_body = values.values(KEY_NAME).iter();
        if in_body.all(|value| value.text().is_empty()) {
            return None;
        }
        let key = parse_idempotency_key(values.idempotency_key().unwrap_or_default());
        if key.is_none() {
            warnings.push(Warning::of(KEY_NAME, WarningCode::KeyUnusable));
        }
        key
    }
}
