//! Simulated visitors: what they send, when they retry or leave, and which responses they get.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use formgate::route::Request;
use formgate::service;
use formgate::submission::{BodyFault, RequestBody};
use serde_json::{Value, json};

use sim::memory::Call;

use super::Stage;
use super::faulty::FaultyIsolate;

/// A request a visitor has sent, as both see it. Clones are the same request.
#[derive(Clone)]
pub(super) struct Sent {
    event: FaultyIsolate,
    /// The status of the response, whether or not it arrived.
    pub(super) status: Rc<Cell<Option<u16>>>,
    /// Whether the edge has all of the body.
    pub(super) is_whole: Rc<Cell<bool>>,
    /// Whether the platform ended it, although its isolate was still there.
    pub(super) is_cut_off: Rc<Cell<bool>>,
    /// Whether the visitor went away before the response.
    pub(super) is_visitor_gone: Rc<Cell<bool>>,
}

/// A visitor who did not wait for the response.
pub(super) struct Gone {
    pub(super) email: String,
    pub(super) sent: Vec<Sent>,
}

impl Stage {
    /// A visitor sends a form, and sends it again, as it was, while no response comes or it asks for a retry.
    pub(super) async fn visit(&self, visitor: u64) {
        let keyed = !visitor.is_multiple_of(5);
        let word = match visitor % 50 {
            7 => "invalid ",
            8 => "refused",
            _ if is_robot(visitor) && visitor % 20 == 6 => NO_SPAM,
            _ if is_robot(visitor) => SPAM,
            _ if is_erased(visitor) => ERASED,
            _ => "ada",
        };
        let mut body = BTreeMap::from([("email", format!("{word}{visitor}@example.com"))]);
        if visitor % 100 == 11 {
            // More than the outbox takes.
            body.extend(["a", "b", "c", "d"].map(|name| (name, "x".repeat(32_000))));
        }
        let tries = if keyed { MAX_TRIES } else { 1 };
        for attempt in 0..tries {
            if visitor % 50 == 9 {
                // Another content under the same key, which a retry cannot correct.
                body.insert("email", format!("changed{visitor}-{attempt}@example.com"));
            }
            let is_double_click = keyed && visitor % 10 == 3;
            let sent: Vec<Sent> = (0..=u32::from(is_double_click))
                .map(|_| self.send(visitor, keyed, json!(body).to_string()))
                .collect();
            if self.cloud.goes_wrong() && self.world.chance(GONE) {
                let is_closed = self.go_away(&sent).await;
                if is_closed {
                    let email = body.get("email").cloned().unwrap_or_default();
                    self.gone.borrow_mut().push(Gone { email, sent });
                    return;
                }
                continue;
            }
            self.world.sleep(self.world.between(100, 40_000)).await;
            if word == ERASED {
                // What is on its way when a person is erased may still arrive.
                self.world.sleep(IN_FLIGHT_MS).await;
                let email = body.get("email").cloned().unwrap_or_default();
                self.to_erase.borrow_mut().insert(email);
                return;
            }
            // A response may be lost on its way to the visitor, too.
            let is_lost = self.cloud.goes_wrong();
            let status = sent.iter().rev().find_map(|sent| sent.status.get());
            if !is_lost && status.is_some_and(|status| status < 500) {
                return;
            }
        }
    }

    /// The connection is reset, at any moment of the request. Whether the visitor has closed the page; otherwise it sends the
    /// same again.
    async fn go_away(&self, sent: &[Sent]) -> bool {
        let world = &self.world;
        // Most requests take less than 300 ms; those that wait for a core or a store take longer.
        let longest_ms = if world.chance(0.8) { 300 } else { 20_000 };
        world.sleep(world.between(0, longest_ms)).await;
        for request in sent {
            if request.status.get().is_none() {
                request.is_visitor_gone.set(true);
                request.event.lose_visitor(self.build);
            }
        }
        let is_closed = world.chance(0.5);
        if !is_closed {
            world.sleep(world.between(0, 5_000)).await;
        }
        is_closed
    }

    fn send(&self, visitor: u64, keyed: bool, body: String) -> Sent {
        let sent = Sent {
            event: self.isolate(),
            status: Rc::default(),
            is_whole: Rc::default(),
            is_cut_off: Rc::default(),
            is_visitor_gone: Rc::default(),
        };
        let (stage, request) = (self.clone(), request(visitor, keyed));
        let (body, then) = (
            Body {
                text: body,
                sent: sent.clone(),
                stage: self.clone(),
            },
            sent.clone(),
        );
        self.world.spawn(sent.event.owner, async move {
            let handled = service::handle(&request, body, &then.event);
            let Some(response) = then.event.run_request(handled).await else {
                then.is_cut_off.set(true);
                return;
            };
            // The visitor who sent half a body has gone: the response reaches no one.
            if then.is_whole.get() {
                stage.note(visitor, response.status, &response.body);
            }
            then.status.set(Some(response.status));
        });
        sent
    }

    /// Records what the edge responded, whether or not it reached the visitor.
    fn note(&self, visitor: u64, status: u16, body: &str) {
        if status == 400 {
            self.refused.borrow_mut().insert(visitor);
        }
        if status < 300 && !is_erased(visitor) {
            let receipt: Value = serde_json::from_str(body).unwrap_or_default();
            let text = |path: &str| receipt.pointer(path).and_then(Value::as_str).unwrap_or("");
            let (id, status) = (text("/submission/id"), text("/submission/status"));
            let mut acknowledged = self.acknowledged.borrow_mut();
            acknowledged.insert(id.to_owned(), status.to_owned());
        }
    }
}

/// Whether a visitor is taken for a robot.
fn is_robot(visitor: u64) -> bool {
    visitor % 10 == 6
}

/// Whether a visitor asks to be erased after sending the form once, whatever came of it.
fn is_erased(visitor: u64) -> bool {
    visitor % 20 == 12
}

fn request(visitor: u64, keyed: bool) -> Request {
    let call = Call::submit("").at("/v1/forms/sim/submissions");
    let call = match is_robot(visitor) {
        true => call.with("user-agent", "curl/8.5.0"),
        false => call,
    };
    if keyed {
        let key = format!("\"key-{visitor}\"");
        call.with("idempotency-key", &key).request
    } else {
        call.request
    }
}

struct Body {
    text: String,
    sent: Sent,
    stage: Stage,
}

impl RequestBody for Body {
    async fn read_little(self, limit: usize, _drained: usize) -> Result<Vec<u8>, BodyFault> {
        self.read(limit).await
    }

    async fn read(self, _limit_bytes: usize) -> Result<Vec<u8>, BodyFault> {
        let world = &self.stage.world;
        world.sleep(world.between(0, 50)).await;
        if self.sent.is_visitor_gone.get() {
            return Err(BodyFault::Broken);
        }
        self.sent.is_whole.set(true);
        Ok(self.text.into_bytes())
    }
}

/// How the address of spam begins, and that of what the owner takes out of the spam folder.
pub(super) const SPAM: &str = "spam";
pub(super) const NO_SPAM: &str = "nospam";
/// That of visitors who ask to be erased.
pub(super) const ERASED: &str = "erased";
/// Longer than an attempt takes whose core or store is slow.
pub(super) const IN_FLIGHT_MS: u64 = 60_000;
/// How often a visitor sends a form that gets no response.
const MAX_TRIES: u32 = 6;
/// Of the requests that go wrong, those whose visitor does not wait for the response.
const GONE: f64 = 0.5;
