//! What a form is: stored JSON to [`FormDefinition`], refused whole if any part of it is wrong.
//!
//! A definition is checked and numbered by [`publish`]; the [`Rules`] of its fields say what a value may be; the isolate's
//! [`FormCache`] keeps those it has met. Reading KV is `background`'s; looking at what was sent is `submission`'s.

mod address;
mod advice;
mod cache;
mod check;
mod definition;
mod fault;
mod field;
mod key;
mod kind;
mod link;
mod locale;
mod mistakes;
mod publication;
mod read;
mod rules;
mod scale;
mod stored;
mod stored_field;
mod syntax;

pub use cache::{CURRENT, FormCache, Found, FoundVersion, MAX_CACHED_FORMS};
pub use definition::FormDefinition;
pub use fault::DefinitionFault;
pub use field::{Consent, Field};
pub use key::{
    FormKey, InvalidFieldName, InvalidFormKey, MAX_FIELD_NAME_BYTES, MAX_FORM_KEY_BYTES,
    check_field_name, is_prototype_name,
};
pub use kind::FieldKind;
pub use link::TextPart;
pub use locale::MAX_LOCALE_BYTES;
pub use publication::{Publication, publish};
pub use rules::Rules;
pub use scale::Scale;
pub use stored::{OnSuccess, UnknownFields, VisitorAddress};
pub use stored_field::{StoredField, StoredOption};
