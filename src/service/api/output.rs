//! What a call answers.

use super::Api;
use crate::admin;
use crate::delivery;
use crate::envelope::Response;
use crate::inbox::{Cursor, Row};
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

/// A column of the rows of a list.
pub(super) enum Column {
    /// A text or NULL, under this name.
    Text(&'static str),
    /// A number, under this name.
    Number(&'static str),
    /// Not shown.
    Hidden,
}

/// A response with a page of a list: `{ "items": [...], "next": null | "..." }`. With `limit` rows the page is full: the next one
/// begins after the first two columns of the last row, the time and the id.
pub(super) fn rows(rows: &[Row], columns: &[Column], limit: u32) -> Response {
    object(200, |page| {
        page.array("items", rows, |text, row| {
            Object::write(text, |item| {
                for (column, value) in columns.iter().zip(row) {
                    let value = value.as_deref();
                    match column {
                        Column::Text(name) => item.optional(name, value),
                        Column::Number(name) => {
                            let number = value.and_then(|value| value.parse().ok());
                            item.number(name, number.unwrap_or_default());
                        }
                        Column::Hidden => {}
                    }
                }
            });
        });
        let is_full = u32::try_from(rows.len()).is_ok_and(|count| count >= limit);
        let last = rows.last().filter(|_| is_full);
        let next = match last.map(Vec::as_slice) {
            Some([Some(at), Some(id), ..]) => Some(Cursor::after(at, id).to_string()),
            _ => None,
        };
        page.optional("next", next.as_deref());
    })
}

/// The same of items that are no plain rows: `write` adds the members of the item at an index.
pub(super) fn list(
    count: usize,
    next: Option<&Cursor>,
    write: &dyn Fn(&mut Object<'_>, usize),
) -> Response {
    list_to(count, next, None, write)
}

/// The same of a search that reached so far back.
pub(super) fn list_to(
    count: usize,
    next: Option<&Cursor>,
    searched_to: Option<&str>,
    write: &dyn Fn(&mut Object<'_>, usize),
) -> Response {
    object(200, |page| {
        page.array("items", 0..count, |text, index| {
            Object::write(text, |item| write(item, index));
        });
        let next = next.map(ToString::to_string);
        page.optional("next", next.as_deref());
        page.given("searched_to", searched_to);
    })
}
