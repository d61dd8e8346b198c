//! Runs the `make` commands for leads and dead letters, through `admin`. `tools/leads.mjs` starts it, runs its queries on the
//! database and KV, and prints its output (`protocol`). Errors go to stderr, with exit status 1.

mod given;
mod protocol;
mod rejects;
mod tables;
mod xlsx;

use std::env;
use std::future::Future;
use std::pin::pin;
use std::process::ExitCode;
use std::task::{Context, Poll, Waker};

use formgate::admin;
use formgate::delivery::DeadLetterBody;
use formgate::export::{self, Format};
use formgate::form::{FormDefinition, FormKey};
use formgate::inbox::{Cursor, Selection, StoredLead};
use formgate::problem::Fault;
use serde_json::json;

use given::{address, is_set, selection, status, variable, wanted};
use protocol::{PipedDatabase, Reply, WRONG_REPLY, print, print_bytes, request};
use tables::{
    as_json, print_dead_letter, print_dead_letters, print_lead, print_leads, print_signals, show,
};
use xlsx::{MAX_CELL_UNITS, Sheet};

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let is_terminal = arguments.next().as_deref() == Some("--terminal");
    let done = block_on(async {
        given::check(&command)?;
        match command.as_str() {
            "inbox" => inbox().await,
            "lead" => lead().await,
            "export" => export(is_terminal).await,
            "spam" => spam().await,
            "not-spam" => not_spam().await,
            "spam-report" => spam_report().await,
            "find" => find().await,
            "forget" => forget().await,
            "dead-letters" => dead_letters().await,
            "dead-letter" => dead_letter().await,
            "rejects" => rejects::print_all().await,
            _ => redrive().await,
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
    list(&selection()?).await
}

async fn list(selection: &Selection) -> Result<(), String> {
    if let Some(form) = &selection.form {
        find_form(form).await?;
    }
    print_lead(["received_at", "form", "status", "spam", "id", "lead"]);
    let mut place = Some(selection.start());
    while let Some(after) = place {
        let page = admin::leads(&PipedDatabase, selection, &after).await;
        let page = page.map_err(detail_of)?;
        print_leads(&page.entries);
        place = page.next;
    }
    Ok(())
}

/// Lists the spam folder, or moves one lead into it.
async fn spam() -> Result<(), String> {
    if let Some(id) = variable("ID")? {
        let is_moved = admin::mark_spam(&PipedDatabase, &id).await;
        if !is_moved.map_err(detail_of)? {
            let id = export::visible(&id);
            return Err(format!("there is no lead {id} in the inbox"));
        }
        print("moved into the spam folder\n");
        return Ok(());
    }
    list(&Selection {
        is_spam: Some(true),
        ..selection()?
    })
    .await
}

async fn not_spam() -> Result<(), String> {
    let id = wanted("ID", "make spam lists them")?;
    let moved = admin::not_spam(&PipedDatabase, &[&id], &[]).await;
    if moved.map_err(detail_of)? == 0 {
        let id = export::visible(&id);
        return Err(format!("there is no lead {id} in the spam folder"));
    }
    print("no spam: delivered at the next scheduled event as if it were new\n");
    Ok(())
}

async fn spam_report() -> Result<(), String> {
    let form = variable("FORM")?.map(|text| FormKey::parse(&text));
    let form = form.transpose().map_err(|_| "FORM is no form key")?;
    let report = admin::spam_report(&PipedDatabase, form.as_ref()).await;
    print_signals(&report.map_err(detail_of)?);
    eprintln!("{ONLY_STORED}");
    Ok(())
}

async fn lead() -> Result<(), String> {
    let id = wanted("ID", "make inbox lists them")?;
    let unknown = || format!("there is no lead {}", export::visible(&id));
    if let Some(status) = status()?
        && !admin::set_status(&PipedDatabase, &id, status)
            .await
            .map_err(detail_of)?
    {
        return Err(unknown());
    }
    let lead = admin::lead(&PipedDatabase, &id).await.map_err(detail_of)?;
    let StoredLead { status, lead, .. } = lead.ok_or_else(unknown)?;
    show(&json!({ "status": status, "lead": as_json(&lead) }));
    Ok(())
}

async fn export(is_terminal: bool) -> Result<(), String> {
    wanted("FORM", "which form's leads?")?;
    let selection = selection()?;
    let Some(form) = &selection.form else {
        return Err("FORM is no form key".to_owned());
    };
    let format = variable("FORMAT")?.unwrap_or_else(|| Format::Csv.as_str().to_owned());
    let format = match format.as_str() {
        "xlsx" => None,
        name => Some(Format::parse(name).map_err(|_| "FORMAT is csv, jsonl or xlsx")?),
    };
    if format.is_none() && is_terminal {
        return Err("a workbook is no text for a terminal: add > leads.xlsx".to_owned());
    }
    let definition = find_form(form).await?;
    let fields = admin::columns(&PipedDatabase, form, definition.as_ref()).await;
    let fields = fields.map_err(detail_of)?;
    match format {
        Some(format) => export_text(&selection, &fields, format, is_terminal).await,
        None => export_workbook(&selection, &fields).await,
    }
}

async fn export_text(
    selection: &Selection,
    fields: &[String],
    format: Format,
    is_terminal: bool,
) -> Result<(), String> {
    let print_text = |text: &str| match is_terminal {
        // A terminal needs neither CR nor the byte order mark.
        true => print(&export::visible_json(
            &text.trim_start_matches('\u{feff}').replace("\r\n", "\n"),
        )),
        false => print(text),
    };
    print_text(&format.head(fields));
    let mut place = Some(selection.start());
    while let Some(after) = place {
        let page = admin::leads(&PipedDatabase, selection, &after).await;
        let page = page.map_err(detail_of)?;
        let lines = page.entries.iter().map(|lead| format.line(fields, lead));
        print_text(&lines.collect::<String>());
        place = page.next;
    }
    Ok(())
}

async fn export_workbook(selection: &Selection, fields: &[String]) -> Result<(), String> {
    let mut sheet = Sheet::new(&export::head(fields))?;
    let mut place = Some(selection.start());
    while let Some(after) = place {
        let page = admin::leads(&PipedDatabase, selection, &after).await;
        let page = page.map_err(detail_of)?;
        for lead in &page.entries {
            sheet.add(&export::cells(fields, lead))?;
        }
        place = page.next;
    }
    let cut = sheet.cut;
    for chunk in sheet.finish()?.chunks(CHUNK_BYTES) {
        print_bytes(chunk);
    }
    if cut > 0 {
        eprintln!(
            "{cut} texts are longer than the {MAX_CELL_UNITS} characters of a cell, and cut: FORMAT=csv has them whole"
        );
    }
    Ok(())
}

/// Reads the current definition of a form; `None` when there is no readable definition any more, but the form has leads.
async fn find_form(form: &FormKey) -> Result<Option<FormDefinition>, String> {
    match request(&json!({ "name": form.kv_name() }))? {
        Reply::Value(Some(text)) => return Ok(FormDefinition::parse(&text).ok()),
        Reply::Value(None) => {}
        _ => return Err(WRONG_REPLY.to_owned()),
    }
    let mut known = admin::forms_with_leads(&PipedDatabase)
        .await
        .map_err(detail_of)?;
    if known.iter().any(|key| key == form.as_str()) {
        return Ok(None);
    }
    let Reply::Names(names) = request(&json!({ "prefix": "form/" }))? else {
        return Err(WRONG_REPLY.to_owned());
    };
    let keys = names.iter().filter_map(|name| name.strip_prefix("form/"));
    known.extend(keys.filter(|key| !key.contains('/')).map(str::to_owned));
    known.sort_unstable();
    known.dedup();
    let known: Vec<String> = known.iter().map(|key| export::visible(key)).collect();
    Err(match known.is_empty() {
        true => format!("there is no form {form}, nor any other: make seed publishes forms/"),
        false => format!("there is no form {form}; there are: {}", known.join(", ")),
    })
}

async fn find() -> Result<(), String> {
    let address = address()?;
    print_lead(["received_at", "form", "status", "spam", "id", "lead"]);
    let mut place = Some(Cursor::default());
    while let Some(after) = place {
        let page = admin::leads_with(&PipedDatabase, &address, &after).await;
        let page = page.map_err(detail_of)?;
        print_leads(&page.entries);
        place = page.next;
    }
    print("\n");
    print_dead_letter(["id", "died_at", "form", "attempts", "redrive", "reason"]);
    let mut place = Some(Cursor::default());
    while let Some(after) = place {
        let page = admin::dead_letters_with(&PipedDatabase, &address, &after).await;
        let page = page.map_err(detail_of)?;
        print_dead_letters(&page.entries);
        place = page.next;
    }
    eprintln!("{NOT_SEARCHED}");
    Ok(())
}

async fn forget() -> Result<(), String> {
    let address = address()?;
    if !is_set("YES")? {
        let count = "make find EMAIL=... lists what would be deleted";
        return Err(format!("nothing is deleted without YES=1; {count}"));
    }
    let erased = admin::erase(&PipedDatabase, &address, &[]).await;
    let erased = erased.map_err(detail_of)?;
    print(&format!(
        "deleted: {} of the inbox, {} of the dead letters\n",
        erased.leads, erased.dead_letters
    ));
    eprintln!("{IS_DROPPED}");
    Ok(())
}

async fn dead_letters() -> Result<(), String> {
    print_dead_letter(["id", "died_at", "form", "attempts", "redrive", "reason"]);
    let mut place = Some(Cursor::default());
    while let Some(after) = place {
        let page = admin::dead_letters(&PipedDatabase, &after)
            .await
            .map_err(detail_of)?;
        print_dead_letters(&page.entries);
        place = page.next;
    }
    Ok(())
}

async fn dead_letter() -> Result<(), String> {
    let id = wanted("ID", "make dead-letters lists them")?;
    let found = admin::dead_letter(&PipedDatabase, &id)
        .await
        .map_err(detail_of)?;
    let unknown = || format!("there is no dead letter {}", export::visible(&id));
    let (entry, body) = found.ok_or_else(unknown)?;
    let body = match body {
        DeadLetterBody::Lead(queued) => json!({
            "idempotency_key": queued.idempotency_key,
            "request_id": queued.request_id,
            "received_at": queued.received_at().to_rfc3339(),
            "lead": as_json(&queued.lead),
        }),
        DeadLetterBody::Unreadable(message) => json!({ "unreadable": message }),
    };
    show(&json!({
        "id": entry.id,
        "died_at": entry.died_at.to_rfc3339(),
        "form": entry.form,
        "attempts": entry.attempts,
        "reason": entry.reason,
        "redrive": entry.is_to_be_redriven,
        "queued": body,
    }));
    Ok(())
}

async fn redrive() -> Result<(), String> {
    let id = variable("ID")?;
    if id.is_some() == is_set("ALL")? {
        return Err("ID=... or ALL=1; make dead-letters lists them".to_owned());
    }
    let count = admin::request_redrive(&PipedDatabase, id.as_deref()).await;
    match (count.map_err(detail_of)?, id) {
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

/// Runs a future to its end. Polling in a loop costs nothing, since every future here blocks on stdin instead of returning
/// `Pending`.
fn block_on<T>(task: impl Future<Output = T>) -> T {
    let mut task = pin!(task);
    loop {
        if let Poll::Ready(value) = task.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

fn detail_of(fault: Fault) -> String {
    fault.detail
}

const ONLY_STORED: &str =
    "hits are of the leads in D1: with a core, those that were delivered to it are not among them";
const IS_DROPPED: &str = "leads of this person that are still in the outbox (a queue) are dropped, not delivered; what a core \
    has is for the core to delete";
const NOT_SEARCHED: &str = "leads that are still in the outbox (a queue) cannot be searched: within about 15 hours they are \
    delivered or dead letters; what a core has is for the core to delete";
/// How much of a workbook one line of output contains: bytes.
const CHUNK_BYTES: usize = 1 << 20;
