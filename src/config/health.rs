//! The body of `/healthz`.

use serde_json::{Value, json};

use super::{Bindings, Config, NO_TABLES, fault, no_tickets};
use crate::problem::{Fault, FaultKind, SettingFault, settings_json};

/// How many leads wait in the database for an owner or the core.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Dead letters, with those that the core blocks.
    pub dead_letters: u64,
    /// Those that the core blocks.
    pub blocked: u64,
}

/// The body of `/healthz`: what is configured, what waits, and the faults; contains no value of a setting. `tables` is what the D1
/// tables have or their fault; `requires_tickets` is whether a form does.
pub fn health(
    config: &Result<Config, Vec<SettingFault>>,
    bindings: Bindings,
    tables: Result<&Waiting, &Fault>,
    requires_tickets: bool,
) -> Value {
    let sound = config.as_ref().ok();
    let leads_go_to = sound.map(|config| match config.core {
        Some(_) => "core",
        None => "inbox",
    });
    let tickets = sound.map(|config| match config.keys {
        Some(_) => "on",
        None => "off",
    });
    let access = sound.map(|config| &config.access);
    let api = access.map(|access| match access {
        Ok(None) => "off",
        _ => "on",
    });
    let mut faults = config.as_ref().err().cloned().unwrap_or_default();
    if let Some(Err(of_access)) = access {
        faults.extend_from_slice(of_access);
    }
    if tickets == Some("off") && requires_tickets {
        faults.push(no_tickets());
    }
    let status = match (faults.as_slice(), tables.err().map(|fault| fault.kind)) {
        ([], None) => "ok",
        ([], Some(FaultKind::Store)) => "unavailable",
        _ => "misconfigured",
    };
    faults.extend(tables.err().map(|tables| match tables.kind {
        FaultKind::Store => fault("LEADS", "does not answer"),
        _ => fault("LEADS", NO_TABLES),
    }));
    let faults = settings_json(&faults);
    let waiting = tables.ok().map(|waiting| {
        json!({
            "blocked": waiting.blocked,
            "dead": waiting.dead_letters.saturating_sub(waiting.blocked),
        })
    });
    json!({
        "status": status,
        "leads_go_to": leads_go_to,
        "tickets": tickets,
        "api": api,
        "bindings": {
            "FORMS": bindings.forms,
            "LIMITS": bindings.limits,
            "LEADS": bindings.leads,
            "OUTBOX": bindings.outbox,
            "ASSETS": bindings.assets,
        },
        "waiting": waiting,
        "settings": faults,
    })
}
