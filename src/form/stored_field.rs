//! A field as it is stored, and as the widget gets it.

use serde::{Deserialize, Deserializer, Serialize};
use validator::Validate;

use super::link::TextPart;

/// The JSON of a field, which is also what the widget gets.
#[derive(Clone, Debug, Default, Deserialize, Serialize, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct StoredField {
    /// The name its value is sent under.
    pub name: String,
    /// What the core calls it, where that is not its name; no business of the widget's.
    #[serde(skip_serializing)]
    #[validate(length(min = 1, max = "MAX_SHORT_TEXT_CHARS"))]
    pub core_name: Option<String>,
    /// One of [`super::FieldKind`].
    #[serde(rename = "type")]
    pub kind: String,
    /// Beside the control.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = "MAX_TEXT_CHARS"))]
    pub label: Option<String>,
    /// For `consent`: the text agreed to; may have links.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = "MAX_TEXT_CHARS"))]
    pub text: Option<String>,
    /// Those of `text`, if it has a link.
    #[serde(skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    pub text_parts: Vec<TextPart>,
    /// Something has to be given; of kind `consent` by default.
    #[serde(skip_serializing_if = "is_false")]
    pub required: bool,
    /// UTF-16 code units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minlength: Option<u32>,
    /// UTF-16 code units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maxlength: Option<u32>,
    /// A bound in the kind's own notation; a JSON number is taken too.
    #[serde(
        deserialize_with = "number_or_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub min: Option<String>,
    /// A bound in the kind's own notation; a JSON number is taken too.
    #[serde(
        deserialize_with = "number_or_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub max: Option<String>,
    /// A number or `any`.
    #[serde(
        deserialize_with = "number_or_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub step: Option<String>,
    /// See [`crate::constraint::pattern`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Several options, or several e-mail addresses.
    #[serde(skip_serializing_if = "is_false")]
    pub multiple: bool,
    /// The default; for a box, what it sends when ticked.
    #[serde(
        deserialize_with = "number_or_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub value: Option<String>,
    /// For `radio` and `select`.
    #[serde(skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = "MAX_OPTIONS"), nested)]
    pub options: Vec<StoredOption>,
    /// An example inside an empty control.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "MAX_SHORT_TEXT_CHARS"))]
    pub placeholder: Option<String>,
    /// <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill>
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "MAX_SHORT_TEXT_CHARS"))]
    pub autocomplete: Option<String>,
    /// Help below the label; may have links.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "MAX_TEXT_CHARS"))]
    pub hint: Option<String>,
    /// Those of `hint`, if it has a link.
    #[serde(skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    pub hint_parts: Vec<TextPart>,
}

/// One option of a `radio` or `select`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct StoredOption {
    /// What is sent.
    #[validate(length(max = "MAX_OPTION_CHARS"))]
    pub value: String,
    /// What is seen; the value when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "MAX_OPTION_CHARS"))]
    pub label: Option<String>,
    /// The heading it stands under.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = "MAX_OPTION_CHARS"))]
    pub group: Option<String>,
    /// Seen, but not to be chosen.
    #[serde(skip_serializing_if = "is_false")]
    pub disabled: bool,
}

impl StoredField {
    /// The values of the options that can be chosen.
    pub fn offered(&self) -> impl Iterator<Item = &str> {
        let options = self.options.iter().filter(|option| !option.disabled);
        options.map(|option| option.value.as_str())
    }
}

impl StoredOption {
    /// What is seen.
    pub fn label(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.value)
    }
}

/// Takes `5`, `0.5` and `"2026-11-21"` alike: HTML attributes are text, but JSON authors write numbers.
fn number_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum NumberOrText {
        Number(serde_json::Number),
        Text(String),
    }
    let value = Option::<NumberOrText>::deserialize(deserializer)?;
    Ok(value.map(|value| match value {
        NumberOrText::Number(number) => number.to_string(),
        NumberOrText::Text(text) => text,
    }))
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's skip_serializing_if passes a reference"
)]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Options of one field; the world has about 250 countries.
pub const MAX_OPTIONS: u64 = 500;
/// The longest value, label or group of an option: characters.
const MAX_OPTION_CHARS: u64 = 500;
/// The longest label, hint, consent text or message: characters.
pub const MAX_TEXT_CHARS: u64 = 5_000;
/// The longest text on a button or inside a control, and the longest `autocomplete`: characters.
pub const MAX_SHORT_TEXT_CHARS: u64 = 200;
