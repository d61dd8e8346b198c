//! The JSON of a field, as stored and as the widget receives it.

use serde_json::Value;

use super::link::TextPart;
use super::read::{
    CHARACTERS, Part, Reason, UNKNOWN, check_length, flag, number_or_text, one_of, optional_number,
    optional_text, text, texts,
};
use crate::json::Object;

/// The JSON of a field, as stored and as the widget receives it.
#[derive(Clone, Debug, Default)]
pub struct StoredField {
    /// The name of its value in a submission; a `heading` has none.
    pub name: String,
    /// Its name in the core, if different; the widget does not receive it.
    pub core_name: Option<String>,
    /// One of [`super::FieldKind`].
    pub kind: String,
    /// The label beside the control.
    pub label: Option<String>,
    /// For `consent`: the text agreed to; may have links.
    pub text: Option<String>,
    /// The parts of `text`, if it has a link.
    pub text_parts: Vec<TextPart>,
    /// A value is required; true by default for `consent`.
    pub required: bool,
    /// UTF-16 code units.
    pub minlength: Option<u32>,
    /// UTF-16 code units.
    pub maxlength: Option<u32>,
    /// A bound in the kind's notation; a JSON number is accepted too.
    pub min: Option<String>,
    /// A bound in the kind's notation; a JSON number is accepted too.
    pub max: Option<String>,
    /// A number or `any`.
    pub step: Option<String>,
    /// See [`crate::constraint::pattern`].
    pub pattern: Option<String>,
    /// Several options, or several e-mail addresses.
    pub multiple: bool,
    /// The default; for a checkbox, the value it sends when ticked.
    pub value: Option<String>,
    /// The options of a `radio`, `select` or `checkboxes`.
    pub options: Vec<StoredOption>,
    /// The text inside an empty control, such as an example.
    pub placeholder: Option<String>,
    /// <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill>
    pub autocomplete: Option<String>,
    /// Values to choose from while typing another one; not the only ones allowed.
    pub suggestions: Vec<String>,
    /// How wide the field is.
    pub width: Option<Width>,
    /// Help below the label; may have links.
    pub hint: Option<String>,
    /// The query of the page's address may fill it in.
    pub prefill: bool,
    /// The widget does not keep what was typed in the browser's storage.
    pub sensitive: bool,
    /// The parts of `hint`, if it has a link.
    pub hint_parts: Vec<TextPart>,
}

/// How wide a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// As wide as the form.
    Full,
    /// Half as wide, so that two fields stand side by side where there is space for them.
    Half,
}

/// One option of a `radio`, `select` or `checkboxes`.
#[derive(Clone, Debug, Default)]
pub struct StoredOption {
    /// The value that is sent.
    pub value: String,
    /// The visible text; the value when absent.
    pub label: Option<String>,
    /// The heading of its group.
    pub group: Option<String>,
    /// Visible, but not selectable.
    pub disabled: bool,
}

impl StoredField {
    /// The values of the selectable options.
    pub fn offered(&self) -> impl Iterator<Item = &str> {
        let options = self.options.iter().filter(|option| !option.disabled);
        options.map(|option| option.value.as_str())
    }
}

