//! The default engine against the arc formulation, and against itself.

use super::support::{oracle, program};
use railair::engine::{EngineKind, Options, Solution, Stop, solve};
use railair::program::Program;

const PROGRAMS: u64 = 1_000;

fn run(program: &Program) -> Solution {
    let options = Options {
        engine: EngineKind::ColumnGeneration,
        gap: 1e-9,
        time_limit: Some(std::time::Duration::from_secs(2)),
        ..Options::default()
    };
    solve(program, &options).unwrap()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0)
}

#[test]
fn it_finds_the_optimum_of_the_arc_formulation_or_proves_that_there_is_none() {
    for seed in 0..PROGRAMS {
        let program = program(seed);
        let solution = run(&program);
        let Some(optimum) = oracle(&program) else {
            assert_eq!(solution.stop, Stop::Infeasible, "seed {seed}");
            assert!(!solution.feasible, "seed {seed}");
            continue;
        };
        let bound = solution.bound.expect("a bound") as f64;
        assert!(bound <= optimum + 1e-6 * optimum.abs(), "seed {seed}");
        assert_eq!(solution.stop, Stop::Finished, "seed {seed}");
        let cost = solution.cost;
        assert!(
            close(cost, optimum),
            "seed {seed}: {cost} against {optimum}"
        );
    }
}
