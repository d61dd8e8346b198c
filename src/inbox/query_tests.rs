//! Every query has a value for each placeholder.

use super::super::bulk::Change;
use super::super::forms::Begin;
use super::*;

#[test]
fn every_value_has_a_placeholder() {
    let form = &FormKey::parse("demo").unwrap();
    let every = &Selection::default();
    let of_form = &Selection {
        form: Some(form.clone()),
        ..Selection::default()
    };
    let searched = &Selection {
        search: "ada".to_owned(),
        ..of_form.clone()
    };
    let tests = &Selection {
        is_test: Some(true),
        ..Selection::default()
    };
    let address = &Address::parse("ada@example.com").unwrap();
    let (after, limit) = (&Cursor::default(), 3);
    let leads = |selection| Query::Leads {
        selection,
        after,
        limit,
    };
    for query in [
        leads(every),
        leads(of_form),
        leads(searched),
        leads(tests),
        Query::FieldNames { form },
        Query::FormKeys,
        Query::Tables,
        Query::Usage(UsageQuery::Add { rows: "[]" }),
        Query::Usage(UsageQuery::Rejects { form, after, limit }),
        Query::Usage(UsageQuery::PagesSeen { form, limit }),
        Query::Usage(UsageQuery::Expire {
            before: "2026-08-28",
        }),
        Query::Forms(FormsQuery::One { form }),
        Query::Forms(FormsQuery::Page {
            after: "",
            limit,
            since: "2026-10-27",
            has_core: false,
        }),
        Query::Forms(FormsQuery::Adopt { names: "[]" }),
        Query::Forms(FormsQuery::SaveDraft {
            form,
            text: "{}",
            tag: "a",
            replaced: "",
        }),
        Query::Forms(FormsQuery::DeleteDraft { form, tag: "" }),
        Query::Forms(FormsQuery::Begin(Begin {
            form,
            version: 1,
            hash: "a",
            writer: "b",
            last_version: 0,
            tag: "-",
            now_s: 1,
            until_s: 2,
        })),
        Query::Forms(FormsQuery::End {
            form,
            writer: "a",
            title: "t",
            tag: "",
            file_hash: "",
        }),
        Query::Forms(FormsQuery::Release { form, writer: "a" }),
        Query::Forms(FormsQuery::Interrupted { now_s: 1, limit }),
        Query::Access(AccessQuery::UseToken { id: "a", hash: "b" }),
        Query::Access(AccessQuery::NoteUse { id: "a", day: "b" }),
        Query::Access(AccessQuery::Tokens { after, limit }),
        Query::Access(AccessQuery::CreateToken {
            values: ["a", "b", "c", "d", "e", "f"],
            limit,
        }),
        Query::Access(AccessQuery::DeleteToken { id: "a" }),
        Query::Access(AccessQuery::NoteAudit {
            values: ["a", "b", "c", "d", "e"],
            count: 1,
        }),
        Query::Access(AccessQuery::Audit { after, limit }),
        Query::Access(AccessQuery::ExpireAudit { before: "a" }),
        Query::LeadsWith {
            address,
            after,
            limit,
        },
        Query::DeadLettersWith {
            address,
            after,
            limit,
        },
        Query::ForgetLeads { address },
        Query::ForgetDeadLetters { address },
        Query::Lead { id: "a" },
        Query::CountLeads {
            selection: every,
            after,
            limit,
        },
        Query::CountLeads {
            selection: searched,
            after,
            limit,
        },
        Query::SearchEnd {
            selection: searched,
            after,
            scanned: 7,
        },
        Query::SpamReport { form: Some(form) },
        Query::DeadLetters { after, limit },
        Query::DeadLetter { id: "a" },
        Query::Redrive { id: "a" },
        Query::RedriveAll,
        Query::ToRedrive { limit, now: "7" },
        Query::DeleteDeadLetter { letter: after },
    ] {
        check(&query);
    }
}

fn check(query: &Query<'_>) {
    let Statement { sql, values } = query.statement();
    for number in 1..=values.len() {
        assert!(sql.contains(&format!("?{number}")), "{sql}");
    }
    assert_eq!(sql.matches('?').count(), values.len(), "{sql}");
}

#[test]
fn every_value_of_a_change_has_a_placeholder() {
    let ids = "[]";
    for change in [
        Change::Status(LeadStatus::Done),
        Change::Starred(true),
        Change::Note {
            note: "a",
            former: None,
        },
        Change::Note {
            note: "a",
            former: Some("b"),
        },
        Change::Spam,
        Change::Inbox,
        Change::Delete,
    ] {
        check(&Query::Bulk(BulkQuery::Change { ids, change }));
    }
    for query in [
        BulkQuery::Find { ids },
        BulkQuery::NoteNotSpam { ids },
        BulkQuery::SpamToDeadLetters { ids },
        BulkQuery::DeleteSpam { ids },
    ] {
        check(&Query::Bulk(query));
    }
    let (form, before, people) = ("demo", "7", "[]");
    for query in [
        Upkeep::AddEvent {
            ids,
            at: "7",
            name: "queued",
            line: "7 queued \n",
            people: "",
        },
        Upkeep::Timeline { id: "a" },
        Upkeep::DropTimelines { ids },
        Upkeep::Erase { people },
        Upkeep::EraseQueued { people },
        Upkeep::Erased { since: "7" },
        Upkeep::DeleteDeadLetter { id: "a" },
        Upkeep::Retain { form, before },
        Upkeep::RetainDeadLetters { form, before },
        Upkeep::ExpireTests { before },
        Upkeep::ExpireTimelines { before },
        Upkeep::ExpireErased { before },
    ] {
        check(&Query::Upkeep(query));
    }
}

#[test]
fn an_empty_id_does_not_select_all() {
    let statement = Query::Redrive { id: "" }.statement();
    let written = statement.written_out().unwrap();
    assert!(written.contains("WHERE id = '' AND"), "{written}");
}
