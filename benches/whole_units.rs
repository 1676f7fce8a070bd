//! Solves every fixed-charge network design problem (`.dow`) below a folder, one line each.
//!
//! `cargo bench --bench whole_units -- [--gap 0.0001] [--time-limit SECONDS] [NAME ..]`
//!
//! The folder stands in `RAILAIR_OUTSIDE` (default `../shared/outside`); where it has an
//! `optima.csv` (`file,kind,optimum,..`), values are compared with it. A name selects the problems
//! whose path contains it. With the feature `highs`, HiGHS solves the strong arc formulation
//! through `good_lp` in the same run, with the same gap and time limit.

use std::time::{Duration, Instant};

use railair::engine::{Options, Stop, integer};
use railair::program::Program;
use railair::program::design_format::{self, COST_UNIT};

#[cfg(feature = "highs")]
#[path = "support/highs_design.rs"]
mod highs;
#[path = "support/outside.rs"]
mod outside;

struct Arguments {
    gap: f64,
    time_limit: Duration,
    names: Vec<String>,
}

/// What an engine made of a problem.
pub struct Outcome {
    /// The best plan's cost, in the file's units.
    pub value: Option<f64>,
    /// The bound, in the file's units.
    pub bound: Option<f64>,
    /// Whether there is no plan.
    pub infeasible: bool,
    /// Nodes of the tree, where they are known.
    pub nodes: Option<usize>,
}

fn main() {
    let arguments = arguments();
    let Some(problems) = outside::problems(&[".dow"], &arguments.names) else {
        return;
    };
    println!(
        "{:<26} {:<9} {:>12} {:>12} {:>12} {:>9} {:>8} {:>7}",
        "name", "engine", "known", "value", "bound", "gap", "seconds", "nodes"
    );
    for problem in problems {
        let text = std::fs::read_to_string(&problem.file).expect("a readable file");
        let program = design_format::read(&text).expect("a problem");
        let known = problem.known.as_deref().unwrap_or_default();
        let path = &problem.path;
        report(path, "railair", known, || railair(&program, &arguments));
        #[cfg(feature = "highs")]
        report(path, "HiGHS", known, || {
            highs::solve(&program, arguments.gap, arguments.time_limit)
        });
    }
}

fn railair(program: &Program, arguments: &Arguments) -> Outcome {
    let options = Options {
        gap: arguments.gap,
        time_limit: Some(arguments.time_limit),
        ..Options::default()
    };
    let answer = integer::solve(program, &options).expect("a valid program");
    let unit = COST_UNIT as f64;
    let solution = &answer.solution;
    Outcome {
        value: solution.feasible.then(|| solution.cost / unit),
        bound: solution.bound.map(|bound| bound as f64 / unit),
        infeasible: solution.stop == Stop::Infeasible,
        nodes: Some(answer.nodes),
    }
}

fn report(path: &str, engine: &str, known: &str, solve: impl FnOnce() -> Outcome) {
    let begun = Instant::now();
    let outcome = solve();
    let seconds = begun.elapsed().as_secs_f64();
    let number = |value: Option<f64>| match value {
        Some(value) => format!("{value:.1}"),
        None if outcome.infeasible => "infeasible".to_owned(),
        None => "-".to_owned(),
    };
    let gap = match (outcome.value, outcome.bound) {
        (Some(value), Some(bound)) => {
            format!("{:.4}%", 100.0 * (value - bound).max(0.0) / value.abs())
        }
        _ => "-".to_owned(),
    };
    println!(
        "{:<26} {:<9} {:>12} {:>12} {:>12} {:>9} {:>8.2} {:>7}",
        path.trim_end_matches(".dow"),
        engine,
        known,
        number(outcome.value),
        number(outcome.bound),
        gap,
        seconds,
        outcome.nodes.map_or("-".to_owned(), |n| n.to_string()),
    );
}

fn arguments() -> Arguments {
    let mut arguments = Arguments {
        gap: 1e-4,
        time_limit: Duration::from_secs(60),
        names: Vec::new(),
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|text| text.parse::<f64>().ok());
        match word.as_str() {
            // what cargo itself passes
            "--bench" | "--test" => {}
            "--gap" => arguments.gap = number().expect("a gap"),
            "--time-limit" => {
                arguments.time_limit = Duration::from_secs_f64(number().expect("seconds"));
            }
            _ => arguments.names.push(word),
        }
    }
    arguments
}