impl Part for StoredField {
    fn set(&mut self, name: &str, value: Value) -> Result<(), Reason> {
        match name {
            "name" => text(&mut self.name, value),
            "core_name" => optional_text(&mut self.core_name, value, 1, MAX_SHORT_TEXT_CHARS),
            "type" => text(&mut self.kind, value),
            "label" => optional_text(&mut self.label, value, 1, MAX_TEXT_CHARS),
            "text" => optional_text(&mut self.text, value, 1, MAX_TEXT_CHARS),
            "required" => flag(&mut self.required, &value),
            "minlength" => optional_number(&mut self.minlength, &value, 0, u32::MAX),
            "maxlength" => optional_number(&mut self.maxlength, &value, 0, u32::MAX),
            "min" => number_or_text(&mut self.min, value),
            "max" => number_or_text(&mut self.max, value),
            "step" => number_or_text(&mut self.step, value),
            "pattern" => optional_text(&mut self.pattern, value, 0, u64::MAX),
            "multiple" => flag(&mut self.multiple, &value),
            "value" => number_or_text(&mut self.value, value),
            "placeholder" => optional_text(&mut self.placeholder, value, 0, MAX_SHORT_TEXT_CHARS),
            "autocomplete" => optional_text(&mut self.autocomplete, value, 0, MAX_SHORT_TEXT_CHARS),
            "suggestions" => texts(&mut self.suggestions, value, MAX_SUGGESTIONS),
            "width" if value.is_null() => Ok(()),
            "width" => {
                self.width = Some(one_of(
                    &[("full", Width::Full), ("half", Width::Half)],
                    &value,
                )?);
                Ok(())
            }
            "hint" => optional_text(&mut self.hint, value, 0, MAX_TEXT_CHARS),
            "prefill" => flag(&mut self.prefill, &value),
            "sensitive" => flag(&mut self.sensitive, &value),
            _ => Err(UNKNOWN.into()),
        }
    }
}

impl Part for StoredOption {
    fn set(&mut self, name: &str, value: Value) -> Result<(), Reason> {
        match name {
            "value" => {
                text(&mut self.value, value)?;
                check_length(self.value.chars().count(), 0, MAX_OPTION_CHARS, CHARACTERS)
            }
            "label" => optional_text(&mut self.label, value, 0, MAX_OPTION_CHARS),
            "group" => optional_text(&mut self.group, value, 1, MAX_OPTION_CHARS),
            "disabled" => flag(&mut self.disabled, &value),
            _ => Err(UNKNOWN.into()),
        }
    }
}

impl StoredField {
    /// Writes what the widget receives: only what is set.
    pub(super) fn write(&self, object: &mut Object<'_>) {
        if !self.name.is_empty() {
            object.text("name", &self.name);
        }
        object.text("type", &self.kind);
        object.given("label", self.label.as_deref());
        object.given("text", self.text.as_deref());
        write_parts(object, "text_parts", &self.text_parts);
        object.flag("required", self.required);
        for (name, length) in [("minlength", self.minlength), ("maxlength", self.maxlength)] {
            if let Some(length) = length {
                object.number(name, length.into());
            }
        }
        object.given("min", self.min.as_deref());
        object.given("max", self.max.as_deref());
        object.given("step", self.step.as_deref());
        object.given("pattern", self.pattern.as_deref());
        object.flag("multiple", self.multiple);
        object.given("value", self.value.as_deref());
        if !self.options.is_empty() {
            object.array("options", &self.options, |text, option| {
                Object::write(text, |object| option.write(object));
            });
        }
        object.given("placeholder", self.placeholder.as_deref());
        object.given("autocomplete", self.autocomplete.as_deref());
        if !self.suggestions.is_empty() {
            object.texts("suggestions", &self.suggestions);
        }
        let width = self.width.map(|width| match width {
            Width::Full => "full",
            Width::Half => "half",
        });
        object.given("width", width);
        object.given("hint", self.hint.as_deref());
        object.flag("prefill", self.prefill);
        object.flag("sensitive", self.sensitive);
        write_parts(object, "hint_parts", &self.hint_parts);
    }
}

/// Writes the parts of a text that has a link.
fn write_parts(object: &mut Object<'_>, name: &str, parts: &[TextPart]) {
    if !parts.is_empty() {
        object.array(name, parts, TextPart::write);
    }
}

impl StoredOption {
    fn write(&self, object: &mut Object<'_>) {
        object.text("value", &self.value);
        object.given("label", self.label.as_deref());
        object.given("group", self.group.as_deref());
        object.flag("disabled", self.disabled);
    }

    /// The visible text.
    pub fn label(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.value)
    }
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
