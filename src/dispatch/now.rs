//! Delivery while the visitor waits: to the core, else into the outbox, else among the dead letters.
//!
//! With no core configured the lead goes into the inbox (D1) instead of the core, and spam always into the spam folder (D1). The visitor is thanked only after one of
//! these has stored the lead: `Ok` here means that it is in durable storage. `later` delivers what is in the outbox.

use super::attempt::{attempt, breaker_allows, core, is_blocked, next_step, retry_at};
use super::put::letter_of;
use super::timeline::{BLOCKED, QUEUED, note};
use crate::delivery::{self, Acknowledged, CoreSettings, MAX_LEAD_BYTES, Next, QueuedLead};
use crate::envelope::{Outcome, ReceiptStatus};
use crate::form::FormDefinition;
use crate::log::RequestLog;
use crate::platform::Platform;
use crate::problem::{Problem, Violation};
use crate::texts::Wanted;

/// Delivers a lead and gives what is acknowledged to the visitor. `seen` is the version of the form that the visitor saw.
///
/// # Errors
/// [`Problem::BodyTooLarge`] for a lead of more than [`MAX_LEAD_BYTES`]; [`Problem::ValidationFailed`] with what the core
/// refuses in fields that the visitor can see and change; [`Problem::Unavailable`] when the lead cannot be stored anywhere.
pub async fn deliver_now<P: Platform>(
    platform: &P,
    mut queued: QueuedLead,
    seen: &FormDefinition,
    wanted: Wanted<'_>,
    log: &mut RequestLog,
) -> Result<Acknowledged, Problem> {
    if queued.lead.len() > MAX_LEAD_BYTES {
        return Err(Problem::BodyTooLarge {
            limit_bytes: MAX_LEAD_BYTES,
        });
    }
    if queued.is_test {
        return store_test(platform, &queued, log).await;
    }
    let mut delay_s = FIRST_DELAY_S;
    let mut reason = String::new();
    match core(platform, &queued) {
        Ok(None) => match platform.store_lead(&queued).await {
            Ok(acknowledged) => return Ok(acknowledged),
            Err(fault) => log.fault(&fault),
        },
        Ok(Some(core)) if breaker_allows(platform) => {
            match post_now(platform, &core, &queued, seen, wanted, log).await {
                Posted::Accepted => return Ok(acknowledged(&queued, ReceiptStatus::Delivered)),
                Posted::Refused(violations) => return Err(Problem::ValidationFailed(violations)),
                Posted::Failed(outcome) => {
                    reason = delivery::reason_of(&outcome);
                    if is_blocked(platform, &outcome)
                        && let Some(retry_at) = retry_at(platform, &outcome, &queued)
                    {
                        let letter =
                            letter_of(platform, queued.clone(), reason.clone(), Some(retry_at));
                        match platform.put_dead_letter(&letter).await {
                            Ok(()) => {
                                note(platform, &queued, BLOCKED, reason);
                                return Ok(acknowledged(&queued, ReceiptStatus::Queued));
                            }
                            Err(fault) => log.fault(&fault),
                        }
                    }
                    if let Next::Retry { delay_s: s, counts } =
                        next_step(platform, &outcome, &queued)
                    {
                        delay_s = s;
                        queued.attempts = queued.attempts.saturating_add(u32::from(counts));
                    }
                }
            }
        }
        // The core is down, and another request is testing whether it is back.
        Ok(Some(_)) => {}
        Err(fault) => log.fault(&fault),
    }
    enqueue(platform, queued, delay_s, reason, log).await
}

/// Stores a test. It is not put into the outbox: its sender is there and can send it again.
async fn store_test<P: Platform>(
    platform: &P,
    queued: &QueuedLead,
    log: &mut RequestLog,
) -> Result<Acknowledged, Problem> {
    platform.store_lead(queued).await.map_err(|fault| {
        log.fault(&fault);
        let retry_after_s = delivery::RETRY_AFTER_S;
        Problem::Unavailable { retry_after_s }
    })
}

/// What the core answered, for a lead whose visitor is waiting.
enum Posted {
    Accepted,
    /// The visitor can correct these.
    Refused(Vec<Violation>),
    Failed(Outcome),
}

async fn post_now<P: Platform>(
    platform: &P,
    core: &CoreSettings,
    queued: &QueuedLead,
    seen: &FormDefinition,
    wanted: Wanted<'_>,
    log: &mut RequestLog,
) -> Posted {
    let (outcome, fault) = attempt(platform, core, queued).await;
    let (named, changeable) = match &outcome {
        Outcome::Accepted | Outcome::Duplicate => return Posted::Accepted,
        Outcome::Invalid(found) => (found.len(), delivery::on_form(found, seen, wanted)),
        _ => (0, Vec::new()),
    };
    // No fault of ours when the visitor can correct all of it.
    if let Some(fault) = fault.filter(|_| named == 0 || changeable.len() < named) {
        log.fault(&fault);
    }
    if changeable.is_empty() {
        Posted::Failed(outcome)
    } else {
        Posted::Refused(changeable)
    }
}

/// Puts a lead into the outbox. When the outbox is full, down, or refuses a lead of this size, puts it among the dead letters,
/// from where `later` sends it again.
async fn enqueue<P: Platform>(
    platform: &P,
    queued: QueuedLead,
    delay_s: u32,
    reason: String,
    log: &mut RequestLog,
) -> Result<Acknowledged, Problem> {
    let acknowledged = acknowledged(&queued, ReceiptStatus::Queued);
    match platform.enqueue(&queued.to_json(), delay_s).await {
        Ok(()) => {
            note(platform, &queued, QUEUED, reason);
            return Ok(acknowledged);
        }
        Err(fault) => log.fault(&fault),
    }
    let reason = delivery::OUTBOX_REFUSED.to_owned();
    let letter = letter_of(platform, queued, reason, None);
    match platform.put_dead_letter(&letter).await {
        Ok(()) => Ok(acknowledged),
        Err(fault) => {
            log.fault(&fault);
            let retry_after_s = delivery::RETRY_AFTER_S;
            Err(Problem::Unavailable { retry_after_s })
        }
    }
}

fn acknowledged(queued: &QueuedLead, status: ReceiptStatus) -> Acknowledged {
    Acknowledged {
        id: queued.id.clone(),
        status,
        received_at: queued.received_at(),
    }
}

/// The delay before the outbox first tries a lead that was not attempted: seconds.
const FIRST_DELAY_S: u32 = 5;
