//! Which leads a list or an export contains, from the query: `form=`, `status=`, `folder=`, `q=`, `from=`, `to=`, `starred=`, `test=`.

use super::input::{invalid, violation};
use crate::form::FormKey;
use crate::inbox::{LeadStatus, Moment, Selection};
use crate::problem::{Problem, ProblemType, ViolationCode};

/// Reads it. Without `folder` the spam folder is left out, and without `test` tests are.
pub(super) fn read(query: &str) -> Result<Selection, Problem> {
    let mut selection = Selection {
        is_spam: Some(false),
        is_test: Some(false),
        ..Selection::default()
    };
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let value = &*value;
        let refuse = |message| invalid(&name, message);
        if value.is_empty() {
            continue;
        }
        match &*name {
            "form" => {
                let form = FormKey::parse(value).map_err(|_| refuse("This is no form key"))?;
                selection.form = Some(form);
            }
            "status" => selection.status = Some(status(value)?),
            "folder" => match value {
                "inbox" => selection.is_spam = Some(false),
                "spam" => selection.is_spam = Some(true),
                "all" => selection.is_spam = None,
                _ => return Err(refuse("A folder is inbox, spam or all")),
            },
            "from" => {
                let from = Moment::first_of(value).map_err(|_| refuse(NO_MOMENT))?;
                selection.from = Some(from);
            }
            "to" => selection.to = Some(Moment::last_of(value).map_err(|_| refuse(NO_MOMENT))?),
            "starred" => selection.is_starred = value == "1",
            "test" if value == "1" => {
                (selection.is_test, selection.is_spam) = (Some(true), None);
            }
            "q" => selection.search = searched(value)?,
            _ => {}
        }
    }
    if selection.form.is_none() && !selection.search.is_empty() {
        let message = "A search is of one form";
        return Err(violation("form", ViolationCode::ValueMissing, message));
    }
    Ok(selection)
}

/// The status of this name.
pub(super) fn status(text: &str) -> Result<LeadStatus, Problem> {
    LeadStatus::parse(text).map_err(|_| Problem::Other(ProblemType::LeadInvalidStatus))
}

fn searched(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.chars().count() > MAX_SEARCH_CHARACTERS {
        let message = "A search has at most 200 characters";
        return Err(violation("q", ViolationCode::TooLong, message));
    }
    Ok(text.to_lowercase())
}

const NO_MOMENT: &str = "This is no day or moment in UTC: 2026-11-21 or 2026-11-21T20:30Z";
/// The longest text to search for: characters.
const MAX_SEARCH_CHARACTERS: usize = 200;
