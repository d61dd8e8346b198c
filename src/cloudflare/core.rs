//! The core lead service: one `fetch`.

use super::boundary::{self, BROKEN, MISSING, TIMED_OUT};
use super::task::call;
use crate::delivery::{CoreRequest, MAX_CORE_RESPONSE_BYTES};
use crate::envelope::CoreResponse;
use crate::problem::{Fault, FaultKind};

/// Sends a request and reads the response, both within the request's timeout.
pub(super) async fn post(request: CoreRequest) -> Result<CoreResponse, Fault> {
    send(request, MAX_CORE_RESPONSE_BYTES).await
}

/// The same, reading at most `limit_bytes`; a request without a body is a GET.
pub(super) async fn send(request: CoreRequest, limit_bytes: usize) -> Result<CoreResponse, Fault> {
    let timeout_ms = u32::try_from(request.timeout_ms).unwrap_or(u32::MAX);
    let limit = u32::try_from(limit_bytes).unwrap_or(u32::MAX);
    let text = boundary::flat(&request.url, &request.headers, &request.body);
    let reply = call(|call, task| boundary::post(call, task, &text, timeout_ms, READ, limit)).await;
    // The error's own text may contain the address, which may contain a secret.
    let status = match reply.code {
        BROKEN => return Err(unreachable("no connection")),
        TIMED_OUT => return Err(unreachable(&format!("no answer within {timeout_ms} ms"))),
        status => u16::try_from(status).unwrap_or_default(),
    };
    let mut lines = reply.text.splitn(5, '\n');
    let mut header = || {
        lines
            .next()
            .filter(|text| *text != MISSING)
            .map(str::to_owned)
    };
    Ok(CoreResponse {
        status,
        content_type: header(),
        location: header(),
        retry_after: header(),
        rate_limit_reset: header(),
        body: lines
            .next()
            .map_or(reply.bytes, |json| json.as_bytes().to_vec()),
    })
}

fn unreachable(detail: &str) -> Fault {
    Fault::new(FaultKind::CoreUnreachable, detail)
}

/// The four headers that are read of a response. What comes after them is its JSON.
const READ: &str = "content-type,location,retry-after,x-ratelimit-reset";
