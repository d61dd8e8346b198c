//! Erasing a person: nothing of the person is left or delivered, wherever the lead is; what is submitted afterwards is delivered.

use formgate::admin::{Erased, dead_letters, erase, leads, request_redrive};
use formgate::dispatch::{Disposition, redrive};
use formgate::inbox::{Address, Cursor, Selection};
use formgate::platform::Platform;
use futures_executor::block_on;

use crate::forms::{core_answers, demo};
use crate::memory::{Call, Memory};

const ADA: &str = r#"{"name":"Ada","email":"Ada@example.com"}"#;
const BEA: &str = r#"{"name":"Bea","email":"bea@example.com"}"#;
const CORE: (&str, &str) = ("CORE_URL", "https://core.test/leads");
const KEY: (&str, &str) = ("SIGNING_KEY", "0123456789abcdef0123456789abcdef");
const NEW_KEY: (&str, &str) = ("SIGNING_KEY", "fedcba9876543210fedcba9876543210");
const OLD_KEY: (&str, &str) = ("SIGNING_KEY_PREVIOUS", "0123456789abcdef0123456789abcdef");

fn service(settings: &[(&str, &str)]) -> Memory {
    let memory = Memory::new(settings);
    memory.publish(&demo());
    memory
}

fn erase_ada(memory: &Memory) -> Erased {
    let keys = memory.isolate().keys();
    let keys = keys.as_ref().map_or(&[][..], |keys| &keys.people);
    let address = Address::parse("ada@EXAMPLE.com").unwrap();
    block_on(erase(memory, &address, keys)).unwrap()
}

fn delivered(memory: &Memory) -> usize {
    let requests = memory.stores.core_requests.borrow();
    let of_ada = |body: &str| body.contains("Ada@example.com");
    requests
        .iter()
        .filter(|request| of_ada(&request.body))
        .count()
}

#[test]
fn what_waits_in_the_outbox_is_not_delivered_and_what_comes_later_is() {
    let memory = service(&[CORE, KEY]);
    for lead in [ADA, BEA] {
        assert_eq!(memory.ask(Call::submit(lead)).status, 202);
    }
    memory.stores.world.run();
    let before = delivered(&memory);
    let erased = erase_ada(&memory);
    assert_eq!(
        (erased.leads, erased.outbox, erased.dead_letters),
        (0, 1, 0)
    );
    memory.pass(1_000);
    core_answers(&memory, 201);
    while memory.deliver_next().is_some() {}
    assert_eq!(delivered(&memory), before, "nothing after it was erased");
    assert!(memory.logged().contains(r#""outcome":"erased""#));
    assert!(!memory.logged().contains("example.com"));
    let requests = memory.stores.core_requests.borrow().len();
    core_answers(&memory, 201);
    assert_eq!(
        memory.ask(Call::submit(ADA)).status,
        201,
        "she submits again"
    );
    assert_eq!(memory.stores.core_requests.borrow().len(), requests + 1);
    memory.pass(1_000);
    memory.ask(Call::submit(ADA));
    core_answers(&memory, 201);
    assert_eq!(memory.deliver_next(), Some(Disposition::Done));
    assert_eq!(delivered(&memory), before + 3);
}

#[test]
fn a_key_that_was_added_or_replaced_does_not_hide_an_erased_person() {
    for (erased_with, delivered_with) in [
        (&[CORE][..], &[CORE][..]),
        (&[CORE], &[CORE, KEY]),
        (&[CORE, KEY], &[CORE, NEW_KEY, OLD_KEY]),
    ] {
        let memory = service(erased_with);
        memory.ask(Call::submit(ADA));
        erase_ada(&memory);
        let later = Memory::on(memory.stores.clone(), delivered_with);
        let before = delivered(&later);
        core_answers(&later, 201);
        assert_eq!(later.deliver_next(), Some(Disposition::Done));
        assert_eq!(delivered(&later), before, "{delivered_with:?}");
        assert!(memory.stores.outbox.borrow().is_empty());
    }
}

#[test]
fn blocked_leads_dead_letters_the_inbox_and_the_spam_folder_are_emptied() {
    let memory = service(&[CORE, KEY]);
    for (status, lead) in [(401, ADA), (401, BEA), (422, ADA)] {
        core_answers(&memory, status);
        memory.ask(Call::submit(lead));
    }
    core_answers(&memory, 422);
    while memory.deliver_next().is_some() {}
    let robot = Call::submit(ADA).with("user-agent", "curl/8.5.0");
    assert_eq!(memory.ask(robot).status, 201);
    assert_eq!(memory.stores.dead.borrow().len(), 3);
    let erased = erase_ada(&memory);
    assert_eq!((erased.leads, erased.dead_letters), (1, 2));
    let first = Cursor::default();
    let left = block_on(dead_letters(&memory, &first)).unwrap();
    assert_eq!(left.entries.len(), 1, "of Bea");
    let every = Selection::default();
    assert!(
        block_on(leads(&memory, &every, &first))
            .unwrap()
            .entries
            .is_empty()
    );
    assert_eq!(erase_ada(&memory), Erased::default(), "once");
}

/// The database does not answer, so it is not known whether the person was erased.
#[test]
fn a_lead_waits_while_the_database_is_down() {
    let memory = service(&[CORE, KEY]);
    memory.ask(Call::submit(BEA));
    memory.stores.is_inbox_down.set(true);
    let before = memory.stores.core_requests.borrow().len();
    for _ in 0..3 {
        assert_eq!(memory.deliver_next(), Some(Disposition::Done), "put off");
    }
    assert_eq!(memory.stores.core_requests.borrow().len(), before);
    memory.stores.is_inbox_down.set(false);
    core_answers(&memory, 201);
    assert_eq!(memory.deliver_next(), Some(Disposition::Done));
    assert_eq!(memory.stores.core_requests.borrow().len(), before + 1);
    assert!(memory.stores.outbox.borrow().is_empty());
}

#[test]
fn a_dead_letter_that_is_being_sent_again_is_dropped() {
    let memory = service(&[CORE, KEY]);
    core_answers(&memory, 422);
    memory.ask(Call::submit(ADA));
    while memory.deliver_next().is_some() {}
    block_on(request_redrive(&memory, None)).unwrap();
    assert_eq!(block_on(redrive(&memory)), 1);
    memory.stores.world.run();
    assert_eq!(erase_ada(&memory).outbox, 1);
    let before = delivered(&memory);
    core_answers(&memory, 201);
    assert_eq!(memory.deliver_next(), Some(Disposition::Done));
    assert_eq!(delivered(&memory), before);
    assert!(memory.stores.dead.borrow().is_empty());
}
