//! A request's body, read up to a limit.

use wasm_bindgen::JsValue;

use super::boundary::{self, OK, TOO_LARGE};
use super::task::call;
use crate::route;
use crate::submission::{BodyFault, RequestBody};

/// The body of a request, not read yet.
pub(super) struct WorkerBody {
    request: JsValue,
    /// `Content-Length`; the body has exactly this length.
    length: Option<u32>,
}

impl WorkerBody {
    pub(super) fn new(request: JsValue, head: &route::Request) -> Self {
        let length = head.header("content-length");
        Self {
            request,
            length: length.and_then(|text| text.parse().ok()),
        }
    }
}

impl RequestBody for WorkerBody {
    async fn read(self, limit_bytes: usize) -> Result<Vec<u8>, BodyFault> {
        self.read_little(limit_bytes, MAX_DRAINED_BYTES).await
    }

    async fn read_little(
        self,
        limit_bytes: usize,
        drained_bytes: usize,
    ) -> Result<Vec<u8>, BodyFault> {
        let bytes = |bytes: usize| u32::try_from(bytes).map_or(f64::INFINITY, f64::from);
        let length = self.length.map_or(-1.0, f64::from);
        let (limit, drained) = (bytes(limit_bytes), bytes(drained_bytes));
        let reply = call(|call, task| {
            boundary::read_body(call, task, &self.request, length, limit, drained);
        });
        let reply = reply.await;
        match reply.code {
            OK => Ok(reply.bytes),
            TOO_LARGE => Err(BodyFault::TooLarge),
            _ => Err(BodyFault::Broken),
        }
    }
}

/// The most that is read and discarded of a body that is too large, before it is refused: bytes.
const MAX_DRAINED_BYTES: usize = 33_554_432;
