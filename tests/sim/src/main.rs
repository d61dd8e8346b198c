//! `make sim`: what formgate's rate limiter does on Workers KV, beside what others do, and what becomes of leads while
//! everything goes wrong; in numbers.

mod delivery;
mod formgate;
mod report;
mod run;
mod scenario;

use std::env;
use std::fs;
use std::io;
use std::process::ExitCode;

use serde_json::{Map, Value, json};

use crate::report::{Row, limiter_json, print_table};
use crate::scenario::scenarios;

fn main() -> ExitCode {
    // One seed replays one run; a word picks scenarios whose names contain it.
    let seed: Option<u64> = match env::var("SEED").ok().filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => match text.parse() {
            Ok(seed) => Some(seed),
            Err(_) => {
                eprintln!("SEED is not a number: {text}");
                return ExitCode::FAILURE;
            }
        },
    };
    let wanted = env::args().nth(1).unwrap_or_default();
    let (rows, missed) = limiter(seed, &wanted);
    let (delivery, broken) = if DELIVERY.contains(&wanted) {
        deliver(seed)
    } else {
        (Value::Null, 0)
    };
    // A part of it is no report.
    if wanted.is_empty()
        && let Err(error) = write(&rows, delivery)
    {
        eprintln!("{REPORT}: {error}");
        return ExitCode::FAILURE;
    }
    if missed + broken > 0 {
        eprintln!("{missed} targets missed, {broken} promises broken");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The rate limiter, scenario by scenario; how many targets are missed.
fn limiter(seed: Option<u64>, wanted: &str) -> (Vec<Row>, usize) {
    let seeds: Vec<u64> = seed.map_or_else(|| (1..=SEEDS).collect(), |seed| vec![seed]);
    let mut rows: Vec<Row> = Vec::new();
    for scenario in scenarios()
        .iter()
        .filter(|scenario| scenario.name.contains(wanted))
    {
        let found = report::rows(scenario, &seeds);
        print_table(scenario, &found);
        rows.extend(found);
    }
    let missed = rows.iter().filter(|row| row.is_missed).count();
    (rows, missed)
}

/// Delivery under faults, run by run; how many promises are broken.
fn deliver(seed: Option<u64>) -> (Value, usize) {
    let first = seed.unwrap_or(1);
    let runs = if seed.is_some() { 1 } else { RUNS };
    let mut sum = delivery::Counter::default();
    for seed in first..first + runs {
        let counter = delivery::run(seed, VISITORS);
        if counter.lost + counter.duplicated > 0 || !counter.broken.is_empty() {
            let (lost, duplicated, broken) = (counter.lost, counter.duplicated, &counter.broken);
            println!("SEED={seed}: {lost} lost, {duplicated} twice, {broken:?}");
        }
        sum.add(counter);
    }
    let report = json!({
        "submissions": sum.submissions,
        "faults_injected": sum.faults,
        "acknowledged": sum.acknowledged,
        "visitors_gone": sum.gone,
        "visitors_gone_unheard": sum.gone_unheard,
        "published": sum.published,
        "lost": sum.lost,
        "duplicated": sum.duplicated,
        "seed": first,
    });
    println!("\n{DELIVERY}, {runs} runs from seed {first}\n  {report}");
    let broken = usize::try_from(sum.lost + sum.duplicated).unwrap_or(usize::MAX);
    (report, broken.saturating_add(sum.broken.len()))
}

/// Puts both into the report.
fn write(rows: &[Row], delivery: Value) -> io::Result<()> {
    let report = Map::from_iter([
        ("limiter".to_owned(), limiter_json(rows)),
        ("delivery".to_owned(), delivery),
    ]);
    fs::create_dir_all("build")?;
    fs::write(REPORT, format!("{:#}\n", Value::Object(report)))
}

const REPORT: &str = "build/sim.json";
const DELIVERY: &str = "delivery";
/// Runs of each scenario of the limiter; the report gives their means.
const SEEDS: u64 = 20;
/// Runs of delivery, and visitors in each: a million together.
const RUNS: u64 = 1_000;
const VISITORS: u64 = 1_000;
