//! One field as HTML: label, hint, error, control. The widget renders the same structure.

use std::fmt::Write;

use super::html::{attribute, escape, flag, linked};
use crate::form::{Field, FieldKind, StoredOption};
use crate::submission::{RawValue, ticks};

/// The field, with what was typed (`None` before anything was) and what is wrong with it. `is_checked` says that the browser
/// checks the form before it sends it: then nothing is asked of it but what it alone can know, see
/// [`can_be_incomplete`](super::input::can_be_incomplete).
pub(super) fn render(
    field: &Field,
    typed: Option<&[RawValue]>,
    errors: &[&str],
    is_checked: bool,
) -> String {
    if field.kind == FieldKind::Hidden {
        let value = typed.map_or(field.attributes.value.as_deref(), |values| {
            values.first().map(RawValue::text)
        });
        let name = attribute("name", Some(field.name()));
        return format!("<input type=\"hidden\"{name}{}>", attribute("value", value));
    }
    let control = Control {
        field,
        typed,
        is_checked,
    };
    let notes = notes(field, errors);
    let described_by = described_by(field, errors);
    match field.kind {
        FieldKind::Radio => control.radio_group(&notes, &described_by),
        FieldKind::Checkbox | FieldKind::Consent => control.tick_box(&notes, &described_by),
        _ => {
            let label = format!(
                "<label for=\"{}\">{}{}</label>",
                escape(&control_id(field.name())),
                escape(field.label()),
                optional_mark(field)
            );
            let control = match field.kind {
                FieldKind::Select => control.select(&described_by),
                FieldKind::Textarea => control.textarea(&described_by),
                _ => control.input(&described_by),
            };
            format!("<div class=\"field\">{label}{notes}{control}</div>")
        }
    }
}

/// Where a link in the error summary leads, if the visitor can get there.
pub(super) fn link_target(field: &Field) -> Option<String> {
    (field.kind != FieldKind::Hidden).then(|| control_id(field.name()))
}

fn control_id(name: &str) -> String {
    format!("field-{name}")
}

pub(super) struct Control<'a> {
    pub(super) field: &'a Field,
    typed: Option<&'a [RawValue]>,
    pub(super) is_checked: bool,
}

impl Control<'_> {
    fn textarea(&self, described_by: &str) -> String {
        // The parser drops one newline after the tag, so that one is written.
        format!(
            "<textarea rows=\"5\"{}{}{}{described_by}>\n{}</textarea>",
            self.identity(),
            self.lengths(),
            attribute("placeholder", self.field.attributes.placeholder.as_deref()),
            escape(self.text().unwrap_or_default()),
        )
    }

    fn select(&self, described_by: &str) -> String {
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

    fn radio_group(&self, notes: &str, described_by: &str) -> String {
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
                // Not `field-…`: another field may be called what this one's name and a number make.
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

    fn tick_box(&self, notes: &str, described_by: &str) -> String {
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

    /// `id`, `name`, `required`, `autocomplete`.
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

    /// That it is required, to the browser or only to who has the page read out.
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

fn optional_mark(field: &Field) -> &'static str {
    // A slider or a colour always has a value.
    let is_always_answered = matches!(field.kind, FieldKind::Range | FieldKind::Color);
    if field.attributes.required || is_always_answered {
        ""
    } else {
        " <span class=\"optional\">(optional)</span>"
    }
}

fn notes(field: &Field, errors: &[&str]) -> String {
    let name = escape(field.name());
    let mut html = String::new();
    if let Some(hint) = &field.attributes.hint {
        let _ = write!(
            html,
            "<p class=\"hint\" id=\"hint-{name}\">{}</p>",
            linked(hint, &field.attributes.hint_parts)
        );
    }
    if !errors.is_empty() {
        let _ = write!(
            html,
            "<p class=\"error\" id=\"error-{name}\"><span class=\"visually-hidden\">Error:</span> {}</p>",
            escape(&errors.join(". "))
        );
    }
    html
}

fn described_by(field: &Field, errors: &[&str]) -> String {
    let name = field.name();
    let mut ids = Vec::new();
    if field.attributes.hint.is_some() {
        ids.push(format!("hint-{name}"));
    }
    let mut attributes = String::new();
    if !errors.is_empty() {
        ids.push(format!("error-{name}"));
        attributes.push_str(" aria-invalid=\"true\"");
    }
    if !ids.is_empty() {
        attributes.push_str(&attribute("aria-describedby", Some(&ids.join(" "))));
    }
    attributes
}
