//! Reads forms from KV, refreshes them, exchanges counters with other isolates, and writes counts of usage, mostly in the
//! background after the response.
//!
//! A request waits only for a form that is not cached and for a counter that a policy must know. `form` and `limit` decide
//! when a refresh or a sync is due.

mod retention;
mod texts;
mod usage;

use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use serde_json::Value;

use crate::form::{CURRENT, FormDefinition, FormKey};
use crate::limit::{CounterKey, CounterPart, RateLimitPolicy, counter_ttl_s};
use crate::log::{background_line, counter_line};
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind};
pub use retention::{ERASED_DAYS, TEST_DAYS, TIMELINE_DAYS, expire};
pub use texts::load_texts;
pub use usage::{count_load, count_usage, expire_usage};

/// Reads a form from KV into the cache; `None` means that there is no published form of this key.
///
/// # Errors
/// KV failed, or the stored definition is invalid, which the cache remembers for a while. The cache keeps the form it had.
pub async fn load_form<P: Platform>(
    platform: &P,
    key: &FormKey,
) -> Result<Option<Rc<FormDefinition>>, Fault> {
    load(platform, key, CURRENT).await
}

/// Reads one version of a form from KV into the cache; `None` means that this version was not published. The number of such
/// reads a minute is limited.
///
/// # Errors
/// KV failed, the limit is reached, or the stored definition is invalid, which the cache remembers for a while.
pub async fn load_version<P: Platform>(
    platform: &P,
    key: &FormKey,
    version: u32,
) -> Result<Option<Rc<FormDefinition>>, Fault> {
    let may_read = platform.isolate().forms.borrow_mut().may_read_version(key);
    if !may_read {
        let detail = format!("{key}: too many versions were asked for");
        return Err(Fault::new(FaultKind::Store, detail));
    }
    load(platform, key, version).await
}

async fn load<P: Platform>(
    platform: &P,
    key: &FormKey,
    version: u32,
) -> Result<Option<Rc<FormDefinition>>, Fault> {
    let kv_name = match version {
        CURRENT => key.kv_name(),
        version => key.version_kv_name(version),
    };
    let stored = platform.stored_form(&kv_name).await?;
    let read = || {
        let read = stored.as_deref();
        read.map(|json| read_definition(json, key, &kv_name))
            .transpose()
    };
    let mut form = read();
    // A definition has the usual texts in its language.
    if let Ok(Some(found)) = &form
        && load_texts(platform, found.wanted(None)).await
    {
        form = read();
    }
    let is_asked_for = |form: &FormDefinition| {
        form.is_published && (version == CURRENT || form.version == version)
    };
    let read = form.map(|form| form.filter(is_asked_for).map(Rc::new));
    let now = platform.now();
    let found = match &read {
        Ok(Some(form)) => Ok(form.clone()),
        Ok(None) => Err(None),
        Err(fault) => Err(Some(fault.clone())),
    };
    platform
        .isolate()
        .forms
        .borrow_mut()
        .put(key.clone(), version, found, now);
    read
}

/// [`load_form`] in the background.
pub async fn refresh_form<P: Platform>(platform: P, key: FormKey) {
    if let Err(fault) = load_form(&platform, &key).await {
        platform.log(&background_line("refresh_form", &fault));
    }
}

/// Reads what other isolates have counted, if the policy admits no submission without it.
pub async fn read_counter_if_required<P: Platform>(
    platform: &P,
    key: CounterKey,
    policy: &RateLimitPolicy,
) {
    let now = platform.now();
    let must_read = platform
        .isolate()
        .counters
        .borrow_mut()
        .at(key, policy, now)
        .must_read_first();
    if must_read {
        read_counter(platform, key, policy, MAX_REQUIRED_READ_MS).await;
    }
}

