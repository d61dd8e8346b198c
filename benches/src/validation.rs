//! Validating a lead of ten fields: formgate against the `validator` derive and the `jsonschema` crate, on the same data.
//!
//! `validation` begins with what each library's own decoder leaves and ends with every violation; form, struct and schema
//! are compiled beforehand. `decoding` begins with the bytes of a JSON body. What one does and the others do not:
//! - formgate returns every value, sanitised, and the consent; looks for what the form has no field for; reads numbers from
//!   text; and checks steps. It reports for each violation which rule and where, by reference.
//! - `validator` reports for each violation which rule, with a copy of the value. Its form is known when it is compiled.
//! - `jsonschema` reports for each violation which rule and where, by reference; `jsonschema_is_valid` stops at the first and
//!   reports no detail.
//!
//! `messages` is `validation` with a text about each violation: in formgate a sentence for the visitor in the form's language, in
//! `jsonschema` and `validator` one for developers.
//!
//! `serde_json` keeps the order of members here, as formgate asks it to; `jsonschema` is as fast without.
//!
//! One difference is left out, as no case meets it: in formgate, as in a browser, an empty text is no value.

mod by_formgate;
mod by_jsonschema;
mod by_validator;
mod date;
mod lead;

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use lead::Case;

fn validation(criterion: &mut Criterion) {
    let (form, schema) = (by_formgate::form(), by_jsonschema::schema());
    let mut group = criterion.benchmark_group("validation");
    for Case {
        name,
        sent,
        at_fault,
    } in lead::cases()
    {
        let body = sent.to_string();
        let raw = by_formgate::decoded(&sent);
        let lead = by_validator::decode(body.as_bytes()).unwrap();
        assert_eq!(
            by_formgate::decode(body.as_bytes())
                .unwrap()
                .entries()
                .collect::<Vec<_>>(),
            raw.entries().collect::<Vec<_>>()
        );
        for (library, mut found) in [
            (
                "formgate",
                by_formgate::at_fault(&by_formgate::check(&form, &raw)),
            ),
            (
                "validator",
                by_validator::at_fault(&by_validator::check(&lead)),
            ),
            (
                "jsonschema",
                by_jsonschema::at_fault(&by_jsonschema::check(&schema, &sent)),
            ),
        ] {
            found.sort_unstable();
            assert_eq!(found, at_fault, "{library} on {name}");
        }
        assert_eq!(schema.is_valid(&sent), at_fault.is_empty(), "{name}");

        group.bench_function(BenchmarkId::new("formgate", name), |bencher| {
            bencher.iter(|| by_formgate::check(&form, black_box(&raw)));
        });
        group.bench_function(BenchmarkId::new("validator", name), |bencher| {
            bencher.iter(|| by_validator::check(black_box(&lead)));
        });
        group.bench_function(BenchmarkId::new("jsonschema", name), |bencher| {
            bencher.iter(|| by_jsonschema::check(&schema, black_box(&sent)));
        });
        group.bench_function(BenchmarkId::new("jsonschema_is_valid", name), |bencher| {
            bencher.iter(|| schema.is_valid(black_box(&sent)));
        });
    }
    group.finish();
}

fn messages(criterion: &mut Criterion) {
    let (form, schema) = (by_formgate::form(), by_jsonschema::schema());
    let mut group = criterion.benchmark_group("messages");
    let cases = lead::cases();
    for Case { name, sent, .. } in cases.iter().filter(|case| !case.at_fault.is_empty()) {
        let raw = by_formgate::decoded(sent);
        let lead = by_validator::decode(sent.to_string().as_bytes()).unwrap();
        group.bench_function(BenchmarkId::new("formgate", name), |bencher| {
            bencher.iter(|| by_formgate::worded(&form, black_box(&raw)));
        });
        group.bench_function(BenchmarkId::new("validator", name), |bencher| {
            bencher.iter(|| by_validator::worded(black_box(&lead)));
        });
        group.bench_function(BenchmarkId::new("jsonschema", name), |bencher| {
            bencher.iter(|| by_jsonschema::worded(&schema, black_box(sent)));
        });
    }
    group.finish();
}

fn decoding(criterion: &mut Criterion) {
    let (form, schema) = (by_formgate::form(), by_jsonschema::schema());
    let mut group = criterion.benchmark_group("decoding");
    for Case { name, sent, .. } in lead::cases() {
        let body = sent.to_string();
        let body = body.as_bytes();
        group.bench_function(BenchmarkId::new("formgate", name), |bencher| {
            bencher.iter(|| {
                let raw = by_formgate::decode(black_box(body)).unwrap();
                let checked = by_formgate::check(&form, &raw);
                checked.map(drop).map_err(|findings| findings.len())
            });
        });
        group.bench_function(BenchmarkId::new("validator", name), |bencher| {
            bencher.iter(|| by_validator::check(&by_validator::decode(black_box(body)).unwrap()));
        });
        // Its errors borrow from what was decoded.
        group.bench_function(BenchmarkId::new("jsonschema", name), |bencher| {
            bencher.iter(|| {
                by_jsonschema::check(&schema, &by_jsonschema::decode(black_box(body)).unwrap())
                    .len()
            });
        });
    }
    group.finish();
}

fn config() -> Criterion {
    Criterion::default()
        .without_plots()
        .sample_size(50)
        .nresamples(10_000)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
}

criterion_group!(name = benches; config = config(); targets = validation, messages, decoding);
criterion_main!(benches);
