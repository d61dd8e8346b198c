//! The core lead service: one `fetch`.

use worker::wasm_bindgen::JsValue;
use worker::web_sys::{self, AbortSignal, RequestRedirect};
use worker::{ByteStream, Fetch, Headers, Request, Response, ResponseBody};

use super::body::read_up_to;
use crate::delivery::{CoreRequest, MAX_CORE_RESPONSE_BYTES};
use crate::envelope::CoreResponse;
use crate::problem::{Fault, FaultKind};

/// Sends a request and reads the response, both within the request's timeout.
pub(super) async fn post(request: CoreRequest) -> Result<CoreResponse, Fault> {
    let timeout_ms = u32::try_from(request.timeout_ms).unwrap_or(u32::MAX);
    let signal = AbortSignal::timeout_with_u32(timeout_ms).into();
    let outgoing = outgoing(&request).map_err(|_| unreachable("the request cannot be built"))?;
    let response = Fetch::Request(outgoing).send_with_signal(&signal).await;
    // The error's own text may contain the address, which may contain a secret.
    let mut response = response.map_err(|_| match signal.aborted() {
        true => unreachable(&format!("no answer within {timeout_ms} ms")),
        false => unreachable("no connection"),
    })?;
    let status = response.status_code();
    let header = |name| response.headers().get(name).ok().flatten();
    let (content_type, retry_after) = (header("content-type"), header("retry-after"));
    let (location, rate_limit_reset) = (header("location"), header("x-ratelimit-reset"));
    Ok(CoreResponse {
        status,
        content_type,
        location,
        retry_after,
        rate_limit_reset,
        // The status decides, even when the body breaks off or stalls.
        body: read_body(&mut response).await.unwrap_or_default(),
    })
}

fn outgoing(request: &CoreRequest) -> worker::Result<Request> {
    let headers = Headers::new();
    for (name, value) in &request.headers {
        headers.append(name, value)?;
    }
    // The crate's own `RequestInit` links code for image resizing, several percent of the wasm.
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers.0);
    init.set_body(&JsValue::from_str(&request.body));
    init.set_redirect(RequestRedirect::Manual);
    Ok(web_sys::Request::new_with_str_and_init(&request.url, &init)?.into())
}

async fn read_body(response: &mut Response) -> worker::Result<Vec<u8>> {
    match response.body() {
        ResponseBody::Empty => Ok(Vec::new()),
        ResponseBody::Body(bytes) => Ok(bytes.clone()),
        ResponseBody::Stream(stream) => {
            let mut stream = ByteStream::from(stream.clone());
            Ok(read_up_to(&mut stream, MAX_CORE_RESPONSE_BYTES).await?.0)
        }
    }
}

fn unreachable(detail: &str) -> Fault {
    Fault::new(FaultKind::CoreUnreachable, detail)
}
