//! The name of the honeypot: an input hidden from visitors, which only programs fill in.

use serde_json::Value;

use super::fault::DefinitionFault;
use super::key::check_field_name;
use super::stored_field::StoredField;
use crate::hash::{hex, separated, sha256};

/// The name that a definition gives it, or one derived from the form's key for `true`; `None` for a form without one.
pub(super) fn parse_trap(
    stored: Option<&Value>,
    form_key: &str,
    fields: &[StoredField],
    faults: &mut Vec<DefinitionFault>,
) -> Option<String> {
    let name = match stored? {
        Value::Bool(false) => return None,
        Value::Bool(true) => derived_name(form_key),
        Value::String(name) => name.clone(),
        _ => String::new(),
    };
    if check_field_name(&name).is_err() || fields.iter().any(|field| field.name == name) {
        let reason = "must be true, or a field name that no field has";
        faults.push(DefinitionFault::new("honeypot", reason));
        return None;
    }
    Some(name)
}

/// A name of no meaning, since browsers and password managers fill in inputs with a common one, and another one for each form.
fn derived_name(form_key: &str) -> String {
    let hash = sha256(&separated(&["honeypot", form_key]));
    let [first, ..] = hash;
    let letter = char::from(b'g' + first % 20);
    let digits = hex(&hash);
    format!("{letter}{}", digits.get(2..12).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(stored: Value) -> Result<Option<String>, String> {
        let mut faults = Vec::new();
        let field = StoredField {
            name: "email".to_owned(),
            ..StoredField::default()
        };
        let name = parse_trap(Some(&stored), "demo", &[field], &mut faults);
        match faults.pop() {
            Some(fault) => Err(fault.path),
            None => Ok(name),
        }
    }

    #[test]
    fn true_gives_a_name_of_the_forms_own() {
        // printf 'honeypot\0demo\0' | sha256sum
        assert_eq!(derived_name("demo"), "q13d2e26a08");
        assert_eq!(parsed(json!(true)), Ok(Some(derived_name("demo"))));
        let names: Vec<String> = (0..500)
            .map(|number| derived_name(&format!("form-{number}")))
            .collect();
        for name in &names {
            assert_eq!(check_field_name(name), Ok(()), "{name}");
            assert_eq!(names.iter().filter(|other| *other == name).count(), 1);
        }
    }

    #[test]
    fn a_name_of_an_earlier_definition_stays_valid() {
        for (stored, expected) in [
            (json!("website"), Ok(Some("website".to_owned()))),
            (json!(false), Ok(None)),
            (json!("email"), Err("honeypot".to_owned())),
            (json!("a b"), Err("honeypot".to_owned())),
            (json!(""), Err("honeypot".to_owned())),
            (json!(1), Err("honeypot".to_owned())),
            (json!(["a"]), Err("honeypot".to_owned())),
        ] {
            assert_eq!(parsed(stored.clone()), expected, "{stored}");
        }
    }
}
