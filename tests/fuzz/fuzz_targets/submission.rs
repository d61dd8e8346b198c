//! Any body sent to any form that can be published is refused, or is a lead that would be taken again.
//!
//! The input is a definition, or the attributes of one field as `name=value` lines; then an empty line; then the body, its
//! encoding chosen by its first byte.

#![no_main]

use formgate::clock::UnixMillis;
use formgate::delivery::{Lead, Observed, Provenance};
use formgate::export::Format;
use formgate::form::FormDefinition;
use formgate::page::{Visit, form_page};
use formgate::problem::{Problem, WarningCode};
use formgate::inbox::StoredLead;
use formgate::spam::Assessment;
use formgate::submission::{
    ATTRIBUTION_NAMES, Attribution, FieldValue, MAX_EXTRAS, MediaType, RawSubmission, RawValue, Submission,
    decode, validate,
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};

fuzz_target!(|input: &[u8]| {
    let end = input
        .windows(2)
        .position(|two| two == b"\n\n")
        .unwrap_or(input.len());
    let (head, rest) = input.split_at(end);
    let Ok(head) = std::str::from_utf8(head) else {
        return;
    };
    let definition = if head.starts_with('{') {
        head.to_owned()
    } else {
        of_one_field(head)
    };
    let Ok(form) = FormDefinition::parse(&definition) else {
        return;
    };
    let body = rest.get(2..).unwrap_or_default();
    let media_type = match body.first() {
        Some(b'{') => MediaType::Json,
        Some(b'-') => MediaType::Multipart("b".to_owned()),
        Some(b'=') => MediaType::Latin1(MediaType::Urlencoded.into()),
        _ => MediaType::Urlencoded,
    };
    let Ok(mut raw) = decode(body, &media_type) else {
        return;
    };
    raw.resolve_list_names(&form);
    let mut warnings = Vec::new();
    let attribution = Attribution::read(&raw, &mut warnings);
    let warned = warnings.len();
    let problem = match validate(&form, &raw, warnings) {
        Ok(submission) => {
            let as_raw = as_raw(&submission.fields);
            let again = validate(&form, &as_raw, Vec::new()).expect("taken again");
            assert!(again.fields == submission.fields, "and means the same");
            let kept = submission
                .extras
                .iter()
                .filter(|(name, _)| ATTRIBUTION_NAMES.contains(name));
            let left_out = submission.warnings.last().map(|warning| warning.code);
            let is_full = matches!(left_out, Some(WarningCode::ExtrasLeftOut(_)));
            assert!(
                is_full || kept.count() == warned,
                "a claim that cannot be used is kept"
            );
            assert!(submission.extras.len() <= MAX_EXTRAS);
            export_lead(submission, attribution);
            None
        }
        Err(violations) => {
            assert!(!violations.is_empty());
            Some(Problem::ValidationFailed(violations))
        }
    };
    let visit = Visit {
        typed: Some(&raw),
        problem: problem.as_ref(),
        key: "k-1",
        ticket: "t-1",
        ..Visit::default()
    };
    assert!(form_page(&form, "", visit).body.contains("</html>"));
});

/// Whatever was sent, an export has it on one line of its own.
fn export_lead(submission: Submission<'_>, claimed: Attribution<'_>) {
    let observed = Observed {
        origin: Some("https://a.example".to_owned()),
        ..Observed::default()
    };
    let lead = Lead {
        id: "i".to_owned(),
        form_key: "k".to_owned(),
        received_at: UnixMillis(0),
        submission,
        is_as_seen: true,
        spam: Assessment::default(),
        provenance: Provenance { observed, claimed },
    };
    let stored = StoredLead {
        id: "i".to_owned(),
        form: "k".to_owned(),
        received_at: lead.received_at.to_rfc3339(),
        status: "new".to_owned(),
        lead: lead.to_json(),
        ..StoredLead::default()
    };
    let line = Format::JsonLines.line(&[], &stored);
    assert_eq!(line.matches('\n').count(), 1);
    let csv = Format::Csv.line(&["f".to_owned()], &stored);
    assert!(csv.ends_with("\"\r\n"));
}

fn of_one_field(lines: &str) -> String {
    let mut field = Map::from_iter([("name".to_owned(), json!("f"))]);
    for (name, value) in lines.lines().filter_map(|line| line.split_once('=')) {
        let value = match name {
            "required" | "multiple" => json!(true),
            "minlength" | "maxlength" => json!(value.parse::<u32>().unwrap_or_default()),
            "options" => value
                .split('|')
                .map(|value| json!({ "value": value }))
                .collect(),
            _ => Value::from(value),
        };
        field.insert(name.to_owned(), value);
    }
    json!({ "key": "k", "allowed_origins": [], "fields": [field] }).to_string()
}

fn as_raw(fields: &[(&str, FieldValue<'_>)]) -> RawSubmission {
    let mut raw = RawSubmission::default();
    for (name, value) in fields {
        let texts = match value {
            FieldValue::One(text) => vec![text.as_ref()],
            FieldValue::Many(texts) => texts.clone(),
        };
        for text in texts {
            raw.push(name, RawValue::Text(text.to_owned()))
                .expect("no more than before");
        }
    }
    raw
}
