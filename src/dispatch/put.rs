//! Writes dead letters, and leads that the core blocks.

use super::disposition::Disposition;
use super::erased::forget_if_erased;
use super::timeline::{BLOCKED, DEAD, note};
use crate::clock::UnixMillis;
use crate::delivery::{self, DeadLetter, DeadLetterBody, QueuedLead};
use crate::log::background_line;
use crate::platform::Platform;

/// Writes a message that is not a queued lead as a dead letter.
pub(super) async fn put_unreadable<P: Platform>(platform: &P, message: &str) -> Disposition {
    let letter = DeadLetter {
        id: delivery::hash_id(message),
        reason: "unreadable: not a message of the outbox".to_owned(),
        died_at: platform.now(),
        retry_at: None,
        body: DeadLetterBody::Unreadable(message.to_owned()),
    };
    put(platform, letter).await
}

/// Writes a queued lead as a dead letter; with `retry_at` it is one that the core blocks, and tried again then.
pub(super) async fn put_lead<P: Platform>(
    platform: &P,
    queued: QueuedLead,
    reason: String,
    retry_at: Option<UnixMillis>,
) -> Disposition {
    let name = match retry_at {
        Some(_) => BLOCKED,
        None => DEAD,
    };
    note(platform, &queued, name, reason.clone());
    let letter = letter_of(platform, queued.clone(), reason, retry_at);
    match put(platform, letter).await {
        Disposition::Done => forget_if_erased(platform, &queued).await,
        again => again,
    }
}

/// The dead letter of a queued lead.
pub(super) fn letter_of<P: Platform>(
    platform: &P,
    queued: QueuedLead,
    reason: String,
    retry_at: Option<UnixMillis>,
) -> DeadLetter {
    DeadLetter {
        id: queued.id.clone(),
        reason,
        died_at: platform.now(),
        retry_at,
        body: DeadLetterBody::Lead(queued),
    }
}

/// Writes a dead letter. If that fails, enqueues its message to try again later; if that fails too, the message is redelivered.
async fn put<P: Platform>(platform: &P, letter: DeadLetter) -> Disposition {
    let Err(fault) = platform.put_dead_letter(&letter).await else {
        return Disposition::Done;
    };
    platform.log(&background_line("put_dead_letter", &fault));
    match letter.body {
        DeadLetterBody::Lead(queued) => put_off(platform, &queued).await,
        DeadLetterBody::Unreadable(message) => {
            enqueue(platform, &message, PUT_UNREADABLE_AGAIN_S).await
        }
    }
}

/// Enqueues a lead again while the database fails.
pub(super) async fn put_off<P: Platform>(platform: &P, queued: &QueuedLead) -> Disposition {
    let now = platform.now();
    let delay_s = delivery::backoff_s(queued.received_at(), now, PUT_AGAIN_S);
    enqueue(platform, &queued.to_json(), delay_s).await
}

/// As a new message, since Queues deletes one that it has delivered too often or kept too long.
async fn enqueue<P: Platform>(platform: &P, message: &str, delay_s: u32) -> Disposition {
    match platform.enqueue(message, delay_s).await {
        Ok(()) => Disposition::Done,
        Err(_) => Disposition::Again,
    }
}

/// The delay before a dead letter that could not be written is tried again: seconds. It grows with the lead's age.
const PUT_AGAIN_S: u32 = 60;
/// The same for a message that cannot be read, so that its age is not known: seconds.
const PUT_UNREADABLE_AGAIN_S: u32 = 3_600;
