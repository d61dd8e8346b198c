//! Verifies a token of Cloudflare Turnstile: one request.
//! <https://developers.cloudflare.com/turnstile/get-started/server-side-validation/>

use serde_json::{Value, json};

use crate::config::Turnstile;
use crate::delivery::CoreRequest;
use crate::platform::Platform;
use crate::problem::{Fault, FaultKind};

/// Whether a token is that of a visitor who passed. The same token is taken again with the same `request_id`, a UUID.
///
/// # Errors
/// The fault when that is not known: no answer, or one about the settings.
pub async fn verify_turnstile<P: Platform>(
    platform: &P,
    settings: &Turnstile,
    token: &str,
    request_id: &str,
) -> Result<bool, Fault> {
    let body = json!({
        "secret": settings.secret,
        "response": token,
        "idempotency_key": request_id,
    });
    let request = CoreRequest {
        url: settings.verify_url.clone(),
        headers: vec![("Content-Type", "application/json".to_owned())],
        body: body.to_string(),
        timeout_ms: TURNSTILE_TIMEOUT_MS,
    };
    let response = platform.post_to_core(request).await?;
    let answer: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let codes = answer["error-codes"].as_array();
    // About the token are only these; others are about the secret, the request or the service.
    let is_about_token = |code: &Value| {
        [
            "invalid-input-response",
            "missing-input-response",
            "timeout-or-duplicate",
        ]
        .contains(&code.as_str().unwrap_or_default())
    };
    match answer["success"].as_bool() {
        Some(true) => Ok(true),
        Some(false) if codes.is_some_and(|codes| codes.iter().any(is_about_token)) => Ok(false),
        // The codes are Cloudflare's names; the body of another status may be anything.
        Some(false) => Err(fault(codes.and_then(|codes| codes.first()?.as_str()))),
        None => Err(fault(None)),
    }
}

fn fault(code: Option<&str>) -> Fault {
    let known = [
        "invalid-input-secret",
        "missing-input-secret",
        "bad-request",
        "internal-error",
    ];
    let code = known.into_iter().find(|known| Some(*known) == code);
    let detail = ["TURNSTILE: ", code.unwrap_or("not an answer of siteverify")].concat();
    Fault::new(FaultKind::Setting, detail)
}

/// How long a visitor waits for Turnstile's answer: milliseconds.
pub const TURNSTILE_TIMEOUT_MS: u64 = 5_000;
