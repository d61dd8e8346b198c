//! Drafts and publishing through `admin`, on the platform in memory: versions, entity tags, what visitors get.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use formgate::admin::forms::{
    MAX_CHANGE_S, MAX_DRAFT_BYTES, Refusal, Saved, check, delete_draft, find, finish_interrupted,
    list, publish, published, save_draft, unpublish, visible_to_all_by,
};
use formgate::config::Bindings;
use formgate::form::{FormKey, FormStatus, Record};
use formgate::problem::Fault;
use serde_json::{Value, json};
use sim::world::Owner;

use crate::forms::demo;
use crate::memory::{Call, Direct, FormRow, Memory, Operation, Outside, json as body_of};

fn key() -> FormKey {
    FormKey::parse("demo").unwrap()
}

fn definition(title: &str) -> String {
    let fields = json!([{ "name": "email", "type": "email" }]);
    json!({ "key": "demo", "title": title, "allowed_origins": ["https://example.com"], "fields": fields }).to_string()
}

/// Stores a draft over whichever is there; returns its tag.
fn draft(memory: &Memory, text: &str) -> String {
    let record = record_of(memory);
    let tag = (!record.draft_tag.is_empty()).then_some(record.draft_tag.as_str());
    let saved = memory.block_on(save_draft(memory, &key(), &record, text, tag));
    saved.unwrap().0
}

/// What the database knows of the form.
fn record_of(memory: &Memory) -> Record {
    memory.block_on(find(memory, &key())).unwrap()
}

fn save(memory: &Memory, text: &str, if_match: Option<&str>) -> Result<Saved, Refusal> {
    let record = record_of(memory);
    memory.block_on(save_draft(memory, &key(), &record, text, if_match))
}

fn unpublish_now(memory: &Memory) -> Result<(), Refusal> {
    let record = record_of(memory);
    memory.block_on(unpublish(memory, &key(), &record))
}

fn publish_now(memory: &Memory) -> Result<u32, Refusal> {
    let record = memory.block_on(find(memory, &key()))?;
    memory.block_on(publish(memory, &key(), &record))
}

/// The heading and version that a visitor gets, or the status.
fn seen(memory: &Memory) -> Result<(String, u64), u16> {
    let response = memory.ask(Call::new("GET", "/v1/forms/demo"));
    let public = body_of(&response);
    let title = public["title"].as_str().map(str::to_owned);
    title
        .map(|title| (title, public["version"].as_u64().unwrap()))
        .ok_or(response.status)
}

#[test]
fn a_draft_is_published_changed_unpublished_and_published_again() {
    let memory = Memory::new(&[]);
    assert_eq!(publish_now(&memory), Err(Refusal::NotFound));
    assert_eq!(seen(&memory), Err(404));
    memory.pass(11_000);
    draft(&memory, &definition("One"));
    assert_eq!(seen(&memory), Err(404), "a draft is not public");
    assert_eq!(publish_now(&memory), Ok(1));
    assert_eq!(
        seen(&memory),
        Ok(("One".to_owned(), 1)),
        "at once in this isolate"
    );
    assert_eq!(publish_now(&memory), Err(Refusal::NothingToPublish));
    draft(&memory, &definition("One"));
    assert_eq!(
        publish_now(&memory),
        Err(Refusal::NothingToPublish),
        "the same again"
    );
    draft(&memory, &definition("Two"));
    assert_eq!(seen(&memory), Ok(("One".to_owned(), 1)));
    assert_eq!(publish_now(&memory), Ok(2));
    assert_eq!(seen(&memory), Ok(("Two".to_owned(), 2)));
    let record = record_of(&memory);
    assert_eq!(
        (record.draft, record.draft_tag.as_str()),
        (None, ""),
        "it is no draft any more"
    );
    assert_eq!(record.title.as_deref(), Some("Two"));

    assert_eq!(unpublish_now(&memory), Ok(()));
    assert_eq!(seen(&memory), Err(404));
    assert_eq!(unpublish_now(&memory), Ok(()), "twice is once");
    let record = record_of(&memory);
    assert_eq!(record.status(), FormStatus::Unpublished);
    let text = memory.block_on(published(&memory, &key(), &record));
    assert!(text.unwrap().unwrap().contains("Two"));
    memory.pass(11_000);
    assert_eq!(publish_now(&memory), Ok(2), "as it was");
    assert_eq!(seen(&memory), Ok(("Two".to_owned(), 2)));

    assert_eq!(unpublish_now(&memory), Ok(()));
    draft(&memory, &definition("Three"));
    assert_eq!(publish_now(&memory), Ok(3));
    let forms = memory.stores.forms.borrow();
    for version in 1..=3 {
        let stored: Value =
            serde_json::from_str(&forms[&format!("form/demo/v/{version}")]).unwrap();
        assert_eq!(stored["version"], version);
    }
}

