//! What visitors do, and what they are told.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::rc::Rc;

use formgate::route::{Method, Request};
use formgate::service;
use formgate::submission::{BodyFault, RequestBody};
use serde_json::{Value, json};

use super::Stage;

impl Stage {
    /// A visitor sends a form, and sends it again, as it was, while no answer comes or it says to come back.
    pub(super) async fn visit(&self, visitor: u64) {
        let keyed = !visitor.is_multiple_of(5);
        let word = match visitor % 50 {
            7 => "invalid ",
            8 => "refused",
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
                // Another content under the same key, which is nobody's to mend.
                body.insert("email", format!("changed{visitor}-{attempt}@example.com"));
            }
            let answer = Rc::new(RefCell::new(None));
            let is_double_click = keyed && visitor % 10 == 3;
            for _ in 0..=u32::from(is_double_click) {
                self.send(visitor, keyed, json!(body).to_string(), &answer);
            }
            self.world.sleep(self.world.between(100, 40_000)).await;
            // An answer may be lost on its way to the visitor, too.
            let is_lost = self.cloud.goes_wrong();
            let status = answer.borrow_mut().take().filter(|_| !is_lost);
            if status.is_some_and(|status| status < 500) {
                return;
            }
        }
    }

    fn send(&self, visitor: u64, keyed: bool, body: String, answer: &Rc<RefCell<Option<u16>>>) {
        let isolate = self.isolate();
        let (request, body) = (request(visitor, keyed), Sent(body));
        let (stage, sent) = (self.clone(), answer.clone());
        self.world.spawn(isolate.owner, async move {
            let answered = service::handle(&request, body, &isolate).await;
            stage.note(visitor, answered.status, &answered.body);
            *sent.borrow_mut() = Some(answered.status);
        });
    }

    /// What the edge has said, whether or not it reached the visitor.
    fn note(&self, visitor: u64, status: u16, body: &str) {
        if status == 400 {
            self.refused.borrow_mut().insert(visitor);
        }
        if status < 300 {
            let receipt: Value = serde_json::from_str(body).unwrap_or_default();
            let text = |path: &str| receipt.pointer(path).and_then(Value::as_str).unwrap_or("");
            let (id, status) = (text("/submission/id"), text("/submission/status"));
            let mut acknowledged = self.acknowledged.borrow_mut();
            acknowledged.insert(id.to_owned(), status.to_owned());
        }
    }
}

fn request(visitor: u64, keyed: bool) -> Request {
    let mut headers = vec![
        ("origin", "https://example.com".to_owned()),
        ("content-type", "application/json".to_owned()),
        ("cf-connecting-ip", "192.0.2.1".to_owned()),
    ];
    if keyed {
        let mut key = String::new();
        // Writing to a String cannot fail.
        let _ = write!(key, "\"key-{visitor}\"");
        headers.push(("idempotency-key", key));
    }
    Request {
        method: Method::Post,
        own_origin: "https://forms.test".to_owned(),
        path: "/v1/forms/sim/submissions".to_owned(),
        query: String::new(),
        country: None,
        headers,
    }
}

struct Sent(String);

impl RequestBody for Sent {
    async fn read_little(self, limit: usize, _drained: usize) -> Result<Vec<u8>, BodyFault> {
        self.read(limit).await
    }

    async fn read(self, _limit_bytes: usize) -> Result<Vec<u8>, BodyFault> {
        Ok(self.0.into_bytes())
    }
}

/// How often a visitor sends a form that gets no answer.
const MAX_TRIES: u32 = 6;
