//! [`Faulty`]: how the calls of an isolate go wrong in that cloud.

use std::rc::Rc;

use formgate::delivery::CoreRequest;
use formgate::envelope::CoreResponse;
use formgate::problem::{Fault, FaultKind};

use sim::memory::{Memory, Operation, Outside, Stores};
use sim::world::Owner;

use super::cloud::Cloud;

/// The cloud, as one isolate calls it.
#[derive(Clone)]
pub struct Faulty {
    cloud: Cloud,
    isolate: Owner,
}

/// An event in an isolate in that cloud.
pub type FaultyIsolate = Memory<Faulty>;

/// An isolate with empty caches; with a core, or with the inbox only.
pub fn start(cloud: &Cloud, isolate: Owner, has_core: bool) -> FaultyIsolate {
    let core = [("CORE_URL", "https://core.test/v1/forms/{form}/submissions")];
    let settings = if has_core { &core[..] } else { &[] };
    let stores: Rc<Stores> = cloud.0.stores.clone();
    let cloud = cloud.clone();
    Memory::start(stores, isolate, settings, Faulty { cloud, isolate })
}

impl Outside for Faulty {
    async fn call<T>(
        &self,
        operation: Operation,
        apply: impl AsyncFnMut() -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.cloud.call(self.isolate, operation, apply).await
    }

    async fn post_to_core(
        &self,
        stores: &Stores,
        request: CoreRequest,
    ) -> Result<CoreResponse, Fault> {
        let world = &stores.world;
        let unreachable = |detail| Fault::new(FaultKind::CoreUnreachable, detail);
        if stores.is_core_down.get() {
            self.cloud.fault();
            world.sleep(world.between(1, 20)).await;
            return Err(unreachable("no connection"));
        }
        // It may be busy, closed, or behind something that responds for it; then it has done nothing.
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
        let ask = async || Ok(self.cloud.core_asked(&key, &request.body));
        let reply = self.call(Operation::Post, ask).await?;
        let mut waited_ms = 0;
        let (status, body) = loop {
            if let Some(response) = reply.get() {
                break response;
            }
            if waited_ms >= request.timeout_ms {
                return Err(unreachable("no response in time"));
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
}
