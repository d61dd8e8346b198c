//! Reads the parameters of a command from the environment, where no shell expands them and no process list shows them. A parameter
//! that a command does not take, and a value that is invalid, are errors; none is ignored.

use std::env;

use formgate::form::FormKey;
use formgate::inbox::{Address, LeadStatus, Moment, Selection};

/// The commands, each with the parameters that it takes.
pub const COMMANDS: [(&str, &[&str]); 12] = [
    ("inbox", &["FORM", "STATUS", "SPAM", "TEST", "FROM", "TO"]),
    ("lead", &["ID", "STATUS"]),
    (
        "export",
        &["FORM", "FORMAT", "STATUS", "SPAM", "TEST", "FROM", "TO"],
    ),
    ("spam", &["FORM", "FROM", "TO", "ID"]),
    ("not-spam", &["ID"]),
    ("spam-report", &["FORM"]),
    ("find", &["EMAIL"]),
    ("forget", &["EMAIL", "YES"]),
    ("dead-letters", &[]),
    ("dead-letter", &["ID"]),
    ("redrive", &["ID", "ALL"]),
    ("rejects", &["FORM"]),
];

/// Checks that the command exists and takes every parameter that was given; the error lists the possible ones.
pub fn check(command: &str) -> Result<(), String> {
    let Some((_, taken)) = COMMANDS.iter().find(|(name, _)| *name == command) else {
        let names: Vec<&str> = COMMANDS.iter().map(|(name, _)| *name).collect();
        return Err(format!("which command? {}", names.join(", ")));
    };
    // All names on make's command line, and those in the environment that are a parameter of some command.
    let typed = env::var(GIVEN_TO_MAKE).unwrap_or_default();
    let known = COMMANDS.iter().flat_map(|(_, names)| *names);
    let given = known.copied().filter(|name| env::var_os(name).is_some());
    let mut given = typed.split_whitespace().chain(given);
    match given.find(|name| !taken.contains(name) && !OF_ALL.contains(name)) {
        Some(name) if taken.is_empty() => {
            Err(format!("make {command} takes nothing, so no {name}"))
        }
        Some(name) => {
            let taken = taken.join(", ");
            Err(format!("make {command} takes {taken}, and no {name}"))
        }
        None => Ok(()),
    }
}

/// The value of a parameter; `None` when it is not given.
pub fn variable(name: &str) -> Result<Option<String>, String> {
    match env::var(name) {
        Ok(value) if value.is_empty() => Err(format!("{name} is empty")),
        Ok(value) => Ok(Some(value)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(format!("{name} is not UTF-8")),
    }
}

/// The value of a required parameter; the error ends with `hint`.
pub fn wanted(name: &str, hint: &str) -> Result<String, String> {
    variable(name)?.ok_or_else(|| format!("{name}=... is missing: {hint}"))
}

/// Whether a parameter is `1`; every other value is an error.
pub fn is_set(name: &str) -> Result<bool, String> {
    match variable(name)?.as_deref() {
        None => Ok(false),
        Some("1") => Ok(true),
        Some(_) => Err(format!("{name} is 1, or not given")),
    }
}

/// The selection of leads that the parameters describe; without `SPAM` none of the spam folder.
pub fn selection() -> Result<Selection, String> {
    let form = variable("FORM")?.map(|text| FormKey::parse(&text));
    let is_spam = match variable("SPAM")?.as_deref() {
        None | Some("no" | "0") => Some(false),
        Some("yes" | "1") => Some(true),
        Some("all") => None,
        Some(_) => return Err("SPAM is yes, no or all".to_owned()),
    };
    let is_test = match variable("TEST")?.as_deref() {
        None | Some("no" | "0") => Some(false),
        Some("yes" | "1") => Some(true),
        Some("all") => None,
        Some(_) => return Err("TEST is yes, no or all".to_owned()),
    };
    let unreadable =
        |name| format!("{name} is a day or a moment, both in UTC: 2026-11-21 or 2026-11-21T20:30Z");
    let from = variable("FROM")?.map(|text| Moment::first_of(&text));
    let from = from.transpose().map_err(|_| unreadable("FROM"))?;
    let to = variable("TO")?.map(|text| Moment::last_of(&text));
    let to = to.transpose().map_err(|_| unreadable("TO"))?;
    if from
        .as_ref()
        .zip(to.as_ref())
        .is_some_and(|(from, to)| from > to)
    {
        return Err("FROM is after TO".to_owned());
    }
    Ok(Selection {
        form: form.transpose().map_err(|_| "FORM is no form key")?,
        status: status()?,
        is_spam,
        from,
        to,
        is_test,
        ..Selection::default()
    })
}

/// The parameter `STATUS`.
pub fn status() -> Result<Option<LeadStatus>, String> {
    let names = LeadStatus::ALL.map(LeadStatus::as_str).join(" or ");
    let status = variable("STATUS")?.map(|text| LeadStatus::parse(&text));
    status.transpose().map_err(|_| format!("STATUS is {names}"))
}

/// The required parameter `EMAIL`.
pub fn address() -> Result<Address, String> {
    let text = wanted("EMAIL", "whose address?")?;
    Address::parse(&text).map_err(|_| "EMAIL is no e-mail address".to_owned())
}

/// The names of all variables on make's command line; the Makefile sets it.
const GIVEN_TO_MAKE: &str = "GIVEN_TO_MAKE";
/// What every command takes: the location of the database, and the variables of the Makefile itself.
const OF_ALL: [&str; 5] = ["REMOTE", "PERSIST_TO", "NODE", "CACHE", "CI"];
