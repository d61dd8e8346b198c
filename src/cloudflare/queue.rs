//! The outbox: sends messages to the queue, and consumes them.

use futures_util::StreamExt;
use futures_util::stream::iter;
use worker::js_sys::JSON;
use worker::wasm_bindgen::JsValue;
use worker::{
    Env, MessageBatch, MessageExt, QueueContentType, QueueRetryOptionsBuilder, RawMessage,
    RawMessageBuilder,
};

use super::Cloudflare;
use crate::dispatch::{self, AGAIN_S, Disposition};
use crate::problem::{Fault, FaultKind};

/// The binding of the queue.
pub(super) const OUTBOX: &str = "OUTBOX";
/// The suffix of the dead-letter queue's name, into which the platform puts messages after the last delivery.
const DEAD_LETTER_SUFFIX: &str = "-dead";

/// Resolves once the message is written to disk.
/// <https://developers.cloudflare.com/queues/configuration/javascript-apis/#queue>
pub(super) async fn send(env: &Env, message: &str, delay_s: u32) -> Result<(), Fault> {
    let queue = env
        .queue(OUTBOX)
        .map_err(|_| Fault::new(FaultKind::Setting, format!("{OUTBOX} is not bound")))?;
    let message = RawMessageBuilder::new(JsValue::from_str(message))
        .delay_seconds(delay_s)
        .build_with_content_type(QueueContentType::Text);
    // Error messages of Queues name sizes and limits and contain no value.
    let sent = queue.send_raw(message).await;
    sent.map_err(|error| Fault::new(FaultKind::Store, format!("{OUTBOX}: {error}")))
}

/// Delivers the messages of a batch concurrently and acknowledges each by itself, so that a slow or failing one does not delay
/// the others.
pub(super) async fn consume(batch: &MessageBatch<String>, platform: &Cloudflare) {
    let is_exhausted = batch.queue().ends_with(DEAD_LETTER_SUFFIX);
    let deliver = async |message: RawMessage| {
        // formgate sends only text. Another body is kept, too, as JSON if possible.
        let text = message.body().as_string().or_else(|| {
            let json = JSON::stringify(&message.body()).ok()?;
            json.as_string()
        });
        let text = text.unwrap_or_default();
        let disposition = match is_exhausted {
            true => dispatch::store_exhausted(platform, &text).await,
            false => dispatch::deliver_queued(platform, &text).await,
        };
        match disposition {
            Disposition::Done => message.ack(),
            Disposition::Again => {
                let options = QueueRetryOptionsBuilder::new().with_delay_seconds(AGAIN_S);
                message.retry_with_options(&options.build());
            }
        }
    };
    iter(batch.raw_iter())
        .for_each_concurrent(MAX_CONNECTIONS, deliver)
        .await;
}

/// Connections a Worker may have open at the same time.
/// <https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections>
const MAX_CONNECTIONS: usize = 6;
