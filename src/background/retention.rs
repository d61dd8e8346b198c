//! Deletes what the database keeps no longer: leads beyond the retention of their form, tests, timelines, hashes of erased people.

use crate::clock::{MILLIS_PER_DAY, UnixMillis};
use crate::form::{FormDefinition, FormKey};
use crate::inbox::{Query, Upkeep};
use crate::log::background_line;
use crate::platform::Platform;
use crate::problem::Fault;

/// Deletes it, for every form that has leads. A form whose definition cannot be read keeps its leads.
pub async fn expire<P: Platform>(platform: &P) {
    if let Err(fault) = try_expire(platform).await {
        platform.log(&background_line("expire", &fault));
    }
}

async fn try_expire<P: Platform>(platform: &P) -> Result<(), Fault> {
    if !platform.isolate().bindings.leads {
        return Ok(());
    }
    let now = platform.now();
    let [timelines, erased] = [TIMELINE_DAYS, ERASED_DAYS].map(|days| ago(now, days).0.to_string());
    let tests = ago(now, TEST_DAYS).to_rfc3339();
    for query in [
        Upkeep::ExpireTests { before: &tests },
        Upkeep::ExpireTimelines { before: &timelines },
        Upkeep::ExpireErased { before: &erased },
    ] {
        platform.query(&Query::Upkeep(query)).await?;
    }
    for row in platform.query(&Query::FormKeys).await? {
        let key = row.first().and_then(Option::as_deref);
        let Some(key) = key.and_then(|key| FormKey::parse(key).ok()) else {
            continue;
        };
        // Also of a form that is not published any more, which the cache does not have.
        let stored = platform.stored_form(&key.kv_name()).await?;
        let form = stored.and_then(|json| FormDefinition::parse(&json).ok());
        if let Some(days) = form.and_then(|form| form.retention_days) {
            retain(platform, key.as_str(), ago(now, u64::from(days))).await?;
        }
    }
    Ok(())
}

async fn retain<P: Platform>(platform: &P, form: &str, before: UnixMillis) -> Result<(), Fault> {
    let (moment, millis) = (before.to_rfc3339(), before.0.to_string());
    for query in [
        Upkeep::Retain {
            form,
            before: &moment,
        },
        Upkeep::RetainDeadLetters {
            form,
            before: &millis,
        },
    ] {
        platform.query(&Query::Upkeep(query)).await?;
    }
    Ok(())
}

fn ago(now: UnixMillis, days: u64) -> UnixMillis {
    UnixMillis(now.0.saturating_sub(days.saturating_mul(MILLIS_PER_DAY)))
}

/// How long tests are kept: days.
pub const TEST_DAYS: u64 = 7;
/// How long timelines are kept, from their first event: days.
pub const TIMELINE_DAYS: u64 = 90;
/// How long the hash of an erased person is kept: days. Longer than a lead stays in the outbox.
pub const ERASED_DAYS: u64 = 30;
