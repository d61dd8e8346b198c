//! [`Scale`]: the rules of the kinds with ordered values: numbers, dates and times.

use std::borrow::Cow;

use super::stored_field::StoredField;
use crate::constraint::bounds::Bounds;
use crate::constraint::decimal::Decimal;
use crate::constraint::notation::Notation;
use crate::constraint::step::Steps;
use crate::problem::{ViolationCode, ViolationCodes};

/// The notation, bounds and steps of ordered values.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// How a value is written.
    pub notation: Notation,
    /// The least and the greatest value.
    pub bounds: Bounds,
    /// The steps between allowed values; `None` allows all.
    pub steps: Option<Steps>,
}

impl Scale {
    /// The value in its normal form, and all its violations.
    pub(super) fn read<'a>(&self, sent: &'a str, codes: &mut ViolationCodes) -> Cow<'a, str> {
        let Some(number) = self.notation.parse(sent) else {
            codes.insert(ViolationCode::BadInput);
            return "".into();
        };
        codes.note(self.bounds.check_min(number));
        codes.note(self.bounds.check_max(number));
        if let Some(steps) = self.steps {
            codes.note(steps.check(number));
        }
        // Of these kinds, browsers normalise only the value of `datetime-local`.
        if self.notation == Notation::Local {
            self.notation.write(number).into()
        } else {
            sent.into()
        }
    }

    /// Compiles `min`, `max`, `step` and the default; calls `fault` with the name of each invalid one, and the reason.
    pub(super) fn compile(
        attributes: &StoredField,
        notation: Notation,
        fault: &mut dyn FnMut(&str, String),
    ) -> Self {
        let mut bound = |name: &str, text: &Option<String>| {
            let number = notation.parse(text.as_deref()?);
            if number.is_none() {
                fault(name, format!("must be written like {}", notation.example()));
            }
            number
        };
        let bounds = Bounds {
            min: bound("min", &attributes.min),
            max: bound("max", &attributes.max),
            is_periodic: notation == Notation::Time,
        };
        if bounds.are_reversed() && !bounds.is_periodic {
            fault("min", "is over max".to_owned());
        }
        let step = match attributes.step.as_deref() {
            None => Some(notation.default_step()),
            Some(text) if text.eq_ignore_ascii_case("any") => None,
            Some(text) => {
                let step = notation.parse_step(text);
                if step.is_none() {
                    let finest = match notation {
                        Notation::Number => "a number above 0",
                        Notation::Time | Notation::Local => "a number of seconds from 0.001 up",
                        Notation::Date | Notation::Month | Notation::Week => {
                            "a whole number above 0"
                        }
                    };
                    fault("step", format!("must be {finest}, or any"));
                }
                step
            }
        };
        let default = || {
            attributes
                .value
                .as_deref()
                .and_then(|text| notation.parse(text))
        };
        let base = bounds.min.or_else(default).unwrap_or(Decimal::whole(0));
        let steps = step.map(|step| Steps {
            step,
            base,
            is_forgiving: notation == Notation::Number,
        });
        Self {
            notation,
            bounds,
            steps,
        }
    }
}
