//! Every list of the owner's API: its pages, what `?limit=` and `?cursor=` may be, and how far a search reaches; notes of two people.

use formgate::access::ApiRoute;
use formgate::admin::leads_listed;
use formgate::clock::UnixMillis;
use formgate::delivery::QueuedLead;
use formgate::envelope::Response;
use formgate::form::FormKey;
use formgate::inbox::Selection;
use futures_executor::block_on;
use serde_json::{Value, json};

use crate::forms::demo;
use crate::memory::{Call, Memory, code, json};

const OWNER: (&str, &str) = ("OWNERS", "ann@example.com");

fn service() -> Memory {
    let memory = Memory::new(&[OWNER]);
    memory.publish(&demo());
    *memory.stores.signed_in.borrow_mut() = Some("ann@example.com".to_owned());
    memory
}

fn get(memory: &Memory, path: &str) -> Response {
    memory.ask(Call::new("GET", path))
}

fn post(memory: &Memory, path: &str, body: &Value) -> Value {
    let call = Call::new("POST", path).with("content-type", "application/json");
    json(&memory.ask(call.body(body.to_string())))
}

/// Each list with a cursor of it, and one of another list.
const LISTS: &[(&str, &str, &str)] = &[
    ("/api/forms", "demo", "2026-11-21T20:30:00.000Z_a"),
    (
        "/api/forms/demo/rejects",
        "2026-11-26_https://a.example invalid",
        "2026-11-21T20:30:00.000Z_a",
    ),
    (
        "/api/leads",
        "2026-11-21T20:30:00.000Z_a",
        "1795293000000_a",
    ),
    (
        "/api/dead-letters",
        "1795293000000_a",
        "2026-11-21T20:30:00.000Z_a",
    ),
    (
        "/api/tokens",
        "2026-11-21T20:30:00.000Z_a",
        "1795293000000_a",
    ),
    (
        "/api/audit",
        "2026-11-21T20:30:00.000Z_a",
        "2026-11-26_https://a.example invalid",
    ),
];

#[test]
fn every_list_takes_the_same_limits_and_only_its_own_cursors() {
    let lists = ApiRoute::ALL
        .iter()
        // The pages that a form is on are few, and have no second page.
        .filter(|route| route.name().starts_with("List") && *route != &ApiRoute::ListPages);
    let mut paths: Vec<String> = lists
        .map(|route| route.path().replace("{key}", "demo"))
        .collect();
    let mut known: Vec<&str> = LISTS.iter().map(|(path, ..)| *path).collect();
    paths.sort();
    known.sort_unstable();
    assert_eq!(paths, known, "each list is in the table");
    let memory = service();
    for (path, own, other) in LISTS {
        let escaped: String = form_urlencoded::byte_serialize(own.as_bytes()).collect();
        for query in [
            "",
            "limit=1",
            "limit=100",
            "limit=",
            "cursor=",
            "other=1",
            &format!("cursor={escaped}&limit=1"),
        ] {
            let response = get(&memory, &format!("{path}?{query}"));
            assert_eq!(response.status, 200, "{path}?{query} {}", response.body);
            let page = json(&response);
            assert!(
                page["items"].is_array() && page.get("next").is_some(),
                "{path}?{query}"
            );
        }
        let other = &format!("cursor={other}");
        for query in [
            "limit=0",
            "limit=101",
            "limit=-1",
            "limit=1.5",
            "limit=ten",
            "limit=1e1",
            "limit=4294967297",
            "limit=%201",
            "cursor=%20",
            "cursor=_",
            "cursor=_a",
            "cursor='_a",
            "cursor=%00_a",
            "cursor=a%22_a",
            other,
        ] {
            // The cursor of this list is a form key.
            if *path == "/api/forms" && ["cursor=_", "cursor=_a"].contains(&query) {
                continue;
            }
            let response = get(&memory, &format!("{path}?{query}"));
            assert_eq!(response.status, 400, "{path}?{query} {}", response.body);
            assert_eq!(code(&response), "LG_1102");
            let (field, _) = query.split_once('=').unwrap();
            let errors = &json(&response)["error"]["details"]["errors"];
            assert_eq!(errors[0]["field"], field, "{path}?{query}");
        }
    }
}

/// All pages of a list, with the number of entries on each.
fn pages(memory: &Memory, path: &str, limit: usize) -> Vec<Vec<Value>> {
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let cursor_here: String = form_urlencoded::byte_serialize(cursor.as_bytes()).collect();
        let separator = if path.contains('?') { '&' } else { '?' };
        let page = json(&get(
            memory,
            &format!("{path}{separator}limit={limit}&cursor={cursor_here}"),
        ));
        pages.push(page["items"].as_array().unwrap().clone());
        assert!(pages.len() < 50, "{path} has an end");
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return pages,
        }
    }
}

#[test]
fn every_list_has_all_of_its_entries_once_page_by_page() {
    let memory = service();
    for number in 0..5 {
        let lead = json!({ "name": "Ada", "email": format!("a{number}@example.com") });
        memory.ask(Call::submit(lead.to_string()));
        post(
            &memory,
            "/api/tokens",
            &json!({ "name": "CI", "role": "viewer" }),
        );
        memory.pass(1_000);
    }
    for path in ["/api/leads", "/api/tokens", "/api/audit"] {
        let pages = pages(&memory, path, 2);
        let sizes: Vec<usize> = pages.iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 2, 1], "{path}");
        let mut all: Vec<String> = pages.concat().iter().map(Value::to_string).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 5, "{path}");
    }
}

