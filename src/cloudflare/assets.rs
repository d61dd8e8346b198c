//! What static files have: the texts of languages, and the public suffixes for looking hosts up in the whole tables.

use wasm_bindgen::JsValue;

use super::boundary::{self, MISSING, OK};
use super::task::call;
use crate::form::HostFacts;

/// What the tables contain about each host: the ASCII form is that of the platform's `URL`. None of the hosts has a line break.
pub(super) async fn look_up(env: &JsValue, hosts: Vec<String>) -> Vec<HostFacts> {
    let text = hosts.join("\n");
    let reply = call(|call, task| boundary::look_up_hosts(call, task, env, &text)).await;
    // For each host its ASCII form, and whether it is a suffix.
    let mut lines = reply.text.split('\n');
    let mut line = || lines.next().filter(|text| *text != MISSING);
    let facts = hosts.into_iter().map(|host| HostFacts {
        host,
        ascii: line().map(str::to_owned),
        is_suffix: line().map(|text| text == "true"),
    });
    facts.collect()
}

/// The texts of a language.
pub(super) async fn texts(env: &JsValue, tag: &str) -> Option<String> {
    let reply = call(|call, task| boundary::load_texts(call, task, env, tag)).await;
    (reply.code == OK).then_some(reply.text)
}
