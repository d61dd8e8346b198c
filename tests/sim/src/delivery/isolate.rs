//! An isolate in that cloud: every call of its platform may go wrong.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use formgate::clock::UnixMillis;
use formgate::config::{Bindings, Config};
use formgate::delivery::{
    Acknowledged, CoreRequest, DeadLetter, DeadLetterBody, OUTBOX_REFUSED, QueuedLead,
};
use formgate::envelope::{CoreResponse, ReceiptStatus};
use formgate::inbox::{Query, Row};
use formgate::limit::CounterUpdate;
use formgate::platform::{Database, Isolate, Platform};
use formgate::problem::{Fault, FaultKind};
use serde_json::Value;

use sim::world::Owner;

use super::cloud::Cloud;

/// An event in an isolate of formgate. Clones are the same event; see [`FaultyIsolate::for_event`].
#[derive(Clone)]
pub struct FaultyIsolate {
    isolate: Rc<Isolate>,
    cloud: Cloud,
    /// Its tasks.
    pub owner: Owner,
    form: Rc<str>,
    /// When the platform ends the event's request, and what it left in the background: milliseconds since 1970.
    ends: Rc<Ends>,
}

struct Ends {
    request_ms: Cell<u64>,
    background_ms: Cell<u64>,
}

/// What the platform does with a request when its visitor is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Build {
    /// Lets it run on for 30 seconds: the fetch handler's promise is given to `waitUntil` (`RUN_TO_COMPLETION`).
    RunsToCompletion,
    /// Ends it at its next await, as it does with any other build.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "shows that the other build is needed")
    )]
    EndsWithVisitor,
}

impl FaultyIsolate {
    /// An isolate that remembers nothing; with a core, or with the inbox only.
    pub fn start(cloud: &Cloud, owner: Owner, form: Rc<str>, has_core: bool) -> Self {
        let bindings = Bindings::ALL;
        let variable = |name: &str| {
            let is_set = has_core && name == "CORE_URL";
            is_set.then(|| "https://core.test/v1/forms/{form}/submissions".to_owned())
        };
        let id = format!("{:016x}", cloud.0.world.random());
        let isolate = Isolate::new(id, Config::parse(variable, bindings), bindings);
        Self {
            isolate: Rc::new(isolate),
            cloud: cloud.clone(),
            owner,
            form,
            ends: Ends::never(),
        }
    }

    /// The same isolate, for another event.
    pub fn for_event(&self) -> Self {
        Self {
            ends: Ends::never(),
            ..self.clone()
        }
    }

    /// Runs an event's request, as long as the platform lets it run; the rest of it is then never polled again.
    pub async fn run_request<T>(&self, request: impl Future<Output = T>) -> Option<T> {
        let answered = self.until(|ends| &ends.request_ms, request).await;
        if answered.is_some() {
            self.limit_background();
        }
        answered
    }

    /// The visitor has gone: nothing that is answered arrives any more.
    pub fn lose_visitor(&self, build: Build) {
        let now_ms = self.cloud.0.world.now_ms();
        self.ends.request_ms.set(match build {
            Build::RunsToCompletion => now_ms + BACKGROUND_MS,
            Build::EndsWithVisitor => now_ms,
        });
        self.limit_background();
    }

    fn limit_background(&self) {
        let end_ms = self.cloud.0.world.now_ms() + BACKGROUND_MS;
        let background_ms = &self.ends.background_ms;
        background_ms.set(background_ms.get().min(end_ms));
    }

    async fn until<T>(
        &self,
        end: fn(&Ends) -> &Cell<u64>,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        let mut work = pin!(work);
        poll_fn(|context| {
            if self.cloud.0.world.now_ms() >= end(&self.ends).get() {
                return Poll::Ready(None);
            }
            work.as_mut().poll(context).map(Some)
        })
        .await
    }
}

impl Ends {
    fn never() -> Rc<Self> {
        Rc::new(Self {
            request_ms: Cell::new(u64::MAX),
            background_ms: Cell::new(u64::MAX),
        })
    }
}

impl Platform for FaultyIsolate {
    fn isolate(&self) -> Rc<Isolate> {
        self.isolate.clone()
    }

    fn now(&self) -> UnixMillis {
        UnixMillis(self.cloud.0.world.now_ms())
    }

    fn random(&self) -> Result<[u8; 16], Fault> {
        let world = &self.cloud.0.world;
        let bits = u128::from(world.random()) << 64 | u128::from(world.random());
        Ok(bits.to_be_bytes())
    }

    fn log(&self, _line: &str) {}

    fn wait_until(&self, task: impl Future<Output = ()> + 'static) {
        let event = self.clone();
        self.cloud.0.world.spawn(self.owner, async move {
            event.until(|ends| &ends.background_ms, task).await;
        });
    }

    async fn sleep(&self, millis: u64) {
        self.cloud.0.world.sleep(millis).await;
    }

    async fn stored_form(&self, _kv_name: &str) -> Result<Option<String>, Fault> {
        let read = || Some(self.form.to_string());
        self.cloud.call(self.owner, "KV get", read).await
    }

    async fn counter_parts(&self, _prefix: &str) -> Result<Vec<(String, Option<Value>)>, Fault> {
        self.cloud.call(self.owner, "KV list", Vec::new).await
    }

    async fn publish_counter(
        &self,
        _publication: &CounterUpdate,
        _ttl_s: u64,
    ) -> Result<(), Fault> {
        self.cloud.call(self.owner, "KV put", || ()).await
    }

