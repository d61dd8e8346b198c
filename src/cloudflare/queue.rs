//! The outbox: sends messages to the queue, and consumes them.

use futures_util::StreamExt;
use futures_util::stream::iter;
use wasm_bindgen::JsValue;

use super::Cloudflare;
use super::binding::{self, Arguments};
use super::boundary;
use crate::dispatch::{self, AGAIN_S, Disposition};
use crate::problem::Fault;

/// The binding of the queue.
pub(super) const OUTBOX: &str = "OUTBOX";
/// The suffix of the dead-letter queue's name, into which the platform puts messages after the last delivery.
const DEAD_LETTER_SUFFIX: &str = "-dead";

/// Resolves once the message is written to disk.
/// <https://developers.cloudflare.com/queues/configuration/javascript-apis/#queue>
pub(super) async fn send(env: &JsValue, message: &str, delay_s: u32) -> Result<(), Fault> {
    let arguments = Arguments::default().text(message).options(|options| {
        options.text("contentType", "text");
        options.number("delaySeconds", delay_s.into());
    });
    binding::invoke(env, OUTBOX, "send", arguments).await?;
    Ok(())
}

/// Delivers the messages of a batch concurrently and acknowledges each by itself, so that a slow or failing one does not delay
/// the others.
pub(super) async fn consume(batch: &JsValue, platform: &Cloudflare) {
    let is_exhausted = boundary::queue_of(batch).ends_with(DEAD_LETTER_SUFFIX);
    let deliver = async |(index, text): (u32, String)| {
        let disposition = match is_exhausted {
            true => dispatch::store_exhausted(platform, &text).await,
            false => dispatch::deliver_queued(platform, &text).await,
        };
        match disposition {
            Disposition::Done => boundary::acknowledge(batch, index),
            Disposition::Again => boundary::retry(batch, index, AGAIN_S),
        }
    };
    iter((0..).zip(boundary::messages(batch)))
        .for_each_concurrent(MAX_CONNECTIONS, deliver)
        .await;
}

/// Connections a Worker may have open at the same time.
/// <https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections>
const MAX_CONNECTIONS: usize = 6;
