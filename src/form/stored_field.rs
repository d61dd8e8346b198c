//! The JSON of a field, as stored and as the widget receives it.

use serde::{Deserialize, Deserializer, Serialize};
use validator::Validate;

use super::link::TextPart;

/// The JSON of a field, as stored and as the widget receives it.
#[derive(Clone, Debug, Default, Deserialize, Serialize, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct StoredField {
    /// The name of its value in a submission; a `heading` has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its name in the core, if different; the widget does not receive it.
    #[serde(skip_serializing)]
    #[validate(length(min = 1, max = "MAX_SHORT_TEXT_CHARS"))]
    pub core_name: Option<String>,
    /// One of [`super::FieldKind`].
    #[serde(rename = "type")]
    pub kind: String,
    /// The label beside the control.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = "MAX_TEXT_CHARS"))]
    pub label: Option<String>,
    /// For `consent`: the text agreed to; may have links.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = "MAX_TEXT_CHARS"))]
    pub text: Option<String>,
    /// The parts of `text`, if it has a link.
    #[serde(skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    pub text_parts: Vec<TextPart>,
    /// A value is required; true by default for `consent`.
    #[serde(skip_serializing_if = "is_false")]
    pub required: bool,
    /// UTF-16 code units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minlength: Option<u32>,
    /// UTF-16 code units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maxlength: Option<u32>,
    /// A bound in the kind's notation; a JSON number is accepted too.
    #[serde(
        deserialize_with = "number_or_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub min: Option<String>,
    /// A bound in the kind's notation; a JSON number is accepted too.
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
    /// The default; for a checkbox, the value it sends when ticked.
    #[serde(
        deserialize_with = "number_or_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub value: Option<String>,
    /// The options of a `radio`, `select` or `checkboxes`.
    #[serde(skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = "MAX_OPTIONS"), nested)]
    pub options: Vec<StoredOption>,
    /// The text inside an empty control, such as an example.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "MAX_SHORT_TEXT_CHARS"))]
    pub placeholder: Option<String>,
    /// <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill>
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "MAX_SHORT_TEXT_CHARS"))]
    pub autocomplete: Option<String>,
    /// Values to choose from while typing another one; not the only ones allowed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = "MAX_SUGGESTIONS"))]
    pub suggestions: Vec<String>,
    /// How wide the field is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<Width>,
    /// Help below the label; may have links.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "MAX_TEXT_CHARS"))]
    pub hint: Option<String>,
    /// The query of the page's address may fill it in.
    #[serde(skip_serializing_if = "is_false")]
    pub prefill: bool,
    /// The widget does not keep what was typed in the browser's storage.
    #[serde(skip_serializing_if = "is_false")]
    pub sensitive: bool,
    /// The parts of `hint`, if it has a link.
    #[serde(skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    pub hint_parts: Vec<TextPart>,
}

/// How wide a field is.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Width {
    /// As wide as the form.
    Full,
    /// Half as wide, so that two fields stand side by side where there is space for them.
    Half,
}

/// One option of a `radio`, `select` or `checkboxes`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct StoredOption {
    /// The value that is sent.
    #[validate(length(max = "MAX_OPTION_CHARS"))]
    pub value: String,
    /// The visible text; the value when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "MAX_OPTION_CHARS"))]
    pub label: Option<String>,
    /// The heading of its group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = "MAX_OPTION_CHARS"))]
    pub group: Option<String>,
    /// Visible, but not selectable.
    #[serde(skip_serializing_if = "is_false")]
    pub disabled: bool,
}

impl StoredField {
    /// The values of the selectable options.
    pub fn offered(&self) -> impl Iterator<Item = &str> {
        let options = self.options.iter().filter(|option| !option.disabled);
        options.map(|option| option.value.as_str())
    }
}

impl StoredOption {
    /// The visible text.
    pub fn label(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.value)
    }
}

/// Accepts `5`, `0.5` and `"2026-11-21"`: HTML attributes are text, but authors of JSON write numbers.
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

/// The most options of one field: twice the number of countries.
pub const MAX_OPTIONS: u64 = 500;
/// The most suggestions of one field.
pub const MAX_SUGGESTIONS: u64 = 200;
/// The longest value, label or group of an option: characters.
const MAX_OPTION_CHARS: u64 = 500;
/// The longest label, hint, consent text or message: characters.
pub const MAX_TEXT_CHARS: u64 = 5_000;
/// The longest text on a button or inside a control, and the longest `autocomplete`: characters.
pub const MAX_SHORT_TEXT_CHARS: u64 = 200;
