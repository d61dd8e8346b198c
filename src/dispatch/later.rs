//! Delivery out of the outbox, and dead letters that are sent again.
//!
//! A message is taken out of the outbox only after its lead is stored elsewhere: by the core (or in the inbox), in the outbox
//! again with its attempts counted, or among the dead letters. Attempts are counted in the queued lead, since Queues' own
//! count starts again with each new message. If the isolate ends between storing and taking out, the same lead is
//! delivered twice; the idempotency key makes that one lead.

use super::attempt::{attempt, breaker_allows, core, next_step, unavailable};
use crate::delivery::{self, DeadLetter, DeadLetterBody, Next, QueuedLead};
use crate::envelope::Outcome;
use crate::inbox::{DeadLetterEntry, Query};
use crate::log::{background_line, delivery_line};
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind};

/// What to do with a message of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Take it out: its lead is stored elsewhere.
    Done,
    /// Leave it in; it is redelivered after [`AGAIN_S`].
    Again,
}

/// Delivers one message of the outbox.
pub async fn deliver_queued<P: Platform>(platform: &P, message: &str) -> Disposition {
    let Some(queued) = QueuedLead::parse(message) else {
        return put_unreadable(platform, message).await;
    };
    let (outcome, fault) = deliver(platform, &queued).await;
    if matches!(outcome, Outcome::Accepted | Outcome::Duplicate) {
        platform.log(&delivery_line(&queued, "delivered", None));
        return Disposition::Done;
    }
    match next_step(platform, &outcome, &queued) {
        Next::Retry { delay_s, counts } => {
            platform.log(&delivery_line(&queued, "retry", fault.as_ref()));
            let attempts = queued.attempts.saturating_add(u32::from(counts));
            let again = queued.with_attempts(attempts);
            match platform.enqueue(&again.to_json(), delay_s).await {
                Ok(()) => Disposition::Done,
                Err(fault) => {
                    platform.log(&delivery_line(&again, "retry", Some(&fault)));
                    Disposition::Again
                }
            }
        }
        Next::GiveUp => {
            platform.log(&delivery_line(&queued, "dead", fault.as_ref()));
            let reason = delivery::reason_of(&outcome);
            put_lead(platform, queued, reason).await
        }
    }
}

/// One attempt at the core, or at the database when the lead is spam or no core is configured.
async fn deliver<P: Platform>(platform: &P, queued: &QueuedLead) -> (Outcome, Option<Fault>) {
    match core(platform, queued) {
        Ok(Some(core)) => attempt(platform, &core, queued).await,
        Ok(None) => match platform.store_lead(queued).await {
            Ok(stored) if stored.id == queued.id => (Outcome::Accepted, None),
            Ok(_) => {
                let reason = "another lead has its idempotency key".to_owned();
                (Outcome::Refused { reason }, None)
            }
            Err(fault) => (unavailable(&fault), Some(fault)),
        },
        // While settings are invalid the destination is not known, and leads wait in the outbox.
        Err(fault) => {
            let reason = fault.to_string();
            (Outcome::Blocked { reason }, Some(fault))
        }
    }
}

/// Puts a message of the queue's own dead-letter queue among the dead letters: the platform delivered it the maximum number of
/// times, and it was not taken out.
pub async fn store_exhausted<P: Platform>(platform: &P, message: &str) -> Disposition {
    match QueuedLead::parse(message) {
        Some(queued) => {
            let reason = "outbox_exhausted: delivered too often".to_owned();
            put_lead(platform, queued, reason).await
        }
        None => put_unreadable(platform, message).await,
    }
}

/// Sends dead letters again: those that the operator asked for, and those that are there only because the outbox refused
/// them. Gives how many were sent. Each keeps its idempotency key; its attempts are counted from 0.
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
    let letters = platform.query(&Query::ToRedrive { limit }).await?;
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
        let queued = queued.with_attempts(0);
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
        body,
    };
    platform.put_dead_letter(&letter).await
}

/// Delivers a dead letter directly when the outbox refuses it: the outbox is down, or the lead is larger than a message may be.
/// Gives whether it was delivered. If not, it is put among the dead letters again with the current time, so that others
/// come before it in the next round.
async fn deliver_without_outbox<P: Platform>(
    platform: &P,
    queued: QueuedLead,
    refusal: Fault,
) -> Result<bool, Fault> {
    let outcome = match breaker_allows(platform) {
        true => deliver(platform, &queued).await.0,
        false => unavailable(&refusal),
    };
    let reason = match &outcome {
        Outcome::Accepted | Outcome::Duplicate => return Ok(true),
        Outcome::Invalid(_) | Outcome::Refused { .. } => delivery::reason_of(&outcome),
        _ => delivery::OUTBOX_REFUSED.to_owned(),
    };
    platform.log(&delivery_line(&queued, "redrive", Some(&refusal)));
    let letter = DeadLetter {
        id: queued.id.clone(),
        reason,
        died_at: platform.now(),
        body: DeadLetterBody::Lead(queued),
    };
    platform.put_dead_letter(&letter).await?;
    Ok(false)
}

async fn put_unreadable<P: Platform>(platform: &P, message: &str) -> Disposition {
    let reason = "unreadable: not a message of the outbox".to_owned();
    let body = DeadLetterBody::Unreadable(message.to_owned());
    put_dead_letter(platform, delivery::hash_id(message), reason, body).await
}

async fn put_lead<P: Platform>(platform: &P, queued: QueuedLead, reason: String) -> Disposition {
    let id = queued.id.clone();
    put_dead_letter(platform, id, reason, DeadLetterBody::Lead(queued)).await
}

/// Writes a dead letter. If that fails, enqueues its message to try again later; if that fails too, the message is redelivered.
async fn put_dead_letter<P: Platform>(
    platform: &P,
    id: String,
    reason: String,
    body: DeadLetterBody,
) -> Disposition {
    let letter = DeadLetter {
        id,
        reason,
        died_at: platform.now(),
        body,
    };
    let Err(fault) = platform.put_dead_letter(&letter).await else {
        return Disposition::Done;
    };
    platform.log(&background_line("put_dead_letter", &fault));
    // As a new message, since Queues deletes one that it has delivered too often or kept too long.
    let (message, delay_s) = match letter.body {
        DeadLetterBody::Lead(queued) => {
            let now = platform.now();
            let delay_s = delivery::backoff_s(queued.received_at(), now, PUT_AGAIN_S);
            (queued.to_json(), delay_s)
        }
        DeadLetterBody::Unreadable(message) => (message, PUT_UNREADABLE_AGAIN_S),
    };
    match platform.enqueue(&message, delay_s).await {
        Ok(()) => Disposition::Done,
        Err(_) => Disposition::Again,
    }
}

/// The delay before a message is redelivered that can be neither delivered nor stored: seconds. Not longer, since a queue keeps
/// a message for only one day (on a free account); not shorter, since it drops a message after a hundred deliveries.
pub const AGAIN_S: u32 = 300;
/// Dead letters in one page; fewer when they are large ([`MAX_PAGE_BYTES`](crate::inbox::MAX_PAGE_BYTES)).
pub const MAX_REDRIVEN: u32 = 100;
/// Pages in one round. With one query for each letter, that is half of the queries that D1 allows one invocation.
/// <https://developers.cloudflare.com/d1/platform/limits/>
const MAX_PAGES: usize = 5;
/// The delay before a dead letter that could not be written is tried again: seconds. It grows with the lead's age.
const PUT_AGAIN_S: u32 = 60;
/// The same for a message that cannot be read, so that its age is not known: seconds.
const PUT_UNREADABLE_AGAIN_S: u32 = 3_600;
