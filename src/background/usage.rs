//! Collects counts of usage, writes them to the database, and deletes old ones.

use crate::form::FormKey;
use crate::inbox::{Query, UsageQuery};
use crate::log::background_line;
use crate::platform::Platform;
use crate::usage;

/// Counts the outcome of a submission; writes the counts in the background when due. `origin` is the `Origin` header.
pub fn count_usage<P: Platform>(
    platform: &P,
    form: &FormKey,
    origin: Option<&str>,
    outcome: &'static str,
) {
    let isolate = platform.isolate();
    if isolate.bindings.leads {
        let now = platform.now();
        let mut usage = isolate.usage.borrow_mut();
        usage.count(form.as_str(), origin, outcome, now);
        drop(usage);
        write_usage_when_due(platform);
    }
}

/// Counts that an allowed page loaded a form, for the owner's question whether it is there.
pub fn count_load<P: Platform>(platform: &P, form: &FormKey, origin: &str) {
    let isolate = platform.isolate();
    if isolate.bindings.leads {
        let now = platform.now();
        let mut usage = isolate.usage.borrow_mut();
        usage.count_load(form.as_str(), origin, now);
        drop(usage);
        write_usage_when_due(platform);
    }
}

fn write_usage_when_due<P: Platform>(platform: &P) {
    let now = platform.now();
    let delay_ms = platform.isolate().usage.borrow_mut().start_write(now);
    if let Some(delay_ms) = delay_ms {
        platform.run_later(delay_ms, write_usage(platform.clone()));
    }
}

async fn write_usage<P: Platform>(platform: P) {
    let batch = platform.isolate().usage.borrow_mut().take();
    let rows = batch.to_json();
    let written = platform
        .query(&Query::Usage(UsageQuery::Add { rows: &rows }))
        .await;
    let (isolate, now) = (platform.isolate(), platform.now());
    isolate
        .usage
        .borrow_mut()
        .write_ended(batch, written.is_ok(), now);
    match written {
        Ok(_) => write_usage_when_due(&platform),
        // The next submission tries again.
        Err(fault) => platform.log(&background_line("write_usage", &fault)),
    }
}

/// Deletes the counts of usage that are no longer kept.
pub async fn expire_usage<P: Platform>(platform: &P) {
    let before = usage::oldest_day(platform.now());
    let query = Query::Usage(UsageQuery::Expire { before: &before });
    if let Err(fault) = platform.query(&query).await {
        platform.log(&background_line("expire_usage", &fault));
    }
}
