//! Every query has a value for each placeholder.

use super::*;

#[test]
fn every_value_has_a_placeholder() {
    let form = &FormKey::parse("demo").unwrap();
    let every = &Selection::default();
    let of_form = &Selection {
        form: Some(form.clone()),
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
        Query::FieldNames { form },
        Query::FormKeys,
        Query::Tables,
        Query::Usage(UsageQuery::Add { rows: "[]" }),
        Query::Usage(UsageQuery::OfForm { form, after, limit }),
        Query::Usage(UsageQuery::PagesSeen { form, limit }),
        Query::Usage(UsageQuery::Expire {
            before: "2026-08-28",
        }),
        Query::Access(AccessQuery::UseToken { id: "a", hash: "b" }),
        Query::Access(AccessQuery::NoteUse { id: "a", day: "b" }),
        Query::Access(AccessQuery::Tokens),
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
        Query::SetStatus {
            id: "a",
            status: LeadStatus::Done,
        },
        Query::IntoSpam { id: "a" },
        Query::NoteNotSpam { id: "a" },
        Query::SpamToDeadLetter { id: "a" },
        Query::DeleteSpam { id: "a" },
        Query::SpamReport { form: Some(form) },
        Query::DeadLetters { after, limit },
        Query::DeadLetter { id: "a" },
        Query::Redrive { id: "a" },
        Query::RedriveAll,
        Query::ToRedrive { limit },
        Query::DeleteDeadLetter { letter: after },
    ] {
        let Statement { sql, values } = query.statement();
        for number in 1..=values.len() {
            assert!(sql.contains(&format!("?{number}")), "{sql}");
        }
        assert_eq!(sql.matches('?').count(), values.len(), "{sql}");
    }
}

#[test]
fn an_empty_id_does_not_select_all() {
    let statement = Query::Redrive { id: "" }.statement();
    let written = statement.written_out().unwrap();
    assert!(written.contains("WHERE id = '' AND"), "{written}");
}