/// Publishes a counter to the other isolates and reads theirs, in the background and only when due.
pub fn sync_counter<P: Platform>(platform: &P, key: CounterKey, policy: &RateLimitPolicy) {
    let now = platform.now();
    let delay_ms = platform
        .isolate()
        .counters
        .borrow_mut()
        .at(key, policy, now)
        .start_sync();
    if let Some(delay_ms) = delay_ms {
        let policy = policy.clone();
        platform.wait_until(sync(platform.clone(), key, policy, delay_ms));
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

/// Writes until nothing new is counted, and reads when due.
async fn sync<P: Platform>(
    platform: P,
    key: CounterKey,
    policy: RateLimitPolicy,
    first_delay_ms: u64,
) {
    let mut delay_ms = Some(first_delay_ms);
    for _ in 0..MAX_WRITES_A_TASK {
        let Some(delay) = delay_ms else { return };
        if delay > 0 {
            platform.sleep(delay).await;
        }
        write_and_read(&platform, key, &policy).await;
        let now = platform.now();
        delay_ms = platform
            .isolate()
            .counters
            .borrow_mut()
            .peek(key, &policy, now)
            .and_then(|mut counter| counter.end_sync());
    }
}

async fn write_and_read<P: Platform>(platform: &P, key: CounterKey, policy: &RateLimitPolicy) {
    let now = platform.now();
    let update = platform
        .isolate()
        .counters
        .borrow_mut()
        .peek(key, policy, now)
        .map(|counter| counter.update());
    let Some(update) = update else {
        return;
    };
    let ttl_s = counter_ttl_s(policy.window_s);
    let written = platform.publish_counter(&update, ttl_s).await;
    if let Err(fault) = &written {
        note_fault(platform, fault);
    }
    let now = platform.now();
    let read_delay_ms = platform
        .isolate()
        .counters
        .borrow_mut()
        .peek(key, policy, now)
        .and_then(|mut counter| counter.write_ended(&update, written.is_ok()));
    if let Some(delay_ms) = read_delay_ms {
        if delay_ms > 0 {
            platform.sleep(delay_ms).await;
        }
        read_counter(platform, key, policy, MAX_READ_MS).await;
    }
}

/// Reads what the other isolates published, unless that takes longer than `max_ms`.
async fn read_counter<P: Platform>(
    platform: &P,
    key: CounterKey,
    policy: &RateLimitPolicy,
    max_ms: u64,
) {
    let prefix = key.prefix();
    let listed = within(platform.counter_parts(&prefix), platform.sleep(max_ms)).await;
    let listed = listed.unwrap_or_else(|| {
        let detail = format!("KV list took longer than {max_ms} ms");
        Err(Fault::new(FaultKind::Store, detail))
    });
    if let Err(fault) = &listed {
        note_fault(platform, fault);
    }
    let parts = listed.ok().map(|listed| {
        let read =
            |(name, metadata): &(String, Option<Value>)| CounterPart::read(name, metadata.as_ref());
        let parts: Vec<CounterPart> = listed.iter().filter_map(read).collect();
        if parts.len() < listed.len() {
            let unreadable = listed.len() - parts.len();
            let detail = format!("{unreadable} parts of a counter are unreadable");
            note_fault(platform, &Fault::new(FaultKind::Store, detail));
        }
        parts
    });
    let now = platform.now();
    let isolate = platform.isolate();
    let mut counters = isolate.counters.borrow_mut();
    let mut counter = counters.at(key, policy, now);
    match parts {
        Some(parts) => counter.merge(&parts),
        None => counter.read_failed(),
    }
}

/// Logs a fault of the counters' store at most once a minute, since a store that is down fails for every submission.
fn note_fault<P: Platform>(platform: &P, fault: &Fault) {
    let now = platform.now();
    let count = platform.isolate().counters.borrow_mut().note_fault(now);
    if let Some(count) = count {
        platform.log(&counter_line(count, fault));
    }
}

/// The result of `work`; `None` if `limit` ends first.
async fn within<T>(work: impl Future<Output = T>, limit: impl Future<Output = ()>) -> Option<T> {
    let (mut work, mut limit) = (pin!(work), pin!(limit));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => limit.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// Writes in one background task, which the platform cancels after 30 seconds.
const MAX_WRITES_A_TASK: usize = 10;
/// How long a request waits for KV where a policy is `closed`: milliseconds.
const MAX_REQUIRED_READ_MS: u64 = 1_000;
/// How long a read in the background may take: milliseconds.
const MAX_READ_MS: u64 = 10_000;
/// The most reasons that are logged of an invalid definition.
const MAX_LOGGED_REASONS: usize = 5;
