//! [`Platform`] on Cloudflare Workers, and the entry points: the only module that names `worker` and `wasm_bindgen`, for wasm32 only.
//!
//! The entry points convert and delegate. Each binding has a file. A request crosses between wasm and JavaScript as few times as
//! possible: `boundary.js` does what costs many calls from Rust, `task` polls. Of the crate `worker` the start is used, and what
//! restarts the instance after a panic: its types for bindings, requests and contexts would add 25 KB to the wasm, gzipped.

mod access;
mod assets;
mod binding;
mod body;
mod boundary;
mod core;
mod d1;
mod head;
mod kv;
mod queue;
mod task;

use std::cell::{OnceCell, RefCell};
use std::future::Future;
use std::panic;
use std::pin::Pin;
use std::rc::Rc;

use serde_json::Value;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use worker::event;

use crate::access::{Jwk, Jwt};
use crate::admin;
use crate::background;
use crate::clock::UnixMillis;
use crate::config::{Bindings, Config};
use crate::delivery::{Acknowledged, CoreRequest, DeadLetter, QueuedLead};
use crate::dispatch;
use crate::envelope::CoreResponse;
use crate::form::HostFacts;
use crate::hash;
use crate::inbox::{Query, Row};
use crate::limit::CounterUpdate;
use crate::log::background_line;
use crate::platform::{Database, Isolate, NamesPage, Platform};
use crate::problem::{Fault, FaultKind};
use crate::route::HEADERS_READ;
use crate::service;
use task::Done;

/// Logs a panic with its message, then runs the hook of `worker`, which restarts the instance.
#[event(start)]
fn start() {
    let recover = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        console_error_panic_hook::hook(info);
        recover(info);
    }));
    let settle = Closure::<dyn Fn(f64, u32, u32, String, Vec<u8>)>::new(task::settle);
    boundary::connect(settle.into_js_value(), &HEADERS_READ.join(","));
}

/// Responds to a request: with a `Response`, or with a promise when it has to wait for something.
#[wasm_bindgen]
pub fn fetch(request: JsValue, env: JsValue, context: JsValue) -> JsValue {
    let text = boundary::head(&request);
    let (now_ms, head) = head::parse(&text);
    let platform = Cloudflare::new(env, context);
    let event = platform.event.clone();
    let response = async move {
        let body = body::WorkerBody::new(request, &head);
        let response = service::handle(&head, body, &platform).await;
        let mut first = response.status.to_string();
        if let Some(rest) = response.rest {
            first = boundary::keep_rest(&first, more(platform, rest));
        }
        Done::Response(boundary::flat(&first, &response.headers, &response.body))
    };
    task::start(now_ms, &event.context, Box::pin(response))
}

/// A JavaScript function that promises the next part of a body each time: see `keepRest` of `boundary.js`.
fn more(platform: Cloudflare, rest: String) -> JsValue {
    let rest = Rc::new(RefCell::new(Some(rest)));
    let next = move || {
        let (platform, rest) = (platform.clone(), rest.clone());
        let event = platform.event.clone();
        let part = async move {
            let Some(from) = rest.take() else {
                return Done::Value(JsValue::UNDEFINED);
            };
            match service::continue_body(&platform, &from).await {
                Ok((part, then)) => {
                    rest.replace(then);
                    Done::Value(JsValue::from_str(&part))
                }
                Err(fault) => {
                    let fault = background_line("continue_body", &fault);
                    boundary::log(&fault);
                    Done::Value(JsValue::NULL)
                }
            }
        };
        task::start(task::now_ms(), &event.context, Box::pin(part))
    };
    Closure::<dyn Fn() -> JsValue>::new(next).into_js_value()
}

/// Consumes messages of the outbox. Never an error: it would end the instance, and other visitors' requests with it.
#[wasm_bindgen]
pub fn queue(batch: JsValue, env: JsValue, context: JsValue) -> JsValue {
    let platform = Cloudflare::new(env, context);
    let event = platform.event.clone();
    let consumed = async move {
        queue::consume(&batch, &platform).await;
        Done::Value(JsValue::UNDEFINED)
    };
    task::start(task::now_ms(), &event.context, Box::pin(consumed))
}

/// Redrives dead letters and deletes what is kept no longer, every few minutes.
#[wasm_bindgen]
pub fn scheduled(_event: JsValue, env: JsValue, context: JsValue) -> JsValue {
    let platform = Cloudflare::new(env, context);
    let event = platform.event.clone();
    let done = async move {
        dispatch::redrive(&platform).await;
        background::expire_usage(&platform).await;
        background::expire(&platform).await;
        admin::expire_audit(&platform).await;
        admin::forms::finish_interrupted(&platform).await;
        Done::Value(JsValue::UNDEFINED)
    };
    task::start(task::now_ms(), &event.context, Box::pin(done))
}

/// The platform of one event.
#[derive(Clone)]
struct Cloudflare {
    event: Rc<Event>,
}

/// What the platform gives with an event.
struct Event {
    env: JsValue,
    /// The context that background tasks are added to.
    context: JsValue,
}

