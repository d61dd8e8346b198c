//! What whoever runs the service does: every list whole, page by page, and every change where it should be.

use formgate::clock::UnixMillis;
use formgate::delivery::{DeadLetter, Parcel, Remains};
use formgate::export::Format;
use formgate::form::FormKey;
use formgate::operator::{
    MAX_EXPORTED, MAX_LISTED, ask_to_redrive, dead_letter, dead_letters, export, inbox, lead,
    set_status,
};
use formgate::problem::FaultKind;
use formgate::records::{Cursor, LeadStatus, MAX_PAGE_BYTES, Selection};
use formgate::relay::{MAX_REDRIVEN, redrive};
use futures_executor::block_on;
use serde_json::{Value, json};

use crate::memory::Memory;

fn parcel(number: u32, form: &str, lead: impl Into<String>) -> Parcel {
    Parcel {
        id: format!("id{number:04}"),
        form: form.to_owned(),
        idempotency_key: format!("k{number}"),
        request_id: "r".to_owned(),
        // Three at a time, so that pages end among leads of the same moment.
        received_at_ms: 1_795_293_000_000 + u64::from(number / 3),
        attempts: 2,
        lead: lead.into(),
    }
}

fn store(memory: &Memory, parcel: Parcel) {
    let key = (parcel.form.clone(), parcel.idempotency_key.clone());
    memory.stores.inbox.borrow_mut().insert(key, parcel);
}

fn with_leads(count: u32) -> Memory {
    let memory = Memory::new(&[]);
    for number in 0..count {
        let lead = json!({ "id": format!("id{number:04}"), "fields": { "n": number.to_string() } });
        store(&memory, parcel(number, "demo", lead.to_string()));
    }
    memory
}

fn bury(memory: &Memory, number: u32) {
    let parcel = parcel(number, "demo", "{}");
    let letter = DeadLetter {
        id: parcel.id.clone(),
        reason: "refused: status 422".to_owned(),
        died_at: UnixMillis(parcel.received_at_ms),
        remains: Remains::Parcel(parcel),
    };
    let mut dead = memory.stores.dead.borrow_mut();
    dead.insert(letter.id.clone(), letter);
}

fn demo(status: Option<LeadStatus>) -> Selection {
    let form = FormKey::parse("demo").unwrap();
    Selection { form, status }
}

/// The pages of an export.
fn pages(memory: &Memory, selection: &Selection, format: Format) -> Vec<String> {
    let (mut pages, mut place) = (Vec::new(), None);
    loop {
        let chunk = block_on(export(memory, selection, format, place)).unwrap();
        pages.push(chunk.text);
        place = chunk.next;
        if place.is_none() {
            return pages;
        }
    }
}

/// The ids in an export of JSON lines.
fn ids(pages: &[String]) -> Vec<String> {
    let text = pages.concat();
    let id = |line: &str| {
        let lead: Value = serde_json::from_str(line).unwrap();
        lead["id"].as_str().unwrap().to_owned()
    };
    text.lines().map(id).collect()
}

#[test]
fn an_export_has_every_lead_once_wherever_its_pages_end() {
    for count in [
        0,
        1,
        MAX_EXPORTED - 1,
        MAX_EXPORTED,
        MAX_EXPORTED + 1,
        2 * MAX_EXPORTED,
    ] {
        let memory = with_leads(count);
        let pages = pages(&memory, &demo(None), Format::JsonLines);
        assert_eq!(pages.len(), (count / MAX_EXPORTED + 1) as usize, "{count}");
        let expected: Vec<String> = (0..count).map(|number| format!("id{number:04}")).collect();
        assert_eq!(ids(&pages), expected);
    }
}