#[test]
fn a_draft_with_faults_is_stored_and_not_published() {
    let memory = Memory::new(&[]);
    let mut broken: Value = serde_json::from_str(&definition("One")).unwrap();
    broken["fields"][0]["maxLength"] = json!(3);
    broken["key"] = json!("other");
    let faults = save(&memory, &broken.to_string(), None)
        .unwrap()
        .1
        .unwrap_err();
    let reasons: Vec<(&str, &str)> = faults
        .iter()
        .map(|fault| (fault.path.as_str(), fault.reason.as_str()))
        .collect();
    let expected = [
        (
            "fields[0].maxLength",
            "is not known here; did you mean maxlength?",
        ),
        ("key", "must be demo, as in the address"),
    ];
    assert_eq!(reasons, expected);
    assert_eq!(publish_now(&memory), Err(Refusal::Faults(faults)));
    assert!(memory.stores.forms.borrow().is_empty());
}

#[test]
fn what_is_no_json_object_is_no_draft() {
    let memory = Memory::new(&[]);
    for (text, place) in [
        ("{\n  \"key\": 'demo'\n}", "line 2 column 10"),
        ("{\"key\":\"demo\",", "ends too early"),
        ("{\"a\":1,\"a\":2}", "twice"),
        ("", "is empty"),
        ("[]", "must be an object"),
    ] {
        let saved = save(&memory, text, None);
        let Err(Refusal::Faults(faults)) = saved else {
            panic!("{text}: {saved:?}")
        };
        assert!(faults[0].reason.contains(place), "{text}: {faults:?}");
        let checked = memory.block_on(check(&memory, text, None));
        assert_eq!(checked.unwrap_err(), faults, "{text}");
    }
    assert!(memory.stores.form_rows.borrow().is_empty());
}

#[test]
fn a_draft_has_a_largest_size() {
    let memory = Memory::new(&[]);
    let padded = |bytes: usize| definition("One") + &" ".repeat(bytes - definition("One").len());
    let save = |text: String, tag: Option<&str>| save(&memory, &text, tag).map(|(tag, _)| tag);
    assert_eq!(
        save(padded(MAX_DRAFT_BYTES + 1), None),
        Err(Refusal::TooLarge)
    );
    let tag = save(padded(MAX_DRAFT_BYTES), None).unwrap();
    assert_eq!(
        publish_now(&memory),
        Ok(1),
        "spaces are not part of the definition"
    );
    assert_eq!(
        save(padded(MAX_DRAFT_BYTES), Some(&tag)),
        Err(Refusal::Changed),
        "it was published"
    );
    // A byte order mark, as editors write it, is no part of the draft.
    assert!(save(format!("\u{feff}{}", definition("Two")), None).is_ok());
    let record = record_of(&memory);
    assert_eq!(record.draft, Some(definition("Two")));
}

#[test]
fn a_draft_is_replaced_only_by_one_who_knows_it() {
    let memory = Memory::new(&[]);
    let save = |text: &str, tag: Option<&str>| save(&memory, text, tag).map(|(tag, _)| tag);
    let delete = |tag: Option<&str>| {
        let record = record_of(&memory);
        memory.block_on(delete_draft(&memory, &key(), &record, tag))
    };
    assert_eq!(
        save(&definition("One"), Some("*")),
        Err(Refusal::Changed),
        "there is none"
    );
    let one = save(&definition("One"), None).unwrap();
    assert_eq!(save(&definition("Two"), None), Err(Refusal::Changed));
    assert_eq!(
        save(&definition("Two"), Some("\"other\"")),
        Err(Refusal::Changed)
    );
    assert_eq!(
        save(&definition("One"), None),
        Ok(one.clone()),
        "the response was lost"
    );
    let two = save(&definition("Two"), Some(&one)).unwrap();
    assert_eq!(
        save(&definition("Three"), Some(&one)),
        Err(Refusal::Changed),
        "another was faster"
    );
    assert_eq!(delete(Some(&one)), Err(Refusal::Changed));
    assert_eq!(delete(Some(&format!("W/{two}"))), Ok(()));
    assert_eq!(delete(None), Err(Refusal::NotFound));
    save(&definition("Two"), None).unwrap();
    assert_eq!(delete(None), Ok(()));
    assert!(listed(&memory, "", 10).is_empty(), "nothing is left of it");
}

