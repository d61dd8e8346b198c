//! Keeping an isolate warm: what `intake` has to wait for once, and what runs on after the answer.
//!
//! Forms are read from KV once and then refreshed in the background; counters are read once, then counted in memory,
//! published and read again in the background. What is due when is `form`'s and `limit`'s to say.

use std::rc::Rc;

use crate::form::{FormDefinition, FormKey};
use crate::limit::{CounterKey, CounterPart, Publication, counter_ttl_s};
use crate::log::background_line;
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind};

/// Reads a form from KV and shelves it; `None` is "there is no such published form".
///
/// # Errors
/// KV did not answer, or what it holds is no usable definition. Then the shelf keeps what it had.
pub async fn load_form<P: Platform>(
    platform: &P,
    key: &FormKey,
) -> Result<Option<Rc<FormDefinition>>, Fault> {
    let kv_name = key.kv_name();
    let form = match platform.stored_form(&kv_name).await? {
        Some(json) => Some(read_definition(&json, key, &kv_name)?),
        None => None,
    };
    let published = form.filter(|form| form.is_published).map(Rc::new);
    let now = platform.now();
    platform.with_isolate(|isolate| {
        isolate
            .forms
            .borrow_mut()
            .put(key.clone(), published.clone(), now);
    });
    Ok(published)
}

/// Reads one version of a form from KV and shelves it; `None` is "there is no such published version".
///
/// # Errors
/// KV did not answer, or what it holds is no usable definition; that is then shelved as absent.
pub async fn load_version<P: Platform>(
    platform: &P,
    key: &FormKey,
    version: u32,
) -> Result<Option<Rc<FormDefinition>>, Fault> {
    let kv_name = key.version_kv_name(version);
    let stored = platform.stored_form(&kv_name).await?;
    let read = stored
        .map(|json| read_definition(&json, key, &kv_name))
        .transpose();
    let form = read.as_ref().ok().cloned().flatten();
    let form = form
        .filter(|form| form.is_published && form.version == version)
        .map(Rc::new);
    let now = platform.now();
    platform.with_isolate(|isolate| {
        isolate
            .forms
            .borrow_mut()
            .put_version(key.clone(), version, form.clone(), now);
    });
    read.map(|_| form)
}

/// [`load_form`] in the background.
pub async fn refresh_form<P: Platform>(platform: P, key: FormKey) {
    if let Err(fault) = load_form(&platform, &key).await {
        platform.log(&background_line("refresh_form", &fault));
    }
}

/// Waits for what other isolates have counted, the first time this isolate meets a counter.
///
/// # Errors
/// KV did not answer; the counter then begins at zero and is not asked for again soon.
pub async fn warm_counter<P: Platform>(
    platform: &P,
    key: CounterKey,
    window_s: u64,
) -> Result<(), Fault> {
    if platform.with_isolate(|isolate| isolate.tallies.borrow().is_cold(key)) {
        read_counter(platform, key, window_s).await
    } else {
        Ok(())
    }
}

/// Publishes this isolate's part of a counter and reads the others', in the background and only as far as due.
pub fn exchange_counter<P: Platform>(platform: &P, key: CounterKey, window_s: u64) {
    let now = platform.now();
    let (publication, is_stale) = platform.with_isolate(|isolate| {
        let mut tallies = isolate.tallies.borrow_mut();
        (
            tallies.start_publishing(key, window_s, now),
            tallies.is_stale(key, now),
        )
    });
    if let Some(publication) = publication {
        platform.wait_until(publish_counter(
            platform.clone(),
            key,
            window_s,
            publication,
        ));
    }
    if is_stale {
        let platform_then = platform.clone();
        platform.wait_until(async move {
            if let Err(fault) = read_counter(&platform_then, key, window_s).await {
                platform_then.log(&background_line("read_counter", &fault));
            }
        });
    }
}

fn read_definition(json: &str, key: &FormKey, kv_name: &str) -> Result<FormDefinition, Fault> {
    let broken = |detail: String| Fault::new(FaultKind::FormBroken, format!("{kv_name}: {detail}"));
    let form = FormDefinition::parse(json).map_err(|faults| {
        let reasons: Vec<String> = faults
            .iter()
            .take(MAX_LOGGED_REASONS)
            .map(|fault| format!("{} {}", fault.path, fault.reason))
            .collect();
        broken(reasons.join("; "))
    })?;
    if form.key == *key {
        Ok(form)
    } else {
        Err(broken(format!("is the definition of {}", form.key)))
    }
}

async fn read_counter<P: Platform>(
    platform: &P,
    key: CounterKey,
    window_s: u64,
) -> Result<(), Fault> {
    let parts = platform.counter_parts(&key.prefix()).await;
    let now = platform.now();
    platform.with_isolate(|isolate| {
        let known: &[CounterPart] = parts.as_deref().unwrap_or_default();
        let mut tallies = isolate.tallies.borrow_mut();
        tallies.learn(key, window_s, now, known, &isolate.id);
    });
    parts.map(|_| ())
}

/// Writes until there is nothing new to write, at most once a second.
async fn publish_counter<P: Platform>(
    platform: P,
    key: CounterKey,
    window_s: u64,
    first: Publication,
) {
    let mut next = Some(first);
    for _ in 0..MAX_WRITES_A_TASK {
        let Some(publication) = next else { return };
        if publication.delay_ms > 0 {
            platform.sleep(publication.delay_ms).await;
        }
        let part = platform.with_isolate(|isolate| CounterPart {
            name: key.name(publication.window, &isolate.id),
            count: isolate
                .tallies
                .borrow_mut()
                .latest(key, publication.window)
                .unwrap_or(publication.count),
        });
        let published = platform
            .publish_counter(&part, counter_ttl_s(window_s))
            .await;
        if let Err(fault) = &published {
            platform.log(&background_line("publish_counter", fault));
        }
        let written = published.ok().map(|()| (publication.window, part.count));
        let now = platform.now();
        next = platform.with_isolate(|isolate| {
            let mut tallies = isolate.tallies.borrow_mut();
            tallies.finish_publishing(key, written, now);
            tallies.start_publishing(key, window_s, now)
        });
    }
}

/// Background tasks are cancelled after 30 seconds; this stays well below: writes.
const MAX_WRITES_A_TASK: usize = 20;
/// What is logged of a broken definition: reasons.
const MAX_LOGGED_REASONS: usize = 5;
