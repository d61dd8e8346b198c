//! Who calls the owner's API: the identity that Cloudflare Access gives, the keys of an issuer, and signatures by `WebCrypto`.

use wasm_bindgen::JsValue;

use super::boundary::{self, OK};
use super::core;
use super::task::call;
use crate::access::{JWKS_TIMEOUT_MS, Jwk, Jwt, MAX_JWKS_BYTES};
use crate::delivery::CoreRequest;
use crate::problem::{Fault, FaultKind};

/// See [`crate::platform::Platform::access_identity`].
pub(super) async fn identity(context: &JsValue) -> Option<String> {
    let reply = call(|call, task| boundary::identity(call, task, context, IDENTITY_TIMEOUT_MS));
    let reply = reply.await;
    (reply.code == OK).then_some(reply.text)
}

/// See [`crate::platform::Platform::fetch_jwks`].
pub(super) async fn fetch_jwks(url: &str) -> Result<Vec<u8>, Fault> {
    let request = CoreRequest {
        url: url.to_owned(),
        headers: Vec::new(),
        body: String::new(),
        timeout_ms: JWKS_TIMEOUT_MS,
    };
    let fault = |detail: &str| Fault::new(FaultKind::Setting, format!("JWT_JWKS_URL: {detail}"));
    let response = core::send(request, MAX_JWKS_BYTES + 1).await;
    let response = response.map_err(|unreachable| fault(&unreachable.detail))?;
    match response.status {
        200 if response.body.len() > MAX_JWKS_BYTES => Err(fault("too large")),
        200 => Ok(response.body),
        status => Err(fault(&status.to_string())),
    }
}

/// See [`crate::platform::Platform::verify`].
pub(super) async fn verify(key: &Jwk, token: &Jwt<'_>) -> bool {
    let algorithm = key.algorithm.as_str();
    let reply = call(|call, task| {
        boundary::verify(
            call,
            task,
            algorithm,
            &key.json,
            token.signed,
            &token.signature,
        );
    });
    reply.await.code == OK
}

/// How long Cloudflare Access may take to identify the caller: milliseconds.
const IDENTITY_TIMEOUT_MS: u32 = 5_000;
