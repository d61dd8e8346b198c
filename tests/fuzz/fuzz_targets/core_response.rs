//! Whatever a core answers is one outcome, in every dialect.

#![no_main]

use formgate::clock::UnixMillis;
use formgate::envelope::{CoreResponse, Dialect, Outcome};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (
    u16,
    Option<String>,
    Option<String>,
    Option<String>,
    u64,
    Vec<u8>
)| {
    let (status, content_type, retry_after, rate_limit_reset, now, body) = input;
    let answer = CoreResponse {
        status,
        content_type,
        location: None,
        retry_after,
        rate_limit_reset,
        body,
    };
    for dialect in Dialect::ALL {
        match dialect.parse_response(&answer, UnixMillis(now)) {
            Outcome::Invalid(violations) => assert!(!violations.is_empty()),
            Outcome::Accepted => assert!((200..300).contains(&status)),
            Outcome::Throttled { retry_after_s, .. }
            | Outcome::Unavailable { retry_after_s, .. } => {
                assert!(retry_after_s.is_none_or(|seconds| (1..=3_600).contains(&seconds)));
            }
            Outcome::Duplicate | Outcome::Blocked { .. } | Outcome::Refused { .. } => {}
        }
    }
});