    async fn post_to_core(&self, request: CoreRequest) -> Result<CoreResponse, Fault> {
        let world = self.cloud.0.world.clone();
        let unreachable = |detail| Fault::new(FaultKind::CoreUnreachable, detail);
        if !self.cloud.0.is_core_up.get() {
            self.cloud.fault();
            world.sleep(world.between(1, 20)).await;
            return Err(unreachable("no connection"));
        }
        // It may be busy, closed, or behind something that answers for it; then it has done nothing.
        if self.cloud.goes_wrong() {
            world.sleep(world.between(1, 60)).await;
            let status = [500, 502, 503, 504, 429, 401, 404, 200];
            let index = usize::try_from(world.between(0, 7)).unwrap_or(0);
            let page = "<!doctype html><title>Oops</title>";
            return Ok(CoreResponse {
                status: status.get(index).copied().unwrap_or(503),
                content_type: Some("text/html".to_owned()),
                retry_after: world.chance(0.3).then(|| "7".to_owned()),
                body: page.as_bytes().to_vec(),
                ..CoreResponse::default()
            });
        }
        let key = request
            .headers
            .iter()
            .find(|(name, _)| *name == "Idempotency-Key");
        let key = key.map(|(_, key)| key.clone()).unwrap_or_default();
        let cloud = self.cloud.clone();
        let ask = || cloud.core_asked(&key, &request.body);
        let reply = self.cloud.call(self.owner, "fetch", ask).await?;
        let mut waited_ms = 0;
        let (status, body) = loop {
            if let Some(answer) = reply.get() {
                break answer;
            }
            if waited_ms >= request.timeout_ms {
                return Err(unreachable("no answer in time"));
            }
            world.sleep(100).await;
            waited_ms += 100;
        };
        let is_problem = body.starts_with(r#"{"type""#);
        Ok(CoreResponse {
            status,
            content_type: is_problem.then(|| "application/problem+json".to_owned()),
            body: body.as_bytes().to_vec(),
            ..CoreResponse::default()
        })
    }

    async fn store_lead(&self, queued: &QueuedLead) -> Result<Acknowledged, Fault> {
        let store = || {
            let key = (queued.form.clone(), queued.idempotency_key.clone());
            let mut inbox = self.cloud.0.inbox.borrow_mut();
            let stored = inbox.entry(key).or_insert_with(|| queued.clone());
            Acknowledged {
                id: stored.id.clone(),
                status: ReceiptStatus::Stored,
                received_at: stored.received_at(),
            }
        };
        self.cloud.call(self.owner, "D1 insert", store).await
    }

    async fn enqueue(&self, message: &str, delay_s: u32) -> Result<(), Fault> {
        if message.len() > MAX_MESSAGE_BYTES {
            self.cloud.fault();
            return Err(Fault::new(FaultKind::Store, "queue send: too large"));
        }
        let put = || self.cloud.put(message, delay_s);
        self.cloud.call(self.owner, "queue send", put).await
    }

    async fn put_dead_letter(&self, letter: &DeadLetter) -> Result<(), Fault> {
        let write = || {
            let mut dead = self.cloud.0.dead.borrow_mut();
            dead.insert(letter.id.clone(), letter.clone());
            self.cloud.0.asked.borrow_mut().remove(&letter.id);
        };
        self.cloud.call(self.owner, "D1 insert", write).await
    }
}

impl Database for FaultyIsolate {
    async fn query(&self, query: &Query<'_>) -> Result<Vec<Row>, Fault> {
        let state = &self.cloud.0;
        let answer = || match *query {
            Query::RedriveAll => {
                let dead = state.dead.borrow();
                let ids = dead.values().filter(|letter| can_be_sent(letter));
                let ids: Vec<String> = ids.map(|letter| letter.id.clone()).collect();
                state.asked.borrow_mut().extend(ids.iter().cloned());
                ids.into_iter().map(|id| vec![Some(id)]).collect()
            }
            Query::ToRedrive { limit } => {
                let (asked, dead) = (state.asked.borrow(), state.dead.borrow());
                let mut due: Vec<&DeadLetter> = dead
                    .values()
                    .filter(|letter| can_be_sent(letter))
                    .filter(|letter| letter.reason == OUTBOX_REFUSED || asked.contains(&letter.id))
                    .collect();
                due.sort_by_key(|letter| letter.died_at);
                due.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
                due.into_iter().map(row).collect()
            }
            Query::DeleteDeadLetter { letter } => {
                let is_it = |known: &DeadLetter| {
                    known.id == letter.id() && known.died_at.0.to_string() == letter.at()
                };
                state.dead.borrow_mut().retain(|_, known| !is_it(known));
                Vec::new()
            }
            _ => Vec::new(),
        };
        self.cloud.call(self.owner, "D1 statement", answer).await
    }
}

fn can_be_sent(letter: &DeadLetter) -> bool {
    matches!(letter.body, DeadLetterBody::Lead(_))
}

fn row(letter: &DeadLetter) -> Row {
    let DeadLetterBody::Lead(queued) = &letter.body else {
        return Vec::new();
    };
    [
        letter.id.clone(),
        letter.died_at.0.to_string(),
        queued.form.clone(),
        queued.attempts.to_string(),
        letter.reason.clone(),
        "1".to_owned(),
        queued.to_json(),
    ]
    .map(Some)
    .into()
}

/// How long the platform lets work run on once the answer is sent or its visitor gone: milliseconds.
/// <https://developers.cloudflare.com/workers/runtime-apis/context/#waituntil>
const BACKGROUND_MS: u64 = 30_000;
/// The largest message of a queue: <https://developers.cloudflare.com/queues/platform/limits/>.
const MAX_MESSAGE_BYTES: usize = 128_000;
