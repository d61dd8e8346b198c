//! The operator's functions in memory: lists are complete page by page, and changes affect the right rows.

use formgate::admin::{
    MAX_LISTED, columns, dead_letter, dead_letters, dead_letters_with, erase, forms_with_leads,
    lead, leads, leads_with, request_redrive, set_status,
};
use formgate::clock::UnixMillis;
use formgate::delivery::{DeadLetter, DeadLetterBody, QueuedLead};
use formgate::dispatch::{MAX_REDRIVEN, redrive};
use formgate::export::Format;
use formgate::form::{FormDefinition, FormKey};
use formgate::inbox::{Address, Cursor, LeadStatus, MAX_PAGE_BYTES, Moment, Selection};
use formgate::problem::FaultKind;
use futures_executor::block_on;
use serde_json::{Value, json};

use crate::memory::Memory;

fn queued(number: u32, form: &str, lead: impl Into<String>) -> QueuedLead {
    QueuedLead {
        id: format!("id{number:04}"),
        form: form.to_owned(),
        idempotency_key: format!("k{number}"),
        request_id: "r".to_owned(),
        // Three at a time, so that pages end among leads of the same moment.
        received_at_ms: 1_795_293_000_000 + u64::from(number / 3),
        attempts: 2,
        is_spam: false,
        is_test: false,
        is_copy: false,
        lead: lead.into(),
    }
}

fn store(memory: &Memory, queued: QueuedLead) {
    let key = (queued.form.clone(), queued.idempotency_key.clone());
    memory.stores.inbox.borrow_mut().insert(key, queued);
}

fn with_leads(count: u32) -> Memory {
    let memory = Memory::new(&[]);
    for number in 0..count {
        let lead = json!({ "id": format!("id{number:04}"), "fields": { "n": number.to_string() } });
        store(&memory, queued(number, "demo", lead.to_string()));
    }
    memory
}

fn put_dead_letter(memory: &Memory, number: u32) {
    put_dead_letter_of(memory, queued(number, "demo", "{}"));
}

fn put_dead_letter_of(memory: &Memory, queued: QueuedLead) {
    let letter = DeadLetter {
        id: queued.id.clone(),
        reason: "refused: status 422".to_owned(),
        died_at: UnixMillis(queued.received_at_ms),
        retry_at: None,
        body: DeadLetterBody::Lead(queued),
    };
    let mut dead = memory.stores.dead.borrow_mut();
    dead.insert(letter.id.clone(), letter);
}

fn key(text: &str) -> FormKey {
    FormKey::parse(text).unwrap()
}

fn demo() -> Selection {
    Selection {
        form: Some(key("demo")),
        ..Selection::default()
    }
}

/// The ids on the pages of what is selected.
fn pages(memory: &Memory, selection: &Selection) -> Vec<Vec<String>> {
    let (mut pages, mut place) = (Vec::new(), Some(selection.start()));
    while let Some(after) = place {
        // As it comes from outside.
        let after = Cursor::parse(&after.to_string()).unwrap();
        let page = block_on(leads(memory, selection, &after)).unwrap();
        pages.push(page.entries.into_iter().map(|lead| lead.id).collect());
        place = page.next;
    }
    pages
}

fn ids(memory: &Memory, selection: &Selection) -> Vec<String> {
    pages(memory, selection).concat()
}

/// Those of so many leads, the newest first.
fn newest_first(count: u32) -> Vec<String> {
    let ids = (0..count).rev();
    ids.map(|number| format!("id{number:04}")).collect()
}

#[test]
fn a_list_has_every_lead_once_wherever_its_pages_end() {
    for count in [
        0,
        1,
        MAX_LISTED - 1,
        MAX_LISTED,
        MAX_LISTED + 1,
        2 * MAX_LISTED,
    ] {
        let memory = with_leads(count);
        for selection in [demo(), Selection::default()] {
            let pages = pages(&memory, &selection);
            assert_eq!(pages.len(), (count / MAX_LISTED + 1) as usize, "{count}");
            assert_eq!(pages.concat(), newest_first(count));
        }
    }
}

