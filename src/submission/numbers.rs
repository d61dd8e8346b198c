//! Reads numbers from the hosted page, where a number is a line of text that visitors write as their language does.

use super::raw::{RawSubmission, RawValue};
use crate::form::{FieldKind, FormDefinition};
use crate::texts::Locale;

impl RawSubmission {
    /// Replaces a number that is written in the locale's way, `2.500,5`, by the same as HTML writes it, `2500.5`. Other texts stay.
    pub fn read_numbers(&mut self, form: &FormDefinition, locale: Locale<'_>) {
        for (name, values) in &mut self.entries {
            let field = form.field(name);
            if field.is_none_or(|field| field.kind != FieldKind::Number) {
                continue;
            }
            for value in values {
                if let RawValue::Text(text) = value
                    && let Some(number) = locale.read_number(text)
                {
                    *text = number;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_numbers_are_read() {
        let form = json!({ "key": "t", "locale": "de", "allowed_origins": [], "fields": [
            { "name": "a", "type": "number" }, { "name": "b", "type": "text" }, { "name": "c", "type": "number" } ] });
        let form = FormDefinition::parse(&form.to_string()).unwrap();
        let sent = "a=2.500,5&b=2.500,5&c=viele&d=2.500,5";
        let mut raw = crate::submission::of_query(sent).unwrap();
        raw.read_numbers(&form, form.wanted(None).locale());
        let texts = ["a", "b", "c", "d"].map(|name| raw.values(name)[0].text().to_owned());
        assert_eq!(texts, ["2500.5", "2.500,5", "viele", "2.500,5"]);
    }
}
