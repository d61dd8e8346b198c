//! The controls of a field that are not one `<input>` with a value: text area, select, radio buttons and checkboxes.

use maud::{Markup, html};

use crate::form::{Field, FieldKind, StoredOption, TextPart, Width};
use crate::submission::{RawValue, ticks};
use crate::texts::{self, Locale};

/// The id that the error summary links to; `None` for a hidden field.
pub(super) fn link_target(field: &Field) -> Option<String> {
    (field.kind != FieldKind::Hidden).then(|| control_id(field.name()))
}

pub(super) fn control_id(name: &str) -> String {
    format!("field-{name}")
}

/// A field whose control is rendered, with the values typed. The methods without [`Markup`] are attributes that several
/// controls have.
pub(super) struct Control<'a> {
    pub(super) field: &'a Field,
    pub(super) typed: Option<&'a [RawValue]>,
    pub(super) is_checked: bool,
    pub(super) locale: Locale<'a>,
    /// `aria-invalid`.
    pub(super) invalid: Option<&'static str>,
    /// `aria-describedby`.
    pub(super) described_by: Option<String>,
}

impl Control<'_> {
    pub(super) fn textarea(&self) -> Markup {
        let a = &self.field.attributes;
        html! {
            textarea rows="5" id=(self.id()) name=(self.field.name()) required[self.required()]
                aria-required=[self.aria_required()] autocomplete=[&a.autocomplete] minlength=[self.minlength()]
                maxlength=[a.maxlength] placeholder=[&a.placeholder] aria-invalid=[self.invalid]
                aria-describedby=[&self.described_by] {
                // The HTML parser drops one newline after the tag, so one is added.
                "\n" (self.text().unwrap_or_default())
            }
        }
    }

    pub(super) fn select(&self) -> Markup {
        let a = &self.field.attributes;
        let multiple = self.field.takes_many();
        let offers_nothing = a.options.iter().any(|option| option.value.is_empty());
        html! {
            select id=(self.id()) name=(self.field.name()) required[self.required()] aria-required=[self.aria_required()]
                autocomplete=[&a.autocomplete] multiple[multiple] aria-invalid=[self.invalid]
                aria-describedby=[&self.described_by] {
                @if !multiple && !offers_nothing {
                    option value="" { (self.locale.text(texts::CHOOSE)) }
                }
                @for options in a.options.chunk_by(|one, next| one.group == next.group) {
                    @match options.first().and_then(|option| option.group.as_deref()) {
                        Some(group) => optgroup label=(group) { (self.options(options)) },
                        None => (self.options(options)),
                    }
                }
            }
        }
    }

    fn options(&self, options: &[StoredOption]) -> Markup {
        html! {
            @for option in options {
                option value=(option.value) selected[self.is_chosen(option)] disabled[option.disabled] {
                    (option.label())
                }
            }
        }
    }

    /// Radio buttons, or checkboxes of one name. Without a role, a fieldset is a group, which can be neither required nor
    /// invalid for screen readers; so its checkboxes are. Browsers have no rule that one of several has to be ticked.
    pub(super) fn choices(&self, notes: &Markup) -> Markup {
        let name = self.field.name();
        let is_radio = self.field.kind == FieldKind::Radio;
        let kind = if is_radio { "radio" } else { "checkbox" };
        html! {
            fieldset class=(self.class()) role=[is_radio.then_some("radiogroup")]
                aria-required=[self.aria_required().filter(|_| is_radio)] aria-invalid=[self.invalid.filter(|_| is_radio)]
                aria-describedby=[&self.described_by] {
                legend { (self.field.label()) (optional_mark(self.field, self.locale)) }
                (notes)
                @for (index, option) in self.field.attributes.options.iter().enumerate() {
                    @let id = match index {
                        0 => self.id(),
                        // Not `field-…`: this name with a number may be another field's name.
                        _ => format!("option-{name}-{index}"),
                    };
                    div class="choice" {
                        input type=(kind) id=(id) name=(name) value=(option.value) checked[self.is_chosen(option)]
                            disabled[option.disabled] required[is_radio && self.required()]
                            aria-invalid=[self.invalid.filter(|_| !is_radio)];
                        label for=(id) { (option.label()) }
                    }
                }
            }
        }
    }

    pub(super) fn tick_box(&self, notes: &Markup) -> Markup {
        let a = &self.field.attributes;
        let is_ticked = self.typed.is_some_and(|values| {
            values
                .iter()
                .any(|value| ticks(self.field, value) == Some(true))
        });
        html! {
            div class=(self.class()) {
                (notes)
                div class="choice" {
                    input type="checkbox" id=(self.id()) name=(self.field.name()) required[self.required()]
                        aria-required=[self.aria_required()] autocomplete=[&a.autocomplete]
                        value=(self.field.ticked_value()) checked[is_ticked] aria-invalid=[self.invalid]
                        aria-describedby=[&self.described_by];
                    label for=(self.id()) {
                        @match &a.text {
                            Some(text) if self.field.kind == FieldKind::Consent => (linked(text, &a.text_parts)),
                            _ => (self.field.label()),
                        }
                        (optional_mark(self.field, self.locale))
                    }
                }
            }
        }
    }

    pub(super) fn class(&self) -> &'static str {
        match self.field.attributes.width {
            Some(Width::Half) => "field half",
            _ => "field",
        }
    }

    pub(super) fn id(&self) -> String {
        control_id(self.field.name())
    }

    pub(super) fn required(&self) -> bool {
        self.field.attributes.required && !self.is_checked
    }

    /// For screen readers alone, where the browser must not check it.
    pub(super) fn aria_required(&self) -> Option<&'static str> {
        (self.field.attributes.required && self.is_checked).then_some("true")
    }

    pub(super) fn minlength(&self) -> Option<u32> {
        self.field.attributes.minlength.filter(|_| !self.is_checked)
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

pub(super) fn optional_mark(field: &Field, locale: Locale<'_>) -> Markup {
    // A range or colour control always has a value.
    let is_always_answered = matches!(field.kind, FieldKind::Range | FieldKind::Color);
    html! {
        @if !field.attributes.required && !is_always_answered {
            " " span class="optional" { (locale.text(texts::OPTIONAL)) }
        }
    }
}

/// A text with its links, which open in a new tab, so that what was typed is kept.
pub(super) fn linked(text: &str, parts: &[TextPart]) -> Markup {
    html! {
        @if parts.is_empty() { (text) }
        @for part in parts {
            @match &part.href {
                Some(href) => a target="_blank" rel="noopener" href=(href) { (part.text) },
                None => (part.text),
            }
        }
    }
}
