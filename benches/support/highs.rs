//! HiGHS on the arc formulation, aggregated by origin.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use good_lp::solvers::highs::{HighsParallelType, HighsSolverType, highs};
use good_lp::{Expression, ProblemVariables, SolverModel, variable};
use railair::program::flow_format::FlowProblem;

/// Solves with each method and prints what each took; answers the best time over `seconds`. Where
/// no method ends within the limit, it is the limit that is compared: the ratio is at least that.
pub fn compare(flow: &FlowProblem, seconds: f64, limit: Duration) -> f64 {
    let mut best = f64::INFINITY;
    for (name, method) in [
        ("simplex", HighsSolverType::Simplex),
        ("interior point", HighsSolverType::Ipm),
    ] {
        for threads in [1, 2] {
            super::reset_peak();
            // Two models of HiGHS on one thread must not differ in their number of threads.
            let taken = thread::scope(|scope| {
                let run = scope.spawn(|| time(flow, method, threads, limit));
                run.join().expect("HiGHS to come back")
            });
            let peak = super::peak_mib().unwrap_or(f64::NAN);
            match taken {
                Some(taken) => {
                    println!("  HiGHS {name}, {threads} thread(s): {taken:.2} s, {peak:.0} MiB");
                    best = best.min(taken);
                }
                None => {
                    println!(
                        "  HiGHS {name}, {threads} thread(s): no optimum within {limit:?}, \
                         {peak:.0} MiB"
                    )
                }
            }
        }
    }
    if best.is_finite() {
        println!("  ratio {:.1}", best / seconds);
        return best / seconds;
    }
    let least = limit.as_secs_f64() / seconds;
    println!("  ratio at least {least:.1}");
    least
}

/// Flow per origin and arc; what an origin sends to a node stays there or is left unserved.
fn time(flow: &FlowProblem, method: HighsSolverType, threads: u32, limit: Duration) -> Option<f64> {
    let program = &flow.program;
    let cost = 10f64.powi(-(flow.cost_digits as i32));
    let amount = 10f64.powi(-(flow.amount_digits as i32));
    let mut variables = ProblemVariables::new();
    let mut objective = Expression::default();
    let mut loads = vec![Expression::default(); program.rows.len()];
    let mut balances: BTreeMap<(u32, u32), (Expression, f64)> = BTreeMap::new();
    let mut origins: Vec<u32> = program.releases.iter().map(|r| r.origin).collect();
    origins.sort_unstable();
    origins.dedup();
    for &origin in &origins {
        for arc in 0..program.arcs() {
            let on_arc = variables.add(variable().min(0.0));
            objective.add_mul(program.costs[arc] as f64 * cost, on_arc);
            for (row, _) in program.arc_uses(0, arc) {
                loads[row].add_mul(1.0, on_arc);
            }
            let (tail, head) = (program.network.tails[arc], program.network.heads[arc]);
            balances
                .entry((origin, tail))
                .or_default()
                .0
                .add_mul(-1.0, on_arc);
            balances
                .entry((origin, head))
                .or_default()
                .0
                .add_mul(1.0, on_arc);
        }
    }
    for release in &program.releases {
        let end = program.sinks[release.sink as usize].ends[0].0;
        let quantity = release.quantity as f64 * amount;
        if end == release.origin {
            continue;
        }
        for (node, sign) in [(end, 1.0), (release.origin, -1.0)] {
            let balance = balances.entry((release.origin, node)).or_default();
            balance.1 += sign * quantity;
        }
        if let Some(unserved) = release.unserved_cost {
            let left = variables.add(variable().min(0.0).max(quantity));
            objective.add_mul(unserved as f64 * cost, left);
            for (node, sign) in [(end, 1.0), (release.origin, -1.0)] {
                let balance = balances.entry((release.origin, node)).or_default();
                balance.0.add_mul(sign, left);
            }
        }
    }
    let mut model = variables.minimise(objective).using(highs);
    model.set_verbose(false);
    let mut model = model
        .set_solver(method)
        .set_threads(threads)
        .set_parallel(if threads > 1 {
            HighsParallelType::On
        } else {
            HighsParallelType::Off
        })
        .set_time_limit(limit.as_secs_f64());
    for (balance, right) in balances.into_values() {
        model.add_constraint(balance.eq(right));
    }
    for (row, load) in loads.into_iter().enumerate() {
        model.add_constraint(load.leq(program.rows[row].upper as f64 * amount));
    }
    let begun = Instant::now();
    let solution = model.solve().ok()?;
    let optimal = matches!(
        good_lp::Solution::status(&solution),
        good_lp::SolutionStatus::Optimal
    );
    optimal.then(|| begun.elapsed().as_secs_f64())
}