#[test]
fn a_search_ends_after_so_many_leads_and_goes_on_where_it_ended() {
    let memory = service();
    let lead = |number: u64| {
        // The last of all, and one on each side of the end of the first page.
        let is_found = [1, 19, 20, 21].contains(&number);
        let name = if is_found { "Needle" } else { "Hay" };
        let id = format!("lead-{number:05}");
        QueuedLead {
            id: id.clone(),
            form: "demo".to_owned(),
            idempotency_key: id.clone(),
            received_at_ms: memory.stores.now().0 + number,
            lead: json!({ "id": id, "fields": { "name": name } }).to_string(),
            request_id: String::new(),
            attempts: 0,
            is_spam: false,
            is_test: false,
            is_copy: false,
        }
    };
    for number in 1..=40 {
        let lead = lead(number);
        let key = (lead.form.clone(), lead.idempotency_key.clone());
        memory.stores.inbox.borrow_mut().insert(key, lead);
    }
    let now = memory.stores.now().0;
    let search = Selection {
        form: FormKey::parse("demo").ok(),
        search: "needle".to_owned(),
        ..Selection::default()
    };
    // What each page has, of at most `limit` leads found among `scanned`, and how far it reached if it ended for that.
    let pages = |limit: u32, scanned: u32| {
        let mut pages = Vec::new();
        let mut after = search.start();
        loop {
            let mut search = search.clone();
            let page = leads_listed(&memory, &mut search, &after, limit, scanned);
            let (page, is_bounded) = block_on(page).unwrap();
            let ids: Vec<String> = page.entries.into_iter().map(|lead| lead.id).collect();
            let end = is_bounded.then(|| search.since().to_owned());
            pages.push((ids.join(" "), end));
            match page.next {
                Some(next) => after = next,
                None => return pages,
            }
        }
    };
    let at = |number: u64| Some(UnixMillis(now + number).to_rfc3339());
    let page = |ids: &str, end| (ids.to_owned(), end);
    assert_eq!(
        pages(50, 20),
        [
            page("lead-00021", at(21)),
            page("lead-00020 lead-00019 lead-00001", at(1)),
            page("", None),
        ]
    );
    assert_eq!(
        pages(50, 15),
        [
            page("", at(26)),
            page("lead-00021 lead-00020 lead-00019", at(11)),
            page("lead-00001", None)
        ]
    );
    let all = "lead-00021 lead-00020 lead-00019 lead-00001";
    assert_eq!(pages(50, 41), [page(all, None)]);
    // A page that is full ends where it is full.
    assert_eq!(
        pages(2, 30),
        [
            page("lead-00021 lead-00020", None),
            page("lead-00019 lead-00001", None),
            page("", None)
        ]
    );
}

#[test]
fn a_search_says_how_far_it_reached() {
    let memory = service();
    memory.ask(Call::submit(r#"{"name":"Ada","email":"a@example.com"}"#));
    let found = json(&get(&memory, "/api/leads?form=demo&q=ada"));
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    assert!(found.get("searched_to").is_none(), "to the end");
}

#[test]
fn a_note_replaces_only_the_one_that_was_read() {
    let memory = service();
    memory.ask(Call::submit(r#"{"name":"Ada","email":"a@example.com"}"#));
    let list = json(&get(&memory, "/api/leads"));
    let path = format!("/api/leads/{}", list["items"][0]["id"].as_str().unwrap());
    let patch = |body: Value| {
        let call = Call::new("PATCH", &path).with("content-type", "application/json");
        memory.ask(call.body(body.to_string()))
    };
    let note = || {
        json(&get(&memory, &path))["note"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        patch(json!({ "note": "by Ann", "replaces": "" })).status,
        200
    );
    for former in ["", "by Bob", "by Ann "] {
        let late = patch(json!({ "note": "by Bob", "replaces": former }));
        assert_eq!(
            (late.status, code(&late)),
            (412, "FORM_DRAFT_CHANGED".to_owned())
        );
    }
    assert_eq!(note(), "by Ann");
    assert_eq!(
        patch(json!({ "note": "by Cy", "replaces": "by Ann" })).status,
        200
    );
    assert_eq!(
        patch(json!({ "note": "by Cy", "replaces": "by Cy" })).status,
        200
    );
    // A request that does not state what it replaces replaces any; a star is no note.
    assert_eq!(patch(json!({ "note": "by Di" })).status, 200);
    assert_eq!(
        patch(json!({ "starred": true, "replaces": "x" })).status,
        200
    );
    assert_eq!(note(), "by Di");
    let lost = Call::new("PATCH", "/api/leads/lost").with("content-type", "application/json");
    let lost = memory.ask(lost.body(r#"{"note":"a","replaces":""}"#));
    assert_eq!((lost.status, code(&lost)), (404, "LG_1000".to_owned()));
}
