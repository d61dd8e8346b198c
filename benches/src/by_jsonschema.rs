//! The form as a JSON schema, draft 2020-12, formats asserted; one keyword of our own, as no schema knows an earliest day.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Keyword, PatternOptions, ValidationError, Validator};
use serde_json::{Value, json};

use super::date;
use super::lead::{AGREED, FIRST_DAY, SIZES};

/// The compiled schema. Patterns run in linear time, as in the other two.
pub fn schema() -> Validator {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["name", "email", "terms"],
        "properties": {
            "name": { "type": "string", "minLength": 2, "maxLength": 100 },
            "email": { "type": "string", "format": "email" },
            "phone": { "type": "string", "pattern": r"^[0-9+() \-]{5,20}$" },
            "website": { "type": "string", "format": "uri" },
            "company": { "type": "string", "maxLength": 120 },
            "size": { "enum": SIZES },
            "seats": { "type": "integer", "minimum": 1, "maximum": 1000 },
            "start": { "type": "string", "earliest": FIRST_DAY },
            "message": { "type": "string", "maxLength": 2000 },
            "terms": { "const": AGREED },
        },
    });
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .with_pattern_options(PatternOptions::regex())
        .with_keyword("earliest", |_, day, _| {
            let first_day = day.as_str().unwrap_or_default().to_owned();
            Ok(Box::new(Earliest { first_day }))
        })
        .build(&schema)
        .unwrap()
}

/// A date, not before the first day.
struct Earliest {
    first_day: String,
}

impl<'i> Keyword<'i> for Earliest {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if Keyword::is_valid(self, instance) {
            Ok(())
        } else {
            Err(ValidationError::custom("too early, or no date"))
        }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        instance
            .as_str()
            .is_none_or(|text| date::is_on_or_after(text, &self.first_day))
    }
}

/// Everything that is wrong.
pub fn check<'a>(schema: &'a Validator, sent: &'a Value) -> Vec<ValidationError<'a>> {
    schema.iter_errors(sent).collect()
}

/// With a sentence about each violation.
pub fn worded(schema: &Validator, sent: &Value) -> Vec<String> {
    let errors = schema.iter_errors(sent);
    errors.map(|error| error.to_string()).collect()
}

pub fn decode(body: &[u8]) -> serde_json::Result<Value> {
    serde_json::from_slice(body)
}

/// The names of the fields that are wrong.
pub fn at_fault(errors: &[ValidationError<'_>]) -> Vec<String> {
    let name = |error: &ValidationError<'_>| match error.kind() {
        ValidationErrorKind::Required { property } => {
            property.as_str().unwrap_or_default().to_owned()
        }
        _ => error
            .instance_path()
            .as_str()
            .trim_start_matches('/')
            .to_owned(),
    };
    errors.iter().map(name).collect()
}
