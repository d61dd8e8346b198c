//! [`Call`]: a request to make; and what its response holds.

use std::future::ready;

use formgate::envelope::Response;
use formgate::route::{HEADERS_READ, Method, Request};
use formgate::submission::{BodyFault, RequestBody};
use serde_json::Value;

use super::Memory;
use super::outside::Outside;

/// A request to make.
#[derive(Clone)]
pub struct Call {
    /// Its line and headers.
    pub request: Request,
    /// Its body.
    pub body: Vec<u8>,
}

impl Call {
    /// A request without headers and body.
    pub fn new(method: &str, path: &str) -> Self {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        Self {
            request: Request {
                method: Method::parse(method),
                own_origin: "https://forms.test".to_owned(),
                path: path.to_owned(),
                query: query.to_owned(),
                country: Some("AT".to_owned()),
                headers: Vec::new(),
            },
            body: Vec::new(),
        }
    }

    /// A submission of JSON to the form `demo` from an allowed page.
    pub fn submit(body: impl AsRef<[u8]>) -> Self {
        Self::new("POST", "/v1/forms/demo/submissions")
            .with("origin", "https://example.com")
            .with("content-type", "application/json")
            .with("cf-connecting-ip", "192.0.2.1")
            .with("user-agent", "formgate-tests/1")
            .body(body)
    }

    /// Sets a header, replacing what it was.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        assert!(HEADERS_READ.contains(&name), "{name} is not read");
        self.request.headers.retain(|(known, _)| *known != name);
        self.request.headers.push((name, value.to_owned()));
        self
    }

    /// The same, sent to another path.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.request.path);
        self
    }

    /// The same without a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.request.headers.retain(|(known, _)| *known != name);
        self
    }

    /// The same with another body.
    #[must_use]
    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_vec();
        self
    }
}

/// The body of a request, which has arrived whole.
pub struct Body<O> {
    bytes: Vec<u8>,
    event: Memory<O>,
}

impl<O: Outside> Body<O> {
    /// The body of an event's request.
    pub fn new(bytes: Vec<u8>, event: &Memory<O>) -> Self {
        let event = event.clone();
        Self { bytes, event }
    }
}

impl<O: Outside> RequestBody for Body<O> {
    async fn read(self, limit_bytes: usize) -> Result<Vec<u8>, BodyFault> {
        self.read_little(limit_bytes, 33_554_432).await
    }

    async fn read_little(
        self,
        limit_bytes: usize,
        drained_bytes: usize,
    ) -> Result<Vec<u8>, BodyFault> {
        let Self { bytes, event } = self;
        event.outside.wait(ready(())).await;
        let read = bytes.len().min(limit_bytes.saturating_add(drained_bytes));
        let before = event.stores.body_bytes_read.get();
        event.stores.body_bytes_read.set(before + read);
        if bytes.len() > limit_bytes {
            Err(BodyFault::TooLarge)
        } else {
            Ok(bytes)
        }
    }
}

/// The body of a response as JSON.
///
/// # Panics
/// It is not JSON.
#[expect(clippy::panic, reason = "a test reports by panicking")]
pub fn json(response: &Response) -> Value {
    serde_json::from_str(&response.body).unwrap_or_else(|_| panic!("not JSON: {}", response.body))
}

/// The code of a refusal.
///
/// # Panics
/// It is no refusal.
#[expect(clippy::unwrap_used, reason = "a test reports by panicking")]
pub fn code(response: &Response) -> String {
    let body = json(response);
    let code = body.pointer("/error/code").and_then(Value::as_str);
    code.unwrap().to_owned()
}
