//! Leads of people who were erased: what the outbox still has of them is not delivered and not stored.
//!
//! Erasing notes a person first and deletes then. A consumer of the outbox looks before an attempt and once more after it has stored
//! a lead in the database, so that one of the two sees what the other did. A lead that is submitted after the person was erased is
//! another one, and is delivered.

use super::attempt::core;
use super::disposition::Disposition;
use crate::delivery::QueuedLead;
use crate::inbox::{BulkQuery, Change, Query, Upkeep, addresses_in, hashes, ids_json};
use crate::log::{background_line, delivery_line};
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind};

/// Whether a person whose address is in the lead was erased after it was received.
///
/// # Errors
/// The database does not answer, so it is not known. The lead has to wait.
pub(super) async fn is_erased<P: Platform>(
    platform: &P,
    queued: &QueuedLead,
) -> Result<bool, Fault> {
    let isolate = platform.isolate();
    if !isolate.bindings.leads {
        return Ok(false);
    }
    let since = queued.received_at_ms.to_string();
    let query = Query::Upkeep(Upkeep::Erased { since: &since });
    let rows = match platform.query(&query).await {
        // The table is not there yet: its migration runs after the Worker is deployed.
        Err(fault) if fault.kind == FaultKind::Setting => return Ok(false),
        rows => rows?,
    };
    // Mostly there are none, and then nothing is parsed or hashed.
    if rows.is_empty() {
        return Ok(false);
    }
    let keys = isolate.keys();
    let keys = keys.as_ref().map_or(&[][..], |keys| &keys.people);
    let erased = |hash: &String| rows.iter().flatten().flatten().any(|known| known == hash);
    let is_erased = |address: &String| hashes(keys, address).iter().any(erased);
    Ok(addresses_in(&queued.lead).iter().any(is_erased))
}

/// Deletes what the database has of a lead, and takes it out of the outbox.
pub(super) async fn drop_erased<P: Platform>(platform: &P, queued: &QueuedLead) -> Disposition {
    let ids = &ids_json([&queued.id]);
    let id = &queued.id;
    let change = Change::Delete;
    for query in [
        Query::Upkeep(Upkeep::DeleteDeadLetter { id }),
        Query::Bulk(BulkQuery::Change { ids, change }),
        Query::Upkeep(Upkeep::DropTimelines { ids }),
    ] {
        if let Err(fault) = platform.query(&query).await {
            platform.log(&background_line("erase", &fault));
            return Disposition::Again;
        }
    }
    platform.log(&delivery_line(queued, "erased", None));
    Disposition::Done
}

/// Deletes a lead that was stored in the database just now, if its person was erased meanwhile.
pub(super) async fn forget_if_erased<P: Platform>(
    platform: &P,
    queued: &QueuedLead,
) -> Disposition {
    match is_erased(platform, queued).await {
        Ok(false) => Disposition::Done,
        Ok(true) => drop_erased(platform, queued).await,
        Err(fault) => {
            platform.log(&background_line("erase", &fault));
            Disposition::Again
        }
    }
}

/// Deletes a lead that was just delivered into the database, if its person was erased meanwhile.
pub(super) async fn forget_if_stored<P: Platform>(
    platform: &P,
    queued: &QueuedLead,
) -> Disposition {
    match core(platform, queued) {
        Ok(None) => forget_if_erased(platform, queued).await,
        _ => Disposition::Done,
    }
}
