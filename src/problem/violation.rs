//! [`Violation`]: why a value is refused, by the names of HTML's `ValidityState`.

/// Why a value is refused. The first nine are the flags of HTML's `ValidityState`:
/// <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#validitystate>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ViolationCode {
    /// Required, and the value is empty.
    ValueMissing,
    /// Not an e-mail address, not a URL.
    TypeMismatch,
    /// Does not match the field's `pattern`.
    PatternMismatch,
    /// More UTF-16 code units than `maxlength`.
    TooLong,
    /// Fewer UTF-16 code units than `minlength`.
    TooShort,
    /// Below `min`.
    RangeUnderflow,
    /// Above `max`.
    RangeOverflow,
    /// Not on a step.
    StepMismatch,
    /// Cannot be read as a value of the field's kind at all.
    BadInput,
    /// Not one of the options offered.
    UnknownOption,
    /// More values than the field, or the form, takes.
    TooMany,
}

impl ViolationCode {
    /// Every code, those of `ValidityState` first, in its order.
    pub const ALL: &[Self] = &[
        Self::ValueMissing,
        Self::TypeMismatch,
        Self::PatternMismatch,
        Self::TooLong,
        Self::TooShort,
        Self::RangeUnderflow,
        Self::RangeOverflow,
        Self::StepMismatch,
        Self::BadInput,
        Self::UnknownOption,
        Self::TooMany,
    ];

    /// The code on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ValueMissing => "value_missing",
            Self::TypeMismatch => "type_mismatch",
            Self::PatternMismatch => "pattern_mismatch",
            Self::TooLong => "too_long",
            Self::TooShort => "too_short",
            Self::RangeUnderflow => "range_underflow",
            Self::RangeOverflow => "range_overflow",
            Self::StepMismatch => "step_mismatch",
            Self::BadInput => "bad_input",
            Self::UnknownOption => "unknown_option",
            Self::TooMany => "too_many",
        }
    }

    /// Parses the code on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}

/// Several codes, each once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ViolationCodes(u16);

impl ViolationCodes {
    /// Adds a code.
    pub fn insert(&mut self, code: ViolationCode) {
        self.0 |= 1 << code as u16;
    }

    /// Adds the code of a failed check.
    pub fn note(&mut self, checked: Result<(), ViolationCode>) {
        if let Err(code) = checked {
            self.insert(code);
        }
    }

    /// Whether there is no code.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The codes, in the order of [`ViolationCode::ALL`].
    pub fn iter(self) -> impl Iterator<Item = ViolationCode> {
        let all = ViolationCode::ALL.iter().copied();
        all.filter(move |&code| self.0 & (1 << code as u16) != 0)
    }
}

/// A refused value: its field, the code, and a message for the visitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The field's name; `None` when the violation is of the submission as a whole.
    pub field: Option<String>,
    /// Why.
    pub code: ViolationCode,
    /// One sentence for the visitor; never contains the value.
    pub message: String,
}

impl Violation {
    /// A violation of one field.
    pub fn of_field(field: &str, code: ViolationCode, message: String) -> Self {
        Self {
            field: Some(field.to_owned()),
            code,
            message,
        }
    }

    /// A violation of the submission as a whole.
    pub fn of_form(code: ViolationCode, message: &str) -> Self {
        Self {
            field: None,
            code,
            message: message.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_parsed_from_its_wire_form() {
        for &code in ViolationCode::ALL {
            assert_eq!(ViolationCode::parse(code.as_str()), Some(code));
        }
        assert_eq!(ViolationCode::parse("custom_error"), None);
    }

    #[test]
    fn a_set_holds_each_code_once_and_in_order() {
        let mut codes = ViolationCodes::default();
        assert!(codes.is_empty());
        codes.note(Err(ViolationCode::TooMany));
        codes.note(Err(ViolationCode::TooLong));
        codes.note(Err(ViolationCode::TooLong));
        codes.note(Ok(()));
        let held: Vec<ViolationCode> = codes.iter().collect();
        assert_eq!(held, [ViolationCode::TooLong, ViolationCode::TooMany]);
    }
}
