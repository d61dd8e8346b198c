//! A hosted page that is opened for a test: `/f/{key}?test`.

use maud::{Markup, html};

use super::field;
use crate::submission::TEST_NAME;

/// Whether the query of a hosted page asks for a test.
pub fn asks_for_test(query: &str) -> bool {
    query
        .split('&')
        .any(|part| part == "test" || part == "test=1")
}

/// The page's note: a visitor who gets such a link sees that it is not the real form.
pub(super) fn note() -> Markup {
    html! {
        p class="description" lang="en" {
            strong { "Test: what you send is marked as a test, kept for a week and not forwarded." }
        }
    }
}

/// The mark of the submission.
pub(super) fn mark() -> Markup {
    field::hidden(TEST_NAME, Some("1"))
}

#[cfg(test)]
mod tests {
    use super::asks_for_test;

    #[test]
    fn only_the_name_test_asks_for_one() {
        for (query, expected) in [
            ("test", true),
            ("a=b&test", true),
            ("test=1&a=b", true),
            ("", false),
            ("test=0", false),
            ("testing", false),
            ("a=test", false),
        ] {
            assert_eq!(asks_for_test(query), expected, "{query}");
        }
    }
}
