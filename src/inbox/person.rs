//! Hashes of e-mail addresses, by which a lead that is delivered later is recognised as one of a person who was erased; and the
//! addresses and the text of a lead.

use serde_json::Value;

use super::address::Address;
use crate::hash::{Key, first_half, hex, separated, sha256};
use crate::json;

/// The hash of an address under each of these keys, and without a key: the setting may have been added or changed since.
pub fn hashes(keys: &[Key], address: &str) -> Vec<String> {
    let input = separated(&["formgate person", address]);
    let keyed = keys.iter().map(|key| key.hash(&input));
    let hashes = keyed.chain([sha256(&input)]);
    hashes.map(|hash| hex(&first_half(hash))).collect()
}

/// The hashes of an address in its two forms, under the first of the keys, if there is one.
pub fn hashes_to_erase(keys: &[Key], address: &Address) -> Vec<String> {
    let mut forms = vec![address.typed(), address.stored()];
    forms.dedup();
    let first = |form| hashes(keys, form).into_iter().next();
    forms.into_iter().filter_map(first).collect()
}

/// The e-mail addresses in a lead, in lower case: its names, and what its values are or list with commas, as `has_address!` of
/// `sql` finds them. A text is an address if it has an `@`.
pub fn addresses_in(lead: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut add = |text: &str| {
        if text.contains('@') && !found.iter().any(|known| known == text) {
            found.push(text.to_owned());
        }
    };
    each_text(&parse(lead), &mut |text, is_name| {
        // Most texts are no address, and a search is much faster than a copy.
        if text.contains('@') {
            let text = text.to_lowercase();
            if is_name {
                return add(&text);
            }
            text.replace(' ', "").split(',').for_each(&mut add);
        }
    });
    found
}

/// The values of a lead's fields and extras in lower case, apart by line ends: what a search looks through.
pub fn search_text(lead: &str) -> String {
    let lead = parse(lead);
    let mut found = String::new();
    for part in ["fields", "extras"] {
        each_text(
            lead.get(part).unwrap_or(&Value::Null),
            &mut |text, is_name| {
                if !is_name && !text.is_empty() {
                    found.push_str(&text.to_lowercase());
                    found.push('\n');
                }
            },
        );
    }
    found
}

fn parse(lead: &str) -> Value {
    json::parse(lead).unwrap_or_default()
}

/// Every text in a value, and whether it is a name.
fn each_text(value: &Value, visit: &mut dyn FnMut(&str, bool)) {
    match value {
        Value::String(text) => visit(text, false),
        Value::Array(items) => items.iter().for_each(|item| each_text(item, visit)),
        Value::Object(members) => {
            for (name, member) in members {
                visit(name, true);
                each_text(member, visit);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_addresses_of_a_lead_wherever_they_are() {
        let lead = r#"{"fields":{"email":"Ada@Example.com","others":["a@b.example, C@d.example","none"],"n":1},
            "extras":{"x@y.example":"ADA@example.com"},"provenance":null}"#;
        let found = [
            "ada@example.com",
            "a@b.example",
            "c@d.example",
            "x@y.example",
        ];
        assert_eq!(addresses_in(lead), found);
        for other in ["", "{", "ada@example.com", "null", "[1]"] {
            assert_eq!(addresses_in(other), Vec::<String>::new(), "{other}");
        }
    }

    #[test]
    fn the_search_looks_through_values_and_not_names() {
        let lead = r#"{"id":"Abc","fields":{"name":"ÄDA \"B\"","topics":["X","y"]},"extras":{"utm":"Z"},"consents":[{"text":"No"}]}"#;
        assert_eq!(search_text(lead), "äda \"b\"\nx\ny\nz\n");
        assert_eq!(search_text("{"), "");
    }

    #[test]
    fn a_hash_is_found_under_a_key_that_was_added_or_replaced() {
        let keys = ["new", "old"].map(|secret| Key::derive(secret, "p"));
        let address = Address::parse("Ada@MÜNCHEN.example").unwrap();
        for erased_with in [&[][..], &keys[1..], &keys[..1]] {
            let erased = hashes_to_erase(erased_with, &address);
            assert_eq!(erased.len(), 2);
            for (form, hash) in [address.typed(), address.stored()].iter().zip(&erased) {
                assert!(hashes(&keys, form).contains(hash));
                assert!(!hashes(&keys, "bea@example.com").contains(hash));
            }
        }
    }
}
