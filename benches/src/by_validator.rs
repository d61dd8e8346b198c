//! The form as a struct with `validator`'s attributes; functions where it has no rule.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;
use validator::{Validate, ValidationError, ValidationErrors};

use super::date;
use super::lead::{AGREED, FIRST_DAY, SIZES};

/// A lead, decoded.
#[derive(Deserialize, Validate)]
pub struct Lead {
    #[validate(required, length(min = 2, max = 100))]
    name: Option<String>,
    #[validate(required, email)]
    email: Option<String>,
    #[validate(regex(path = *PHONE))]
    phone: Option<String>,
    #[validate(url)]
    website: Option<String>,
    #[validate(length(max = 120))]
    company: Option<String>,
    #[validate(custom(function = is_offered))]
    size: Option<String>,
    #[validate(range(min = 1, max = 1000))]
    seats: Option<i64>,
    #[validate(custom(function = is_possible_start))]
    start: Option<String>,
    #[validate(length(max = 2000))]
    message: Option<String>,
    #[validate(required, custom(function = is_agreed))]
    terms: Option<String>,
}

static PHONE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^[0-9+() \-]{5,20}$").unwrap());

fn is_offered(size: &str) -> Result<(), ValidationError> {
    holds(SIZES.contains(&size), "unknown_option")
}

fn is_possible_start(start: &str) -> Result<(), ValidationError> {
    holds(date::is_on_or_after(start, FIRST_DAY), "range_underflow")
}

fn is_agreed(terms: &str) -> Result<(), ValidationError> {
    holds(terms == AGREED, "value_missing")
}

fn holds(is_so: bool, code: &'static str) -> Result<(), ValidationError> {
    if is_so {
        Ok(())
    } else {
        Err(ValidationError::new(code))
    }
}

pub fn check(lead: &Lead) -> Result<(), ValidationErrors> {
    lead.validate()
}

/// With a line about each violation.
pub fn worded(lead: &Lead) -> Result<(), String> {
    lead.validate().map_err(|errors| errors.to_string())
}

pub fn decode(body: &[u8]) -> serde_json::Result<Lead> {
    serde_json::from_slice(body)
}

/// The names of the fields that are wrong.
pub fn at_fault(checked: &Result<(), ValidationErrors>) -> Vec<String> {
    let errors = checked
        .as_ref()
        .err()
        .into_iter()
        .flat_map(|errors| errors.errors().keys());
    errors.map(ToString::to_string).collect()
}
