//! [`Platform`] on Cloudflare Workers, and the entry points: the only module that names the `worker` crate, for wasm32 only.
//!
//! The entry points convert and delegate. Each binding has a file. Two parts of the crate are not used: its conversions
//! between `http::HeaderMap` and `Headers`, which panic on bytes above 127, and `Request::json`, which builds a JavaScript
//! object of any JSON that is sent.

mod body;
mod core;
mod d1;
mod kv;
mod queue;

use std::cell::OnceCell;
use std::future::Future;
use std::panic;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use serde_json::Value;
use worker::{
    Cf, Context, Date, Delay, Env, Headers, MessageBatch, Request, Response, ResponseBuilder,
    ScheduleContext, ScheduledEvent, event,
};

use crate::background;
use crate::clock::UnixMillis;
use crate::config::{Bindings, Config};
use crate::delivery::{Acknowledged, CoreRequest, DeadLetter, QueuedLead};
use crate::dispatch;
use crate::envelope::{self, CoreResponse};
use crate::hash;
use crate::inbox::{Query, Row};
use crate::limit::CounterUpdate;
use crate::platform::{Database, Isolate, Platform};
use crate::problem::{Fault, FaultKind};
use crate::route::{self, HEADERS_READ, Method};
use crate::service;

/// Logs a panic with its message, then runs the hook of `worker`, which restarts the instance.
#[event(start)]
fn start() {
    let recover = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        console_error_panic_hook::hook(info);
        recover(info);
    }));
}

/// The Makefile builds with `RUN_TO_COMPLETION`, which passes this function's promise to `waitUntil`: when the visitor
/// disconnects, the request continues for 30 seconds. After that, or when the isolate ends, its future is neither polled nor
/// dropped.
#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> worker::Result<Response> {
    let background = Background::Context(Rc::new(context));
    let platform = Cloudflare { env, background };
    let head = head(&request);
    let response = service::handle(&head, body::WorkerBody::new(request, &head), &platform).await;
    Ok(respond(response))
}

/// Consumes messages of the outbox. Never an error: it would end the instance, and other visitors' requests with it.
#[event(queue)]
async fn queue(batch: MessageBatch<String>, env: Env, context: Context) -> worker::Result<()> {
    let background = Background::Context(Rc::new(context));
    queue::consume(&batch, &Cloudflare { env, background }).await;
    Ok(())
}

/// Redrives dead letters and deletes old counts of usage, every few minutes.
#[event(scheduled)]
async fn scheduled(_event: ScheduledEvent, env: Env, context: ScheduleContext) {
    let background = Background::Schedule(Rc::new(context));
    let platform = Cloudflare { env, background };
    dispatch::redrive(&platform).await;
    background::expire_usage(&platform).await;
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
        UnixMillis(Date::now().as_millis())
    }

    fn random(&self) -> Result<[u8; 16], Fault> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)
            .map_err(|error| Fault::new(FaultKind::Setting, format!("no randomness: {error}")))?;
        Ok(bytes)
    }

    fn log(&self, line: &str) {
        worker::console_log!("{line}");
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

    async fn enqueue(&self, message: &str, delay_s: u32) -> Result<(), Fault> {
        queue::send(&self.env, message, delay_s).await
    }

    async fn put_dead_letter(&self, letter: &DeadLetter) -> Result<(), Fault> {
        d1::put_dead_letter(&self.env, letter).await
    }
}

impl Database for Cloudflare {
    async fn query(&self, query: &Query<'_>) -> Result<Vec<Row>, Fault> {
        d1::query(&self.env, query).await
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
        // Variables and secrets are read alike.
        let variable = |name: &str| self.env.var(name).ok().map(|value| value.to_string());
        let id = hash::hex(&self.random().unwrap_or_default());
        Isolate::new(id, Config::parse(variable, bindings), bindings)
    }
}

fn head(request: &Request) -> route::Request {
    let url = request.inner().url();
    let (address, query) = match url.split_once('?') {
        Some((address, query)) => (address, query),
        None => (url.as_str(), ""),
    };
    let path = request.path();
    let headers = HEADERS_READ
        .into_iter()
        .filter_map(|name| Some((name, request.headers().get(name).ok()??)))
        .collect();
    route::Request {
        // Not `request.method()`: the crate takes every method it does not know for GET.
        method: Method::parse(&request.inner().method()),
        own_origin: address.strip_suffix(&path).unwrap_or(address).to_owned(),
        path,
        query: query.to_owned(),
        country: request.cf().and_then(Cf::country),
        headers,
    }
}

fn respond(response: envelope::Response) -> Response {
    let headers = Headers::new();
    for (name, value) in &response.headers {
        if headers.append(name, value).is_err() {
            worker::console_error!("the header {name} cannot be sent");
        }
    }
    let builder = ResponseBuilder::new()
        .with_status(response.status)
        .with_headers(headers);
    if response.body.is_empty() {
        builder.empty()
    } else {
        builder.fixed(response.body.into_bytes())
    }
}
