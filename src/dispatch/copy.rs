//! Copies in the inbox of leads that the core gets, for forms with `"keep_copy": true`. Nothing waits for them.

use super::timeline::{DELIVERED, note};
use crate::delivery::QueuedLead;
use crate::log::delivery_line;
use crate::platform::Platform;

/// Stores a copy of a lead in the background. When the database fails, the outbox stores it later.
pub fn keep_copy<P: Platform>(platform: &P, queued: QueuedLead, is_delivered: bool) {
    if is_delivered {
        note(platform, &queued, DELIVERED, String::new());
    }
    let copy = QueuedLead {
        is_copy: true,
        ..queued
    };
    let platform = platform.clone();
    platform.clone().wait_until(async move {
        let Err(fault) = platform.store_lead(&copy).await else {
            return;
        };
        platform.log(&delivery_line(&copy, "copy", Some(&fault)));
        if let Err(fault) = platform.enqueue(&copy.to_json(), COPY_DELAY_S).await {
            platform.log(&delivery_line(&copy, "copy_lost", Some(&fault)));
        }
    });
}

/// The delay before the outbox stores a copy that the database did not take: seconds.
const COPY_DELAY_S: u32 = 60;
