//! HiGHS on the strong arc formulation of fixed-charge network design, through `good_lp`.

use std::time::Duration;

use good_lp::solvers::highs::highs;
use good_lp::{Expression, ProblemVariables, ResolutionError, Solution, SolverModel, variable};
use railair::program::Program;
use railair::program::design_format::COST_UNIT;

use crate::Outcome;

/// Flow per commodity and arc, x ≤ q·y for each, and Σ x ≤ u·y.
pub fn solve(program: &Program, gap: f64, limit: Duration) -> Outcome {
    let unit = COST_UNIT as f64;
    let nodes = program.network.nodes;
    let mut variables = ProblemVariables::new();
    let mut cost = Expression::default();
    let open: Vec<_> = program
        .columns
        .iter()
        .map(|column| {
            let y = variables.add(variable().binary());
            cost.add_mul(column.cost as f64 / unit, y);
            y
        })
        .collect();
    let mut rows = Vec::new();
    let mut loads = vec![Expression::default(); program.arcs()];
    let mut balances = Vec::new();
    for release in &program.releases {
        let quantity = release.quantity as f64;
        let mut balance = vec![(Expression::default(), 0.0); nodes];
        balance[release.origin as usize].1 += quantity;
        let end = program.sinks[release.sink as usize].ends[0].0;
        balance[end as usize].1 -= quantity;
        for arc in 0..program.arcs() {
            let x = variables.add(variable().min(0.0));
            cost.add_mul(program.costs[arc] as f64 / unit, x);
            loads[arc].add_mul(1.0, x);
            balance[program.network.tails[arc] as usize]
                .0
                .add_mul(1.0, x);
            balance[program.network.heads[arc] as usize]
                .0
                .add_mul(-1.0, x);
            let mut link = Expression::default();
            link.add_mul(1.0, x);
            link.add_mul(-quantity, open[arc]);
            rows.push(link);
        }
        balances.extend(balance);
    }
    for (arc, mut load) in loads.into_iter().enumerate() {
        let sold = program.columns[arc].entries[0].1 as f64;
        load.add_mul(sold, open[arc]);
        rows.push(load);
    }
    let mut model = variables.minimise(&cost).using(highs);
    model.set_verbose(false);
    let mut model = model
        .set_threads(2)
        .set_option("mip_rel_gap", gap)
        .set_time_limit(limit.as_secs_f64());
    for (balance, right) in balances {
        model.add_constraint(balance.eq(right));
    }
    for row in rows {
        model.add_constraint(row.leq(0.0));
    }
    let nothing = Outcome {
        value: None,
        bound: None,
        infeasible: false,
        nodes: None,
    };
    match model.solve() {
        // good_lp does not pass HiGHS's bound on; a value that was stopped at the limit has none
        Ok(solution) => Outcome {
            value: Some(solution.eval(&cost)),
            ..nothing
        },
        Err(error) => Outcome {
            infeasible: matches!(error, ResolutionError::Infeasible),
            ..nothing
        },
    }
}
