//! An oracle that shares nothing with the engines: the arc formulation, written out for a solver.

use good_lp::{Expression, ProblemVariables, ResolutionError, Solution, SolverModel, variable};
use railair::program::Program;
use railair::program::arc_model::{ArcModel, RowKind};

/// The optimum of the arc formulation; `None` where there is no plan.
pub fn oracle(program: &Program) -> Option<f64> {
    let model = ArcModel::of(program);
    let mut rows = vec![Expression::default(); model.rows.len()];
    let mut cost = Expression::default();
    let mut variables = ProblemVariables::new();
    for column in &model.columns {
        let mut definition = variable().min(0.0);
        if let Some(upper) = column.upper {
            definition = definition.max(upper as f64);
        }
        let handle = variables.add(definition);
        cost.add_mul(column.cost as f64 / 1e4, handle);
        for &(row, value) in &column.entries {
            rows[row as usize].add_mul(value as f64 / scale(&model, row), handle);
        }
    }
    let mut lp = variables.minimise(&cost).using(good_lp::microlp);
    for (index, (row, sum)) in model.rows.iter().zip(rows).enumerate() {
        let rhs = row.rhs as f64 / scale(&model, index as u32);
        lp.add_constraint(match row.kind {
            RowKind::Balance { .. } => sum.eq(rhs),
            RowKind::Coupling(_) => sum.leq(rhs),
        });
    }
    match lp.solve() {
        Ok(solution) => Some(solution.eval(&cost) * 1e4 + model.constant as f64),
        Err(ResolutionError::Infeasible) => None,
        Err(error) => panic!("the oracle broke down: {error}"),
    }
}

fn scale(model: &ArcModel, row: u32) -> f64 {
    match model.rows[row as usize].kind {
        RowKind::Balance { .. } => 1.0,
        RowKind::Coupling(_) => 64.0,
    }
}
