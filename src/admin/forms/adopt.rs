//! Adds forms to the database that only KV has: those that `make seed` published before there was a table of forms.

use serde_json::json;

use crate::inbox::{FormsQuery, Query};
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind};

/// Adds the forms whose keys begin so. Returns whether there were any that the database had not.
///
/// # Errors
/// Also when there are more than [`MAX_PAGES`] of names: of a form all versions have to be known.
pub(super) async fn adopt<P: Platform>(platform: &P, key: &str) -> Result<bool, Fault> {
    let prefix = format!("form/{key}");
    let mut names = Vec::new();
    let mut cursor = None;
    for _ in 0..MAX_PAGES {
        let (page, next) = platform.form_names(&prefix, cursor).await?;
        names.extend(page);
        if next.is_none() {
            if names.is_empty() {
                return Ok(false);
            }
            let names = json!(names).to_string();
            let adopted = Query::Forms(FormsQuery::Adopt { names: &names });
            return Ok(!platform.query(&adopted).await?.is_empty());
        }
        cursor = next;
    }
    Err(Fault::new(FaultKind::Store, "KV has too many versions"))
}

/// Pages of names, 1,000 each, that are read at most.
const MAX_PAGES: u32 = 20;