/// The stores, on which something happens before the call with this number.
#[derive(Clone)]
struct Meanwhile {
    at: u32,
    calls: Rc<Cell<u32>>,
    happens: Rc<dyn Fn()>,
}

impl Outside for Meanwhile {
    async fn call<T>(
        &self,
        _operation: Operation,
        mut apply: impl AsyncFnMut() -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.calls.set(self.calls.get() + 1);
        if self.calls.get() == self.at {
            (self.happens)();
        }
        apply().await
    }
}

/// What a call of the API does.
async fn find_and_publish<O: Outside>(publisher: &Memory<O>) -> Result<u32, Refusal> {
    let record = find(publisher, &key()).await?;
    publish(publisher, &key(), &record).await
}

#[test]
fn a_draft_that_changes_while_it_is_published_is_not_lost() {
    // Before the number is given out, nothing is published; after it, the draft that was read, and the new one stays.
    for (at, is_published) in [(2, false), (3, true), (5, true)] {
        let memory = Memory::new(&[]);
        draft(&memory, &definition("One"));
        let stores = memory.stores.clone();
        let owner = memory.clone();
        let meanwhile = Meanwhile {
            at,
            calls: Rc::default(),
            happens: Rc::new(move || {
                let mut rows = owner.stores.form_rows.borrow_mut();
                let row = rows.get_mut("demo").unwrap();
                row.draft = Some(definition("Two"));
                row.draft_tag = "\"two\"".to_owned();
            }),
        };
        let publisher = Memory::start_with(stores, Owner(1), &[], meanwhile, Bindings::ALL);
        let published = memory.block_on(find_and_publish(&publisher));
        let busy = Err(Refusal::Busy { retry_after_s: 1 });
        assert_eq!(published, if is_published { Ok(1) } else { busy }, "{at}");
        let json = memory.stores.forms.borrow().get("form/demo").cloned();
        assert_eq!(
            json.is_some_and(|json| json.contains("One")),
            is_published,
            "{at}"
        );
        let record = record_of(&memory);
        assert_eq!(
            (record.draft, record.writing),
            (Some(definition("Two")), None),
            "{at}"
        );
    }
}

#[test]
fn two_publishers_at_once_never_give_one_number_to_two_contents() {
    // The other one publishes another draft as a whole, just before a call of the first one.
    for at in 1..=5 {
        let memory = Memory::new(&[]);
        draft(&memory, &definition("One"));
        let other = Memory::on(memory.stores.clone(), &[]);
        let outcome: Rc<RefCell<Option<Result<u32, Refusal>>>> = Rc::default();
        let seen = outcome.clone();
        let meanwhile = Meanwhile {
            at,
            calls: Rc::default(),
            happens: Rc::new(move || {
                draft(&other, &definition("Two"));
                *seen.borrow_mut() = Some(publish_now(&other));
            }),
        };
        let stores = memory.stores.clone();
        let publisher = Memory::start_with(stores, Owner(1), &[], meanwhile, Bindings::ALL);
        let first = memory
            .stores
            .world
            .block_on(find_and_publish(&publisher))
            .unwrap();
        let second = outcome.borrow().clone().unwrap();
        match at {
            1 => assert_eq!((first, second), (Err(Refusal::NothingToPublish), Ok(1))),
            2 => assert_eq!(
                (first, second),
                (Err(Refusal::Busy { retry_after_s: 1 }), Ok(1))
            ),
            _ => {
                let busy = matches!(second, Err(Refusal::Busy { .. }));
                assert!(busy && first == Ok(1), "{at}: {first:?} {second:?}");
            }
        }
        let forms = memory.stores.forms.borrow();
        assert_eq!(forms["form/demo"], forms["form/demo/v/1"], "{at}");
        assert_eq!(forms.len(), 2, "{at}");
    }
}

