//! [`Platform`] on Cloudflare Workers, and the entry points: the only module that names the `worker` crate, for wasm32 only.
//!
//! The entry points convert and delegate. Each binding has a file. A request crosses between wasm and JavaScript as few times as
//! possible: `boundary.js` does what costs many calls from Rust, `task` polls. Two parts of the crate are not used: its conversions
//! between `http::HeaderMap` and `Headers`, which panic on bytes above 127, and `Request::json`, which builds a JavaScript
//! object of any JSON that is sent.

mod access;
mod body;
mod boundary;
mod core;
mod d1;
mod hosts;
mod kv;
mod queue;
mod task;

use std::cell::{OnceCell, RefCell};
use std::future::Future;
use std::panic;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use serde_json::Value;
use worker::js_sys::Promise;
use worker::wasm_bindgen::JsValue;
use worker::wasm_bindgen::prelude::{Closure, wasm_bindgen};
use worker::wasm_bindgen_futures::future_to_promise;
use worker::{
    Context, Delay, Env, MessageBatch, ScheduleContext, ScheduledEvent, event, worker_sys,
};

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
use crate::route::{self, HEADERS_READ, Method};
use crate::service;
use boundary::MISSING;

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
pub fn fetch(request: JsValue, env: Env, context: worker_sys::Context) -> JsValue {
    let text = boundary::head(&request);
    let (now_ms, head) = head(&text);
    let own_context = AsRef::<JsValue>::as_ref(&context).clone();
    let background = Background::Context(Rc::new(Context::new(context)));
    let platform = Cloudflare { env, background };
    task::start(now_ms, &own_context, async move {
        let body = body::WorkerBody::new(request, &head);
        let response = service::handle(&head, body, &platform).await;
        let mut first = response.status.to_string();
        if let Some(rest) = response.rest {
            first.push(' ');
            first += &boundary::keep_rest(more(platform, rest)).to_string();
        }
        boundary::flat(&first, &response.headers, &response.body)
    })
}

/// A JavaScript function that promises the next part of a body each time, `undefined` after the last.
fn more(platform: Cloudflare, rest: String) -> JsValue {
    let rest = Rc::new(RefCell::new(Some(rest)));
    let next = move || {
        let (platform, rest) = (platform.clone(), rest.clone());
        future_to_promise(async move {
            let Some(from) = rest.take() else {
                return Ok(JsValue::UNDEFINED);
            };
            match service::continue_body(&platform, &from).await {
                Ok((part, then)) => {
                    rest.replace(then);
                    Ok(JsValue::from_str(&part))
                }
                Err(fault) => {
                    let fault = background_line("continue_body", &fault);
                    boundary::log(&fault);
                    Err(JsValue::from_str("the database failed"))
                }
            }
        })
    };
    Closure::<dyn Fn() -> Promise>::new(next).into_js_value()
}

/// Consumes messages of the outbox. Never an error: it would end the instance, and other visitors' requests with it.
#[event(queue)]
async fn queue(batch: MessageBatch<String>, env: Env, context: Context) -> worker::Result<()> {
    let background = Background::Context(Rc::new(context));
    queue::consume(&batch, &Cloudflare { env, background }).await;
    Ok(())
}

/// Redrives dead letters and deletes what is kept no longer, every few minutes.
#[event(scheduled)]
async fn scheduled(_event: ScheduledEvent, env: Env, context: ScheduleContext) {
    let background = Background::Schedule(Rc::new(context));
    let platform = Cloudflare { env, background };
    dispatch::redrive(&platform).await;
    background::expire_usage(&platform).await;
    background::expire(&platform).await;
    admin::expire_audit(&platform).await;
    admin::forms::finish_interrupted(&platform).await;
}

/// The platform of one event.
#[derive(Clone)]
struct Cloudflare {
    env: Env,
    background: Background,
}

