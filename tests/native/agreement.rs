//! The edge's rules agree with the browser: compares them with cases measured in Chromium, Firefox or `WebKit`.
//!
//! `tests/support/agreement.mjs` passes the file with new cases in `AGREEMENT`, and the browser in `AGREEMENT_BROWSER`;
//! without them this compares the measurements in `tests/fixtures`, by Chromium. The module `constraint` documents the
//! exceptions by name.

use std::collections::BTreeMap;
use std::{env, fs};

use formgate::form::{Field, FieldKind, FormDefinition};
use formgate::submission::{FieldValue, RawSubmission, RawValue, validate};
use serde_json::{Value, json};

use crate::agreement_elsewhere;

/// The measurement of one value.
pub(crate) struct Case<'a> {
    pub(crate) sent: &'a Value,
    pub(crate) sanitised: &'a Value,
    pub(crate) flags: Vec<&'a str>,
}

#[test]
fn the_edge_agrees_with_the_browser() {
    let path =
        env::var("AGREEMENT").unwrap_or_else(|_| "tests/fixtures/agreement.jsonl".to_owned());
    let browser = env::var("AGREEMENT_BROWSER").unwrap_or_else(|_| "Chromium".to_owned());
    let (mut compared, mut disagreeing, mut ignored, mut refused) = (0, 0, 0, 0);
    let mut exceptions = BTreeMap::new();
    for line in fs::read_to_string(&path).unwrap().lines() {
        let set: Value = serde_json::from_str(line).unwrap();
        let definition = json!({ "key": "t", "allowed_origins": [], "fields": [set["field"]] });
        let is_ignored = set["pattern_ignored"] == true;
        let form = match FormDefinition::parse(&definition.to_string()) {
            Ok(form) if !is_ignored => form,
            Ok(_) => {
                println!("browsers ignore the pattern of {}", set["field"]);
                disagreeing += 1;
                continue;
            }
            Err(faults) => {
                let is_known = |path: &str| {
                    path.ends_with("].pattern")
                        || path.contains("].options[")
                        || path.ends_with("].value")
                };
                if !faults.iter().all(|fault| is_known(&fault.path)) {
                    println!("{} is refused: {faults:?}", set["field"]);
                    disagreeing += 1;
                }
                if is_ignored {
                    ignored += 1;
                } else {
                    refused += 1;
                }
                continue;
            }
        };
        for case in set["cases"].as_array().unwrap() {
            let case = Case {
                sent: &case[0],
                sanitised: &case[1],
                flags: case[2]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|flag| flag.as_str().unwrap())
                    .collect(),
            };
            let (sanitised, flags) = by_the_edge(&form, case.sent);
            if let Some(name) = exception(&form.fields[0], &case, sanitised.as_ref(), &flags) {
                *exceptions.entry(name).or_insert(0) += 1;
                continue;
            }
            compared += 1;
            if flags != case.flags
                || (!matches!(case.sanitised, Value::Null) || sanitised.is_some())
                    && sanitised.as_ref() != Some(case.sanitised)
            {
                let text = sanitised.as_ref().and_then(Value::as_str);
                let elsewhere = text.and_then(|text| {
                    agreement_elsewhere::exception(&browser, &form.fields[0], &case, text, &flags)
                });
                if let Some(name) = elsewhere {
                    compared -= 1;
                    *exceptions.entry(name).or_insert(0) += 1;
                    continue;
                }
                disagreeing += 1;
                if disagreeing <= 4000 {
                    println!(
                        "{} given {}: {:?} {:?}, in the browser {} {:?}",
                        set["field"], case.sent, sanitised, flags, case.sanitised, case.flags
                    );
                }
            }
        }
    }
    println!(
        "agreement: refused when published: {ignored} fields whose pattern browsers ignore, {refused} others"
    );
    println!("agreement: exceptions {exceptions:?}");
    println!("agreement: compared {compared}, disagreeing {disagreeing}");
    let most = if browser == "Chromium" { 5 } else { 12 };
    assert!(compared >= 20_000 && exceptions.len() <= most);
    assert_eq!(disagreeing, 0);
}

/// The value as sanitised by the edge, and its violations.
fn by_the_edge(form: &FormDefinition, sent: &Value) -> (Option<Value>, Vec<&'static str>) {
    let field = &form.fields[0];
    if let (false, Value::String(text)) = (field.kind.is_box(), sent) {
        let (value, codes) = field.check(text);
        return (
            Some(json!(value)),
            codes.iter().map(|code| code.as_str()).collect(),
        );
    }
    let mut raw = RawSubmission::default();
    for value in sent
        .as_array()
        .unwrap_or(&Vec::from_iter((!sent.is_null()).then(|| sent.clone())))
    {
        raw.push(
            field.name(),
            RawValue::Text(value.as_str().unwrap().to_owned()),
        )
        .unwrap();
    }
    match validate(form, &raw, Vec::new()) {
        Ok(submission) => {
            let value = submission
                .fields
                .into_iter()
                .next()
                .map(|(_, value)| match value {
                    FieldValue::One(text) => json!(text),
                    FieldValue::Many(texts) => json!(texts),
                });
            (value, Vec::new())
        }
        Err(violations) => (
            None,
            violations
                .iter()
                .map(|violation| violation.code.as_str())
                .collect(),
        ),
    }
}

/// The name of the exception by which edge and browser differ; `None` when there is none.
fn exception(
    field: &Field,
    case: &Case<'_>,
    sanitised: Option<&Value>,
    flags: &[&str],
) -> Option<&'static str> {
    let sent = case.sent.as_str()?;
    let is_bad_input = flags.contains(&"bad_input");
    if field.kind == FieldKind::Color
        && is_bad_input
        && sent.starts_with(|first: char| first != '#')
    {
        return Some("css colour");
    }
    let has_no_other_flag = case
        .flags
        .iter()
        .all(|flag| ["value_missing", "bad_input"].contains(flag));
    let is_same = sanitised == Some(case.sanitised) || field.kind == FieldKind::Range;
    if flags == ["bad_input"] && has_no_other_flag && is_same && flags != case.flags {
        return Some("bad input");
    }
    let is_late = |year: &str| year.parse::<u32>().is_ok_and(|year| year > 4_000);
    let year = sent.split('-').next().unwrap_or_default();
    let without_step = |flags: &[&str]| {
        flags
            .iter()
            .filter(|flag| **flag != "step_mismatch")
            .count()
    };
    let differs_in_step = flags != case.flags && without_step(flags) == without_step(&case.flags);
    if field.kind == FieldKind::DatetimeLocal && is_late(year) && differs_in_step {
        return Some("late step");
    }
    if field.kind == FieldKind::Url && !sent.is_ascii() && flags.is_empty() != case.flags.is_empty()
    {
        return Some("international host");
    }
    let is_international = sent
        .rsplit_once('@')
        .is_some_and(|(_, domain)| !domain.is_ascii());
    // The edge may accept more than the browser, never less.
    let differs = sanitised != Some(case.sanitised) || case.flags == ["type_mismatch"];
    if field.kind == FieldKind::Email && is_international && flags.is_empty() && differs {
        return Some("international domain");
    }
    None
}
