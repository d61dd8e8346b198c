//! Verifies a token of Cloudflare Turnstile: one request.
//! <https://developers.cloudflare.com/turnstile/get-started/server-side-validation/>

use serde_json::Value;

use crate::config::Turnstile;
use crate::delivery::CoreRequest;
use crate::json::{self, Object};
use crate::log::RequestLog;
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind};

/// Whether a token is that of a visitor who passed; `None` when that is not known, with the fault in the log: there was no answer,
/// or one about the settings. A token is taken once; again with the same `request_id`, a UUID.
pub async fn verify_turnstile<P: Platform>(
    platform: &P,
    settings: &Turnstile,
    token: Option<&str>,
    request_id: &str,
    log: &mut RequestLog,
) -> Option<bool> {
    let Some(token) = token else {
        return Some(false);
    };
    let mut body = String::new();
    Object::write(&mut body, |body| {
        body.text("secret", &settings.secret);
        body.text("response", token);
        body.text("idempotency_key", request_id);
    });
    let request = CoreRequest {
        url: settings.verify_url.clone(),
        headers: vec![("Content-Type", "application/json".to_owned())],
        body,
        timeout_ms: TURNSTILE_TIMEOUT_MS,
    };
    let passed = match platform.post_to_core(request).await {
        Ok(response) => passed(&response.body),
        Err(fault) => Err(fault),
    };
    passed.inspect_err(|fault| log.fault(fault)).ok()
}

/// Whether siteverify's response accepts the token.
fn passed(body: &[u8]) -> Result<bool, Fault> {
    let answer = json::parse_bytes(body).unwrap_or_default();
    if answer.get("success") == Some(&Value::Bool(true)) {
        return Ok(true);
    }
    let codes = answer.get("error-codes");
    let code = codes.and_then(|codes| codes.get(0)?.as_str());
    let code = code.unwrap_or_default();
    // `invalid-input-response`, `missing-input-response`, `timeout-or-duplicate`.
    if code.ends_with("-response") || code.ends_with("-duplicate") {
        return Ok(false);
    }
    // A code of Cloudflare's own form, and nothing else that may come in a body.
    let is_code = |text: &&str| {
        let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
        text.len() <= MAX_CODE_BYTES && text.bytes().all(is_letter)
    };
    let code = Some(code).filter(is_code).unwrap_or_default();
    Err(Fault::new(
        FaultKind::Setting,
        ["TURNSTILE_SECRET: siteverify answers ", code].concat(),
    ))
}

/// The longest code of an error that is logged: bytes.
const MAX_CODE_BYTES: usize = 40;
/// How long a visitor waits for Turnstile's answer: milliseconds.
pub const TURNSTILE_TIMEOUT_MS: u64 = 5_000;
