//! Responds to `GET /healthz`.

use crate::config::{self, Config};
use crate::envelope::Response;
use crate::inbox::Query;
use crate::intake::Intake;
use crate::platform::Platform;
use crate::problem::Fault;

pub(super) async fn health<P: Platform>(intake: &mut Intake<'_, P>) -> Response {
    let tables = check_tables(intake.platform).await.err();
    if let Some(fault) = &tables {
        intake.log.fault(fault);
    }
    let isolate = intake.platform.isolate();
    let lacks_tickets = isolate.keys().is_none() && isolate.forms.borrow().requires_tickets();
    let is_sound = |config: &Config| config.access.is_ok();
    let is_well = isolate.config.as_ref().is_ok_and(is_sound) && tables.is_none() && !lacks_tickets;
    let status = if is_well { 200 } else { 503 };
    let health = config::health(
        &isolate.config,
        isolate.bindings,
        tables.as_ref(),
        lacks_tickets,
    );
    Response::json(status, health.to_string()).with("Cache-Control", "no-store")
}

/// Checks that the database has its tables. The result is kept for [`TABLES_KNOWN_FOR_MS`], since `/healthz` is public and each
/// check is a query.
async fn check_tables<P: Platform>(platform: &P) -> Result<(), Fault> {
    let now = platform.now();
    let isolate = platform.isolate();
    let seen = isolate.tables_seen_at.get();
    let is_known =
        !isolate.bindings.leads || seen.is_some_and(|at| now.since(at) < TABLES_KNOWN_FOR_MS);
    if !is_known {
        platform.query(&Query::Tables).await?;
        isolate.tables_seen_at.set(Some(now));
    }
    Ok(())
}

/// How long `/healthz` reports tables as present without another query: milliseconds.
const TABLES_KNOWN_FOR_MS: u64 = 10_000;
