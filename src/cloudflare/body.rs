//! A request's body, read up to a limit.

use futures_util::StreamExt;
use worker::{ByteStream, Request};

use crate::route;
use crate::submission::{BodyFault, RequestBody};

/// The body of a request, not read yet.
pub(super) struct WorkerBody {
    request: Request,
    /// `Content-Length`; the body has exactly this length.
    length: Option<usize>,
}

impl WorkerBody {
    pub(super) fn new(request: Request, head: &route::Request) -> Self {
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
        mut self,
        limit_bytes: usize,
        drained_bytes: usize,
    ) -> Result<Vec<u8>, BodyFault> {
        if self.request.inner().body().is_none() {
            return Ok(Vec::new());
        }
        match self.length {
            // One call into JavaScript instead of one per chunk.
            Some(length) if length <= limit_bytes => {
                return self.request.bytes().await.map_err(|_| BodyFault::Broken);
            }
            // Too long to drain.
            Some(length) if length > limit_bytes.saturating_add(drained_bytes) => {
                return Err(BodyFault::TooLarge);
            }
            _ => {}
        }
        let mut stream = self.request.stream().map_err(|_| BodyFault::Broken)?;
        let (bytes, is_whole) = read_up_to(&mut stream, limit_bytes)
            .await
            .map_err(|_| BodyFault::Broken)?;
        if is_whole {
            return Ok(bytes);
        }
        // Most clients read the response only after they have sent the whole body. A response before that looks to them like a
        // broken connection.
        let mut drained = 0_usize;
        while drained <= drained_bytes
            && let Some(Ok(chunk)) = stream.next().await
        {
            drained = drained.saturating_add(chunk.len());
        }
        Err(BodyFault::TooLarge)
    }
}

/// Reads at most `limit_bytes` of a stream; the flag is whether that was all.
pub(super) async fn read_up_to(
    stream: &mut ByteStream,
    limit_bytes: usize,
) -> worker::Result<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk?);
        if bytes.len() > limit_bytes {
            bytes.truncate(limit_bytes);
            return Ok((bytes, false));
        }
    }
    Ok((bytes, true))
}

/// The most that is read and discarded of a body that is too large, before it is refused: bytes.
const MAX_DRAINED_BYTES: usize = 33_554_432;