#[test]
fn large_leads_are_on_small_pages() {
    let bytes = MAX_PAGE_BYTES as usize;
    for (sizes, expected) in [
        (vec![bytes - 1], 1),
        (vec![bytes], 2),
        (vec![99, 99, bytes - 1], 2),
        (vec![bytes, bytes, bytes], 4),
        (vec![2 * bytes, 99], 2),
        (vec![99, 2 * bytes], 2),
    ] {
        let memory = Memory::new(&[]);
        for (number, size) in (0..).zip(&sizes) {
            let lead = format!(r#"{{"id":"id{number:04}","fields":{{}}}}"#);
            let lead = lead.clone() + &" ".repeat(size - lead.len());
            store(&memory, queued(number, "demo", lead));
        }
        let pages = pages(&memory, &demo());
        assert_eq!(
            (pages.len(), pages.concat().len()),
            (expected, sizes.len()),
            "{sizes:?}"
        );
    }
}

#[test]
fn columns_are_those_of_the_definition_whatever_was_filled_in() {
    let definition = json!({
        "key": "demo", "allowed_origins": [],
        "fields": [{ "name": "email", "type": "email" }, { "name": "phone", "type": "tel" }],
    });
    let definition = FormDefinition::parse(&definition.to_string()).unwrap();
    let memory = Memory::new(&[]);
    let names = |definition| block_on(columns(&memory, &key("demo"), definition)).unwrap();
    assert_eq!(names(Some(&definition)), ["email", "phone"]);
    assert!(names(None).is_empty());
    for (number, fields) in [
        (0, json!({ "oldest": "x", "email": "a@b" })),
        (3, json!({ "older": "x" })),
    ] {
        let lead = json!({ "fields": fields });
        store(&memory, queued(number, "demo", lead.to_string()));
    }
    let other = json!({ "fields": { "other": "x" } });
    store(&memory, queued(9, "other", other.to_string()));
    assert_eq!(
        names(Some(&definition)),
        ["email", "phone", "older", "oldest"]
    );
    assert_eq!(names(None), ["older", "oldest", "email"]);
    assert_eq!(
        block_on(forms_with_leads(&memory)).unwrap(),
        ["demo", "other"]
    );
}

#[test]
fn leads_are_selected_by_all_that_is_asked() {
    // Three at a time in the same millisecond, from .000 to .003.
    let memory = with_leads(10);
    store(
        &memory,
        QueuedLead {
            is_spam: true,
            ..queued(20, "other", r#"{"spam":["automation"]}"#)
        },
    );
    assert_eq!(
        block_on(set_status(&memory, "id0001", LeadStatus::Done)),
        Ok(true)
    );
    let moment =
        |millis: u32| Some(Moment::first_of(&format!("2026-11-21T20:30:00.{millis:03}Z")).unwrap());
    let status = |status| Selection { status, ..demo() };
    let spam = |is_spam| Selection {
        is_spam: Some(is_spam),
        ..Selection::default()
    };
    let during = |from, to| Selection { from, to, ..demo() };
    for (selection, expected) in [
        (status(Some(LeadStatus::Done)), &["id0001"][..]),
        (spam(true), &["id0020"]),
        (during(moment(3), None), &["id0009"]),
        (during(moment(4), None), &[]),
        (during(None, moment(0)), &["id0002", "id0001", "id0000"]),
        (
            during(moment(1), moment(1)),
            &["id0005", "id0004", "id0003"],
        ),
        (during(moment(2), moment(1)), &[]),
    ] {
        assert_eq!(ids(&memory, &selection), expected, "{selection:?}");
    }
    assert_eq!(ids(&memory, &status(Some(LeadStatus::New))).len(), 9);
    assert_eq!(ids(&memory, &spam(false)).len(), 10);
    assert_eq!(ids(&memory, &Selection::default()).len(), 11);
}

#[test]
fn an_address_is_found_and_forgotten_in_the_inbox_and_among_the_dead_letters() {
    let memory = Memory::new(&[]);
    let lead = |email: &str| json!({ "fields": { "email": email } }).to_string();
    for (number, email) in [
        (0, "ada@example.com"),
        (1, "Ada@Example.com"),
        (2, "bob@example.com"),
    ] {
        store(&memory, queued(number, "demo", lead(email)));
        let died = queued(number, "demo", lead(email));
        put_dead_letter_of(&memory, died);
    }
    let ada = &Address::parse("ADA@example.com").unwrap();
    let first = &Cursor::default();
    let found = || {
        let leads = block_on(leads_with(&memory, ada, first)).unwrap();
        let letters = block_on(dead_letters_with(&memory, ada, first)).unwrap();
        (leads.entries.len(), letters.entries.len())
    };
    assert_eq!(found(), (2, 2));
    let erased = block_on(erase(&memory, ada, &[])).unwrap();
    assert_eq!((erased.leads, erased.dead_letters), (2, 2));
    assert_eq!(found(), (0, 0));
    assert_eq!(ids(&memory, &demo()), ["id0002"]);
    assert!(block_on(dead_letter(&memory, "id0002")).unwrap().is_some());
}

#[test]
fn a_lead_that_cannot_be_read_is_exported_and_hinders_no_other() {
    let memory = with_leads(1);
    store(&memory, queued(1, "demo", "=not json"));
    store(&memory, queued(2, "demo", "null"));
    let fields = block_on(columns(&memory, &key("demo"), None)).unwrap();
    let page = block_on(leads(&memory, &demo(), &Cursor::default())).unwrap();
    let lines = page
        .entries
        .iter()
        .map(|lead| Format::Csv.line(&fields, lead));
    let csv = lines.collect::<String>();
    assert_eq!(csv.lines().count(), 3);
    assert!(csv.contains("\"'=not json\"") && csv.contains("\"null\""));
    for lead in &page.entries {
        let line = Format::JsonLines.line(&fields, lead);
        assert!(serde_json::from_str::<Value>(&line).unwrap().is_object());
    }
}

#[test]
fn a_status_is_kept_and_only_of_a_lead_that_is_there() {
    let memory = with_leads(1);
    assert_eq!(
        block_on(set_status(&memory, "unknown", LeadStatus::Done)),
        Ok(false)
    );
    assert_eq!(block_on(lead(&memory, "unknown")), Ok(None));
    for status in [LeadStatus::Done, LeadStatus::New] {
        assert_eq!(block_on(set_status(&memory, "id0000", status)), Ok(true));
        let lead = block_on(lead(&memory, "id0000")).unwrap().unwrap();
        assert_eq!(lead.status, status.as_str());
    }
}

#[test]
fn a_list_of_dead_letters_is_whole_wherever_its_pages_end() {
    for count in [0, 1, MAX_LISTED, MAX_LISTED + 1] {
        let memory = Memory::new(&[]);
        (0..count).for_each(|number| put_dead_letter(&memory, number));
        let mut letters = Vec::new();
        let mut place = Some(Cursor::default());
        while let Some(after) = place {
            let after = Cursor::parse(&after.to_string()).unwrap();
            let page = block_on(dead_letters(&memory, &after)).unwrap();
            assert!(page.entries.len() <= MAX_LISTED as usize);
            letters.extend(page.entries.into_iter().map(|letter| letter.id));
            place = page.next;
        }
        assert_eq!(letters, newest_first(count));
    }
}

#[test]
fn only_the_dead_letter_that_was_asked_for_is_sent_again() {
    let memory = Memory::new(&[]);
    (0..3).for_each(|number| put_dead_letter(&memory, number));
    assert_eq!(block_on(request_redrive(&memory, Some(""))), Ok(0));
    assert_eq!(block_on(request_redrive(&memory, Some("unknown"))), Ok(0));
    assert_eq!(block_on(redrive(&memory)), 0);
    assert_eq!(block_on(request_redrive(&memory, Some("id0001"))), Ok(1));
    let (entry, body) = block_on(dead_letter(&memory, "id0001")).unwrap().unwrap();
    assert!(
        entry.is_to_be_redriven && entry.reason == "refused: status 422" && entry.attempts == 2
    );
    assert!(matches!(body, DeadLetterBody::Lead(queued) if queued.idempotency_key == "k1"));
    assert_eq!(block_on(redrive(&memory)), 1);
    assert!(block_on(dead_letter(&memory, "id0001")).unwrap().is_none());
    assert_eq!(block_on(request_redrive(&memory, None)), Ok(2));
    assert_eq!(block_on(redrive(&memory)), 2);
}

#[test]
fn a_message_that_cannot_be_read_is_shown_and_not_sent() {
    let memory = Memory::new(&[]);
    let poison = (String::from("poison"), 0);
    memory.stores.outbox.borrow_mut().push_back(poison);
    memory.deliver_next();
    let page = block_on(dead_letters(&memory, &Cursor::default())).unwrap();
    let [entry] = page.entries.as_slice() else {
        panic!("{page:?}")
    };
    assert_eq!((entry.form.as_deref(), entry.attempts), (None, 0));
    let (_, body) = block_on(dead_letter(&memory, &entry.id)).unwrap().unwrap();
    assert!(matches!(body, DeadLetterBody::Unreadable(text) if text == "poison"));
    assert_eq!(block_on(request_redrive(&memory, None)), Ok(0));
    assert_eq!(block_on(request_redrive(&memory, Some(&entry.id))), Ok(0));
}

#[test]
fn dead_letters_that_cannot_be_read_are_set_aside_and_the_rest_is_sent() {
    let memory = Memory::new(&[]);
    let damaged = 2 * MAX_REDRIVEN;
    (0..damaged + 3).for_each(|number| put_dead_letter(&memory, number));
    let ids = (0..damaged).map(|number| format!("id{number:04}"));
    memory.stores.damaged.borrow_mut().extend(ids);
    assert_eq!(
        block_on(request_redrive(&memory, None)),
        Ok(damaged as usize + 3)
    );
    assert_eq!(block_on(redrive(&memory)), 3);
    let logged = memory.logged();
    assert!(
        logged.contains("dead letter id0000 cannot be read"),
        "{logged}"
    );
    assert!(logged.contains("id0199") && !logged.contains("ada@"));
    let page = block_on(dead_letters(&memory, &Cursor::default())).unwrap();
    assert_eq!(page.entries.len(), damaged as usize);
    for entry in page.entries {
        assert_eq!(entry.reason, "unreadable: refused: status 422");
        assert_eq!((entry.form, entry.is_to_be_redriven), (None, false));
    }
    let (_, body) = block_on(dead_letter(&memory, "id0000")).unwrap().unwrap();
    assert!(matches!(body, DeadLetterBody::Unreadable(text) if text == "ada@example.com"));
    assert_eq!(block_on(request_redrive(&memory, None)), Ok(0), "not again");
}

#[test]
fn every_operation_reports_a_database_that_does_not_answer() {
    let memory = with_leads(1);
    memory.stores.is_down.set(true);
    let fault = block_on(leads(&memory, &demo(), &Cursor::default())).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Store);
    assert!(block_on(request_redrive(&memory, None)).is_err());
    assert!(block_on(set_status(&memory, "id0000", LeadStatus::Done)).is_err());
}
