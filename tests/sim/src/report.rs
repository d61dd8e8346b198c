//! What the runs of a scenario come to: means, a table, and JSON.

use serde_json::{Value, json};

use sim::peers::{Limiter, Naive, SlidingLog};

use crate::run::{Outcome, as_f64, run_formgate, run_peer};
use crate::scenario::Scenario;

/// One algorithm in one scenario, means over all seeds.
pub struct Row {
    scenario: &'static str,
    algorithm: &'static str,
    over_admission: f64,
    wrongly_refused: f64,
    worst: f64,
    failed: f64,
    reads: f64,
    writes: f64,
    lists: f64,
    usd_per_million: f64,
    /// Whether formgate does not do here what is asked of it.
    pub is_missed: bool,
}

impl Row {
    fn of(scenario: &Scenario, algorithm: &'static str, outcomes: &[Outcome]) -> Self {
        let runs = as_f64(u64::try_from(outcomes.len()).unwrap_or(1).max(1));
        let mean = |of: &dyn Fn(&Outcome) -> f64| outcomes.iter().map(of).sum::<f64>() / runs;
        let per_1000 = |of: &dyn Fn(&Outcome) -> u64| {
            mean(&|outcome| as_f64(of(outcome)) * 1_000.0 / as_f64(outcome.asked.max(1)))
        };
        let mut row = Self {
            scenario: scenario.name,
            algorithm,
            over_admission: mean(&|outcome| outcome.over_admission),
            wrongly_refused: mean(&|outcome| outcome.wrongly_refused),
            worst: outcomes
                .iter()
                .fold(0.0, |worst, outcome| outcome.worst.max(worst)),
            failed: per_1000(&|outcome| outcome.failed),
            reads: per_1000(&|outcome| outcome.operations.reads),
            writes: per_1000(&|outcome| outcome.operations.writes),
            lists: per_1000(&|outcome| outcome.operations.lists),
            usd_per_million: mean(&|outcome| {
                outcome.operations.price_usd() * 1e6 / as_f64(outcome.asked.max(1))
            }),
            is_missed: false,
        };
        let target = scenario.target;
        let is_over = |value: f64, target: Option<f64>| target.is_some_and(|most| value > most);
        row.is_missed = algorithm == FORMGATE
            && (is_over(row.over_admission, target.over_admission)
                || is_over(row.wrongly_refused, target.wrongly_refused)
                || is_over(row.kv_ops_per_1000(), target.kv_ops_per_1000));
        row
    }

    fn kv_ops_per_1000(&self) -> f64 {
        self.reads + self.writes + self.lists
    }

    fn json(&self) -> Value {
        json!({
            "scenario": self.scenario,
            "algorithm": self.algorithm,
            "over_admission": rounded(self.over_admission),
            "wrongly_refused": rounded(self.wrongly_refused),
            "kv_ops_per_1000": rounded(self.kv_ops_per_1000()),
            "worst_window": rounded(self.worst),
            "failed_per_1000": rounded(self.failed),
            "reads_per_1000": rounded(self.reads),
            "writes_per_1000": rounded(self.writes),
            "lists_per_1000": rounded(self.lists),
            "usd_per_million": rounded(self.usd_per_million),
        })
    }
}

/// Runs a scenario with every algorithm.
pub fn rows(scenario: &Scenario, seeds: &[u64]) -> Vec<Row> {
    let runs =
        |run: &dyn Fn(u64) -> Outcome| seeds.iter().map(|&seed| run(seed)).collect::<Vec<_>>();
    let row = |algorithm, outcomes: Vec<Outcome>| Row::of(scenario, algorithm, &outcomes);
    vec![
        row(FORMGATE, runs(&|seed| run_formgate(scenario, seed))),
        row(Naive.name(), runs(&|seed| run_peer(scenario, Naive, seed))),
        row(
            SlidingLog.name(),
            runs(&|seed| run_peer(scenario, SlidingLog, seed)),
        ),
    ]
}

/// A scenario's rows, and the targets under them.
pub fn print_table(scenario: &Scenario, rows: &[Row]) {
    println!("\n{}", scenario.name);
    println!(
        "  {:<26} {:>8} {:>8} {:>8} {:>8} {:>7} {:>7} {:>7} {:>9}",
        "", "over", "refused", "worst", "failed", "reads", "writes", "lists", "USD/1M"
    );
    for row in rows {
        println!(
            "  {:<26} {:>7.2}% {:>7.2}% {:>7.0}% {:>7.1}% {:>7.0} {:>7.0} {:>7.0} {:>9.2}{}",
            row.algorithm,
            row.over_admission * 100.0,
            row.wrongly_refused * 100.0,
            row.worst * 100.0,
            row.failed / 10.0,
            row.reads,
            row.writes,
            row.lists,
            row.usd_per_million,
            if row.is_missed { "  MISSED" } else { "" },
        );
    }
    let target = scenario.target;
    if let (Some(over), Some(refused)) = (target.over_admission, target.wrongly_refused) {
        println!(
            "  {:<26} {:>7.2}% {:>7.2}%",
            "at most",
            over * 100.0,
            refused * 100.0
        );
    }
}

/// The member `"limiter"` of `build/sim.json`.
pub fn limiter_json(rows: &[Row]) -> Value {
    rows.iter().map(Row::json).collect()
}

/// Five decimals: a thousandth of a per cent.
fn rounded(value: f64) -> f64 {
    (value * 1e5).round() / 1e5
}

const FORMGATE: &str = "formgate";
