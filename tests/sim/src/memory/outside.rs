//! [`Outside`]: how the calls of an isolate are carried out, with or without faults.

use std::future::Future;

use formgate::delivery::CoreRequest;
use formgate::envelope::CoreResponse;
use formgate::problem::Fault;

use super::stores::Stores;

/// How an isolate's calls to the platform are carried out.
#[expect(
    async_fn_in_trait,
    reason = "isolates have one thread; nothing here needs Send"
)]
pub trait Outside: Clone + 'static {
    /// Carries out one call. `apply` is what the store does; it may be applied late, twice or not at all, and its result may
    /// be lost.
    async fn call<T>(
        &self,
        operation: Operation,
        apply: impl AsyncFnMut() -> Result<T, Fault>,
    ) -> Result<T, Fault>;

    /// Any other await of an event: it sleeps or reads its body.
    async fn wait<T>(&self, waiting: impl Future<Output = T>) -> T {
        waiting.await
    }

    /// Sends a request to the core: its next response is the next of `core_response`.
    async fn post_to_core(
        &self,
        stores: &Stores,
        request: CoreRequest,
    ) -> Result<CoreResponse, Fault> {
        let post = async || stores.post_to_core(&request);
        self.call(Operation::Post, post).await
    }
}

/// Every call is carried out once and at once.
#[derive(Clone, Copy, Debug)]
pub struct Direct;

impl Outside for Direct {
    async fn call<T>(
        &self,
        _operation: Operation,
        mut apply: impl AsyncFnMut() -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        apply().await
    }
}

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Reads a form definition.
    ReadForm,
    /// Writes a form definition.
    PutForm,
    /// Deletes a form definition.
    DeleteForm,
    /// Lists the names of form definitions.
    ListForms,
    /// Lists the parts of a counter.
    ListCounters,
    /// Publishes a part of a counter.
    PutCounter,
    /// Stores a lead.
    StoreLead,
    /// Stores a dead letter.
    PutDeadLetter,
    /// Runs a query of the operator's or of redriving.
    Query,
    /// Puts a message into the outbox.
    Enqueue,
    /// Sends a lead to the core.
    Post,
}

/// Where a call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// The form definitions, in KV.
    Forms,
    /// The counters, in KV.
    Counters,
    /// The inbox and the dead letters, in D1.
    Database,
    /// The queue.
    Outbox,
    /// The core.
    Core,
}

impl Operation {
    /// Where it goes.
    pub fn store(self) -> Store {
        match self {
            Self::ReadForm | Self::PutForm | Self::DeleteForm | Self::ListForms => Store::Forms,
            Self::ListCounters | Self::PutCounter => Store::Counters,
            Self::StoreLead | Self::PutDeadLetter | Self::Query => Store::Database,
            Self::Enqueue => Store::Outbox,
            Self::Post => Store::Core,
        }
    }
}
