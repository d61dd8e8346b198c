//! A request's body, read up to a limit.

use futures_util::StreamExt;
use worker::{ByteStream, Request};

use crate::route;
use crate::submission::{BodyFault, RequestBody};

/// The body of a `worker` request.
pub(super) struct WorkerBody {
    request: Request,
    /// The declared length; HTTP holds the body to it.
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
            // One call into JavaScript instead of one a chunk.
            Some(length) if length <= limit_bytes => {
                return self.request.bytes().await.map_err(|_| BodyFault::Broken);
            }
            // Reading it would not reach its end.
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
        // Most clients read the answer only once they have sent everything; answered before, they see a broken
        // connection instead of the reason.
        let mut drained = 0_usize;
        while drained <= drained_bytes
            && let Some(Ok(chunk)) = stream.next().await
        {
            drained = drained.saturating_add(chunk.len());
        }
        Err(BodyFault::TooLarge)
    }
}

/// Reads a stream until it ends or has given more than `limit_bytes`; says whether that was all.
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

/// How much of a body that is too large is read and thrown away before it is refused: bytes.
const MAX_DRAINED_BYTES: usize = 33_554_432;
