//! Hand a lead over while the visitor waits: the core, else the outbox, else the dead letters, else nobody is told that it
//! was taken.
//!
//! A lead is acknowledged only once one of them has it: `Ok` here means that it is safe. What happens to it in the outbox
//! is `dispatch`'s.

use crate::delivery::{
    self, Acknowledged, CoreRequest, CoreSettings, DeadLetter, DeadLetterBody, Next, QueuedLead,
    RETRY_DELAYS_S,
};
use crate::envelope::{Outcome, ReceiptStatus};
use crate::form::FormDefinition;
use crate::log::RequestLog;
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind, Problem};

/// Hands a lead over, and says where it is.
///
/// # Errors
/// [`Problem::ValidationFailed`] with what the core refuses in fields that the visitor can see and change;
/// [`Problem::Unavailable`] when nobody would take it.
pub async fn dispatch<P: Platform>(
    platform: &P,
    mut queued: QueuedLead,
    seen: &FormDefinition,
    log: &mut RequestLog,
) -> Result<Acknowledged, Problem> {
    let mut delay_s = FIRST_DELAY_S;
    match core(platform) {
        Ok(None) => match platform.store_lead(&queued).await {
            Ok(acknowledged) => return Ok(acknowledged),
            Err(fault) => log.fault(&fault),
        },
        Ok(Some(core)) if may_try(platform) => {
            let (outcome, fault) = attempt(platform, &core, &queued).await;
            match &outcome {
                Outcome::Accepted | Outcome::Duplicate => {
                    return Ok(acknowledged(&queued, ReceiptStatus::Delivered));
                }
                _ => {}
            }
            let (named, changeable) = match &outcome {
                Outcome::Invalid(found) => (found.len(), delivery::on_form(found, seen)),
                _ => (0, Vec::new()),
            };
            // A visitor who can correct all of it is no fault of ours.
            if let Some(fault) = fault.filter(|_| named == 0 || changeable.len() < named) {
                log.fault(&fault);
            }
            if !changeable.is_empty() {
                return Err(Problem::ValidationFailed(changeable));
            }
            if let Next::Retry { delay_s: s, counts } = next(platform, &outcome, &queued) {
                delay_s = s;
                queued.attempts = queued.attempts.saturating_add(u32::from(counts));
            }
        }
        // Spared: it is down, and somebody else is finding out whether it is back.
        Ok(Some(_)) => {}
        Err(fault) => log.fault(&fault),
    }
    keep(platform, queued, delay_s, log).await
}

/// Into the outbox, or if that is full, down or too small for it, among the dead letters, from where it is sent again.
async fn keep<P: Platform>(
    platform: &P,
    queued: QueuedLead,
    delay_s: u32,
    log: &mut RequestLog,
) -> Result<Acknowledged, Problem> {
    let receipt = acknowledged(&queued, ReceiptStatus::Queued);
    match platform.enqueue(&queued.to_json(), delay_s).await {
        Ok(()) => return Ok(receipt),
        Err(fault) => log.fault(&fault),
    }
    let letter = DeadLetter {
        id: queued.id.clone(),
        reason: delivery::OUTBOX_REFUSED.to_owned(),
        died_at: platform.now(),
        remains: DeadLetterBody::Lead(queued),
    };
    match platform.put_dead_letter(&letter).await {
        Ok(()) => Ok(receipt),
        Err(fault) => {
            log.fault(&fault);
            let retry_after_s = delivery::RETRY_AFTER_S;
            Err(Problem::Unavailable { retry_after_s })
        }
    }
}

/// One attempt, and the fault to log; no answer is an answer, too.
pub(super) async fn attempt<P: Platform>(
    platform: &P,
    core: &CoreSettings,
    queued: &QueuedLead,
) -> (Outcome, Option<Fault>) {
    let answer = platform.post_to_core(CoreRequest::new(core, queued)).await;
    let now = platform.now();
    let (outcome, fault) = match answer {
        Ok(answer) => {
            let outcome = core.understand(answer, now);
            let fault = delivery::fault_of(&outcome);
            (outcome, fault)
        }
        Err(fault) => (unreachable(&fault), Some(fault)),
    };
    let is_up = !matches!(outcome, Outcome::Unavailable { .. });
    platform.isolate().breaker.borrow_mut().note(is_up, now);
    (outcome, fault)
}

/// What it comes to that somebody did not answer at all.
pub(super) fn unreachable(fault: &Fault) -> Outcome {
    Outcome::Unavailable {
        reason: fault.detail.clone(),
        retry_after_s: None,
    }
}

/// The core leads go to; `None` when they stay in the inbox.
///
/// # Errors
/// The settings do not say where they go.
pub(super) fn core<P: Platform>(platform: &P) -> Result<Option<CoreSettings>, Fault> {
    match &platform.isolate().config {
        Ok(config) => Ok(config.core.clone()),
        Err(faults) => {
            let variables: Vec<&str> = faults.iter().map(|fault| fault.variable).collect();
            Err(Fault::new(FaultKind::Setting, variables.join(", ")))
        }
    }
}

/// What comes after an outcome that is no success.
pub(super) fn next<P: Platform>(platform: &P, outcome: &Outcome, queued: &QueuedLead) -> Next {
    // Without chance all wait for the same time, which is worse for the core and no loss.
    let [a, b, c, d, ..] = platform.random().unwrap_or_default();
    let random = u64::from(u32::from_be_bytes([a, b, c, d]));
    let (received_at, now) = (queued.received_at(), platform.now());
    let isolate = platform.isolate();
    let config = isolate.config.as_ref();
    let delays_s = config.map_or(&RETRY_DELAYS_S[..], |config| &config.retry_delays_s);
    delivery::next(outcome, queued.attempts, received_at, now, random, delays_s)
}

/// Whether to try the core at all: while it is down, one in a while finds out whether it is back.
pub(super) fn may_try<P: Platform>(platform: &P) -> bool {
    let now = platform.now();
    platform.isolate().breaker.borrow_mut().allows(now)
}

fn acknowledged(queued: &QueuedLead, status: ReceiptStatus) -> Acknowledged {
    Acknowledged {
        id: queued.id.clone(),
        status,
        received_at: queued.received_at(),
    }
}

/// When the outbox first tries a lead that was not attempted: seconds.
const FIRST_DELAY_S: u32 = 5;
