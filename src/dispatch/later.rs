//! Delivery out of the outbox.
//!
//! A message is taken out of the outbox only after its lead is stored elsewhere: by the core (or in the inbox), in the outbox
//! again with its attempts counted, or among the dead letters. Attempts are counted in the queued lead, since Queues' own
//! count starts again with each new message. If the isolate ends between storing and taking out, the same lead is
//! delivered twice; the idempotency key makes that one lead.

use super::attempt::{attempt, core, is_blocked, next_step, retry_at, unavailable};
use super::disposition::Disposition;
use super::erased::{drop_erased, forget_if_stored, is_erased};
use super::put::{put_lead, put_off, put_unreadable};
use super::timeline::{ATTEMPT, DELIVERED, note};
use crate::delivery::{self, Next, QueuedLead};
use crate::envelope::Outcome;
use crate::log::delivery_line;
use crate::platform::Platform;
use crate::problem::Fault;

/// Delivers one message of the outbox.
pub async fn deliver_queued<P: Platform>(platform: &P, message: &str) -> Disposition {
    let Some(queued) = QueuedLead::parse(message) else {
        return put_unreadable(platform, message).await;
    };
    match is_erased(platform, &queued).await {
        Ok(false) => {}
        Ok(true) => return drop_erased(platform, &queued).await,
        // Until the database answers, it is not known whether the lead may be delivered.
        Err(fault) => {
            platform.log(&delivery_line(&queued, "retry", Some(&fault)));
            return put_off(platform, &queued).await;
        }
    }
    let (outcome, fault) = deliver(platform, &queued).await;
    if matches!(outcome, Outcome::Accepted | Outcome::Duplicate) {
        platform.log(&delivery_line(&queued, "delivered", None));
        note(platform, &queued, DELIVERED, String::new());
        return forget_if_stored(platform, &queued).await;
    }
    let reason = delivery::reason_of(&outcome);
    match next_step(platform, &outcome, &queued) {
        // In the database an owner sees it; in the outbox it would lie unseen for up to a week.
        Next::Retry { .. } if is_blocked(platform, &outcome) => {
            platform.log(&delivery_line(&queued, "blocked", fault.as_ref()));
            let retry_at = retry_at(platform, &outcome, &queued);
            put_lead(platform, queued, reason, retry_at).await
        }
        Next::Retry { delay_s, counts } => {
            platform.log(&delivery_line(&queued, "retry", fault.as_ref()));
            note(platform, &queued, ATTEMPT, reason);
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
            put_lead(platform, queued, reason, None).await
        }
    }
}

/// One attempt at the core, or at the database when the lead is spam or no core is configured.
pub(super) async fn deliver<P: Platform>(
    platform: &P,
    queued: &QueuedLead,
) -> (Outcome, Option<Fault>) {
    match core(platform, queued) {
        Ok(Some(core)) => attempt(platform, &core, queued).await,
        Ok(None) => match platform.store_lead(queued).await {
            Ok(stored) if stored.id == queued.id || queued.is_copy => (Outcome::Accepted, None),
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
            put_lead(platform, queued, reason, None).await
        }
        None => put_unreadable(platform, message).await,
    }
}
