//! Changes of what visitors get: [`publish`], [`unpublish`], [`finish_interrupted`].
//!
//! KV has no compare-and-set, so that a change is decided in the database and then written to KV, in this order:
//!
//! 1. The database gives out the version number to this content, and this writer alone may write for [`MAX_CHANGE_S`].
//! 2. KV gets the version, under a name that is never written with other content.
//! 3. KV gets the current definition, or loses it when the form is unpublished.
//! 4. The database has the version as the published one, without the draft, and others may begin.
//!
//! Each step leaves visitors a whole form. After a stop before 3 they have the former one, after 3 the new one. The next publishing
//! of the same content takes the same number and finishes; of other content, it takes the next number. When neither comes, the cron
//! makes KV match the database ([`finish_interrupted`]).

use super::{Refusal, find, newest, published};
use crate::clock::{MILLIS_PER_SECOND, UnixMillis};
use crate::form::{FRESH_FOR_MS, FormKey, FormStatus, Publication, Record};
use crate::hash::hex;
use crate::inbox::{Begin, FormsQuery, Query};
use crate::log::background_line;
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind};

/// Publishes the draft, or, without one, what was unpublished. Returns the version.
///
/// # Errors
/// See [`Refusal`].
pub async fn publish<P: Platform>(
    platform: &P,
    key: &FormKey,
    record: &Record,
) -> Result<u32, Refusal> {
    let is_whole = record.is_published && record.writing.is_none();
    if record.draft.is_none() && is_whole {
        return Err(Refusal::NothingToPublish);
    }
    let checked = newest(platform, key, record).await?;
    let earlier = match checked.earlier_version(record) {
        Some(version) => platform.stored_form(&key.version_kv_name(version)).await?,
        None => None,
    };
    let numbered = checked.number(record, earlier.as_deref());
    let publication = numbered.map_err(Refusal::Faults)?;
    if record.is_current(publication.version, &publication.hash) {
        return Err(Refusal::NothingToPublish);
    }
    change(platform, key, record, &record.draft_tag, Some(&publication)).await?;
    Ok(publication.version)
}

/// Unpublishes a form: it takes no submission until it is published again. Does nothing to a form that is unpublished.
///
/// # Errors
/// See [`Refusal`].
pub async fn unpublish<P: Platform>(
    platform: &P,
    key: &FormKey,
    record: &Record,
) -> Result<(), Refusal> {
    match record.status() {
        _ if record.is_published || record.writing.is_some() => {
            change(platform, key, record, NO_DRAFT, None).await
        }
        FormStatus::Draft => Err(Refusal::NotFound),
        _ => Ok(()),
    }
}

/// Ends the changes that were interrupted: an unpublished form is gone from KV, of any other KV gets the version that the database
/// has as published. A draft that was being published is a draft still.
pub async fn finish_interrupted<P: Platform>(platform: &P) {
    let query = Query::Forms(FormsQuery::Interrupted {
        now_s: seconds(platform.now()),
        limit: MAX_FINISHED,
    });
    let rows = match platform.query(&query).await {
        Ok(rows) => rows,
        // Before its migration, the database has no such table.
        Err(fault) => return platform.log(&background_line("finish_forms", &fault)),
    };
    for key in rows.iter().filter_map(|row| row.first()?.as_deref()) {
        let Ok(key) = FormKey::parse(key) else {
            continue;
        };
        if let Err(Refusal::Fault(fault)) = finish(platform, &key).await {
            platform.log(&background_line("finish_forms", &fault));
        }
    }
}

async fn finish<P: Platform>(platform: &P, key: &FormKey) -> Result<(), Refusal> {
    let record = find(platform, key).await?;
    let is_unpublishing = record.writing.as_ref().is_some_and(|it| it.version == 0);
    let current = match record.version {
        Some(version) if record.is_published && !is_unpublishing => {
            let missing = || Fault::new(FaultKind::Store, format!("{key}: {version} is missing"));
            let stored = published(platform, key, &record).await?;
            Some(Publication {
                key: key.clone(),
                version,
                json: stored.ok_or_else(missing)?,
                hash: record.hash.clone(),
                title: record.title.clone().unwrap_or_default(),
            })
        }
        _ => None,
    };
    change(platform, key, &record, NO_DRAFT, current.as_ref()).await
}

