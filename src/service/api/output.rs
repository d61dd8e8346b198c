//! What a call answers.

use super::Api;
use crate::admin;
use crate::delivery;
use crate::envelope::Response;
use crate::inbox::Cursor;
use crate::json::Object;
use crate::platform::Platform;
use crate::problem::{Fault, Problem};

impl<P: Platform> Api<'_, P> {
    /// Adds a row to the audit. A fault is only logged: the change is made, and the caller must not repeat it.
    pub(super) async fn note(&self, action: &'static str, object: &str, count: u32) {
        let noted = admin::note(self.platform, &self.identity, action, object, count).await;
        self.faults.borrow_mut().extend(noted.err());
    }

    /// Keeps a fault of ours for the log; the caller learns only when to try again.
    pub(super) fn unavailable(&self, fault: Fault) -> Problem {
        self.faults.borrow_mut().push(fault);
        Problem::Unavailable {
            retry_after_s: delivery::RETRY_AFTER_S,
        }
    }
}

/// A response with a JSON object; `members` adds its members.
pub(super) fn object(status: u16, members: impl FnOnce(&mut Object<'_>)) -> Response {
    let mut text = String::new();
    Object::write(&mut text, members);
    Response::json(status, text)
}

/// A response with a page of a list: `{ "items": [...], "next": null | "..." }`; `write` adds the members of an item.
pub(super) fn list<T>(
    items: &[T],
    next: Option<&Cursor>,
    write: impl Fn(&mut Object<'_>, &T),
) -> Response {
    object(200, |page| {
        page.array("items", items, |text, item| {
            Object::write(text, |object| write(object, item));
        });
        let next = next.map(ToString::to_string);
        page.optional("next", next.as_deref());
    })
}
