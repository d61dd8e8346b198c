//! One request at a time delivers under an idempotency key; a repetition waits for it and gets the same receipt.
//!
//! As far as this isolate knows: a repetition that reaches another isolate is recognised by the core or the inbox.

use crate::delivery::{Acknowledged, KeyState, SubmissionKeys};
use crate::platform::Platform;

/// Acquires the client's idempotency key, waiting while another request with this key is in progress. Gives what was
/// acknowledged under the key before; `None` when the caller may deliver, and then calls [`release_key`].
pub async fn acquire_key<P: Platform>(
    platform: &P,
    form_key: &str,
    keys: &SubmissionKeys,
) -> Option<Acknowledged> {
    if !keys.is_clients {
        return None;
    }
    let isolate = platform.isolate();
    let config = isolate.config.as_ref().ok();
    let core = config.and_then(|config| config.core.as_ref());
    let at_most_ms = MAX_KEEP_MS.saturating_add(core.map_or(0, |core| core.timeout_ms));
    loop {
        let now = platform.now();
        let state =
            isolate
                .receipts
                .borrow_mut()
                .acquire(form_key, &keys.idempotency_key, now, at_most_ms);
        match state {
            KeyState::Acquired => return None,
            KeyState::InProgress => platform.sleep(LOOK_AGAIN_MS).await,
            KeyState::Acknowledged(known) => return Some(known),
        }
    }
}

/// Notes what was acknowledged under an acquired key; with `None` the next request with the key may deliver.
pub fn release_key<P: Platform>(
    platform: &P,
    form_key: &str,
    keys: &SubmissionKeys,
    acknowledged: Option<&Acknowledged>,
) {
    if keys.is_clients {
        let isolate = platform.isolate();
        let mut receipts = isolate.receipts.borrow_mut();
        receipts.release(form_key, &keys.idempotency_key, acknowledged);
    }
}

/// How long the outbox and the dead letters may take in addition to the core, before another request may acquire the key:
/// milliseconds.
const MAX_KEEP_MS: u64 = 10_000;
/// How often a waiting request looks whether the key is released: milliseconds.
const LOOK_AGAIN_MS: u64 = 50;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MAX_CORE_TIMEOUT_MS;

    /// A widget that gives up earlier ends the request, and the lead never reaches the outbox.
    #[test]
    fn the_widget_waits_longer_than_the_slowest_core_and_the_outbox_take() {
        let widget = include_str!("../../www/widget/sending.js");
        let (_, after) = widget.split_once("TIMEOUT_MS = ").unwrap();
        let number = after.lines().next().unwrap().replace('_', "");
        let waits_ms: u64 = number.parse().unwrap();
        assert!(waits_ms > MAX_CORE_TIMEOUT_MS + MAX_KEEP_MS, "{waits_ms}");
    }
}