impl Platform for Cloudflare {
    fn isolate(&self) -> Rc<Isolate> {
        thread_local!(static ISOLATE: OnceCell<Rc<Isolate>> = const { OnceCell::new() });
        ISOLATE.with(|isolate| isolate.get_or_init(|| Rc::new(self.new_isolate())).clone())
    }

    fn now(&self) -> UnixMillis {
        UnixMillis(task::now_ms())
    }

    fn random(&self) -> Result<[u8; 16], Fault> {
        // One call gives enough for many requests. Each byte is given once.
        thread_local!(static DRAWN: RefCell<Vec<[u8; 16]>> = const { RefCell::new(Vec::new()) });
        DRAWN.with_borrow_mut(|drawn| {
            if let Some(bytes) = drawn.pop() {
                return Ok(bytes);
            }
            let mut bytes = [[0; 16]; DRAWN_AT_ONCE];
            getrandom::fill(bytes.as_flattened_mut()).map_err(|error| {
                Fault::new(FaultKind::Setting, format!("no randomness: {error}"))
            })?;
            let [first, rest @ ..] = bytes;
            drawn.extend(rest);
            Ok(first)
        })
    }

    fn log(&self, line: &str) {
        boundary::log(line);
    }

    fn wait_until(&self, task: impl Future<Output = ()> + 'static) {
        // Boxed, so that the code around a task is compiled once: two kilobytes for each kind of task.
        let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(task);
        let running = async move {
            task.await;
            Done::Value(JsValue::UNDEFINED)
        };
        task::spawn(&self.event.context, Box::pin(running));
    }

    async fn sleep(&self, millis: u64) {
        task::call(|call, task| boundary::sleep(call, task, millis as f64)).await;
    }

    async fn stored_form(&self, kv_name: &str) -> Result<Option<String>, Fault> {
        kv::read(&self.event.env, kv_name).await
    }

    async fn put_form(&self, kv_name: &str, json: &str) -> Result<(), Fault> {
        kv::write(&self.event.env, kv_name, Some(json)).await
    }

    async fn delete_form(&self, kv_name: &str) -> Result<(), Fault> {
        kv::write(&self.event.env, kv_name, None).await
    }

    async fn form_names(&self, prefix: &str, cursor: Option<String>) -> Result<NamesPage, Fault> {
        kv::list_forms(&self.event.env, prefix, cursor).await
    }

    async fn look_up_hosts(&self, hosts: Vec<String>) -> Vec<HostFacts> {
        assets::look_up(&self.event.env, hosts).await
    }

    async fn texts(&self, tag: &str) -> Option<String> {
        assets::texts(&self.event.env, tag).await
    }

    async fn counter_parts(&self, prefix: &str) -> Result<Vec<(String, Option<Value>)>, Fault> {
        kv::list_counts(&self.event.env, prefix).await
    }

    async fn publish_counter(&self, update: &CounterUpdate, ttl_s: u64) -> Result<(), Fault> {
        kv::write_count(&self.event.env, update, ttl_s).await
    }

    async fn post_to_core(&self, request: CoreRequest) -> Result<CoreResponse, Fault> {
        core::post(request).await
    }

    async fn store_lead(&self, queued: &QueuedLead) -> Result<Acknowledged, Fault> {
        d1::store(&self.event.env, queued).await
    }

    async fn access_identity(&self) -> Option<String> {
        access::identity(&self.event.context).await
    }

    async fn fetch_jwks(&self, url: &str) -> Result<Vec<u8>, Fault> {
        access::fetch_jwks(url).await
    }

    async fn verify(&self, key: &Jwk, token: &Jwt<'_>) -> bool {
        access::verify(key, token).await
    }

    async fn enqueue(&self, message: &str, delay_s: u32) -> Result<(), Fault> {
        queue::send(&self.event.env, message, delay_s).await
    }

    async fn put_dead_letter(&self, letter: &DeadLetter) -> Result<(), Fault> {
        d1::put_dead_letter(&self.event.env, letter).await
    }
}

impl Database for Cloudflare {
    async fn query(&self, query: &Query<'_>) -> Result<Vec<Row>, Fault> {
        // Boxed, so that the code of a query is compiled once, not into each function that runs one.
        let query: Pin<Box<dyn Future<Output = _>>> = Box::pin(d1::query(&self.event.env, query));
        query.await
    }
}

impl Cloudflare {
    fn new(env: JsValue, context: JsValue) -> Self {
        let event = Rc::new(Event { env, context });
        Self { event }
    }

    fn new_isolate(&self) -> Isolate {
        let is_bound = |name: &str| boundary::is_bound(&self.event.env, name);
        let bindings = Bindings {
            forms: is_bound(kv::FORMS),
            limits: is_bound(kv::LIMITS),
            leads: is_bound(d1::LEADS),
            outbox: is_bound(queue::OUTBOX),
            assets: is_bound("ASSETS"),
        };
        let variable = |name: &str| boundary::setting(&self.event.env, name);
        let id = hash::hex(&self.random().unwrap_or_default());
        Isolate::new(id, Config::parse(variable, bindings), bindings)
    }
}

/// Random values that one call into JavaScript gives: 16 bytes each.
const DRAWN_AT_ONCE: usize = 32;
