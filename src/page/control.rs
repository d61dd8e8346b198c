//! The controls of a field that are not one `<input>` with a value: text area, select, radio buttons and checkbox.

use std::fmt::Write;

use super::html::{attribute, escape, flag, linked};
use crate::form::{Field, FieldKind, StoredOption};
use crate::submission::{RawValue, ticks};

/// The id that the error summary links to; `None` for a hidden field.
pub(super) fn link_target(field: &Field) -> Option<String> {
    (field.kind != FieldKind::Hidden).then(|| control_id(field.name()))
}

pub(super) fn control_id(name: &str) -> String {
    format!("field-{name}")
}

/// A field whose control is rendered, with the values typed.
pub(super) struct Control<'a> {
    pub(super) field: &'a Field,
    pub(super) typed: Option<&'a [RawValue]>,
    pub(super) is_checked: bool,
}

impl Control<'_> {
    pub(super) fn textarea(&self, described_by: &str) -> String {
        // The HTML parser drops one newline after the tag, so one is added.
        format!(
            "<textarea rows=\"5\"{}{}{}{described_by}>\n{}</textarea>",
            self.identity(),
            self.lengths(),
            attribute("placeholder", self.field.attributes.placeholder.as_deref()),
            escape(self.text().unwrap_or_default()),
        )
    }

    pub(super) fn select(&self, described_by: &str) -> String {
        let multiple = self.field.takes_many();
        let mut html = format!(
            "<select{}{}{described_by}>",
            self.identity(),
            flag("multiple", multiple)
        );
        let offers_nothing = self
            .field
            .attributes
            .options
            .iter()
            .any(|o| o.value.is_empty());
        if !multiple && !offers_nothing {
            html.push_str("<option value=\"\">Choose one</option>");
        }
        let mut open_group: Option<&str> = None;
        for option in &self.field.attributes.options {
            let group = option.group.as_deref();
            if group != open_group {
                html.push_str(if open_group.is_some() {
                    "</optgroup>"
                } else {
                    ""
                });
                if let Some(group) = group {
                    let _ = write!(html, "<optgroup label=\"{}\">", escape(group));
                }
                open_group = group;
            }
            let _ = write!(
                html,
                "<option value=\"{}\"{}{}>{}</option>",
                escape(&option.value),
                flag("selected", self.is_chosen(option)),
                flag("disabled", option.disabled),
                escape(option.label()),
            );
        }
        html.push_str(if open_group.is_some() {
            "</optgroup>"
        } else {
            ""
        });
        html + "</select>"
    }

    pub(super) fn radio_group(&self, notes: &str, described_by: &str) -> String {
        let mut html = format!(
            "<fieldset class=\"field\" role=\"radiogroup\"{}{described_by}><legend>{}{}</legend>{notes}",
            if self.is_checked {
                self.required()
            } else {
                String::new()
            },
            escape(self.field.label()),
            optional_mark(self.field)
        );
        for (index, option) in self.field.attributes.options.iter().enumerate() {
            let id = match index {
                0 => control_id(self.field.name()),
                // Not `field-…`: this name with a number may be another field's name.
                _ => format!("option-{}-{index}", self.field.name()),
            };
            let _ = write!(
                html,
                "<div class=\"choice\"><input type=\"radio\" id=\"{id}\" name=\"{name}\" value=\"{value}\"{}{}{}>\
                 <label for=\"{id}\">{label}</label></div>",
                flag("checked", self.is_chosen(option)),
                flag("disabled", option.disabled),
                flag(
                    "required",
                    self.field.attributes.required && !self.is_checked
                ),
                id = escape(&id),
                name = escape(self.field.name()),
                value = escape(&option.value),
                label = escape(option.label()),
            );
        }
        html + "</fieldset>"
    }

    pub(super) fn tick_box(&self, notes: &str, described_by: &str) -> String {
        let own_value = self.field.ticked_value();
        let is_ticked = self.typed.is_some_and(|values| {
            values
                .iter()
                .any(|value| ticks(self.field, value) == Some(true))
        });
        let a = &self.field.attributes;
        let words = match self.field.kind {
            FieldKind::Consent => a.text.as_ref().map(|text| linked(text, &a.text_parts)),
            _ => None,
        };
        format!(
            "<div class=\"field\">{notes}<div class=\"choice\"><input type=\"checkbox\"{} value=\"{}\"{}{described_by}>\
             <label for=\"{}\">{}{}</label></div></div>",
            self.identity(),
            escape(own_value),
            flag("checked", is_ticked),
            escape(&control_id(self.field.name())),
            words.unwrap_or_else(|| escape(self.field.label())),
            optional_mark(self.field),
        )
    }

    /// The attributes `id`, `name`, `required` and `autocomplete`.
    pub(super) fn identity(&self) -> String {
        let name = self.field.name();
        [
            attribute("id", Some(&control_id(name))),
            attribute("name", Some(name)),
            self.required(),
            attribute(
                "autocomplete",
                self.field.attributes.autocomplete.as_deref(),
            ),
        ]
        .concat()
    }

    /// `required`; or `aria-required`, for screen readers alone, where the browser must not check it.
    fn required(&self) -> String {
        let is_required = self.field.attributes.required;
        if self.is_checked {
            attribute("aria-required", is_required.then_some("true"))
        } else {
            flag("required", is_required)
        }
    }

    pub(super) fn lengths(&self) -> String {
        let a = &self.field.attributes;
        let minlength = a.minlength.filter(|_| !self.is_checked);
        [("minlength", minlength), ("maxlength", a.maxlength)]
            .map(|(name, length)| attribute(name, length.map(|l| l.to_string()).as_deref()))
            .concat()
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self.typed {
            Some(values) => {
                let mut texts = values.iter().map(RawValue::text);
                texts.find(|text| !text.is_empty())
            }
            None => self.field.attributes.value.as_deref(),
        }
    }

    fn is_chosen(&self, option: &StoredOption) -> bool {
        match self.typed {
            Some(values) => values.iter().any(|value| value.text() == option.value),
            None => self.field.attributes.value.as_deref() == Some(&option.value),
        }
    }
}

pub(super) fn optional_mark(field: &Field) -> &'static str {
    // A range or colour control always has a value.
    let is_always_answered = matches!(field.kind, FieldKind::Range | FieldKind::Color);
    if field.attributes.required || is_always_answered {
        ""
    } else {
        " <span class=\"optional\">(optional)</span>"
    }
}
