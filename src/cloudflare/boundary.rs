//! The functions of `boundary.js`.
//!
//! A call from wasm into JavaScript costs more than most of what formgate computes in between, and each access to an object of
//! the platform more again. So a request takes few calls, and each passes one flat text.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::json::find_special;

#[wasm_bindgen(module = "/src/cloudflare/boundary.js")]
extern "C" {
    pub(super) fn connect(settle: JsValue, names: &str);
    pub(super) fn setting(env: &JsValue, name: &str) -> Option<String>;
    #[wasm_bindgen(js_name = isBound)]
    pub(super) fn is_bound(env: &JsValue, name: &str) -> bool;
    pub(super) fn head(request: &JsValue) -> String;
    #[wasm_bindgen(js_name = readBody)]
    pub(super) fn read_body(
        call: u32,
        task: u32,
        request: &JsValue,
        length: f64,
        limit: f64,
        drained: f64,
    );
    pub(super) fn verify(
        call: u32,
        task: u32,
        algorithm: &str,
        jwk: &str,
        signed: &str,
        signature: &[u8],
    );
    pub(super) fn post(call: u32, task: u32, text: &str, timeout_ms: u32, names: &str, limit: u32);
    pub(super) fn invoke(
        call: u32,
        task: u32,
        env: &JsValue,
        binding: &str,
        method: &str,
        arguments: &str,
    );
    pub(super) fn query(
        call: u32,
        task: u32,
        env: &JsValue,
        binding: &str,
        sql: &str,
        values: &str,
    );
    pub(super) fn sleep(call: u32, task: u32, millis: f64);
    #[wasm_bindgen(js_name = loadTexts)]
    pub(super) fn load_texts(call: u32, task: u32, env: &JsValue, tag: &str);
    #[wasm_bindgen(js_name = lookUpHosts)]
    pub(super) fn look_up_hosts(call: u32, task: u32, env: &JsValue, text: &str);
    pub(super) fn identity(call: u32, task: u32, context: &JsValue, timeout_ms: u32);
    #[wasm_bindgen(js_name = keepRest)]
    pub(super) fn keep_rest(status: &str, more: JsValue) -> String;
    pub(super) fn respond(text: &str) -> JsValue;
    pub(super) fn pending(task: u32, context: &JsValue) -> JsValue;
    pub(super) fn finish(task: u32, text: &str);
    pub(super) fn end(task: u32, value: JsValue);
    #[wasm_bindgen(js_name = queueOf)]
    pub(super) fn queue_of(batch: &JsValue) -> String;
    pub(super) fn messages(batch: &JsValue) -> Vec<String>;
    pub(super) fn acknowledge(batch: &JsValue, index: u32);
    pub(super) fn retry(batch: &JsValue, index: u32, delay_s: u32);
    pub(super) fn soon(task: u32);
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    pub(super) fn log(line: &str);
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    pub(super) fn date_now() -> f64;
}

/// A first line, a line `Name: value` for each header, an empty line, and the body. A header with a control character, which no
/// header may contain, is left out and logged.
pub(super) fn flat(first: &str, headers: &[(&'static str, String)], body: &str) -> String {
    let length: usize = headers.iter().map(|(_, value)| value.len() + 40).sum();
    let mut text = String::with_capacity(first.len() + length + 2 + body.len());
    text.push_str(first);
    for (name, value) in headers {
        let has_control = find_special(value.as_bytes(), [0; 2]).is_some();
        if has_control && value.bytes().any(|byte| byte < b' ' && byte != b'\t') {
            log(&format!("the header {name} cannot be sent"));
            continue;
        }
        text.push('\n');
        text.push_str(name);
        text.push_str(": ");
        text.push_str(value);
    }
    text.push_str("\n\n");
    text.push_str(body);
    text
}

/// In a flat text, a value that is missing. No header contains this character.
pub(super) const MISSING: &str = "\0";
/// The code of a call that succeeded, and of those that failed; as in `boundary.js`. `post` gives the status for success.
pub(super) const OK: u32 = 0;
pub(super) const BROKEN: u32 = 1;
pub(super) const TOO_LARGE: u32 = 2;
pub(super) const TIMED_OUT: u32 = 3;
pub(super) const UNBOUND: u32 = 4;
