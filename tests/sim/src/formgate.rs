//! formgate itself in the simulation: whole requests through its own code, on a platform in virtual time.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use formgate::clock::UnixMillis;
use formgate::config::{Bindings, Config};
use formgate::delivery::{Acknowledged, CoreRequest, DeadLetter, QueuedLead};
use formgate::envelope::{CoreResponse, ReceiptStatus};
use formgate::inbox::{Query, Row};
use formgate::limit::CounterUpdate;
use formgate::platform::{Database, Isolate, Platform};
use formgate::problem::{Fault, FaultKind};
use formgate::route::{Method, Request};
use formgate::service;
use formgate::submission::{BodyFault, RequestBody};
use serde_json::{Value, json};

use sim::kv::{KvAt, KvError};
use sim::world::{Owner, World};

/// One isolate of formgate at one location. Clones are the same isolate.
#[derive(Clone)]
pub struct SimIsolate {
    isolate: Rc<Isolate>,
    world: World,
    kv: KvAt,
    owner: Owner,
    /// How far its clock is from the true time: milliseconds.
    skew_ms: i64,
    form: Rc<str>,
}

impl SimIsolate {
    /// An isolate that has met nothing yet, serving one form.
    pub fn start(world: &World, kv: KvAt, owner: Owner, skew_ms: i64, form: Rc<str>) -> Self {
        let bindings = Bindings::ALL;
        let id = format!("{:016x}", world.random());
        let isolate = Isolate::new(id, Config::parse(|_| None, bindings), bindings);
        Self {
            isolate: Rc::new(isolate),
            world: world.clone(),
            kv,
            owner,
            skew_ms,
            form,
        }
    }

    /// Sends one submission of a visitor; its status.
    pub async fn submit(&self, visitor: u64) -> u16 {
        let [_, b, c, d] = u32::try_from(visitor % (1 << 24))
            .unwrap_or(0)
            .to_be_bytes();
        let request = Request {
            method: Method::Post,
            own_origin: "https://forms.test".to_owned(),
            path: "/v1/forms/sim/submissions".to_owned(),
            query: String::new(),
            country: None,
            headers: vec![
                ("origin", "https://example.com".to_owned()),
                ("content-type", "application/json".to_owned()),
                ("cf-connecting-ip", format!("10.{b}.{c}.{d}")),
            ],
        };
        service::handle(&request, Body, self).await.status
    }
}

/// The definition of the form `sim` with these policies.
pub fn form(policies: &Value) -> Rc<str> {
    let form = json!({
        "key": "sim",
        "version": 1,
        "allowed_origins": ["https://example.com"],
        "fields": [{ "name": "email", "type": "email", "label": "E-mail" }],
        "rate_limits": policies,
    });
    form.to_string().into()
}

struct Body;

impl RequestBody for Body {
    async fn read_little(self, limit: usize, _drained: usize) -> Result<Vec<u8>, BodyFault> {
        self.read(limit).await
    }

    async fn read(self, _limit_bytes: usize) -> Result<Vec<u8>, BodyFault> {
        Ok(br#"{"email":"ada@example.com"}"#.to_vec())
    }
}

impl Platform for SimIsolate {
    fn isolate(&self) -> Rc<Isolate> {
        self.isolate.clone()
    }

    fn now(&self) -> UnixMillis {
        UnixMillis(self.world.now_ms().saturating_add_signed(self.skew_ms))
    }

    fn random(&self) -> Result<[u8; 16], Fault> {
        let bits = u128::from(self.world.random()) << 64 | u128::from(self.world.random());
        Ok(bits.to_be_bytes())
    }

    fn log(&self, _line: &str) {}

    fn wait_until(&self, task: impl Future<Output = ()> + 'static) {
        let world = self.world.clone();
        self.world.spawn(self.owner, async move {
            let (mut task, mut end) = (pin!(task), pin!(world.sleep(MAX_BACKGROUND_MS)));
            poll_fn(|context| match task.as_mut().poll(context) {
                Poll::Ready(()) => Poll::Ready(()),
                Poll::Pending => end.as_mut().poll(context),
            })
            .await;
        });
    }

    async fn sleep(&self, millis: u64) {
        self.world.sleep(millis).await;
    }

    async fn stored_form(&self, _kv_name: &str) -> Result<Option<String>, Fault> {
        Ok(Some(self.form.to_string()))
    }

    async fn counter_parts(&self, prefix: &str) -> Result<Vec<(String, Option<Value>)>, Fault> {
        self.kv
            .list(prefix, MAX_LISTED)
            .await
            .map_err(|error| fault(&error))
    }

    async fn publish_counter(&self, update: &CounterUpdate, ttl_s: u64) -> Result<(), Fault> {
        let metadata = json!(update.part.metadata());
        let put = self.kv.put(&update.name, "", Some(metadata), Some(ttl_s));
        put.await.map_err(|error| fault(&error))
    }

    async fn post_to_core(&self, _request: CoreRequest) -> Result<CoreResponse, Fault> {
        Err(Fault::new(FaultKind::CoreUnreachable, "not simulated here"))
    }

    async fn store_lead(&self, queued: &QueuedLead) -> Result<Acknowledged, Fault> {
        Ok(Acknowledged {
            id: queued.id.clone(),
            status: ReceiptStatus::Stored,
            received_at: queued.received_at(),
        })
    }

    async fn enqueue(&self, _message: &str, _delay_s: u32) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Store, "not simulated here"))
    }

    async fn put_dead_letter(&self, _letter: &DeadLetter) -> Result<(), Fault> {
        Err(Fault::new(FaultKind::Store, "not simulated here"))
    }
}

impl Database for SimIsolate {
    async fn query(&self, _query: &Query<'_>) -> Result<Vec<Row>, Fault> {
        Err(Fault::new(FaultKind::Store, "not simulated here"))
    }
}

fn fault(error: &KvError) -> Fault {
    Fault::new(FaultKind::Store, error.to_string())
}

/// A Worker's background tasks are cancelled so long after the answer: milliseconds.
/// <https://developers.cloudflare.com/workers/platform/limits/>
const MAX_BACKGROUND_MS: u64 = 30_000;
/// KV lists so many keys a page.
const MAX_LISTED: usize = 1_000;
