//! Drafts of forms, and publishing them: [`save_draft`], [`check()`], [`publish`], [`unpublish`], [`list()`].
//!
//! The database decides: it has the draft, and gives out version numbers. Visitors read KV, which gets what is published.

mod adopt;
mod change;
mod draft;
mod list;

pub use change::{MAX_CHANGE_S, finish_interrupted, publish, unpublish, visible_to_all_by};
pub use draft::{MAX_DRAFT_BYTES, Saved, delete_draft, save_draft};
pub use list::list;

use serde_json::Value;

use super::read_all;
use crate::background::load_texts;
use crate::form::{
    self, Checked, DefinitionFault, FormKey, Hosts, Known, Record, hosts_of, read_definition,
};
use crate::inbox::{FormsQuery, Query, read_record};
use crate::platform::Platform;
use crate::problem::Fault;
use crate::texts::Wanted;

/// Why a form is not changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such form, or it has no draft.
    NotFound,
    /// What is published already, and nothing else, could be published.
    NothingToPublish,
    /// The draft is another one than the caller knows.
    Changed,
    /// The draft is larger than [`MAX_DRAFT_BYTES`].
    TooLarge,
    /// The definition has faults.
    Faults(Vec<DefinitionFault>),
    /// The form is being published or unpublished.
    Busy {
        /// Seconds after which to try again, at least 1.
        retry_after_s: u64,
    },
    /// The service has failed.
    Fault(Fault),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// What the database knows of a form. Reads a form that only KV has into the database.
pub async fn find<P: Platform>(platform: &P, key: &FormKey) -> Result<Record, Fault> {
    let query = Query::Forms(FormsQuery::One { form: key });
    for is_adopted in [false, true] {
        let rows = platform.query(&query).await?;
        if let Some(record) = read_all(&rows, read_record)?.pop() {
            return Ok(record);
        }
        if is_adopted || !adopt::adopt(platform, key.as_str()).await? {
            break;
        }
    }
    Ok(Record::default())
}

/// The definition that was published last; `None` for a form that was never published.
pub async fn published<P: Platform>(
    platform: &P,
    key: &FormKey,
    record: &Record,
) -> Result<Option<String>, Fault> {
    match record.version {
        Some(version) => platform.stored_form(&key.version_kv_name(version)).await,
        None => Ok(None),
    }
}

/// The draft of a form, or else what was published last, if it has no faults.
///
/// # Errors
/// See [`Refusal`].
pub async fn newest<P: Platform>(
    platform: &P,
    key: &FormKey,
    record: &Record,
) -> Result<Checked, Refusal> {
    let stored;
    let text = match &record.draft {
        Some(draft) => draft,
        None => {
            stored = published(platform, key, record).await?;
            stored.as_ref().ok_or(Refusal::NotFound)?
        }
    };
    let checked = check(platform, text, Some(key)).await;
    checked.map_err(Refusal::Faults)
}

/// Checks a definition as publishing does; stores nothing. `key` is the one it must have.
///
/// # Errors
/// All faults, each with its JSON path; of a text that is no JSON its position.
pub async fn check<P: Platform>(
    platform: &P,
    text: &str,
    key: Option<&FormKey>,
) -> Result<Checked, Vec<DefinitionFault>> {
    let definition = read_definition(text).map_err(|fault| vec![fault])?;
    // What visitors get of it has the usual texts in its language.
    let by_form = definition.get("locale").and_then(Value::as_str);
    let wanted = Wanted {
        by_form,
        by_browser: None,
    };
    load_texts(platform, wanted).await;
    let hosts = hosts_of(&definition);
    let hosts = match hosts.is_empty() {
        true => Hosts::default(),
        false => Hosts::new(platform.look_up_hosts(hosts).await),
    };
    let known = Known {
        hosts: &hosts,
        has_signing_key: platform.isolate().keys().is_some(),
        key,
    };
    form::check(definition, &known)
}
