//! What the whole tables say of hosts: the ASCII form by the platform's `URL`, the public suffixes by a static file.

use worker::Env;

use super::boundary::{self, MISSING};
use super::task::call;
use crate::form::HostFacts;

/// None of the hosts has a line break.
pub(super) async fn look_up(env: &Env, hosts: Vec<String>) -> Vec<HostFacts> {
    let text = hosts.join("\n");
    let reply = call(|call, task| boundary::look_up_hosts(call, task, env.as_ref(), &text)).await;
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
