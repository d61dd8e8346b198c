//! A field that is one `<input>`: its type, and the constraint attributes that the browser checks.

use maud::{Markup, html};

use super::control::Control;
use crate::constraint::notation::Notation;
use crate::form::{Field, FieldKind};

/// Whether the field's control can be filled in partly, for example a date without its year. Browsers send that as an empty
/// value; only when they validate the form do they report it.
pub(super) fn can_be_incomplete(field: &Field) -> bool {
    let scale = field.rules.scale();
    scale.is_some_and(|scale| scale.notation != Notation::Number)
}

impl Control<'_> {
    pub(super) fn input(&self) -> Markup {
        let a = &self.field.attributes;
        let kind = self.field.kind;
        let notation = self.field.rules.scale().map(|scale| scale.notation);
        let dated = notation.filter(|_| can_be_incomplete(self.field));
        let is_readable = dated.is_none_or(|notation| {
            let text = self.text().unwrap_or_default();
            text.is_empty() || notation.parse(text).is_some()
        });
        let (control, mode) = match kind {
            // A number control with `1,500` in it sends an empty value. Not every numeric keyboard has a minus.
            FieldKind::Number if a.min.as_ref().is_some_and(|min| min.starts_with('-')) => {
                ("text", None)
            }
            FieldKind::Number => ("text", Some("decimal")),
            FieldKind::Email | FieldKind::Url if self.is_checked => ("text", Some(kind.as_str())),
            // A date control does not show a value that is not a date.
            _ if !is_readable => ("text", None),
            _ => (kind.as_str(), None),
        };
        let list = ["list-", self.field.name()].concat();
        let has_list = kind.has_suggestions() && !a.suggestions.is_empty();
        let has_bounds = kind != FieldKind::Number;
        let pattern = a.pattern.as_deref().filter(|_| !self.is_checked);
        // For browsers without this control, which show a text input; other browsers ignore both.
        let (pattern, example) = match dated {
            Some(notation) => (notation.pattern(), Some(notation.example())),
            None => (pattern, None),
        };
        // As the visitor would write it, since the page is read like that.
        let text = self.text().map(|text| match kind {
            FieldKind::Number => self.locale.editable(text),
            _ => text.to_owned(),
        });
        let bound = |value| Option::<&String>::filter(value, |_| has_bounds);
        html! {
            input type=(control) inputmode=[mode] id=(self.id()) name=(self.field.name()) required[self.required()]
                aria-required=[self.aria_required()] autocomplete=[&a.autocomplete] minlength=[self.minlength()]
                maxlength=[a.maxlength] value=[text] min=[bound(a.min.as_ref())] max=[bound(a.max.as_ref())]
                step=[bound(a.step.as_ref())] pattern=[pattern] title=[example.filter(|_| pattern.is_some())]
                placeholder=[a.placeholder.as_deref().or(example)] multiple[a.multiple && control == "email"]
                list=[has_list.then_some(&list)] aria-invalid=[self.invalid] aria-describedby=[&self.described_by];
            @if has_list {
                datalist id=(list) {
                    @for suggestion in &a.suggestions {
                        option value=(suggestion) {}
                    }
                }
            }
        }
    }
}