#[test]
fn while_one_publishes_another_waits_and_then_goes_on() {
    let memory = Memory::new(&[]);
    draft(&memory, &definition("One"));
    publish_now(&memory).unwrap();
    draft(&memory, &definition("Two"));
    let until_s = memory.stores.now().seconds() as u32 + MAX_CHANGE_S;
    let interrupted = |memory: &Memory| {
        let mut rows = memory.stores.form_rows.borrow_mut();
        let row = rows.get_mut("demo").unwrap();
        row.last_version = 2;
        row.writing = Some(2);
        row.writing_hash = "other content".to_owned();
        row.writer = "another".to_owned();
        row.writing_until_s = until_s;
    };
    interrupted(&memory);
    let busy = |left| {
        Err(Refusal::Busy {
            retry_after_s: left,
        })
    };
    assert_eq!(publish_now(&memory), busy(u64::from(MAX_CHANGE_S)));
    memory.pass(u64::from(MAX_CHANGE_S) * 1_000 - 1_000);
    assert_eq!(publish_now(&memory), busy(1));
    assert_eq!(
        unpublish_now(&memory),
        Err(Refusal::Busy { retry_after_s: 1 })
    );
    memory.pass(1_000);
    assert_eq!(publish_now(&memory), Ok(3), "2 was given to other content");
}

#[test]
fn the_cron_makes_kv_what_the_database_says() {
    let memory = Memory::new(&[]);
    draft(&memory, &definition("One"));
    publish_now(&memory).unwrap();
    draft(&memory, &definition("Two"));
    let kv = || memory.stores.forms.borrow().get("form/demo").cloned();
    let row = |change: &dyn Fn(&mut FormRow)| {
        change(
            memory
                .stores
                .form_rows
                .borrow_mut()
                .get_mut("demo")
                .unwrap(),
        );
    };
    let one = kv().unwrap();
    // Version 2 was written, and the end was not.
    let publishing = |row: &mut FormRow| {
        (row.writing, row.last_version, row.writing_until_s) = (Some(2), 2, u32::MAX);
    };
    row(&publishing);
    memory
        .stores
        .forms
        .borrow_mut()
        .insert("form/demo".to_owned(), "two".to_owned());
    memory.block_on(finish_interrupted(&memory));
    assert_eq!(kv().unwrap(), "two", "the writer may still be at work");
    row(&|row| row.writing_until_s = 0);
    memory.block_on(finish_interrupted(&memory));
    assert_eq!(kv(), Some(one.clone()), "the former version");
    let record = record_of(&memory);
    assert_eq!((record.version, record.writing), (Some(1), None));
    assert_eq!(record.draft, Some(definition("Two")), "the draft stays");
    // It was being unpublished.
    row(&|row| (row.writing, row.writing_until_s) = (Some(0), 0));
    memory.block_on(finish_interrupted(&memory));
    assert_eq!(kv(), None);
    let record = record_of(&memory);
    assert_eq!(record.status(), FormStatus::Unpublished);
    assert_eq!(publish_now(&memory), Ok(3));
    // KV is down: the next event tries again.
    row(&|row| (row.writing, row.writing_until_s) = (Some(4), 0));
    memory.stores.is_forms_down.set(true);
    memory.block_on(finish_interrupted(&memory));
    assert!(
        memory.logged().contains("finish_forms"),
        "{}",
        memory.logged()
    );
    memory.stores.is_forms_down.set(false);
    memory.block_on(finish_interrupted(&memory));
    let record = record_of(&memory);
    assert_eq!((record.version, record.writing), (Some(3), None));
}

