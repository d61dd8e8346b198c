//! Dead letters that are sent again: on request, those that the core blocked when their time has come, and those that are there only
//! because the outbox refused them.

use super::attempt::{breaker_allows, retry_at, unavailable};
use super::erased::{drop_erased, forget_if_erased, forget_if_stored, is_erased};
use super::later::deliver;
use super::put::letter_of;
use super::timeline::{REDRIVEN, note};
use crate::delivery::{self, DeadLetter, DeadLetterBody, QueuedLead};
use crate::envelope::Outcome;
use crate::inbox::{DeadLetterEntry, Query};
use crate::log::{background_line, delivery_line};
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind};

/// Sends those dead letters again. Gives how many were sent. Each keeps its idempotency key; the attempts of those that the owner
/// asked for are counted from 0.
pub async fn redrive<P: Platform>(platform: &P) -> usize {
    let mut redriven = 0;
    for _ in 0..MAX_PAGES {
        match redrive_page(platform).await {
            Ok((0, 0)) => break,
            Ok((sent, _)) => redriven += sent,
            Err(fault) => {
                platform.log(&background_line("redrive", &fault));
                break;
            }
        }
    }
    redriven
}

/// Redrives one page of dead letters; gives how many were sent, and how many cannot be read and were rewritten as unreadable,
/// so that the next page does not begin with them again.
async fn redrive_page<P: Platform>(platform: &P) -> Result<(usize, usize), Fault> {
    let limit = MAX_REDRIVEN;
    let now = &platform.now().0.to_string();
    let letters = platform.query(&Query::ToRedrive { limit, now }).await?;
    let (mut sent, mut unreadable) = (0, 0);
    for row in &letters {
        let Some((entry, body)) = DeadLetterEntry::read_whole(row) else {
            continue;
        };
        let queued = match body {
            DeadLetterBody::Lead(queued) => queued,
            DeadLetterBody::Unreadable(_) => {
                mark_unreadable(platform, entry, body).await?;
                unreadable += 1;
                continue;
            }
        };
        let queued = match entry.is_to_be_redriven {
            true => queued.with_attempts(0),
            false => queued,
        };
        if entry.is_to_be_redriven {
            note(platform, &queued, REDRIVEN, String::new());
        }
        // Stored elsewhere before it is deleted: a lead may be sent twice, but is not lost.
        let is_sent = match platform.enqueue(&queued.to_json(), 0).await {
            Ok(()) => true,
            Err(fault) => deliver_without_outbox(platform, queued, fault).await?,
        };
        if is_sent {
            let letter = &entry.cursor();
            platform.query(&Query::DeleteDeadLetter { letter }).await?;
            sent += 1;
        }
    }
    Ok((sent, unreadable))
}

/// Rewrites a dead letter that cannot be parsed as one without a form, which is not redriven, and logs its id.
async fn mark_unreadable<P: Platform>(
    platform: &P,
    entry: DeadLetterEntry,
    body: DeadLetterBody,
) -> Result<(), Fault> {
    let detail = format!("dead letter {} cannot be read", entry.id);
    platform.log(&background_line(
        "redrive",
        &Fault::new(FaultKind::Store, detail),
    ));
    let letter = DeadLetter {
        id: entry.id,
        reason: format!("unreadable: {}", entry.reason),
        died_at: platform.now(),
        retry_at: None,
        body,
    };
    platform.put_dead_letter(&letter).await
}

/// Delivers a dead letter directly when the outbox refuses it: the outbox is down, or the lead is larger than a message may be.
/// Gives whether it needs no dead letter any more. If it does, it is put among the dead letters again with the current time, so
/// that others come before it in the next round.
async fn deliver_without_outbox<P: Platform>(
    platform: &P,
    queued: QueuedLead,
    refusal: Fault,
) -> Result<bool, Fault> {
    if is_erased(platform, &queued).await? {
        drop_erased(platform, &queued).await;
        return Ok(true);
    }
    let outcome = match breaker_allows(platform) {
        true => deliver(platform, &queued).await.0,
        false => unavailable(&refusal),
    };
    let (reason, retry_at) = match &outcome {
        Outcome::Accepted | Outcome::Duplicate => {
            forget_if_stored(platform, &queued).await;
            return Ok(true);
        }
        Outcome::Invalid(_) | Outcome::Refused { .. } => (delivery::reason_of(&outcome), None),
        Outcome::Blocked { .. } => (
            delivery::reason_of(&outcome),
            retry_at(platform, &outcome, &queued),
        ),
        _ => (delivery::OUTBOX_REFUSED.to_owned(), None),
    };
    platform.log(&delivery_line(&queued, "redrive", Some(&refusal)));
    let letter = letter_of(platform, queued.clone(), reason, retry_at);
    platform.put_dead_letter(&letter).await?;
    forget_if_erased(platform, &queued).await;
    Ok(false)
}

/// Dead letters in one page; fewer when they are large ([`MAX_PAGE_BYTES`](crate::inbox::MAX_PAGE_BYTES)).
pub const MAX_REDRIVEN: u32 = 100;
/// Pages in one round. With one query for each letter, that is half of the queries that D1 allows one invocation.
/// <https://developers.cloudflare.com/d1/platform/limits/>
const MAX_PAGES: usize = 5;
