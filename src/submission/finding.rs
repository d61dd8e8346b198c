//! [`Finding`]: what [`validate_seen`](super::validate_seen) reports, without the text that a visitor reads.

use super::message::message;
use super::raw::{MAX_VALUE_BYTES, Unusable};
use crate::form::Field;
use crate::problem::{Problem, Violation, ViolationCode};
use crate::texts::{self, Locale, Wanted};

/// One violation, without its text: to write ten texts takes longer than to find ten violations, and a caller that shows none
/// needs none. Borrows from the form and from what was sent.
#[derive(Clone, Copy)]
pub enum Finding<'a> {
    /// A value that breaks a rule of its field; with the first value sent.
    Refused(&'a Field, ViolationCode, Option<&'a str>),
    /// A value that no field can have, by its name and label.
    Unusable(&'a str, &'a str, Unusable),
    /// A name that the form does not have; it refuses such names.
    UnknownName(&'a str),
    /// The form refuses other names, and some cannot be repeated to the sender or are too many.
    UnknownNames,
}

impl Finding<'_> {
    /// The violation with its text. What a visitor cannot cause is for the developer of the page, in English.
    pub fn worded(self, locale: Locale<'_>) -> Violation {
        let (name, code, message) = match self {
            Self::Refused(field, code, sent) => {
                let message = message(field, code, sent, locale);
                (field.name(), code, message)
            }
            Self::Unusable(name, label, unusable) => {
                let (code, text) = match unusable {
                    Unusable::TooLong => (ViolationCode::TooLong, texts::TOO_MANY_BYTES),
                    Unusable::NotUtf8 => (ViolationCode::BadInput, texts::NOT_UTF8),
                    Unusable::File => (ViolationCode::BadInput, texts::NO_FILE),
                    Unusable::Nested => {
                        return bad_input(name, &[label, " takes text, not a nested value"]);
                    }
                };
                let limit = locale.number(&MAX_VALUE_BYTES.to_string());
                (name, code, locale.fill(text, &[label, &limit]))
            }
            Self::UnknownName(name) => return bad_input(name, &["The form has no field ", name]),
            Self::UnknownNames => {
                let message = "A field has a name that the form does not have";
                return Violation::of_form(ViolationCode::BadInput, message);
            }
        };
        Violation::of_field(name, code, message)
    }
}

fn bad_input(name: &str, message: &[&str]) -> Violation {
    Violation::of_field(name, ViolationCode::BadInput, message.concat())
}

/// Words each of the findings.
pub(super) fn worded(findings: &[Finding<'_>], wanted: Wanted<'_>) -> Vec<Violation> {
    let (findings, locale) = (findings.iter(), wanted.locale());
    findings.map(|finding| finding.worded(locale)).collect()
}

/// The problem of a submission with these findings.
pub fn refusal(findings: &[Finding<'_>], wanted: Wanted<'_>) -> Problem {
    Problem::ValidationFailed(worded(findings, wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_rule_of_a_field_is_worded_in_english_without_the_value() {
        let nested = "Size takes text, not a nested value";
        let unknown = "A field has a name that the form does not have";
        for (finding, field, code, text) in [
            (
                Finding::Unusable("s", "Size", Unusable::Nested),
                Some("s"),
                ViolationCode::BadInput,
                nested,
            ),
            (
                Finding::UnknownName("x"),
                Some("x"),
                ViolationCode::BadInput,
                "The form has no field x",
            ),
            (
                Finding::UnknownNames,
                None,
                ViolationCode::BadInput,
                unknown,
            ),
        ] {
            let found = finding.worded(Locale::default());
            let seen = (found.field.as_deref(), found.code, found.message.as_str());
            assert_eq!(seen, (field, code, text));
        }
        for (unusable, code, words) in [
            (Unusable::TooLong, ViolationCode::TooLong, "32,768"),
            (Unusable::NotUtf8, ViolationCode::BadInput, "Size"),
            (Unusable::File, ViolationCode::BadInput, "Size"),
        ] {
            let found = Finding::Unusable("s", "Size", unusable).worded(Locale::default());
            assert_eq!((found.field.as_deref(), found.code), (Some("s"), code));
            assert!(found.message.contains(words), "{}", found.message);
        }
    }
}
