//! One delivery attempt at the core, and what `now` and `later` do after it.

use crate::clock::{MILLIS_PER_SECOND, UnixMillis};
use crate::delivery::{self, CoreRequest, CoreSettings, Next, QueuedLead, RETRY_DELAYS_S};
use crate::envelope::Outcome;
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind};

/// Posts a lead to the core and notes for the circuit breaker whether the core is up; gives the outcome and the fault to log.
pub(super) async fn attempt<P: Platform>(
    platform: &P,
    core: &CoreSettings,
    queued: &QueuedLead,
) -> (Outcome, Option<Fault>) {
    let response = platform.post_to_core(CoreRequest::new(core, queued)).await;
    let now = platform.now();
    let (outcome, fault) = match response {
        Ok(response) => {
            let outcome = core.parse_response(response, now);
            let fault = delivery::fault_of(&outcome);
            (outcome, fault)
        }
        Err(fault) => (unavailable(&fault), Some(fault)),
    };
    let is_up = !matches!(outcome, Outcome::Unavailable { .. });
    platform.isolate().breaker.borrow_mut().record(is_up, now);
    (outcome, fault)
}

/// The outcome when the core or a store gave no response.
pub(super) fn unavailable(fault: &Fault) -> Outcome {
    Outcome::Unavailable {
        reason: fault.detail.clone(),
        retry_after_s: None,
    }
}

/// The core that a lead goes to; `None` when it goes into the database: into the inbox of a service without a core, as a test or
/// as a copy, or into the spam folder. A service with a core and without a database has no spam folder.
///
/// # Errors
/// The settings are invalid, so the destination is not known.
pub(super) fn core<P: Platform>(
    platform: &P,
    queued: &QueuedLead,
) -> Result<Option<CoreSettings>, Fault> {
    let isolate = platform.isolate();
    if queued.is_test || queued.is_copy || queued.is_spam && isolate.bindings.leads {
        return Ok(None);
    }
    match &isolate.config {
        Ok(config) => Ok(config.core.clone()),
        Err(faults) => {
            let variables: Vec<&str> = faults.iter().map(|fault| fault.variable).collect();
            Err(Fault::new(FaultKind::Setting, variables.join(", ")))
        }
    }
}

/// What to do after an attempt that did not succeed.
pub(super) fn next_step<P: Platform>(platform: &P, outcome: &Outcome, queued: &QueuedLead) -> Next {
    // Without randomness all retries wait equally long: a burst for the core, but no lead is lost.
    let [a, b, c, d, ..] = platform.random().unwrap_or_default();
    let random = u64::from(u32::from_be_bytes([a, b, c, d]));
    let (received_at, now) = (queued.received_at(), platform.now());
    let isolate = platform.isolate();
    let config = isolate.config.as_ref();
    let delays_s = config.map_or(&RETRY_DELAYS_S[..], |config| &config.retry_delays_s);
    delivery::next(outcome, queued.attempts, received_at, now, random, delays_s)
}

/// Whether the core blocks a lead, which then waits in the database, where an owner sees it. While settings are invalid, leads
/// wait in the outbox.
pub(super) fn is_blocked<P: Platform>(platform: &P, outcome: &Outcome) -> bool {
    let isolate = platform.isolate();
    let is_known = isolate.bindings.leads && isolate.config.is_ok();
    is_known && matches!(outcome, Outcome::Blocked { .. })
}

/// When a lead that the core blocks is tried again by itself; `None` when it has waited for too long.
pub(super) fn retry_at<P: Platform>(
    platform: &P,
    outcome: &Outcome,
    queued: &QueuedLead,
) -> Option<UnixMillis> {
    match next_step(platform, outcome, queued) {
        Next::Retry { delay_s, .. } => {
            let delay_ms = u64::from(delay_s).saturating_mul(MILLIS_PER_SECOND);
            Some(platform.now().plus(delay_ms))
        }
        Next::GiveUp => None,
    }
}

/// Whether the circuit breaker allows an attempt: while the core is down, one request in a while tests whether it is back.
pub(super) fn breaker_allows<P: Platform>(platform: &P) -> bool {
    let now = platform.now();
    platform.isolate().breaker.borrow_mut().allows(now)
}
