//! The body of `/healthz`.

use serde_json::{Value, json};

use super::{Bindings, Config, NO_TABLES, fault, no_tickets};
use crate::problem::{Fault, FaultKind, SettingFault, settings_json};

/// The body of `/healthz`: what is configured, and the faults; contains no value of a setting. `tables` is the fault of the D1
/// tables, if there is one; `requires_tickets` is whether a form does.
pub fn health(
    config: &Result<Config, Vec<SettingFault>>,
    bindings: Bindings,
    tables: Option<&Fault>,
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
    let status = match (faults.as_slice(), tables.map(|fault| fault.kind)) {
        ([], None) => "ok",
        ([], Some(FaultKind::Store)) => "unavailable",
        _ => "misconfigured",
    };
    faults.extend(tables.map(|tables| match tables.kind {
        FaultKind::Store => fault("LEADS", "does not answer"),
        _ => fault("LEADS", NO_TABLES),
    }));
    let faults = settings_json(&faults);
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
        "settings": faults,
    })
}
