//! Who calls the owner's API: the identity that Cloudflare Access gives.

use worker::Context;
use worker::wasm_bindgen::JsValue;

use super::boundary::{self, OK};
use super::task::call;

/// See [`crate::platform::Platform::access_identity`].
pub(super) async fn identity(context: &Context) -> Option<String> {
    let context: &worker::worker_sys::Context = context.as_ref();
    let context: &JsValue = context.as_ref();
    let reply = call(|call, task| boundary::identity(call, task, context, IDENTITY_TIMEOUT_MS));
    let reply = reply.await;
    (reply.code == OK).then_some(reply.text)
}

/// How long Cloudflare Access may take to say who the caller is: milliseconds.
const IDENTITY_TIMEOUT_MS: u32 = 5_000;
