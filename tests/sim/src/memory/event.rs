//! When the platform ends an event: the limits of its request and of its background tasks.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use super::Memory;
use super::outside::Outside;

/// When the platform ends an event's request, and its background tasks: milliseconds since 1970.
pub(super) struct Ends {
    request_ms: Cell<u64>,
    background_ms: Cell<u64>,
}

/// What the platform does with a request when its visitor is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Build {
    /// It continues for 30 seconds: the promise of the response is given to `waitUntil`.
    RunsToCompletion,
    /// It ends at its next await, as with any other build.
    EndsWithVisitor,
}

impl Ends {
    pub(super) fn never() -> Rc<Self> {
        Rc::new(Self {
            request_ms: Cell::new(u64::MAX),
            background_ms: Cell::new(u64::MAX),
        })
    }
}

impl<O: Outside> Memory<O> {
    /// Runs an event's request until its response or until the platform ends it; the rest of it is then never polled again.
    pub async fn run_request<T>(&self, request: impl Future<Output = T>) -> Option<T> {
        let response = self.until(|ends| &ends.request_ms, request).await;
        if response.is_some() {
            self.limit_background();
        }
        response
    }

    /// Runs a background task until it ends or the platform ends it.
    pub(super) async fn run_background(&self, task: impl Future<Output = ()>) {
        self.until(|ends| &ends.background_ms, task).await;
    }

    /// The visitor has gone: no response arrives any more.
    pub fn lose_visitor(&self, build: Build) {
        let now_ms = self.stores.world.now_ms();
        self.ends.request_ms.set(match build {
            Build::RunsToCompletion => now_ms + BACKGROUND_MS,
            Build::EndsWithVisitor => now_ms,
        });
        self.limit_background();
    }

    fn limit_background(&self) {
        let end_ms = self.stores.world.now_ms() + BACKGROUND_MS;
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
            if self.stores.world.now_ms() >= end(&self.ends).get() {
                return Poll::Ready(None);
            }
            work.as_mut().poll(context).map(Some)
        })
        .await
    }
}

/// How long the platform lets work continue after the response is sent or its visitor gone: milliseconds.
/// <https://developers.cloudflare.com/workers/runtime-apis/context/#waituntil>
pub const BACKGROUND_MS: u64 = 30_000;