#[test]
fn a_form_that_only_kv_has_is_taken_over() {
    let memory = Memory::new(&[]);
    memory.publish(&demo());
    for (name, version) in [
        ("form/demo/v/1", 1),
        ("form/gone/v/2", 2),
        ("form/demo-b/v/9", 9),
    ] {
        let mut stored = demo();
        stored["key"] = json!(name.split('/').nth(1).unwrap());
        stored["version"] = json!(version);
        let mut forms = memory.stores.forms.borrow_mut();
        forms.insert(name.to_owned(), stored.to_string());
        forms.insert("files".to_owned(), "{}".to_owned());
        forms.insert("form/broken".to_owned(), "{".to_owned());
    }
    let listed: Vec<Value> = listed(&memory, "", 10);
    let listed: Vec<_> = listed
        .iter()
        .map(|form| (&form["key"], &form["version"], &form["status"]))
        .collect();
    let expected = [
        (&json!("broken"), &json!(1), &json!("published")),
        (&json!("demo"), &json!(3), &json!("published")),
        (&json!("demo-b"), &json!(9), &json!("unpublished")),
        (&json!("gone"), &json!(2), &json!("unpublished")),
    ];
    assert_eq!(listed, expected);

    let memory = Memory::on(memory.stores.clone(), &[]);
    memory.stores.form_rows.borrow_mut().clear();
    let record = record_of(&memory);
    assert_eq!((record.version, record.last_version), (Some(3), 3));
    assert_eq!(publish_now(&memory), Err(Refusal::NothingToPublish));
    draft(&memory, &definition("Two"));
    assert_eq!(publish_now(&memory), Ok(4), "after those in KV");
}

/// The forms of a page.
fn listed(memory: &Memory, after: &str, limit: u32) -> Vec<Value> {
    let rows = memory.block_on(list(memory, after, limit)).unwrap();
    let form = |row: Vec<Option<String>>| serde_json::from_str(row[1].as_deref().unwrap()).unwrap();
    rows.into_iter().map(form).collect()
}

#[test]
fn the_list_has_pages() {
    let memory = Memory::new(&[]);
    for number in 0..25 {
        let key = FormKey::parse(&format!("f{number:02}")).unwrap();
        let text = definition("One").replace("demo", key.as_str());
        let record = Record::default();
        let saved = memory.block_on(save_draft(&memory, &key, &record, &text, None));
        assert!(saved.is_ok());
    }
    let mut found: Vec<String> = Vec::new();
    while found.len() < 25 {
        let after = found.last().cloned().unwrap_or_default();
        let page = listed(&memory, &after, 10);
        assert!(!page.is_empty() && page.len() <= 10);
        let is_draft = |form: &Value| form["status"] == "draft" && form["has_draft"] == true;
        assert!(page.iter().all(is_draft));
        found.extend(
            page.iter()
                .map(|form| form["key"].as_str().unwrap().to_owned()),
        );
    }
    assert!(found.is_sorted() && listed(&memory, "f24", 10).is_empty());
}

#[test]
fn the_answer_says_when_every_visitor_has_it() {
    for (settings, delay_ms) in [(&[][..], 120_000), (&[("FORM_CACHE", "off")], 60_000)] {
        let memory = Memory::new(settings);
        let at = visible_to_all_by(&memory);
        assert_eq!(at.since(memory.stores.now()), delay_ms);
    }
}

#[test]
fn without_its_stores_nothing_is_published() {
    let memory = Memory::new(&[]);
    draft(&memory, &definition("One"));
    for is_down in [&memory.stores.is_forms_down, &memory.stores.is_inbox_down] {
        is_down.set(true);
        assert!(matches!(publish_now(&memory), Err(Refusal::Fault(_))));
        is_down.set(false);
    }
    memory.stores.has_no_tables.set(true);
    let Err(Refusal::Fault(fault)) = publish_now(&memory) else {
        panic!("there are no tables")
    };
    assert!(fault.detail.contains("has not all its tables"), "{fault:?}");
    memory.stores.has_no_tables.set(false);
    assert_eq!(
        publish_now(&memory),
        Ok(1),
        "at once: what failed did not lock it"
    );
}

#[test]
fn a_form_that_requires_tickets_is_published_only_with_a_key() {
    let mut text: Value = serde_json::from_str(&definition("One")).unwrap();
    text["ticket"] = json!("required");
    let signing_key = [("SIGNING_KEY", "0123456789abcdef0123456789abcdef")];
    for (settings, is_published) in [(&[][..], false), (&signing_key, true)] {
        let stores = Memory::new(&[]).stores;
        let memory = Memory::start_with(stores, Owner(0), settings, Direct, Bindings::ALL);
        draft(&memory, &text.to_string());
        assert_eq!(publish_now(&memory).is_ok(), is_published);
    }
}