/// The context that background tasks are added to.
#[derive(Clone)]
enum Background {
    Context(Rc<Context>),
    Schedule(Rc<ScheduleContext>),
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
        match &self.background {
            Background::Context(context) => context.wait_until(task),
            Background::Schedule(context) => context.wait_until(task),
        }
    }

    async fn sleep(&self, millis: u64) {
        Delay::from(Duration::from_millis(millis)).await;
    }

    async fn stored_form(&self, kv_name: &str) -> Result<Option<String>, Fault> {
        kv::read(&self.env, kv_name).await
    }

    async fn put_form(&self, kv_name: &str, json: &str) -> Result<(), Fault> {
        kv::write(&self.env, kv_name, Some(json)).await
    }

    async fn delete_form(&self, kv_name: &str) -> Result<(), Fault> {
        kv::write(&self.env, kv_name, None).await
    }

    async fn form_names(&self, prefix: &str, cursor: Option<String>) -> Result<NamesPage, Fault> {
        kv::list_forms(&self.env, prefix, cursor).await
    }

    async fn look_up_hosts(&self, hosts: Vec<String>) -> Vec<HostFacts> {
        hosts::look_up(&self.env, hosts).await
    }

    async fn counter_parts(&self, prefix: &str) -> Result<Vec<(String, Option<Value>)>, Fault> {
        kv::list_counts(&self.env, prefix).await
    }

    async fn publish_counter(&self, update: &CounterUpdate, ttl_s: u64) -> Result<(), Fault> {
        kv::write_count(&self.env, update, ttl_s).await
    }

    async fn post_to_core(&self, request: CoreRequest) -> Result<CoreResponse, Fault> {
        core::post(request).await
    }

    async fn store_lead(&self, queued: &QueuedLead) -> Result<Acknowledged, Fault> {
        d1::store(&self.env, queued).await
    }

    async fn access_identity(&self) -> Option<String> {
        match &self.background {
            Background::Context(context) => access::identity(context).await,
            Background::Schedule(_) => None,
        }
    }

    async fn fetch_jwks(&self, url: &str) -> Result<Vec<u8>, Fault> {
        access::fetch_jwks(url).await
    }

    async fn verify(&self, key: &Jwk, token: &Jwt<'_>) -> bool {
        access::verify(key, token).await
    }

    async fn enqueue(&self, message: &str, delay_s: u32) -> Result<(), Fault> {
        queue::send(&self.env, message, delay_s).await
    }

    async fn put_dead_letter(&self, letter: &DeadLetter) -> Result<(), Fault> {
        d1::put_dead_letter(&self.env, letter).await
    }
}

impl Database for Cloudflare {
    async fn query(&self, query: &Query<'_>) -> Result<Vec<Row>, Fault> {
        // Boxed, so that the code of a query is compiled once, not into each function that runs one.
        let query: Pin<Box<dyn Future<Output = _>>> = Box::pin(d1::query(&self.env, query));
        query.await
    }
}

impl Cloudflare {
    fn new_isolate(&self) -> Isolate {
        let bindings = Bindings {
            forms: self.env.kv(kv::FORMS).is_ok(),
            limits: self.env.kv(kv::LIMITS).is_ok(),
            leads: self.env.d1(d1::LEADS).is_ok(),
            outbox: self.env.queue(queue::OUTBOX).is_ok(),
            assets: self.env.assets("ASSETS").is_ok(),
        };
        let variable = |name: &str| boundary::setting(&self.env, name);
        let id = hash::hex(&self.random().unwrap_or_default());
        Isolate::new(id, Config::parse(variable, bindings), bindings)
    }
}

/// The time in milliseconds, and the request.
fn head(text: &str) -> (u64, route::Request) {
    let mut lines = text.split('\n');
    // Not parsed as a fraction, whose tables are 10 KB of the wasm.
    let now_ms = lines.next().and_then(|text| text.parse().ok());
    let method = lines.next().unwrap_or_default();
    let url = lines.next().unwrap_or_default();
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let host = address.find("://").map_or(0, |at| at + 3);
    let path = address.get(host..).and_then(|rest| rest.find('/'));
    let (own_origin, path) = address
        .split_at_checked(path.map_or(address.len(), |at| host + at))
        .unwrap_or((address, ""));
    let mut line = || lines.next().filter(|text| *text != MISSING);
    let country = line().map(str::to_owned);
    let header = |name| Some((name, line()?.to_owned()));
    let request = route::Request {
        method: Method::parse(method),
        own_origin: own_origin.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        country,
        headers: HEADERS_READ.into_iter().filter_map(header).collect(),
    };
    (now_ms.unwrap_or_default(), request)
}

/// Random values that one call into JavaScript gives: 16 bytes each.
const DRAWN_AT_ONCE: usize = 32;