/// Makes KV have this publication as the current one, or none. `tag` is that of the draft that is published.
///
/// # Errors
/// Busy, also when the form is no longer as in `record`.
async fn change<P: Platform>(
    platform: &P,
    key: &FormKey,
    record: &Record,
    tag: &str,
    publication: Option<&Publication>,
) -> Result<(), Refusal> {
    let now = platform.now();
    if let Some(retry_after_s) = record.busy_for_s(now) {
        return Err(Refusal::Busy { retry_after_s });
    }
    let writer = &hex(&platform.random()?);
    let (version, hash) = match publication {
        Some(publication) => (publication.version, publication.hash.as_str()),
        None => (0, ""),
    };
    let now_s = seconds(now);
    let begin = Query::Forms(FormsQuery::Begin(Begin {
        form: key,
        version,
        hash,
        writer,
        last_version: record.last_version,
        tag,
        now_s,
        until_s: now_s.saturating_add(MAX_CHANGE_S),
    }));
    let done = match platform.query(&begin).await {
        Ok(rows) if rows.is_empty() => return Err(Refusal::Busy { retry_after_s: 1 }),
        Ok(_) => carry_out(platform, key, publication, writer, tag, now).await,
        Err(fault) => Err(fault),
    };
    if done.is_err() {
        // A failure of this, too, only means that the next change has to wait.
        let release = Query::Forms(FormsQuery::Release { form: key, writer });
        let _ = platform.query(&release).await;
    }
    Ok(done?)
}

/// Writes to KV, then ends the change that has begun.
async fn carry_out<P: Platform>(
    platform: &P,
    key: &FormKey,
    publication: Option<&Publication>,
    writer: &str,
    tag: &str,
    begun_at: UnixMillis,
) -> Result<(), Fault> {
    let written = write(platform, key, publication, begun_at).await;
    platform.isolate().forms.borrow_mut().forget(key);
    written?;
    let end = Query::Forms(FormsQuery::End {
        form: key,
        writer,
        title: publication.map_or("", |publication| &publication.title),
        tag,
        file_hash: "",
    });
    if platform.query(&end).await?.is_empty() {
        // Either it is done, and this was a repetition, or another writer went on after this one took too long.
        let record = find(platform, key).await?;
        let is_done = match publication {
            Some(publication) => record.is_current(publication.version, &publication.hash),
            None => !record.is_published && record.writing.is_none(),
        };
        return is_done.then_some(()).ok_or_else(late);
    }
    Ok(())
}

/// Writes to KV. The version is written first, so that the current form always has one.
async fn write<P: Platform>(
    platform: &P,
    key: &FormKey,
    publication: Option<&Publication>,
    begun_at: UnixMillis,
) -> Result<(), Fault> {
    let Some(publication) = publication else {
        return platform.delete_form(&key.kv_name()).await;
    };
    for (name, json) in publication.entries() {
        // The same name may have been written within this second.
        let mut is_repeated = false;
        loop {
            // A put that begins later could end after that of the next writer.
            if platform.now().since(begun_at) > MAX_WRITING_MS {
                return Err(late());
            }
            match platform.put_form(&name, json).await {
                Ok(()) => break,
                Err(fault) if is_repeated => return Err(fault),
                Err(_) => platform.sleep(BEFORE_NEXT_PUT_MS).await,
            }
            is_repeated = true;
        }
    }
    Ok(())
}

fn late() -> Fault {
    Fault::new(FaultKind::Store, "publishing a form took too long")
}

/// When every visitor gets what was published or unpublished just now: KV may give the former value for a minute, and an isolate
/// keeps what it has read.
pub fn visible_to_all_by<P: Platform>(platform: &P) -> UnixMillis {
    let kept_ms = match platform.isolate().has_form_cache() {
        true => FRESH_FOR_MS,
        false => 0,
    };
    platform.now().plus(KV_DELAY_MS).plus(kept_ms)
}

/// Seconds since 1970, until 2106.
fn seconds(at: UnixMillis) -> u32 {
    u32::try_from(at.seconds()).unwrap_or(u32::MAX)
}

/// How long one writer may change a form: seconds. A Worker that ends meanwhile keeps others waiting so long.
pub const MAX_CHANGE_S: u32 = 60;
/// How long after its beginning a writer may begin its last put: milliseconds. The rest of [`MAX_CHANGE_S`] is for that put.
const MAX_WRITING_MS: u64 = (MAX_CHANGE_S as u64 * MILLIS_PER_SECOND) / 2;
/// KV takes one write a second for each name: milliseconds.
/// <https://developers.cloudflare.com/kv/platform/limits/>
const BEFORE_NEXT_PUT_MS: u64 = 1_100;
/// How long KV may give a former value: milliseconds.
/// <https://developers.cloudflare.com/kv/concepts/how-kv-works/#consistency>
const KV_DELAY_MS: u64 = 60_000;
/// Interrupted changes that one scheduled event ends.
const MAX_FINISHED: u32 = 20;
/// The tag of a change that publishes no draft.
const NO_DRAFT: &str = "-";
