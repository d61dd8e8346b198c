//! One structured line per request: names, codes and durations, never a value a visitor typed, never an address.

use serde_json::json;

use crate::clock::UnixMillis;
use crate::delivery::QueuedLead;
use crate::embed::loggable_origin;
use crate::form::FormDefinition;
use crate::json::Object;
use crate::problem::{EmbedReason, Fault, Problem};

/// What is known of a request so far; [`line`](RequestLog::line) makes it the log line.
#[derive(Clone, Debug)]
pub struct RequestLog {
    /// Also the response's `X-Request-Id`.
    pub request_id: String,
    /// See [`crate::route::Route::name`]; `none` when no route was found.
    pub route: &'static str,
    /// The form key; `None` when the path has none or it is malformed.
    pub form: Option<String>,
    /// `delivered`, `stored`, `queued`, `ok`, or the code of the problem.
    pub outcome: &'static str,
    refused_fields: Vec<String>,
    /// The reason for which an embed is refused, and the page's origin; see [`loggable_origin`].
    refused_embed: Option<(&'static str, Option<String>)>,
    /// The same for an embed that the form does not enforce, and so was not refused.
    unenforced_embed: Option<(&'static str, Option<String>)>,
    /// `valid`, or the reason for which a submission's ticket is not; `None` for other requests.
    ticket: Option<&'static str>,
    faults: Vec<String>,
    durations_ms: Vec<(&'static str, u64)>,
    started_at: UnixMillis,
    step_from: UnixMillis,
}

impl RequestLog {
    /// The log of a request that begins at `now`.
    pub fn start(request_id: String, now: UnixMillis) -> Self {
        Self {
            request_id,
            route: "none",
            form: None,
            outcome: "ok",
            refused_fields: Vec::new(),
            refused_embed: None,
            unenforced_embed: None,
            ticket: None,
            faults: Vec::new(),
            durations_ms: Vec::new(),
            started_at: now,
            step_from: now,
        }
    }

    /// Notes the end of a step and its duration. A Worker's clock advances only with I/O, so most steps take 0 ms.
    pub fn step(&mut self, step: &'static str, now: UnixMillis) {
        let millis = now.since(self.step_from);
        self.step_from = now;
        match self
            .durations_ms
            .iter_mut()
            .find(|(known, _)| *known == step)
        {
            Some((_, known)) => *known = millis,
            None => self.durations_ms.push((step, millis)),
        }
    }

    /// Notes why the request is refused. `form` is the version the visitor saw, and `origin` the `Origin` header.
    pub fn refuse(
        &mut self,
        problem: &Problem,
        form: Option<&FormDefinition>,
        origin: Option<&str>,
    ) {
        self.outcome = problem.problem_type().code();
        match problem {
            Problem::EmbedInvalid(reason) => {
                let origin = loggable_origin(origin).map(str::to_owned);
                self.refused_embed = Some((reason.as_str(), origin));
            }
            Problem::ValidationFailed(violations) => {
                // Only names the form has: another name may be something a visitor typed.
                let names = violations
                    .iter()
                    .filter_map(|violation| violation.field.as_deref());
                self.refused_fields = names
                    .filter(|name| form.is_some_and(|form| form.field(name).is_some()))
                    .map(str::to_owned)
                    .collect();
            }
            _ => {}
        }
    }

    /// Notes that the embed check would refuse, if the form enforced it; `origin` as for [`Self::refuse`].
    pub fn would_refuse(&mut self, reason: EmbedReason, origin: Option<&str>) {
        let origin = loggable_origin(origin).map(str::to_owned);
        self.unenforced_embed = Some((reason.as_str(), origin));
    }

    /// Notes whether a submission has a valid ticket, so that an owner can see what requiring one would refuse.
    pub fn ticket(&mut self, reason: Option<EmbedReason>) {
        self.ticket = Some(reason.map_or("valid", EmbedReason::as_str));
    }

    /// Notes a fault of ours, to be logged with the request.
    pub fn fault(&mut self, fault: &Fault) {
        self.faults.push(fault.to_string());
    }

    /// The line, as JSON.
    pub fn line(&self, status: u16, now: UnixMillis) -> String {
        let mut line = String::with_capacity(TYPICAL_LINE_BYTES);
        Object::write(&mut line, |line| {
            line.text("request_id", &self.request_id);
            line.text("route", self.route);
            line.optional("form", self.form.as_deref());
            line.text("outcome", self.outcome);
            line.number("status", u64::from(status));
            line.object("ms", |ms| {
                for (step, millis) in &self.durations_ms {
                    ms.number(step, *millis);
                }
                ms.number("total", now.since(self.started_at));
            });
            if !self.refused_fields.is_empty() {
                line.texts("refused_fields", &self.refused_fields);
            }
            if let Some(ticket) = self.ticket {
                line.text("ticket", ticket);
            }
            let refused = self.refused_embed.as_ref().map(|embed| ("reason", embed));
            let unenforced = self.unenforced_embed.as_ref();
            let unenforced = unenforced.map(|embed| ("would_refuse", embed));
            if let Some((name, (reason, origin))) = refused.or(unenforced) {
                line.text(name, reason);
                line.optional("origin", origin.as_deref());
            }
            if !self.faults.is_empty() {
                line.texts("faults", &self.faults);
            }
        });
        line
    }
}

/// The line for a fault in a background task, which has no request id.
pub fn background_line(task: &str, fault: &Fault) -> String {
    json!({ "background": task, "faults": [fault.to_string()] }).to_string()
}

/// The line for a fault of the counters' store; `count` is the number of faults since the last such line.
pub fn counter_line(count: u64, fault: &Fault) -> String {
    json!({ "background": "sync_counter", "faults": [fault.to_string()], "count": count })
        .to_string()
}

/// The line for a delivery attempt of `dispatch::later`.
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

/// Reserved for a line, so that few lines need more: bytes.
const TYPICAL_LINE_BYTES: usize = 512;
