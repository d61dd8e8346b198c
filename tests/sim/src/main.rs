//! `make sim`: what formgate's rate limiter does on Workers KV, beside what others do, in numbers.

mod formgate;
mod report;
mod run;
mod scenario;

use std::env;
use std::fs;
use std::io;
use std::process::ExitCode;

use serde_json::{Map, Value};

use crate::report::{Row, limiter_json, print_table};
use crate::scenario::scenarios;

/// Runs of each scenario; the report gives their means.
const SEEDS: u64 = 20;

fn main() -> ExitCode {
    // One seed replays one run; a word picks scenarios whose names contain it.
    let seeds: Vec<u64> = match env::var("SEED") {
        Ok(text) => match text.parse() {
            Ok(seed) => vec![seed],
            Err(_) => {
                eprintln!("SEED is not a number: {text}");
                return ExitCode::FAILURE;
            }
        },
        Err(_) => (1..=SEEDS).collect(),
    };
    let wanted = env::args().nth(1).unwrap_or_default();
    let mut rows: Vec<Row> = Vec::new();
    for scenario in scenarios()
        .iter()
        .filter(|scenario| scenario.name.contains(&wanted))
    {
        let found = report::rows(scenario, &seeds);
        print_table(scenario, &found);
        rows.extend(found);
    }
    // A part of the scenarios is no report.
    if wanted.is_empty()
        && let Err(error) = write(&rows)
    {
        eprintln!("{REPORT}: {error}");
        return ExitCode::FAILURE;
    }
    let missed = rows.iter().filter(|row| row.is_missed).count();
    if missed > 0 {
        eprintln!("{missed} targets missed");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Puts the rows into the report, beside what else stands there.
fn write(rows: &[Row]) -> io::Result<()> {
    let known = fs::read_to_string(REPORT).unwrap_or_default();
    let mut report: Map<String, Value> = serde_json::from_str(&known).unwrap_or_default();
    report.insert("limiter".to_owned(), limiter_json(rows));
    fs::create_dir_all("build")?;
    fs::write(REPORT, format!("{:#}\n", Value::Object(report)))
}

const REPORT: &str = "build/sim.json";
