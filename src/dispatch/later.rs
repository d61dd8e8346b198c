//! The other end of the outbox: each lead in it to the core, again and again, and in the end among the dead letters.
//!
//! A lead is taken out of the outbox only once something else has it: the core, the outbox again (with one more attempt
//! counted), or the dead letters. Attempts are counted in the queued lead, since the platform does not tell how often it has
//! delivered a message. What happens between one and the other happens twice if the isolate ends there; the idempotency
//! key makes that one lead.

use super::now::{attempt, core, may_try, next, unreachable};
use crate::delivery::{self, DeadLetter, DeadLetterBody, Next, QueuedLead};
use crate::envelope::Outcome;
use crate::inbox::{DeadLetterEntry, Query};
use crate::log::{background_line, delivery_line};
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind};

/// What to do with a message of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Take it out: something else has the lead.
    Done,
    /// Leave it in; it comes again after [`AGAIN_S`].
    Again,
}

/// Hands one message of the outbox over.
pub async fn deliver_queued<P: Platform>(platform: &P, message: &str) -> Disposition {
    let Some(queued) = QueuedLead::parse(message) else {
        return put_unreadable(platform, message).await;
    };
    let (outcome, fault) = pass_on(platform, &queued).await;
    if matches!(outcome, Outcome::Accepted | Outcome::Duplicate) {
        platform.log(&delivery_line(&queued, "delivered", None));
        return Disposition::Done;
    }
    match next(platform, &outcome, &queued) {
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
            put_dead_letter(
                platform,
                queued.id.clone(),
                reason,
                DeadLetterBody::Lead(queued),
            )
            .await
        }
    }
}

/// One attempt, wherever leads go.
async fn pass_on<P: Platform>(platform: &P, queued: &QueuedLead) -> (Outcome, Option<Fault>) {
    match core(platform) {
        Ok(Some(core)) => attempt(platform, &core, queued).await,
        Ok(None) => match platform.store_lead(queued).await {
            Ok(stored) if stored.id == queued.id => (Outcome::Accepted, None),
            Ok(_) => {
                let reason = "another lead has its idempotency key".to_owned();
                (Outcome::Refused { reason }, None)
            }
            Err(fault) => (unreachable(&fault), Some(fault)),
        },
        // Nobody knows where it should go until somebody has mended the settings.
        Err(fault) => {
            let reason = fault.to_string();
            (Outcome::Blocked { reason }, Some(fault))
        }
    }
}

/// Takes in a message that the platform has given up: it delivered it over and over, and nobody took it out.
pub async fn give_up<P: Platform>(platform: &P, message: &str) -> Disposition {
    match QueuedLead::parse(message) {
        Some(queued) => {
            let reason = "outbox_exhausted: delivered too often".to_owned();
            put_dead_letter(
                platform,
                queued.id.clone(),
                reason,
                DeadLetterBody::Lead(queued),
            )
            .await
        }
        None => put_unreadable(platform, message).await,
    }
}

/// Sends the dead letters again that somebody asked for, and those that are there only because the outbox refused them; how
/// many. Each keeps its idempotency key and begins to count anew.
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

/// How many were sent, and how many cannot be read: they are set aside, so that others come before them from now on.
async fn redrive_page<P: Platform>(platform: &P) -> Result<(usize, usize), Fault> {
    let limit = MAX_REDRIVEN;
    let letters = platform.query(&Query::ToRedrive { limit }).await?;
    let (mut sent, mut set_aside) = (0, 0);
    for row in &letters {
        let Some((entry, remains)) = DeadLetterEntry::read_whole(row) else {
            continue;
        };
        let queued = match remains {
            DeadLetterBody::Lead(queued) => queued,
            DeadLetterBody::Unreadable(_) => {
                set_unreadable_aside(platform, entry, remains).await?;
                set_aside += 1;
                continue;
            }
        };
        let queued = queued.with_attempts(0);
        // First in, then out: better twice than never.
        let is_sent = match platform.enqueue(&queued.to_json(), 0).await {
            Ok(()) => true,
            Err(fault) => pass_by(platform, queued, fault).await?,
        };
        if is_sent {
            let letter = &entry.cursor();
            platform.query(&Query::DeleteDeadLetter { letter }).await?;
            sent += 1;
        }
    }
    Ok((sent, set_aside))
}

/// Keeps what is left of a dead letter as one without a form, which is not sent again, and names it in the log.
async fn set_unreadable_aside<P: Platform>(
    platform: &P,
    entry: DeadLetterEntry,
    remains: DeadLetterBody,
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
        remains,
    };
    platform.put_dead_letter(&letter).await
}

/// Hands over a dead letter that the outbox does not take: it is down, or the lead is too large for it. If nobody takes it, it
/// dies anew, so that others come before it the next time.
async fn pass_by<P: Platform>(
    platform: &P,
    queued: QueuedLead,
    refusal: Fault,
) -> Result<bool, Fault> {
    let outcome = match may_try(platform) {
        true => pass_on(platform, &queued).await.0,
        false => unreachable(&refusal),
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
        remains: DeadLetterBody::Lead(queued),
    };
    platform.put_dead_letter(&letter).await?;
    Ok(false)
}

async fn put_unreadable<P: Platform>(platform: &P, message: &str) -> Disposition {
    let reason = "unreadable: not a message of the outbox".to_owned();
    let remains = DeadLetterBody::Unreadable(message.to_owned());
    put_dead_letter(platform, delivery::name_of(message), reason, remains).await
}

async fn put_dead_letter<P: Platform>(
    platform: &P,
    id: String,
    reason: String,
    remains: DeadLetterBody,
) -> Disposition {
    let letter = DeadLetter {
        id,
        reason,
        died_at: platform.now(),
        remains,
    };
    let Err(fault) = platform.put_dead_letter(&letter).await else {
        return Disposition::Done;
    };
    platform.log(&background_line("put_dead_letter", &fault));
    // Anew, since the platform deletes what it has delivered too often or kept too long.
    let (message, delay_s) = match letter.remains {
        DeadLetterBody::Lead(queued) => {
            let now = platform.now();
            let delay_s = delivery::patience_s(queued.received_at(), now, PUT_AGAIN_S);
            (queued.to_json(), delay_s)
        }
        DeadLetterBody::Unreadable(message) => (message, PUT_UNREADABLE_AGAIN_S),
    };
    match platform.enqueue(&message, delay_s).await {
        Ok(()) => Disposition::Done,
        Err(_) => Disposition::Again,
    }
}

/// When a message comes again that nothing else would have: seconds. Not longer, since a queue forgets what is as old as a day
/// (of a free account); not shorter, since it gives up what it has delivered a hundred times.
pub const AGAIN_S: u32 = 300;
/// Dead letters that are looked at together; fewer when they are large
/// ([`MAX_PAGE_BYTES`](crate::inbox::MAX_PAGE_BYTES)).
pub const MAX_REDRIVEN: u32 = 100;
/// How often that is done in a round: with a question for each letter, half of what D1 answers an invocation.
/// <https://developers.cloudflare.com/d1/platform/limits/>
const MAX_PAGES: usize = 5;
/// When to try again to write a dead letter: seconds, and more with time.
const PUT_AGAIN_S: u32 = 60;
/// When to try again to write a dead letter of which nobody knows how old it is: seconds.
const PUT_UNREADABLE_AGAIN_S: u32 = 3_600;
