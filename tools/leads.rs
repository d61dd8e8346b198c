//! Does with leads and dead letters what `make` is asked for, through `operator`. `tools/leads.mjs` runs it, and asks the
//! database for it.
//!
//! Out, a line each: `{ "sql" }`, a statement, or `{ "text" }`, something to print. In, a line for each statement:
//! `{ "rows": [[column]] }` or `{ "error" }`. What cannot be done is said on stderr, with status 1.

use std::env;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::process::ExitCode;
use std::task::{Context, Poll, Waker};

use formgate::delivery::Remains;
use formgate::export::{self, Format};
use formgate::form::FormKey;
use formgate::operator;
use formgate::platform::Records;
use formgate::problem::{Fault, FaultKind};
use formgate::records::{Cursor, LeadStatus, Question, Row, Selection, StoredLead};
use serde::Deserialize;
use serde_json::{Value, json};

fn main() -> ExitCode {
    let command = env::args().nth(1).unwrap_or_default();
    let done = block_on(async {
        match command.as_str() {
            "inbox" => inbox().await,
            "lead" => lead().await,
            "export" => export().await,
            "dead-letters" => dead_letters().await,
            "dead-letter" => dead_letter().await,
            "redrive" => redrive().await,
            _ => Err("inbox, lead, export, dead-letters, dead-letter or redrive?".to_owned()),
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{}", why.trim_end());
            ExitCode::FAILURE
        }
    }
}

async fn inbox() -> Result<(), String> {
    print(&export::row(&[
        ("received_at", 24),
        ("form", 16),
        ("status", 6),
        ("spam", 10),
        ("id", 32),
        ("lead", 0),
    ]));
    let mut place = Some(Cursor::default());
    while let Some(after) = place {
        let page = operator::inbox(&Wrangler, &after).await.map_err(said)?;
        for lead in &page.entries {
            print(&export::row(&[
                (&lead.received_at, 24),
                (&lead.form, 16),
                (&lead.status, 6),
                (&export::spam(&as_json(&lead.lead)), 10),
                (&lead.id, 32),
                (&lead.lead, 0),
            ]));
        }
        place = page.next;
    }
    Ok(())
}

async fn lead() -> Result<(), String> {
    let id = wanted("ID", "make inbox lists them")?;
    let unknown = || format!("there is no lead {}", export::visible(&id));
    if let Some(status) = status()?
        && !operator::set_status(&Wrangler, &id, status)
            .await
            .map_err(said)?
    {
        return Err(unknown());
    }
    let lead = operator::lead(&Wrangler, &id).await.map_err(said)?;
    let StoredLead { status, lead, .. } = lead.ok_or_else(unknown)?;
    show(&json!({ "status": status, "lead": as_json(&lead) }));
    Ok(())
}

async fn export() -> Result<(), String> {
    let form = wanted("FORM", "which form's leads?")?;
    let form = FormKey::parse(&form).map_err(|_| "FORM is no form key".to_owned())?;
    let names = Format::ALL.map(Format::as_str).join(" or ");
    let format = variable("FORMAT").unwrap_or_else(|| Format::Csv.as_str().to_owned());
    let format = Format::parse(&format).map_err(|_| format!("FORMAT is {names}"))?;
    let status = status()?;
    let selection = Selection { form, status };
    let mut place = None;
    loop {
        let chunk = operator::export(&Wrangler, &selection, format, place).await;
        let chunk = chunk.map_err(said)?;
        print(&chunk.text);
        place = chunk.next;
        if place.is_none() {
            return Ok(());
        }
    }
}

async fn dead_letters() -> Result<(), String> {
    print(&export::row(&[
        ("id", 32),
        ("died_at", 24),
        ("form", 16),
        ("attempts", 8),
        ("redrive", 7),
        ("reason", 0),
    ]));
    let mut place = Some(Cursor::default());
    while let Some(after) = place {
        let page = operator::dead_letters(&Wrangler, &after)
            .await
            .map_err(said)?;
        for letter in &page.entries {
            print(&export::row(&[
                (&letter.id, 32),
                (&letter.died_at.to_rfc3339(), 24),
                (letter.form.as_deref().unwrap_or("-"), 16),
                (&letter.attempts.to_string(), 8),
                (
                    if letter.is_to_be_redriven {
                        "asked"
                    } else {
                        "-"
                    },
                    7,
                ),
                (&letter.reason, 0),
            ]));
        }
        place = page.next;
    }
    Ok(())
}

async fn dead_letter() -> Result<(), String> {
    let id = wanted("ID", "make dead-letters lists them")?;
    let found = operator::dead_letter(&Wrangler, &id).await.map_err(said)?;
    let unknown = || format!("there is no dead letter {}", export::visible(&id));
    let (entry, remains) = found.ok_or_else(unknown)?;
    let remains = match remains {
        Remains::Parcel(parcel) => json!({
            "idempotency_key": parcel.idempotency_key,
            "request_id": parcel.request_id,
            "received_at": parcel.received_at().to_rfc3339(),
            "lead": as_json(&parcel.lead),
        }),
        Remains::Unreadable(message) => json!({ "unreadable": message }),
    };
    show(&json!({
        "id": entry.id,
        "died_at": entry.died_at.to_rfc3339(),
        "form": entry.form,
        "attempts": entry.attempts,
        "reason": entry.reason,
        "redrive": entry.is_to_be_redriven,
        "parcel": remains,
    }));
    Ok(())
}

async fn redrive() -> Result<(), String> {
    let id = variable("ID");
    if id.is_none() && variable("ALL").is_none() {
        return Err("ID=... or ALL=1; make dead-letters lists them".to_owned());
    }
    let count = operator::ask_to_redrive(&Wrangler, id.as_deref()).await;
    match (count.map_err(said)?, id) {
        (0, Some(id)) => {
            let id = export::visible(&id);
            Err(format!("there is no dead letter {id} that can be sent"))
        }
        (count, _) => {
            print(&format!("{count} to be sent again at the next round\n"));
            Ok(())
        }
    }
}

/// Whoever has the database: asks by a line, and waits for the line that answers.
struct Wrangler;

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Reply {
    Rows(Vec<Vec<Value>>),
    Error(String),
}

impl Records for Wrangler {
    async fn ask(&self, question: &Question<'_>) -> Result<Vec<Row>, Fault> {
        let fault = |detail: String| Fault::new(FaultKind::Store, detail);
        let sql = question.statement().written_out();
        let sql = sql.map_err(|_| fault("a value has a NUL".to_owned()))?;
        println!("{}", json!({ "sql": sql }));
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line);
        read.map_err(|error| fault(error.to_string()))?;
        match serde_json::from_str(&line).map_err(|error| fault(error.to_string()))? {
            Reply::Error(detail) => Err(fault(detail)),
            Reply::Rows(rows) => Ok(rows
                .into_iter()
                .map(|row| row.into_iter().map(as_text).collect())
                .collect()),
        }
    }
}

fn as_text(column: Value) -> Option<String> {
    match column {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// Nothing here ever waits for something else than a line.
fn block_on<T>(task: impl Future<Output = T>) -> T {
    let mut task = pin!(task);
    loop {
        if let Poll::Ready(value) = task.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

fn print(text: &str) {
    println!("{}", json!({ "text": text }));
}

fn show(value: &Value) {
    print(&format!(
        "{}\n",
        export::visible_json(&format!("{value:#}"))
    ));
}

/// A lead as it stands, or the text that stands there instead.
fn as_json(lead: &str) -> Value {
    serde_json::from_str(lead).unwrap_or_else(|_| json!(lead))
}

/// What a command was given, through the environment: no shell reads it.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn wanted(name: &str, hint: &str) -> Result<String, String> {
    variable(name).ok_or_else(|| format!("{name}=... is missing: {hint}"))
}

fn status() -> Result<Option<LeadStatus>, String> {
    let names = LeadStatus::ALL.map(LeadStatus::as_str).join(" or ");
    let status = variable("STATUS").map(|text| LeadStatus::parse(&text));
    status.transpose().map_err(|_| format!("STATUS is {names}"))
}

fn said(fault: Fault) -> String {
    fault.detail
}
