//! Delivers leads that the owner took out of the spam folder.
//!
//! As with dead letters, a lead is stored elsewhere before it leaves the table: it may be sent twice, under the idempotency key
//! that it was submitted with, and is never lost.

use super::attempt::core;
use crate::delivery::{DeadLetter, DeadLetterBody, OUTBOX_REFUSED, QueuedLead};
use crate::inbox::{Query, released_lead};
use crate::log::background_line;
use crate::platform::Platform;
use crate::problem::Fault;

/// Puts released leads into the outbox, or into the inbox if there is no core. Gives how many.
pub async fn release<P: Platform>(platform: &P) -> usize {
    match release_page(platform).await {
        Ok(count) => count,
        Err(fault) => {
            platform.log(&background_line("release", &fault));
            0
        }
    }
}

async fn release_page<P: Platform>(platform: &P) -> Result<usize, Fault> {
    let limit = MAX_RELEASED;
    let rows = platform.query(&Query::Released { limit }).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    platform.query(&Query::NoteReleased).await?;
    let mut count = 0;
    for queued in rows.iter().filter_map(released_lead) {
        let id = &queued.id;
        let done = match core(platform, &queued)? {
            Some(_) => {
                enqueue(platform, &queued).await?;
                Query::DeleteReleased { id }
            }
            None => Query::IntoInbox { id },
        };
        platform.query(&done).await?;
        count += 1;
    }
    Ok(count)
}

/// Puts a lead into the outbox; when the outbox refuses it, among the dead letters, which are redriven without being asked for.
async fn enqueue<P: Platform>(platform: &P, queued: &QueuedLead) -> Result<(), Fault> {
    let Err(fault) = platform.enqueue(&queued.to_json(), 0).await else {
        return Ok(());
    };
    platform.log(&background_line("release", &fault));
    let letter = DeadLetter {
        id: queued.id.clone(),
        reason: OUTBOX_REFUSED.to_owned(),
        died_at: platform.now(),
        body: DeadLetterBody::Lead(queued.clone()),
    };
    platform.put_dead_letter(&letter).await
}

/// Leads released in one round; fewer when they are large ([`MAX_PAGE_BYTES`](crate::inbox::MAX_PAGE_BYTES)).
pub const MAX_RELEASED: u32 = 100;
