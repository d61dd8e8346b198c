//! One field as HTML: label, hint, error, control. The widget renders the same structure.

use maud::{Markup, html};

use super::control::{Control, linked, optional_mark};
use crate::form::{Field, FieldKind};
use crate::submission::RawValue;
use crate::texts::{self, Locale};

/// Renders a field with the values typed (`None` for an empty form) and its errors. With `is_checked` the browser validates the
/// form before it sends it; then the field has only those constraint attributes that need the browser, see
/// [`can_be_incomplete`](super::input::can_be_incomplete).
pub(super) fn render(
    field: &Field,
    typed: Option<&[RawValue]>,
    errors: &[&str],
    is_checked: bool,
    locale: Locale<'_>,
) -> Markup {
    if field.kind == FieldKind::Hidden {
        let value = typed.map_or(field.attributes.value.as_deref(), |values| {
            values.first().map(RawValue::text)
        });
        return hidden(field.name(), value);
    }
    if field.kind == FieldKind::Heading {
        return html! {
            h2 class="section" { (field.label()) }
            (notes(field, errors, locale))
        };
    }
    let control = Control {
        field,
        typed,
        is_checked,
        locale,
        invalid: (!errors.is_empty()).then_some("true"),
        described_by: described_by(field, errors),
    };
    let notes = notes(field, errors, locale);
    let input = match field.kind {
        FieldKind::Radio | FieldKind::Checkboxes => return control.choices(&notes),
        FieldKind::Checkbox | FieldKind::Consent => return control.tick_box(&notes),
        FieldKind::Select => control.select(),
        FieldKind::Textarea => control.textarea(),
        _ => control.input(),
    };
    html! {
        div class=(control.class()) {
            label for=(control.id()) { (field.label()) (optional_mark(field, locale)) }
            (notes)
            (input)
        }
    }
}

/// An input that the visitor does not see.
pub(super) fn hidden(name: &str, value: Option<&str>) -> Markup {
    html! { input type="hidden" name=(name) value=[value]; }
}

fn notes(field: &Field, errors: &[&str], locale: Locale<'_>) -> Markup {
    let name = field.name();
    html! {
        @if let Some(hint) = &field.attributes.hint {
            p class="hint" id=[field.has_value().then(|| ["hint-", name].concat())] { (linked(hint, &field.attributes.hint_parts)) }
        }
        @if !errors.is_empty() {
            p class="error" id={ "error-" (name) } {
                span class="visually-hidden" { (locale.text(texts::ERROR_PREFIX)) } " " (errors.join(". "))
            }
        }
    }
}

/// The ids of the notes.
fn described_by(field: &Field, errors: &[&str]) -> Option<String> {
    let ids = [
        ("hint-", field.attributes.hint.is_some()),
        ("error-", !errors.is_empty()),
    ];
    let ids: Vec<String> = ids
        .into_iter()
        .filter(|(_, exists)| *exists)
        .map(|(prefix, _)| [prefix, field.name()].concat())
        .collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}
