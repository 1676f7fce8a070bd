//! Exported programs, read back and solved by others.
//!
//! Both formats of two hundred random programs are read by code that shares nothing with what writes
//! them, and solved by microlp, by HiGHS with its presolve and without (feature `highs`), and by CBC,
//! GLPK, SCIP and lp_solve where they are installed; who is not is said. What is right is what microlp
//! says of the arc formulation itself.

mod reader;
mod solvers;

use std::collections::BTreeSet;

use railair::Prepared;
use railair::program::arc_model::ArcModel;
use railair::program::export::{Export, Format, Numbered, Numbers, Units};
use rayon::prelude::*;

use crate::parcels::small;
use crate::seeds::seeds;
use reader::Program;
use solvers::{Answer, SOLVERS, Solver};

const FORMATS: [Format; 2] = [Format::Mps, Format::Lp];

/// Entries of a row, but where the row's own are further apart.
const LEAST: f64 = 1e-3;
const MOST: f64 = 1e5;

fn text(prepared: &Prepared, format: Format, is_exact: bool) -> String {
    let rows = prepared.formulation.row_digits();
    let numbers = match is_exact {
        true => Numbers::Exact,
        false => Numbers::Scaled(Units {
            about: "a test",
            money: ("EUR", 6),
            rows: &rows,
        }),
    };
    let mut out = Vec::new();
    let export = Export::new(&prepared.formulation.program, &Numbered, numbers);
    export.write(format, &mut out).expect("memory takes all");
    String::from_utf8(out).expect("text")
}

fn read(text: &str, format: Format) -> Program {
    match format {
        Format::Mps => Program::of_mps(text),
        Format::Lp => Program::of_lp(text),
    }
}

/// Every row of what is scaled is one of the exact program, divided by one power of ten that brings its
/// entries to where they should be; what is left out says nothing.
#[test]
fn scaled_programs_are_the_exact_ones_in_coarser_units() {
    seeds(200, 5_000).into_par_iter().for_each(|seed| {
        let prepared = small(seed);
        for format in FORMATS {
            let comment = text(&prepared, format, false);
            let exact = read(&text(&prepared, format, true), format);
            let scaled = read(&comment, format);
            for (name, row) in &exact.rows {
                let entries = row.entries.values().any(|&value| value != 0.0);
                let Some(other) = scaled.rows.get(name) else {
                    let holds = if row.is_equation {
                        row.rhs == 0.0
                    } else {
                        row.rhs >= 0.0
                    };
                    assert!(!entries && holds, "seed {seed}: {name} is left out");
                    continue;
                };
                if entries {
                    assert_is_divided(seed, name, row, other, &comment);
                }
            }
            for (name, column) in &exact.columns {
                let other = scaled.columns.get(name);
                let other = other.unwrap_or_else(|| panic!("seed {seed}: no column {name}"));
                assert_eq!(column.is_whole, other.is_whole, "seed {seed}: {name}");
                let cost = other.cost * 1e6;
                let near = (cost - column.cost).abs() <= 1e-9 * column.cost.abs();
                assert!(near, "seed {seed}: {name} costs {cost}");
                if other.most.is_some() {
                    assert_eq!(column.most, other.most, "seed {seed}: {name}");
                }
            }
        }
    });
}

fn assert_is_divided(seed: u64, name: &str, row: &reader::Row, other: &reader::Row, comment: &str) {
    let sizes: Vec<f64> = other.entries.values().map(|value| value.abs()).collect();
    let least = sizes.iter().copied().fold(f64::INFINITY, f64::min);
    let most = sizes.iter().copied().fold(0.0, f64::max);
    let fits = least >= LEAST && most <= MOST;
    let named = comment.contains(&format!("Entries of {name} are from"));
    assert!(fits != named, "seed {seed}: {name} from {least} to {most}");
    // powers of ten may miss the span by one at either end
    let is_wide = most / least > MOST / LEAST / 100.0;
    assert!(fits || is_wide, "seed {seed}: {name}");
    let keys = |row: &reader::Row| row.entries.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(keys(row), keys(other), "seed {seed}: {name}");
    let step = row
        .entries
        .iter()
        .map(|(key, value)| value / other.entries[key]);
    let steps: Vec<f64> = step.collect();
    let tens = steps[0].log10();
    assert!((tens - tens.round()).abs() < 1e-9, "seed {seed}: {name}");
    let near = |step: f64| (step / steps[0] - 1.0).abs() < 1e-9;
    assert!(steps.iter().all(|&step| near(step)), "seed {seed}: {name}");
    let rhs = (row.rhs - other.rhs * steps[0]).abs() <= 1e-9 * row.rhs.abs();
    assert!(
        rhs && row.is_equation == other.is_equation,
        "seed {seed}: {name}"
    );
}

/// What a solver says of the programs that it is given, against what is right.
struct Tally {
    solver: &'static Solver,
    right: usize,
    undecided: Vec<String>,
    wrong: Vec<String>,
}

#[test]
fn other_solvers_find_the_same_least_cost() {
    let programs: Vec<(u64, Prepared, Option<Answer>)> = seeds(200, 1_000)
        .into_par_iter()
        .map(|seed| {
            let prepared = small(seed);
            let right = solvers::of_model(&ArcModel::of(&prepared.formulation.program));
            (seed, prepared, right)
        })
        .collect();
    let known = programs
        .iter()
        .filter(|(_, _, right)| right.is_some())
        .count();
    assert!(known * 10 >= programs.len() * 9, "{known} are known");
    for solver in SOLVERS {
        let Some(tally) = tally(solver, &programs) else {
            println!("{}: not here, and so not asked", solver.name);
            continue;
        };
        let version = (solver.version)();
        println!(
            "{} {version}: {} right, {} undecided, {} wrong",
            tally.solver.name,
            tally.right,
            tally.undecided.len(),
            tally.wrong.len()
        );
        let aside = tally.undecided.iter().chain(&tally.wrong);
        aside.for_each(|line| println!("    {line}"));
        let most = if solver.is_trusted {
            0
        } else {
            tally.right / 20
        };
        let wrong = tally.wrong.join("\n");
        assert!(tally.wrong.len() <= most, "{}:\n{wrong}", solver.name);
        assert!(tally.right * 10 >= known, "{}: too few", solver.name);
    }
}

/// `None` where the solver is not there.
fn tally(solver: &'static Solver, programs: &[(u64, Prepared, Option<Answer>)]) -> Option<Tally> {
    if !(solver.is_here)() {
        return None;
    }
    let mut tally = Tally {
        solver,
        right: 0,
        undecided: Vec::new(),
        wrong: Vec::new(),
    };
    let cases = programs
        .par_iter()
        .flat_map_iter(|(seed, prepared, right)| {
            let formats = solver.formats.iter();
            formats.filter_map(move |&format| {
                let right = (*right)?;
                let text = text(prepared, format, false);
                Some((*seed, format, right, (solver.solve)(&text, format)))
            })
        });
    for (seed, format, right, said) in cases.collect::<Vec<_>>() {
        match said {
            Some(said) if said.agrees(right) => tally.right += 1,
            Some(said) => {
                let line = format!("seed {seed}, {format:?}: {said:?} instead of {right:?}");
                tally.wrong.push(line);
            }
            None => {
                let line = format!("seed {seed}, {format:?}: undecided, {right:?} is right");
                tally.undecided.push(line);
            }
        }
    }
    Some(tally)
}
