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
    async fn read(mut self, limit_bytes: usize) -> Result<Vec<u8>, BodyFault> {
        if self.length.is_some_and(|length| length > limit_bytes) {
            return Err(BodyFault::TooLarge);
        }
        if self.request.inner().body().is_none() {
            return Ok(Vec::new());
        }
        if self.length.is_some() {
            // One call into JavaScript instead of one a chunk.
            let bytes = self.request.bytes().await.map_err(|_| BodyFault::Broken)?;
            return if bytes.len() > limit_bytes {
                Err(BodyFault::TooLarge)
            } else {
                Ok(bytes)
            };
        }
        let stream = self.request.stream().map_err(|_| BodyFault::Broken)?;
        let (bytes, is_whole) = read_up_to(stream, limit_bytes)
            .await
            .map_err(|_| BodyFault::Broken)?;
        if is_whole {
            Ok(bytes)
        } else {
            Err(BodyFault::TooLarge)
        }
    }
}

/// Reads a stream until it ends or has given more than `limit_bytes`; says which.
pub(super) async fn read_up_to(
    mut stream: ByteStream,
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