#[test]
fn large_leads_are_on_small_pages() {
    let bytes = MAX_PAGE_BYTES as usize;
    for (sizes, expected) in [
        (vec![bytes - 1], 1),
        (vec![bytes], 2),
        (vec![bytes - 1, 99, 99], 2),
        (vec![bytes, bytes, bytes], 4),
        (vec![2 * bytes, 99], 2),
        (vec![99, 2 * bytes], 2),
    ] {
        let memory = Memory::new(&[]);
        for (number, size) in (0..).zip(&sizes) {
            let lead = format!(r#"{{"id":"id{number:04}","fields":{{}}}}"#);
            let lead = lead.clone() + &" ".repeat(size - lead.len());
            store(&memory, parcel(number, "demo", lead));
        }
        let pages = pages(&memory, &demo(None), Format::JsonLines);
        assert_eq!(
            (pages.len(), ids(&pages).len()),
            (expected, sizes.len()),
            "{sizes:?}"
        );
    }
}

#[test]
fn an_export_has_one_head_and_the_columns_of_its_first_page() {
    let memory = with_leads(MAX_EXPORTED + 1);
    let selection = demo(None);
    let first = block_on(export(&memory, &selection, Format::Csv, None)).unwrap();
    let late = json!({ "fields": { "n": "x", "late": "y" } });
    store(&memory, parcel(9_000, "demo", late.to_string()));
    let second = block_on(export(&memory, &selection, Format::Csv, first.next)).unwrap();
    assert!(first.text.starts_with('\u{feff}') && first.text.contains("\"unreadable\",\"n\"\r\n"));
    assert!(!second.text.contains('\u{feff}') && !second.text.contains("unreadable"));
    assert_eq!(second.text.lines().count(), 2);
    assert!(
        second.text.contains(r#""{""fields.late"":""y""}""#),
        "not lost"
    );
    assert_eq!(second.next, None);
}

#[test]
fn an_export_has_the_leads_of_its_form_and_status_only() {
    let memory = with_leads(3);
    store(&memory, parcel(7, "other", "{\"id\":\"other\"}"));
    assert_eq!(
        block_on(set_status(&memory, "id0001", LeadStatus::Done)),
        Ok(true)
    );
    let of = |status| ids(&pages(&memory, &demo(status), Format::JsonLines));
    assert_eq!(of(Some(LeadStatus::Done)), ["id0001"]);
    assert_eq!(of(Some(LeadStatus::New)), ["id0000", "id0002"]);
    assert_eq!(of(None).len(), 3);
}

#[test]
fn a_lead_nobody_can_read_is_exported_and_hinders_no_other() {
    let memory = with_leads(1);
    store(&memory, parcel(1, "demo", "=not json"));
    store(&memory, parcel(2, "demo", "null"));
    let csv = pages(&memory, &demo(None), Format::Csv).concat();
    assert_eq!(csv.lines().count(), 4);
    assert!(csv.contains("\"'=not json\"") && csv.contains("\"null\""));
    assert_eq!(
        ids(&pages(&memory, &demo(None), Format::JsonLines)).len(),
        3
    );
}

#[test]
fn a_status_is_kept_and_only_of_a_lead_that_is_there() {
    let memory = with_leads(1);
    assert_eq!(
        block_on(set_status(&memory, "nobody", LeadStatus::Done)),
        Ok(false)
    );
    assert_eq!(block_on(lead(&memory, "nobody")), Ok(None));
    for status in [LeadStatus::Done, LeadStatus::New] {
        assert_eq!(block_on(set_status(&memory, "id0000", status)), Ok(true));
        let lead = block_on(lead(&memory, "id0000")).unwrap().unwrap();
        assert_eq!(lead.status, status.as_str());
    }
}

#[test]
fn lists_are_whole_wherever_their_pages_end() {
    for count in [0, 1, MAX_LISTED, MAX_LISTED + 1] {
        let memory = with_leads(count);
        (0..count).for_each(|number| bury(&memory, number));
        let (mut leads, mut letters) = (Vec::new(), Vec::new());
        let mut place = Some(Cursor::default());
        while let Some(after) = place {
            let page = block_on(inbox(&memory, &after)).unwrap();
            leads.extend(page.entries.into_iter().map(|lead| lead.id));
            place = page.next;
        }
        let mut place = Some(Cursor::default());
        while let Some(after) = place {
            // As it comes from outside.
            let after = Cursor::parse(&after.to_string()).unwrap();
            let page = block_on(dead_letters(&memory, &after)).unwrap();
            assert!(page.entries.len() <= MAX_LISTED as usize);
            letters.extend(page.entries.into_iter().map(|letter| letter.id));
            place = page.next;
        }
        let expected: Vec<String> = (0..count).map(|number| format!("id{number:04}")).collect();
        assert_eq!((leads, letters), (expected.clone(), expected));
    }
}

#[test]
fn a_dead_letter_is_sent_again_when_somebody_asks_for_that_one() {
    let memory = Memory::new(&[]);
    (0..3).for_each(|number| bury(&memory, number));
    assert_eq!(block_on(ask_to_redrive(&memory, Some(""))), Ok(0));
    assert_eq!(block_on(ask_to_redrive(&memory, Some("nobody"))), Ok(0));
    assert_eq!(block_on(redrive(&memory)), 0);
    assert_eq!(block_on(ask_to_redrive(&memory, Some("id0001"))), Ok(1));
    let (entry, remains) = block_on(dead_letter(&memory, "id0001")).unwrap().unwrap();
    assert!(
        entry.is_to_be_redriven && entry.reason == "refused: status 422" && entry.attempts == 2
    );
    assert!(matches!(remains, Remains::Parcel(parcel) if parcel.idempotency_key == "k1"));
    assert_eq!(block_on(redrive(&memory)), 1);
    assert!(block_on(dead_letter(&memory, "id0001")).unwrap().is_none());
    assert_eq!(block_on(ask_to_redrive(&memory, None)), Ok(2));
    assert_eq!(block_on(redrive(&memory)), 2);
}

#[test]
fn a_message_nobody_can_read_is_shown_and_not_sent() {
    let memory = Memory::new(&[]);
    let poison = (String::from("poison"), 0);
    memory.stores.outbox.borrow_mut().push_back(poison);
    memory.relay();
    let page = block_on(dead_letters(&memory, &Cursor::default())).unwrap();
    let [entry] = page.entries.as_slice() else {
        panic!("{page:?}")
    };
    assert_eq!((entry.form.as_deref(), entry.attempts), (None, 0));
    let (_, remains) = block_on(dead_letter(&memory, &entry.id)).unwrap().unwrap();
    assert!(matches!(remains, Remains::Unreadable(text) if text == "poison"));
    assert_eq!(block_on(ask_to_redrive(&memory, None)), Ok(0));
    assert_eq!(block_on(ask_to_redrive(&memory, Some(&entry.id))), Ok(0));
}

#[test]
fn dead_letters_nobody_can_read_are_set_aside_and_the_rest_is_sent() {
    let memory = Memory::new(&[]);
    let damaged = 2 * MAX_REDRIVEN;
    (0..damaged + 3).for_each(|number| bury(&memory, number));
    let ids = (0..damaged).map(|number| format!("id{number:04}"));
    memory.stores.damaged.borrow_mut().extend(ids);
    assert_eq!(
        block_on(ask_to_redrive(&memory, None)),
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
    assert_eq!(page.entries.len(), MAX_LISTED as usize);
    for entry in page.entries {
        assert_eq!(entry.reason, "unreadable: refused: status 422");
        assert_eq!((entry.form, entry.is_to_be_redriven), (None, false));
    }
    let (_, remains) = block_on(dead_letter(&memory, "id0000")).unwrap().unwrap();
    assert!(matches!(remains, Remains::Unreadable(text) if text == "ada@example.com"));
    assert_eq!(block_on(ask_to_redrive(&memory, None)), Ok(0), "not again");
}

#[test]
fn whoever_asks_is_told_when_the_tables_do_not_answer() {
    let memory = with_leads(1);
    memory.stores.is_down.set(true);
    let fault = block_on(export(&memory, &demo(None), Format::Csv, None)).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Store);
    assert!(block_on(ask_to_redrive(&memory, None)).is_err());
    assert!(block_on(set_status(&memory, "id0000", LeadStatus::Done)).is_err());
}
