//! Drafts: what an owner is working on, whether or not it can be published.

use super::{Refusal, check};
use crate::form::{BYTE_ORDER_MARK, Checked, DefinitionFault, FormKey, Record, read_definition};
use crate::hash::{hex, sha256};
use crate::inbox::{FormsQuery, Query};
use crate::platform::Platform;

/// The entity tag of a draft, quoted (RFC 9110 section 8.8.3), and what `check` finds in it.
pub type Saved = (String, Result<Checked, Vec<DefinitionFault>>);

/// Stores a draft, also one with faults. `if_match` is the header `If-Match`; a draft that is there is replaced only when it has
/// that tag.
///
/// # Errors
/// It is no JSON object, too large, or the draft that is there is another one.
pub async fn save_draft<P: Platform>(
    platform: &P,
    key: &FormKey,
    record: &Record,
    text: &str,
    if_match: Option<&str>,
) -> Result<Saved, Refusal> {
    if text.len() > MAX_DRAFT_BYTES {
        return Err(Refusal::TooLarge);
    }
    let text = text.trim_start_matches(BYTE_ORDER_MARK);
    if let Err(fault) = read_definition(text) {
        return Err(Refusal::Faults(vec![fault]));
    }
    let tag = tag_of(text);
    if record.draft_tag != tag && !matches(if_match, &record.draft_tag) {
        return Err(Refusal::Changed);
    }
    let query = Query::Forms(FormsQuery::SaveDraft {
        form: key,
        text,
        tag: &tag,
        replaced: &record.draft_tag,
    });
    if platform.query(&query).await?.is_empty() {
        return Err(Refusal::Changed);
    }
    Ok((tag, check(platform, text, Some(key)).await))
}

/// Removes a draft; what is published stays. `if_match` is the header `If-Match`; without it any draft is removed.
///
/// # Errors
/// There is none, or it is another one.
pub async fn delete_draft<P: Platform>(
    platform: &P,
    key: &FormKey,
    record: &Record,
    if_match: Option<&str>,
) -> Result<(), Refusal> {
    let tag = &record.draft_tag;
    if tag.is_empty() {
        return Err(Refusal::NotFound);
    }
    if if_match.is_some() && !matches(if_match, tag) {
        return Err(Refusal::Changed);
    }
    let query = Query::Forms(FormsQuery::DeleteDraft {
        form: key,
        tag: if_match.map_or("", |_| tag),
    });
    match platform.query(&query).await?.is_empty() {
        true => Err(Refusal::Changed),
        false => Ok(()),
    }
}

/// Whether `If-Match` allows to replace the draft with this tag, empty for none: RFC 9110 section 13.1.1. Compared weakly, since
/// what compresses a response on its way makes its tag a weak one.
fn matches(if_match: Option<&str>, tag: &str) -> bool {
    let Some(header) = if_match else {
        return tag.is_empty();
    };
    let is_it = |known: &str| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag;
    !tag.is_empty() && header.split(',').any(|known| is_it(known.trim()))
}

fn tag_of(text: &str) -> String {
    let hash = hex(&sha256(text.as_bytes()));
    format!("\"{}\"", hash.get(..16).unwrap_or_default())
}

/// The largest draft: bytes. More than a definition may have, so that one that grew too large can be stored and made smaller, and
/// for an author's spaces.
pub const MAX_DRAFT_BYTES: usize = 307_200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_is_required_only_when_there_is_a_draft() {
        for (if_match, tag, is_allowed) in [
            (None, "", true),
            (None, "\"a\"", false),
            (Some("\"a\""), "\"a\"", true),
            (Some("W/\"a\""), "\"a\"", true),
            (Some("\"b\", \"a\""), "\"a\"", true),
            (Some("*"), "\"a\"", true),
            (Some("\"b\""), "\"a\"", false),
            (Some("a"), "\"a\"", false),
            (Some(""), "\"a\"", false),
            (Some("\"a\""), "", false),
            (Some("*"), "", false),
            (Some(""), "", false),
        ] {
            assert_eq!(matches(if_match, tag), is_allowed, "{if_match:?} {tag}");
        }
    }
}
