//! Parses stored JSON to a [`FormDefinition`]; one fault refuses the whole definition.
//!
//! [`check()`] finds what is wrong with a definition, [`Checked::number`] numbers it for publishing. The [`Rules`] of a field check its values. The [`FormCache`] keeps
//! the definitions one isolate has read. `background` reads KV; `submission` applies the rules to what a visitor sent.

mod address;
mod advice;
mod cache;
mod check;
mod contrast;
mod definition;
mod fault;
mod field;
mod hosts;
mod key;
mod kind;
mod known_names;
mod link;
mod locale;
mod mistakes;
mod publication;
mod read;
mod record;
mod review;
mod rules;
mod scale;
mod spam_policy;
mod stored;
mod stored_field;
mod stored_policy;
mod syntax;
mod theme;
mod trap;

pub use cache::{CURRENT, FRESH_FOR_MS, FormCache, Found, FoundVersion, MAX_CACHED_FORMS};
pub use definition::FormDefinition;
pub use fault::DefinitionFault;
pub use field::{Consent, Field};
pub use hosts::{HostFacts, Hosts, hosts_of};
pub use key::{
    FormKey, InvalidFieldName, InvalidFormKey, MAX_FIELD_NAME_BYTES, MAX_FORM_KEY_BYTES,
    check_field_name, is_prototype_name,
};
pub use kind::FieldKind;
pub use link::TextPart;
pub use locale::MAX_LOCALE_BYTES;
#[cfg(not(target_arch = "wasm32"))]
pub use publication::publish;
pub use publication::{Checked, Known, Publication, check, content_hash, read_definition};
pub use record::{FormStatus, Record, Writing};
pub use rules::Rules;
pub use scale::Scale;
pub use stored::{BYTE_ORDER_MARK, OnSuccess, UnknownFields, VisitorAddress};
pub use stored_field::{MAX_SUGGESTIONS, StoredField, StoredOption, Width};
pub use theme::{INHERIT, MAX_RADIUS_PX, Scheme, Surface, Theme};
