//! HiGHS on the arc formulation with every flow a whole number.
//!
//! `RAILAIR_WRITE_OPTIMA=1 cargo test --release --features highs --test verify optima` writes the
//! table `optima.csv` anew: the first three hundred seeds on which HiGHS ends within its time.
//! `RAILAIR_LONG=1` with the same feature holds plans of 5,000 seeds against HiGHS itself.

use good_lp::solvers::highs::{HighsParallelType, HighsPresolveType, highs};
use good_lp::{
    Expression, ProblemVariables, ResolutionError, Solution, SolutionStatus, SolverModel, Variable,
    variable,
};
use railair::program::arc_model::{ArcModel, ColumnKind, ModelColumn, RowKind};
use rayon::prelude::*;

use super::{Judged, Optimum, assert_all, parcels, small, table};
use crate::seeds::seeds;

/// Rows of the table.
const ROWS: usize = 300;
/// Seconds that HiGHS may take.
const SECONDS: f64 = 60.0;

/// What HiGHS says of a program.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Said {
    Optimum(f64),
    Infeasible,
    /// It did not end in time.
    Open,
}

/// What HiGHS proves without its presolve, which was seen to cut off optima of programs like these;
/// with it where it does not end.
fn proven(model: &ArcModel) -> Said {
    match solve(model, HighsPresolveType::Off) {
        Said::Open => solve(model, HighsPresolveType::On),
        said => said,
    }
}

/// The same, with a word where HiGHS says something else with its presolve.
fn proven_twice(model: &ArcModel) -> Said {
    let said = proven(model);
    let reduced = solve(model, HighsPresolveType::On);
    if reduced != Said::Open && !agree(said, reduced) {
        println!("{said:?} without presolve, {reduced:?} with it");
    }
    said
}

fn agree(a: Said, b: Said) -> bool {
    match (a, b) {
        (Said::Optimum(a), Said::Optimum(b)) => (a - b).abs() <= 1e-7 * a.abs().max(1.0),
        _ => a == b,
    }
}

/// Whether a column must be a whole number here: everything that parcels do.
fn is_whole(column: &ModelColumn) -> bool {
    column.whole || !matches!(column.kind, ColumnKind::General(_))
}

fn solve(model: &ArcModel, presolve: HighsPresolveType) -> Said {
    let scales = scales(model);
    let mut rows = vec![Expression::default(); model.rows.len()];
    let mut cost = Expression::default();
    let mut variables = ProblemVariables::new();
    let mut handles = Vec::with_capacity(model.columns.len());
    for column in &model.columns {
        let mut definition = variable().min(0.0);
        if let Some(upper) = column.upper {
            definition = definition.max(upper as f64);
        }
        if is_whole(column) {
            definition = definition.integer();
        }
        let handle = variables.add(definition);
        handles.push(handle);
        // in the currency
        cost.add_mul(column.cost as f64 / 1e6, handle);
        for &(row, value) in &column.entries {
            let row = row as usize;
            rows[row].add_mul(value as f64 / scales[row], handle);
        }
    }
    let mut problem = variables.minimise(cost).using(highs);
    problem.set_verbose(false);
    let mut problem = (problem.set_presolve(presolve).set_threads(1))
        .set_parallel(HighsParallelType::Off)
        .set_time_limit(SECONDS)
        .set_option("mip_rel_gap", 0.0)
        .set_option("mip_abs_gap", 1e-9)
        .set_option("mip_feasibility_tolerance", 1e-9)
        .set_option("primal_feasibility_tolerance", 1e-9);
    for ((row, sum), scale) in model.rows.iter().zip(rows).zip(&scales) {
        let rhs = row.rhs as f64 / scale;
        problem.add_constraint(match row.kind {
            RowKind::Balance { .. } => sum.eq(rhs),
            RowKind::Coupling(_) => sum.leq(rhs),
        });
    }
    match problem.solve() {
        Ok(solution) if matches!(solution.status(), SolutionStatus::TimeLimit) => Said::Open,
        Ok(solution) => Said::Optimum(value(model, &handles, &solution)),
        Err(ResolutionError::Infeasible) => Said::Infeasible,
        // what it says where it ran out of time without a solution
        Err(ResolutionError::Other("NoSolutionFound")) => Said::Open,
        Err(error) => panic!("HiGHS broke down: {error}"),
    }
}

/// A power of ten for each row, the largest of its entries divided by which is from 1 to 10.
fn scales(model: &ArcModel) -> Vec<f64> {
    let mut largest = vec![1_u64; model.rows.len()];
    for &(row, value) in model.columns.iter().flat_map(|column| &column.entries) {
        let most = &mut largest[row as usize];
        *most = (*most).max(value.unsigned_abs());
    }
    (largest.into_iter().map(u64::ilog10))
        .map(|digits| 10_f64.powi(digits as i32))
        .collect()
}

/// What a solution costs in the currency, with whole numbers exactly whole.
fn value(model: &ArcModel, handles: &[Variable], solution: &impl Solution) -> f64 {
    let mut exact = model.constant;
    let mut rest = 0.0;
    for (column, &handle) in model.columns.iter().zip(handles) {
        let value = solution.value(handle);
        if is_whole(column) {
            exact += i128::from(column.cost) * value.round() as i128;
        } else {
            rest += column.cost as f64 * value;
        }
    }
    (exact as f64 + rest) / 1e6
}

/// What is known of a seed; `None` where HiGHS does not end.
fn known(seed: u64) -> Option<Optimum> {
    let prepared = small(seed);
    match proven_twice(&ArcModel::of(&prepared.formulation.program)) {
        Said::Optimum(cost) => Some(Some(cost)),
        Said::Infeasible => Some(None),
        Said::Open => {
            println!("seed {seed}: HiGHS does not end");
            None
        }
    }
}

/// Writes the table where that is asked for; else checks some of it, or all in the long run.
#[test]
fn the_table_of_optima_is_what_highs_proves() {
    if std::env::var_os("RAILAIR_WRITE_OPTIMA").is_some() {
        let spare = ROWS as u64 / 10;
        let seeds = (0..ROWS as u64 + spare).into_par_iter();
        let mut all: Vec<(u64, Optimum)> = seeds
            .filter_map(|seed| Some((seed, known(seed)?)))
            .collect();
        all.truncate(ROWS);
        table::write(&all);
        return;
    }
    let mut rows = table::asked_for();
    if std::env::var_os("RAILAIR_LONG").is_none() {
        rows.truncate(40);
    }
    let said: Vec<(u64, Optimum)> = (rows.par_iter())
        .map(|&(seed, optimum)| (seed, known(seed).unwrap_or(optimum)))
        .collect();
    assert_eq!(table::text(&rows), table::text(&said));
}

#[test]
fn many_more_plans_cost_what_highs_proves_the_best_to_cost() {
    let seeds = seeds(0, 5_000).into_par_iter();
    let judged = seeds.filter_map(|seed| {
        let prepared = small(seed);
        let optimum = match proven(&ArcModel::of(&prepared.formulation.program)) {
            Said::Optimum(cost) => Some(cost),
            Said::Infeasible => None,
            Said::Open => {
                let parcels = parcels(&prepared);
                println!("seed {seed}, {parcels} parcels: HiGHS does not end");
                return None;
            }
        };
        Some(Judged::of(seed, optimum, &prepared))
    });
    assert_all(judged.collect());
}
