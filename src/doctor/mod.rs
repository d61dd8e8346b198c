//! Explains whether a page of an address may embed a form, and what to change if it may not: `GET /v1/forms/{key}/doctor?url=`.
//!
//! The verdict is that of [`crate::embed::check`] on a submission from the page. The page itself is not requested. What the
//! response contains about the form is public: the hosted page's `frame-ancestors` lists the same origins.

mod address;
mod advice;
mod services;

use serde_json::{Value, json};

use crate::embed;
use crate::form::FormDefinition;
use crate::problem::EmbedReason;
use address::PageAddress;

/// The verdict on one address, with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The form key.
    pub form: String,
    /// The page's origin; `None` when the address has none.
    pub origin: Option<String>,
    /// Whether a page there may embed the form.
    pub is_allowed: bool,
    /// The entry of `allowed_origins` that allows it; `None` also for a page of the service itself.
    pub matched: Option<String>,
    /// The `details.reason` of a refused submission, or `address_unreadable`; `None` when it is allowed.
    pub reason: Option<&'static str>,
    /// The line to add to `allowed_origins`; `None` when it is allowed or no line would help.
    pub add: Option<String>,
    /// Explanations, in sentences.
    pub notes: Vec<String>,
    /// What a `Content-Security-Policy` of the page has to contain for the widget, the hosted page in a frame, and a plain form.
    pub policies: [String; 3],
}

/// The address in the query, `?url=`; `None` when there is none. Beyond [`MAX_ADDRESS_BYTES`] it is cut: the origin comes first.
pub fn address_in(query: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, url) = pairs.find(|(name, _)| name == "url")?;
    let end = url.floor_char_boundary(MAX_ADDRESS_BYTES);
    url.get(..end)
        .filter(|url| !url.is_empty())
        .map(str::to_owned)
}

/// Diagnoses an address. `own_origin` is the origin of the service.
pub fn diagnose(address: &str, own_origin: &str, form: &FormDefinition) -> Diagnosis {
    let allowed = &form.allowed_origins;
    let page = PageAddress::read(address);
    let mut diagnosis = Diagnosis {
        form: form.key.to_string(),
        origin: None,
        is_allowed: false,
        matched: None,
        reason: Some("address_unreadable"),
        add: None,
        notes: Vec::new(),
        policies: policies(own_origin, form),
    };
    match &page {
        PageAddress::Page {
            origin,
            ends_in_dot,
        } => {
            let text = origin.to_string();
            let without_dot = embed::check(Some(&text), own_origin, allowed);
            diagnosis.is_allowed = !form.enforces_origins || without_dot.is_ok() && !ends_in_dot;
            diagnosis.reason = match diagnosis.is_allowed {
                true => None,
                false => Some(EmbedReason::OriginNotAllowed.as_str()),
            };
            let matched = allowed.iter().find(|entry| entry.allows(origin));
            diagnosis.matched = matched.map(ToString::to_string);
            if without_dot.is_err() {
                diagnosis.add = Some(text.clone());
            }
            diagnosis.notes = advice::of_page(origin, *ends_in_dot, own_origin, allowed);
            if !form.enforces_origins {
                diagnosis.notes.push(NOT_ENFORCED.to_owned());
            }
            diagnosis.origin = Some(text);
        }
        PageAddress::File | PageAddress::NoOrigin => {
            diagnosis.reason = Some(EmbedReason::OriginNull.as_str());
        }
        PageAddress::OtherScheme => {
            diagnosis.reason = Some(EmbedReason::OriginNotAllowed.as_str());
        }
        PageAddress::Unreadable => {}
    }
    diagnosis
        .notes
        .extend(advice::of_address(&page).map(str::to_owned));
    diagnosis
}

impl Diagnosis {
    /// The diagnosis as JSON.
    pub fn to_json(&self) -> Value {
        let [widget, frame, plain_form] = &self.policies;
        json!({
            "form": self.form,
            "origin": self.origin,
            "allowed": self.is_allowed,
            "matched": self.matched,
            "reason": self.reason,
            "add": self.add,
            "notes": self.notes,
            "content_security_policy": { "widget": widget, "frame": frame, "plain_form": plain_form },
        })
    }
}

/// What each kind of embedding needs. The widget styles itself by constructable style sheets, which no policy restricts.
fn policies(own_origin: &str, form: &FormDefinition) -> [String; 3] {
    let mut form_action = format!("form-action {own_origin}");
    // `form-action` also restricts where the response to a form leads.
    let redirect = form.redirect.as_deref().map(PageAddress::read);
    if let Some(PageAddress::Page { origin, .. }) = redirect {
        form_action.push(' ');
        form_action.push_str(&origin.to_string());
    }
    [
        format!("script-src {own_origin}; connect-src {own_origin}"),
        format!("frame-src {own_origin}"),
        form_action,
    ]
}

const NOT_ENFORCED: &str = "The form does not enforce its allowed origins (enforce_origins is false): submissions from every page \
    are taken, and those that would be refused are counted.";
/// How much of an address is read: bytes.
pub const MAX_ADDRESS_BYTES: usize = 2_000;

#[cfg(test)]
#[path = "doctor_tests.rs"]
mod tests;
