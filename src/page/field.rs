//! One field as HTML: label, hint, error, control. The widget renders the same structure.

use std::fmt::Write;

use super::control::{Control, control_id, optional_mark};
use super::html::{attribute, escape, linked};
use crate::form::{Field, FieldKind};
use crate::submission::RawValue;

/// Renders a field with the values typed (`None` for an empty form) and its errors. With `is_checked` the browser validates the
/// form before it sends it; then the field has only those constraint attributes that need the browser, see
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
