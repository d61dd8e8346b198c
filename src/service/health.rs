//! Responds to `GET /healthz`.

use crate::config::{self, Config, Waiting};
use crate::envelope::Response;
use crate::inbox::Query;
use crate::intake::Intake;
use crate::platform::Platform;
use crate::problem::Fault;

pub(super) async fn health<P: Platform>(intake: &mut Intake<'_, P>) -> Response {
    let tables = check_tables(intake.platform).await;
    if let Err(fault) = &tables {
        intake.log.fault(fault);
    }
    let isolate = intake.platform.isolate();
    let lacks_tickets = isolate.keys().is_none() && isolate.forms.borrow().requires_tickets();
    let is_sound = |config: &Config| config.access.is_ok();
    let is_well = isolate.config.as_ref().is_ok_and(is_sound) && tables.is_ok() && !lacks_tickets;
    let status = if is_well { 200 } else { 503 };
    let health = config::health(
        &isolate.config,
        isolate.bindings,
        tables.as_ref(),
        lacks_tickets,
    );
    Response::json(status, health.to_string()).with("Cache-Control", "no-store")
}

/// Checks that the database has its tables, and counts the leads that wait there. The result is kept for [`TABLES_KNOWN_FOR_MS`],
/// since `/healthz` is public and each check is a query.
async fn check_tables<P: Platform>(platform: &P) -> Result<Waiting, Fault> {
    let now = platform.now();
    let isolate = platform.isolate();
    let seen = isolate.tables_seen.get();
    let seen = seen.filter(|(at, _)| now.since(*at) < TABLES_KNOWN_FOR_MS);
    if let Some((_, waiting)) = seen {
        return Ok(waiting);
    }
    let mut waiting = Waiting::default();
    if isolate.bindings.leads {
        let rows = platform.query(&Query::Tables).await?;
        let column = |at: usize| rows.first()?.get(at)?.as_deref()?.parse().ok();
        let count = |at| column(at).unwrap_or_default();
        waiting = Waiting {
            dead_letters: count(0),
            blocked: count(1),
        };
        isolate.tables_seen.set(Some((now, waiting)));
    }
    Ok(waiting)
}

/// How long `/healthz` reports tables and counts without another query: milliseconds.
const TABLES_KNOWN_FOR_MS: u64 = 10_000;
