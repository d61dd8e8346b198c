//! One structured line per request: names, codes and durations, never a value a visitor typed, never an address.

use serde_json::{Map, Value, json};

use crate::clock::UnixMillis;
use crate::delivery::QueuedLead;
use crate::problem::Fault;

/// What is known of a request so far.
#[derive(Clone, Debug)]
pub struct RequestLog {
    /// Also in the answer's `X-Request-Id`.
    pub request_id: String,
    /// See [`crate::route::Route::name`]; `none` when no route was found.
    pub route: &'static str,
    /// The form key, once it is known to be one.
    pub form: Option<String>,
    /// `delivered`, `stored`, `ok`, or the code of the problem.
    pub outcome: &'static str,
    /// The names of the refused fields.
    pub refused_fields: Vec<String>,
    /// Why an embed is refused, and the origin it was refused for; see [`crate::embed::loggable_origin`].
    pub refused_embed: Option<(&'static str, Option<String>)>,
    faults: Vec<String>,
    durations_ms: Map<String, Value>,
    started_at: UnixMillis,
    step_from: UnixMillis,
}

impl RequestLog {
    /// Begins at `now`.
    pub fn start(request_id: String, now: UnixMillis) -> Self {
        Self {
            request_id,
            route: "none",
            form: None,
            outcome: "ok",
            refused_fields: Vec::new(),
            refused_embed: None,
            faults: Vec::new(),
            durations_ms: Map::new(),
            started_at: now,
            step_from: now,
        }
    }

    /// Ends a step of the walk; a Worker's clock stands still between I/O, so most take 0 ms.
    pub fn step(&mut self, room: &str, now: UnixMillis) {
        let millis = now.since(self.step_from);
        self.durations_ms.insert(room.to_owned(), json!(millis));
        self.step_from = now;
    }

    /// Notes a fault of ours.
    pub fn fault(&mut self, fault: &Fault) {
        self.faults.push(fault.to_string());
    }

    /// The line.
    pub fn line(&self, status: u16, now: UnixMillis) -> String {
        let mut durations = self.durations_ms.clone();
        durations.insert("total".to_owned(), json!(now.since(self.started_at)));
        let mut line = json!({
            "request_id": self.request_id,
            "route": self.route,
            "form": self.form,
            "outcome": self.outcome,
            "status": status,
            "ms": durations,
        });
        if let Some(members) = line.as_object_mut() {
            if !self.refused_fields.is_empty() {
                members.insert("refused_fields".to_owned(), json!(self.refused_fields));
            }
            if let Some((reason, origin)) = &self.refused_embed {
                members.insert("reason".to_owned(), json!(reason));
                members.insert("origin".to_owned(), json!(origin));
            }
            if !self.faults.is_empty() {
                members.insert("faults".to_owned(), json!(self.faults));
            }
        }
        line.to_string()
    }
}

/// The line for a fault in the background, where there is no request to log.
pub fn background_line(task: &str, fault: &Fault) -> String {
    json!({ "background": task, "faults": [fault.to_string()] }).to_string()
}

/// The line for a fault of the counters' store; `count` faults since the last such line.
pub fn counter_line(count: u64, fault: &Fault) -> String {
    json!({ "background": "sync_counter", "faults": [fault.to_string()], "count": count })
        .to_string()
}

/// The line for a lead on its way from the outbox.
pub fn delivery_line(queued: &QueuedLead, outcome: &str, fault: Option<&Fault>) -> String {
    let faults: Vec<String> = fault.iter().map(ToString::to_string).collect();
    json!({
        "background": "dispatch",
        "request_id": queued.request_id,
        "form": queued.form,
        "outcome": outcome,
        "attempts": queued.attempts,
        "faults": faults,
    })
    .to_string()
}
