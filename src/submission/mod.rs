//! Decodes a body to a [`RawSubmission`] and validates that to a [`Submission`] by the form's rules.
//!
//! There is one decoder per encoding; all have the same limits. All violations are reported at once. Values are
//! personal data: no `Debug` here prints one.

mod attribution;
mod body;
mod check;
mod extras;
mod finding;
mod json;
mod latin1;
mod media_type;
mod message;
mod multipart;
mod numbers;
mod page_values;
mod raw;
mod surrogate;
mod urlencoded;
mod validate;
mod validated;

pub use attribution::{
    ATTRIBUTION_NAMES, Attribution, CAMPAIGN_NAMES, FIRST_TOUCH_NAME, LAST_TOUCH_NAME,
    MAX_ADDRESS_BYTES, MAX_CAMPAIGN_BYTES, MAX_TOUCH_BYTES, PAGE_NAME, REFERRER_NAME, TOUCH_NAMES,
    Touch, touch_of_query,
};
pub use body::{BodyFault, MAX_BODY_BYTES, RequestBody, decode, read};
pub use check::ticks;
pub use extras::{MAX_EXTRA_BYTES, MAX_EXTRAS, MAX_EXTRAS_BYTES};
pub use finding::{Finding, refusal};
pub use media_type::MediaType;
pub use message::message;
pub use page_values::{KEY_NAME, PROOF_NAME, TEST_NAME, TICKET_NAME, VERSION_NAME};
pub use raw::{MAX_NAME_BYTES, MAX_VALUE_BYTES, MAX_VALUES, RawSubmission, RawValue, Unusable};
pub(crate) use urlencoded::of_query;
pub use validate::{validate, validate_seen};
pub use validated::{FieldValue, Submission};
